"""The Bass curve with a free ceiling by least squares: what the forecast is judged against.

Kept because everyone knows it and because its published value can be reproduced; not used to
forecast, since from early weeks it takes the ceiling to be about where the curve stands. Pure.
Source: Bass 1969 (Management Science 15:215); least squares as Srinivasan and Mason 1986
(Marketing Science 5:169).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from consumers.statistics.diffusion.prior import Floats

Form = Literal["density", "difference"]

GRID_P = np.log(np.geomspace(1e-5, 0.5, 28))
GRID_Q = np.log(np.geomspace(1e-3, 2.0, 28))
ITERATIONS_MAX = 200
STEP_MAX = 0.5  # of a logarithm
CHANGE_MIN = 1e-12
LOG_MIN, LOG_MAX = -14.0, 2.0
RIDGE = 1e-9
DAMPING_FIRST, DAMPING_MAX = 1e-3, 1e9


@dataclass(frozen=True, slots=True)
class BassFit:
    """Estimates for S series: `m`, `p`, `q` (S,), their `covariance` (S, 3, 3), `residual_sd` (S,).

    The covariance and the residual deviation have T − 3 degrees of freedom; NaN without any.
    """

    m: Floats
    p: Floats
    q: Floats
    covariance: Floats
    residual_sd: Floats


def bass_share(p: Floats, q: Floats, time: Floats) -> Floats:
    """F(t), the share of adopters at `time` since the start."""
    fade = np.exp(-(p + q) * time)
    return np.asarray((1 - fade) / (1 + q / p * fade))


def bass_rate(p: Floats, q: Floats, time: Floats, form: Form) -> Floats:
    """Adopters in the period that ends at `time`: F(t) − F(t − 1), or the density at t."""
    if form == "difference":
        return bass_share(p, q, time) - bass_share(p, q, time - 1)
    fade = np.exp(-(p + q) * time)
    return np.asarray((p + q) ** 2 / p * fade / (1 + q / p * fade) ** 2)


def fit_bass(sales: Floats, *, form: Form = "difference") -> BassFit:
    """Least squares on `sales` (S, T) per period: first a grid with m solved, then Gauss–Newton.

    The published VCR estimates are of the density; first payments are fitted by differences.
    """
    count, periods = sales.shape
    time = np.arange(1.0, periods + 1)
    p, q = (part.ravel()[:, None] for part in np.meshgrid(GRID_P, GRID_Q, indexing="ij"))
    shape = bass_rate(np.exp(p), np.exp(q), time, form)
    projected = sales @ shape.T
    gain = np.where(projected > 0, projected**2, 0.0) / (shape**2).sum(axis=1)
    best = gain.argmax(axis=1)
    at = np.stack(
        [
            np.log(np.maximum(projected[np.arange(count), best], 1e-6))
            - np.log((shape[best] ** 2).sum(axis=1)),
            p[best, 0],
            q[best, 0],
        ],
        axis=1,
    )
    at = _refined(sales, at, time, form)
    return _described(sales, at, time, form)


def _residual(sales: Floats, at: Floats, time: Floats, form: Form) -> Floats:
    m, p, q = (np.exp(at[:, n, None]) for n in range(3))
    return sales - m * bass_rate(p, q, time, form)


def _jacobian(at: Floats, time: Floats, form: Form) -> Floats:
    """Derivatives of the fitted sales by the logarithms of m, p, q: (S, T, 3)."""
    zero = np.zeros((len(at), len(time)))
    columns = []
    for n in range(3):
        step = np.zeros(3)
        step[n] = 1e-6
        high, low = (_residual(zero, at + sign * step, time, form) for sign in (1, -1))
        columns.append((low - high) / 2e-6)
    return np.stack(columns, axis=2)


def _refined(sales: Floats, at: Floats, time: Floats, form: Form) -> Floats:
    damping = np.full(len(at), DAMPING_FIRST)
    residual = _residual(sales, at, time, form)
    loss = (residual**2).sum(axis=1)
    for _ in range(ITERATIONS_MAX):
        jacobian = _jacobian(at, time, form)
        normal = jacobian.transpose(0, 2, 1) @ jacobian
        size = np.einsum("sii->si", normal)
        normal += np.eye(3) * (damping[:, None] * size + RIDGE * (1 + size))[:, None, :]
        slope = np.einsum("sti,st->si", jacobian, residual)
        step = np.clip(np.linalg.solve(normal, slope[..., None])[..., 0], -STEP_MAX, STEP_MAX)
        tried = at + step
        tried[:, 1:] = np.clip(tried[:, 1:], LOG_MIN, LOG_MAX)
        new_residual = _residual(sales, tried, time, form)
        new_loss = (new_residual**2).sum(axis=1)
        better = new_loss <= loss
        moved = np.abs(np.where(better[:, None], tried - at, 0)).max(initial=0.0)
        at = np.where(better[:, None], tried, at)
        residual = np.where(better[:, None], new_residual, residual)
        loss = np.where(better, new_loss, loss)
        damping = np.where(better, damping / 10, np.minimum(damping * 10, DAMPING_MAX))
        if better.all() and moved < CHANGE_MIN:
            break
    return at


def _described(sales: Floats, at: Floats, time: Floats, form: Form) -> BassFit:
    freedom = len(time) - 3
    residual = _residual(sales, at, time, form)
    m, p, q = np.exp(at).T
    if freedom < 1:
        nothing = np.full(len(at), np.nan)
        return BassFit(m, p, q, np.full((len(at), 3, 3), np.nan), nothing)
    variance = (residual**2).sum(axis=1) / freedom
    jacobian = _jacobian(at, time, form) / np.exp(at)[:, None, :]  # by m, p, q themselves
    inverse = np.linalg.pinv(jacobian.transpose(0, 2, 1) @ jacobian, hermitian=True)
    return BassFit(m, p, q, inverse * variance[:, None, None], np.sqrt(variance))
