"""Numbers that may be looked at every week: intervals that hold at all looks together.

Exact over markets: a permutation test whose level is spent over the looks up to a horizon (Lan and
DeMets 1983, Biometrika 70:659, on the permutation distribution), inverted. For a running mean:
Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central limit theory and
asymptotic confidence sequences", Annals of Statistics 52:2613, with Robbins' (1970) mixture.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Flags, Floats, Whole
from consumers.statistics.permutation import TIE, Assignments, difference

GRID = 400  # effects tried between the farthest ones that any assignment supports


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """At each look the estimate and an interval; all intervals together cover with confidence.

    Ends are infinite while too few assignments may be spent, or the horizon has too many looks.
    """

    value: Floats
    low: Floats
    high: Floats


def permutation_sequence(
    y: Floats,
    post: Flags,
    treated: Flags,
    choices: Assignments,
    *,
    horizon: int,
    confidence: float = CONFIDENCE,
) -> Sequence:
    """One look after each period of `post`; `horizon` is how many looks there will be at most.

    Covers a constant effect at all looks together with the given confidence, exactly, whatever the
    shocks of markets are and however long they last.
    """
    change, value = _course(y, post, treated)
    looks = len(value)
    shown = difference(choices.members, change)
    part = difference(choices.members, treated.astype(np.float64))
    tried = _effects(value, shown, part)
    rejected_at = first_rejections(
        tried, y, post, treated, choices, horizon=horizon, confidence=confidence
    )
    low, high = np.full(looks, -np.inf), np.full(looks, np.inf)
    for look in range(looks):
        kept = np.flatnonzero(rejected_at > look)
        if not len(kept):  # every effect is rejected: the effect is not constant over the looks
            low[look], high[look] = np.inf, -np.inf
            continue
        # One step outwards, so that the grid never makes an interval too short.
        low[look] = tried[kept[0] - 1] if kept[0] > 0 else -np.inf
        high[look] = tried[kept[-1] + 1] if kept[-1] + 1 < len(tried) else np.inf
    return Sequence(value, low, high)


def first_rejections(
    effects: Floats,
    y: Floats,
    post: Flags,
    treated: Flags,
    choices: Assignments,
    *,
    horizon: int,
    confidence: float = CONFIDENCE,
) -> Whole:
    """The look (from 0) at which each of these effects is rejected; the number of looks: never.

    At look w the assignments with the largest differences are rejected until α·w ÷ horizon of all
    have been; ties at the edge are spared. By symmetry the real assignment is among them, at any
    look, with chance α at most.
    """
    change, value = _course(y, post, treated)
    looks = len(value)
    assert 0 < looks <= horizon, (looks, horizon)
    shown = difference(choices.members, change)
    part = difference(choices.members, treated.astype(np.float64))
    own = int(np.flatnonzero((choices.members == treated).all(axis=1))[0])
    spent = np.floor((1 - confidence) * len(part) * np.arange(looks + 1) / horizon + 1e-9)
    alive = np.ones((len(effects), len(part)), np.bool_)
    rejected_at = np.full(len(effects), looks, np.int64)
    for look in range(looks):
        count = int(spent[look + 1] - spent[look])
        if count == 0:
            continue
        sizes = np.abs(shown[:, look] - effects[:, None] * part)
        sizes[~alive] = -1.0
        edge = -np.partition(-sizes, count, axis=1)[:, count]
        taken = sizes > (edge * (1 + TIE))[:, None]
        rejected_at[taken[:, own] & (rejected_at == looks)] = look
        alive &= ~taken
    return rejected_at


def _course(y: Floats, post: Flags, treated: Flags) -> tuple[Floats, Floats]:
    """At each look every market's change so far, and the difference of the two groups' means."""
    after = y[:, post]
    so_far = np.cumsum(after, axis=1) / np.arange(1, after.shape[1] + 1)
    change = so_far - y[:, ~post].mean(axis=1)[:, None]
    return change, change[treated].mean(axis=0) - change[~treated].mean(axis=0)


def _effects(value: Floats, shown: Floats, part: Floats) -> Floats:
    """Beyond the outermost roots (permutation.py) only the real assignment supports an effect."""
    free = np.abs(np.abs(part) - 1) > 1e-12
    one = (value - shown[free]) / (1 - part[free])[:, None]
    two = (value + shown[free]) / (1 + part[free])[:, None]
    roots = np.concatenate([one.ravel(), two.ravel(), value])
    margin = (roots.max() - roots.min()) / GRID
    return np.linspace(roots.min() - 2 * margin, roots.max() + 2 * margin, GRID)


def asymptotic_sequence(
    x: Floats, *, best_at: int, confidence: float = CONFIDENCE, sd: Floats | None = None
) -> Sequence:
    """For the running mean of x: equation (9) of the paper, tightest near `best_at` observations.

    `sd` is the standard deviation at each look; by default that of the values so far, and then it
    holds as n grows and the first look has no interval. With a known sd of sub-Gaussian values it
    is Robbins' boundary and holds exactly. Values must not hang together, or `sd` allow for it.
    """
    alpha = 1 - confidence
    count = np.arange(1, len(x) + 1)
    mean = np.cumsum(x) / count
    if sd is None:
        variance = np.maximum(np.cumsum(x**2) / count - mean**2, 0.0)
        sd = np.where(count > 1, np.sqrt(variance), np.inf)
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / best_at
    grown = count * rho2 + 1
    half = sd * np.sqrt(2 * grown / (count**2 * rho2) * np.log(np.sqrt(grown) / alpha))
    return Sequence(mean, mean - half, mean + half)
