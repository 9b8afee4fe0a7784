"""Effects that are differences between market means of a linear combination of periods.

Every such contrast is one number a market, so the t of G - 2 degrees holds for it as for the
collapsed difference. The event study, its covariance, the trend before the start and the
sensitivity to violated parallel trends are all of this kind.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Flags, Floats, t_quantile
from consumers.statistics.permutation import TIE, Assignments, difference


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """For each column of weights: estimate, standard error, interval; all with `df` degrees."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats
    df: int


def contrasts(
    y: Floats, treated: Flags, weights: Floats, *, confidence: float = CONFIDENCE
) -> Contrasts:
    """y is markets × periods, `weights` periods × contrasts; each column should sum to zero."""
    z = y @ weights
    a, b = z[treated], z[~treated]
    df = len(y) - 2
    value = a.mean(axis=0) - b.mean(axis=0)
    squares = ((a - a.mean(axis=0)) ** 2).sum(axis=0) + ((b - b.mean(axis=0)) ** 2).sum(axis=0)
    se = np.sqrt(squares / df * (1 / len(a) + 1 / len(b)))
    half = t_quantile(0.5 + confidence / 2, df) * se
    return Contrasts(value, se, value - half, value + half, df)


def event_study(
    y: Floats, treated: Flags, base: int, *, confidence: float = CONFIDENCE
) -> Contrasts:
    """The difference in every period less that of the period `base`, which shows 0."""
    weights = np.eye(y.shape[1])
    weights[base] -= 1
    return contrasts(y, treated, weights, confidence=confidence)


@dataclass(frozen=True, slots=True)
class PreTrend:
    """Did the pilots already move apart before the start? Both p are by permutation of markets.

    `slope` is the difference in trends, per period; `joint_p` is of the mean square of all
    differences around their mean; `p` is the smaller one, doubled (Bonferroni). Not rejecting is
    no proof of parallel trends (Roth 2022, AER: Insights 4:305).
    """

    slope: float
    slope_p: float
    joint_p: float
    p: float
    periods: int


def pre_trend(y: Floats, post: Flags, treated: Flags, choices: Assignments) -> PreTrend | None:
    """None with fewer than three periods before the start."""
    before = y[:, ~post]
    periods = before.shape[1]
    if periods < 3:
        return None
    level = before - before.mean(axis=1, keepdims=True)
    clock = np.arange(periods) - (periods - 1) / 2
    slopes = level @ clock / float(clock @ clock)
    slope = float(slopes[treated].mean() - slopes[~treated].mean())
    slope_p = _share_as_large(np.abs(difference(choices.members, slopes)), abs(slope))
    gaps = level[treated].mean(axis=0) - level[~treated].mean(axis=0)
    shown = (difference(choices.members, level) ** 2).mean(axis=1)
    joint_p = _share_as_large(shown, float((gaps**2).mean()))
    return PreTrend(slope, slope_p, joint_p, min(1.0, 2 * min(slope_p, joint_p)), periods)


def _share_as_large(shown: Floats, observed: float) -> float:
    return float((shown >= observed - TIE * max(1e-300, float(shown.max()))).mean())
