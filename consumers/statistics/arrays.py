"""What all estimators share: arrays of floats, an estimate with its interval, least squares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error, interval and two-sided p. `df` None: a normal one."""

    value: float
    se: float
    low: float
    high: float
    p: float
    df: float | None


def t_estimate(
    value: float, se: float, df: float | None, *, confidence: float = CONFIDENCE
) -> Estimate:
    """An estimate whose error over its standard error is t with `df` degrees (None: normal).

    A standard error of zero gives a point with p 0 (or 1 where the value is 0 too).
    """
    assert se >= 0 and (df is None or df > 0), (se, df)
    half = t_quantile(0.5 + confidence / 2, df) * se
    p = 2 * t_below(-abs(value) / se, df) if se > 0 else float(value == 0)
    return Estimate(value, se, value - half, value + half, p, df)


def t_quantile(p: float, df: float | None) -> float:
    """The value below which a share p of Student's t lies; `df` None: of the normal law."""
    return float(special.ndtri(p) if df is None else special.stdtrit(df, p))


def t_below(value: float, df: float | None) -> float:
    """The share of Student's t, or of the normal law, below a value."""
    return float(special.ndtr(value) if df is None else special.stdtr(df, value))


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares: coefficients, residuals, and (XᵀWX)⁻¹ for the sandwich."""

    beta: Floats
    residuals: Floats
    bread: Floats


def least_squares(x: Floats, y: Floats, weights: Floats | None = None) -> Fit:
    """Weighted least squares of y (n) on x (n × p), which must have full rank."""
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    q, r = np.linalg.qr(x * root[:, None])
    assert np.abs(np.diag(r)).min() > 1e-10 * np.abs(np.diag(r)).max(), "columns are dependent"
    inverse = np.linalg.solve(r, np.eye(r.shape[0]))
    beta = inverse @ (q.T @ (y * root))
    return Fit(beta, y - x @ beta, inverse @ inverse.T)


def cluster_covariance(fit: Fit, scores: Floats, clusters: Whole, *, correct: float) -> Floats:
    """The sandwich over clusters: bread · Σ s_c s_cᵀ · bread · `correct`. `scores` are n × p."""
    sums = np.zeros((int(clusters.max()) + 1, scores.shape[1]))
    np.add.at(sums, clusters, scores)
    return correct * fit.bread @ (sums.T @ sums) @ fit.bread


def codes_of(labels: object) -> Whole:
    """Labels as whole numbers from 0, in ascending order of the labels."""
    return np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int64)
