"""Three simple forecasts that ours must beat: a straight line, ETS, Bass with a free ceiling. Pure.

All are given as draws (D, S, H) like our own, and none may leave what is certain: adopters never
fall and never exceed the census, though ETS and Bass do not know it. That helps them.
Source of ETS: Hyndman, Koehler, Ord and Snyder 2008, Forecasting with Exponential Smoothing,
chapters 2, 5 and table 6.1 (additive errors, damped additive trend).
"""

from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.special import ndtri

from consumers.statistics.diffusion.bass import bass_share, fit_bass
from consumers.statistics.diffusion.hazard import Weeks
from consumers.statistics.diffusion.prior import Floats

DRAWS = 199
SLOPE_WEEKS = 4
WEEKS_MIN = 3
ALPHA = (0.1, 0.3, 0.5, 0.7, 0.9, 0.9999)
BETA = (0.0001, 0.1, 0.3, 0.5, 0.9)  # of alpha
PHI = (1.0, 0.8, 0.9, 0.98)
PARAMETERS = 5  # α, β, first level, first trend, error variance; a damped trend has φ beside


def naive_slope(weeks: Weeks, horizon: int) -> Floats:
    """The mean of the last four weeks goes on; its error and each week's error are normal."""
    recent = weeks.new[:, -SLOPE_WEEKS:]
    used = recent.shape[1]
    ahead = np.arange(1.0, horizon + 1)
    variance = recent.var(axis=1, ddof=1)[:, None]
    mean = weeks.adopted[:, None] + recent.mean(axis=1)[:, None] * ahead
    return _normal_draws(weeks, mean, np.sqrt(variance * (ahead + ahead**2 / used)))


def bass_free(weeks: Weeks, horizon: int) -> Floats:
    """Bass by least squares with the ceiling estimated; weeks' errors as in the fit."""
    length = weeks.new.shape[1]
    fitted = fit_bass(weeks.new)
    ahead = np.arange(1.0, horizon + 1)
    p, q = fitted.p[:, None], fitted.q[:, None]
    gained = bass_share(p, q, length + ahead) - bass_share(p, q, np.array([float(length)]))
    mean = weeks.adopted[:, None] + fitted.m[:, None] * gained
    return _normal_draws(weeks, mean, fitted.residual_sd[:, None] * np.sqrt(ahead))


def ets(weeks: Weeks, horizon: int) -> Floats:
    """ETS(A, A, N) or (A, Ad, N) on cumulated adopters, by AICc over a grid of parameters."""
    series = np.concatenate([np.zeros((len(weeks.new), 1)), np.cumsum(weeks.new, axis=1)], axis=1)
    points = series.shape[1]
    alpha, share, phi = np.array(list(product(ALPHA, BETA, PHI))).T
    beta = alpha * share
    loss, level, trend = _smoothed(series, alpha, beta, phi)
    best = (points * np.log(loss / points + 1e-12) + _penalty(points, phi)).argmin(axis=1)
    rows = np.arange(len(series))
    alpha, beta, phi = (part[best][:, None] for part in (alpha, beta, phi))
    damped = np.cumsum(phi ** np.arange(1, horizon + 1), axis=1)  # φ + … + φ^h
    mean = level[rows, best][:, None] + trend[rows, best][:, None] * damped
    # Table 6.1: the variance of h steps is σ² (1 + Σ_{j<h} c_j²), c_j = α + β (φ + … + φ^j).
    grown = 1 + np.cumsum((alpha + beta * damped) ** 2, axis=1) - (alpha + beta * damped) ** 2
    freedom = max(1, points - PARAMETERS + 1)
    sd = np.sqrt(loss[rows, best][:, None] / freedom * grown)
    return _normal_draws(weeks, mean, sd)


def _penalty(points: int, phi: Floats) -> Floats:
    """AICc's penalty; few points cannot tell a damped trend from a straight one."""
    count = PARAMETERS + (phi < 1)
    left = points - count - 1
    small = 2 * count + 2 * count * (count + 1) / np.maximum(left, 1)
    return np.asarray(np.where((phi < 1) & (left < 1), np.inf, small))


def _smoothed(
    series: Floats, alpha: Floats, beta: Floats, phi: Floats
) -> tuple[Floats, Floats, Floats]:
    """Squared one-step errors (S, G), and the last level and trend, with the best first states.

    The errors are linear in the first level and trend, so those are solved, not searched.
    """
    sites, cells = len(series), len(alpha)
    # Three runs at once: the data from zero states, and a unit level or trend without data.
    level = np.zeros((sites, cells, 3))
    trend = np.zeros((sites, cells, 3))
    level[..., 1] = trend[..., 2] = 1.0
    a, b, f = alpha[:, None], beta[:, None], phi[:, None]
    errors = []
    for week in range(series.shape[1]):
        seen = np.zeros((sites, 1, 3))
        seen[:, 0, 0] = series[:, week]
        error = seen - level - f * trend
        level, trend = level + f * trend + a * error, f * trend + b * error
        errors.append(error)
    error = np.stack(errors, axis=2)  # (S, G, T, 3)
    design, target = -error[..., 1:], error[..., :1]
    normal = design.swapaxes(2, 3) @ design + 1e-9 * np.eye(2)
    first = np.linalg.solve(normal, design.swapaxes(2, 3) @ target)
    loss = ((target - design @ first) ** 2).sum(axis=(2, 3))
    states = np.concatenate([np.ones((sites, cells, 1)), first[..., 0]], axis=2)
    return loss, (level * states).sum(axis=2), (trend * states).sum(axis=2)


def _normal_draws(weeks: Weeks, mean: Floats, sd: Floats) -> Floats:
    """Evenly spaced quantiles of a normal distribution, within what is certain."""
    quantile = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)[:, None, None]
    low, high = weeks.adopted[:, None], weeks.ceiling[:, None]
    return np.asarray(np.clip(mean + sd * quantile, low, high))


BASELINE_METHODS: dict[str, Callable[[Weeks, int], Floats]] = {
    "naive slope": naive_slope,
    "ETS": ets,
    "Bass, free m": bass_free,
}
