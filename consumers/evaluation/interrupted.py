"""Without any comparison market: an interrupted time series with seasons, Tết and holidays.

Bernal, Cummins and Gasparrini (2017), "Interrupted time series regression for the evaluation of
public health interventions", IJE 46:348 (quasi-Poisson, harmonics); Newey and West (1987),
Econometrica 55:703, with their (1994) lag, for errors that hang together over weeks.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy import stats

from consumers.evaluation.arrays import CONFIDENCE, Flags, Floats
from consumers.evaluation.holidays import PUBLIC_HOLIDAYS, TET

HARMONICS = 2
WEEKS_A_YEAR = 365.2425 / 7
STEPS_MAX = 100
SEASON_WEEKS = 52


@dataclass(frozen=True, slots=True, eq=False)
class Interrupted:
    """`ratio` is what was counted after the start over what was foretold without it, less 1.

    `expected` is the fitted course without the start, for every week; `level` and `slope` are the
    coefficients (logarithms) of the step and of the yearly change since; `dispersion` is Pearson's.
    """

    ratio: float
    low: float
    high: float
    p: float
    excess: float
    excess_low: float
    excess_high: float
    level: float
    slope: float
    dispersion: float
    lag: int
    fitted: Floats
    expected: Floats


def interrupted(
    count: Floats,
    exposure: Floats,
    weeks: list[date],
    post: Flags,
    *,
    confidence: float = CONFIDENCE,
) -> Interrupted:
    """Counts of complete weeks (from their Mondays), with the stall-days that they could come from.

    A week without exposure must be left out before. Needs two seasons before the start; the chooser
    refuses fewer. Raises ArithmeticError where the counts do not allow a fit.
    """
    season = season_terms(weeks)
    clock = np.array([(week - weeks[0]).days / 365.2425 for week in weeks])
    since = np.where(post, clock - clock[post][0], 0.0)
    step = post.astype(np.float64)
    quiet = np.column_stack([np.ones(len(clock)), clock, season])
    x = np.column_stack([step, since, quiet])
    x, kept = _without_constant_columns(x)
    beta, fitted = poisson_fit(count, exposure, x)
    lag = int(np.floor(4 * (len(count) / 100) ** (2 / 9)))
    bread = np.linalg.inv((x * fitted[:, None]).T @ x)
    correct = len(count) / (len(count) - x.shape[1])
    covariance = correct * bread @ hac(x * (count - fitted)[:, None], lag) @ bread
    without = x.copy()
    without[:, :2] = 0.0
    expected = exposure * np.exp(without @ beta)
    excess = float((fitted - expected)[post].sum())
    total = float(expected[post].sum())
    by_fit = (x * fitted[:, None])[post].sum(axis=0)
    by_rest = (without * expected[:, None])[post].sum(axis=0)
    ratio = excess / total
    # On the log scale of counted over foretold, so that the band never goes below -100 %.
    gradient = by_fit / (excess + total) - by_rest / total
    se = float(np.sqrt(gradient @ covariance @ gradient))
    law = stats.t(len(count) - x.shape[1])
    reach = float(law.ppf(0.5 + confidence / 2)) * se
    low, high = (1 + ratio) * np.exp(-reach) - 1, (1 + ratio) * np.exp(reach) - 1
    moved = by_fit - by_rest
    half = float(law.ppf(0.5 + confidence / 2)) * float(np.sqrt(moved @ covariance @ moved))
    assert kept[0] and kept[1], "step and slope are in the model"
    return Interrupted(
        ratio=ratio,
        low=float(low),
        high=float(high),
        p=float(2 * law.sf(abs(np.log1p(ratio)) / se)) if se > 0 else 0.0,
        excess=excess,
        excess_low=excess - half,
        excess_high=excess + half,
        level=float(beta[0]),
        slope=float(beta[1]),
        dispersion=float(((count - fitted) ** 2 / fitted).sum() / (len(count) - x.shape[1])),
        lag=lag,
        fitted=fitted,
        expected=expected,
    )


def season_terms(weeks: list[date]) -> Floats:
    """Two harmonics of the year, the fortnight before Tết, its week, and public holidays.

    The last three are shares of the week's seven days.
    """
    turn = np.array([2 * np.pi * w.toordinal() / 7 / WEEKS_A_YEAR for w in weeks])
    waves = [f(k * turn) for k in range(1, HARMONICS + 1) for f in (np.sin, np.cos)]
    before, during = np.zeros(len(weeks)), np.zeros(len(weeks))
    holiday = np.zeros(len(weeks))
    for number, week in enumerate(weeks):
        for day in (week + timedelta(days=n) for n in range(7)):
            to_tet = min(((day - first).days for first in TET), key=abs)
            before[number] += -14 <= to_tet < 0
            during[number] += 0 <= to_tet < 7
            holiday[number] += day in PUBLIC_HOLIDAYS
    return np.column_stack([*waves, before / 7, during / 7, holiday / 7])


def poisson_fit(count: Floats, exposure: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Coefficients and fitted counts of a log-linear model with log(exposure) as its offset."""
    assert (exposure > 0).all()
    mean = count + 0.5 * max(float(count.mean()), 1e-9)
    offset = np.log(exposure)
    before = np.inf
    for _ in range(STEPS_MAX):
        eta = np.log(mean)
        target = eta - offset + (count - mean) / mean
        root = np.sqrt(mean)
        beta = np.linalg.lstsq(x * root[:, None], target * root, rcond=None)[0]
        mean = exposure * np.exp(np.clip(x @ beta, -700, 700))
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(count > 0, count * np.log(count / mean), 0.0)
        deviance = float(2 * (own - (count - mean)).sum())
        if abs(deviance - before) <= 1e-12 * (abs(deviance) + 1e-9):
            return np.asarray(beta), np.asarray(mean)
        before = deviance
    raise ArithmeticError(f"poisson: no maximum in {STEPS_MAX} steps")


def hac(scores: Floats, lag: int) -> Floats:
    """Σ of the scores' products, those of weeks `lag` apart or less with Bartlett weights."""
    found = scores.T @ scores
    for apart in range(1, lag + 1):
        cross = scores[apart:].T @ scores[:-apart]
        found += (1 - apart / (lag + 1)) * (cross + cross.T)
    return np.asarray(found)


def _without_constant_columns(x: Floats) -> tuple[Floats, Flags]:
    """Terms that never occur in these weeks (no Tết in sight) cannot be fitted."""
    kept = np.abs(x).max(axis=0) > 0
    return x[:, kept], np.asarray(kept)
