"""Without any comparison market: an interrupted time series with terms of the season.

Bernal, Cummins and Gasparrini (2017), "Interrupted time series regression for the evaluation of
public health interventions", IJE 46:348 (quasi-Poisson, harmonics); Newey and West (1987),
Econometrica 55:703, with their (1994) lag, for errors that hang together over weeks; the band is
the wider one of theirs and that of an AR(1) error (serial.py says why).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Flags, Floats, Whole, t_below, t_quantile
from consumers.statistics.serial import ar1_of

STEPS_MAX = 100


@dataclass(frozen=True, slots=True, eq=False)
class Interrupted:
    """`ratio` is what was counted after the start over what was foretold without it, less 1.

    `expected` is the fitted course without the start, for every week; `level` and `slope` are the
    coefficients (logarithms) of the step and of the yearly change since; `dispersion` is Pearson's;
    `rho` is the errors' correlation from week to week and `lag` that of Newey and West.
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
    rho: float
    df: float
    fitted: Floats
    expected: Floats


def interrupted(
    count: Floats,
    exposure: Floats,
    weeks: tuple[date, ...],
    post: Flags,
    *,
    season: Floats,
    confidence: float = CONFIDENCE,
) -> Interrupted:
    """Counts of complete weeks (from their Mondays), with the stall-days that they could come from.

    `season`: a column for each term that comes back with the year, a row for each week.
    A week without exposure must be left out before. Needs two seasons before the start; the chooser
    refuses fewer. Raises ArithmeticError where the counts do not allow a fit.
    """
    clock = np.array([(week - weeks[0]).days / 365.2425 for week in weeks])
    since = np.where(post, clock - clock[post][0], 0.0)
    step = post.astype(np.float64)
    quiet = np.column_stack([np.ones(len(clock)), clock, season])
    x = np.column_stack([step, since, quiet])
    x = x[:, np.abs(x).max(axis=0) > 0]  # a term that never occurs (no Tết in sight) has no effect
    beta, fitted = poisson_fit(count, exposure, x)
    week = np.array([(monday - weeks[0]).days // 7 for monday in weeks])
    errors = _errors(count, fitted, x, week)
    without = x.copy()
    without[:, :2] = 0.0
    expected = exposure * np.exp(without @ beta)
    excess = float((fitted - expected)[post].sum())
    total = float(expected[post].sum())
    by_fit = (x * fitted[:, None])[post].sum(axis=0)
    by_rest = (without * expected[:, None])[post].sum(axis=0)
    # On the log scale of counted over foretold, so that the band never goes below -100 %.
    shift = float(np.log1p(excess / total))
    se = errors.of(by_fit / (excess + total) - by_rest / total)
    reach = t_quantile(0.5 + confidence / 2, errors.df)
    half = reach * errors.of(by_fit - by_rest)
    return Interrupted(
        ratio=excess / total,
        low=float(np.expm1(shift - reach * se)),
        high=float(np.expm1(shift + reach * se)),
        p=2 * t_below(-abs(shift) / se, errors.df) if se > 0 else 0.0,
        excess=excess,
        excess_low=excess - half,
        excess_high=excess + half,
        level=float(beta[0]),
        slope=float(beta[1]),
        dispersion=float(((count - fitted) ** 2 / fitted).sum() / (len(count) - x.shape[1])),
        lag=errors.lag,
        rho=errors.rho,
        df=errors.df,
        fitted=fitted,
        expected=expected,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """Two covariances of the coefficients; `of` a gradient is the larger standard error."""

    covariances: tuple[Floats, Floats]
    df: float
    lag: int
    rho: float

    def of(self, gradient: Floats) -> float:
        return float(np.sqrt(max(gradient @ v @ gradient for v in self.covariances)))


def _errors(count: Floats, fitted: Floats, x: Floats, week: Whole) -> _Errors:
    n, spent = x.shape
    bread = np.linalg.inv((x * fitted[:, None]).T @ x)
    lag = int(np.floor(4 * (n / 100) ** (2 / 9)))
    robust = n / (n - spent) * bread @ hac(x * (count - fitted)[:, None], lag) @ bread
    root = np.sqrt(fitted)
    scaled = x * root[:, None]
    error = ar1_of((count - fitted) / root, scaled, week)
    modelled = error.variance * bread @ (scaled.T @ error.correlation @ scaled) @ bread
    # Weeks that hang together are worth fewer: n·(1 - rho)/(1 + rho) of them.
    df = max(n * (1 - error.rho) / (1 + error.rho) - spent, 3.0)
    return _Errors((np.asarray(robust), np.asarray(modelled)), df, lag, error.rho)


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
