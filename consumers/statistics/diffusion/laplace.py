"""Laplace's approximation of each site's posterior, all sites at once: where chains begin. Pure.

Source: Tierney and Kadane 1986 (JASA 81:82); damped Newton steps after Marquardt 1963.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from consumers.statistics.diffusion.hazard import History, log_likelihood
from consumers.statistics.diffusion.prior import DIMS, Floats

STEP = 0.02  # of the differences: parameters are logs and logits, of order one
ITERATIONS_MAX = 40
GRADIENT_MAX = 1e-2
DAMPING_FIRST, DAMPING_MAX = 1e-2, 1e8
CURVATURE_MIN = 0.1  # of the prior's own: flat directions stay as wide as the prior allows


@dataclass(frozen=True, slots=True)
class Mode:
    """Where likelihood × wide prior is highest, (S, 3), and what the likelihood alone says there.

    `information` (S, 4, 3): minus the likelihood's curvature, without negative directions.
    `score` (S, 3): its slope. Under any normal prior they give a normal approximation.
    """

    at: Floats
    information: Floats
    score: Floats


def _stencil() -> Floats:
    """Offsets for gradient and Hessian by central differences: 1 + 2·3 + 4·3 = 19 rows."""
    eye = np.eye(DIMS)
    rows = [np.zeros(DIMS)]
    rows += [sign * eye[n] for n in range(DIMS) for sign in (1, -1)]
    rows += [
        s * eye[a] + t * eye[b]
        for a, b in combinations(range(DIMS), 2)
        for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))
    ]
    return STEP * np.array(rows)


STENCIL = _stencil()
PAIRS = DIMS * (DIMS - 1) // 2


def derivatives(density: Callable[[Floats], Floats], at: Floats) -> tuple[Floats, Floats, Floats]:
    """Value (S,), gradient (S, 3) and Hessian (S, 4, 3) of a density (…, S, 3) → (…, S)."""
    values = density(at + STENCIL[:, None, :])
    value = values[0]
    single = values[1 : 1 + 2 * DIMS].reshape(DIMS, 2, len(at))
    gradient = ((single[:, 0] - single[:, 1]) / (2 * STEP)).T
    hessian = np.empty((len(at), DIMS, DIMS))
    for n in range(DIMS):
        hessian[:, n, n] = (single[n].sum(axis=0) - 2 * value) / STEP**2
    pairs = values[1 + 2 * DIMS :].reshape(PAIRS, 4, len(at))
    mixed = (pairs[:, 0] - pairs[:, 1] - pairs[:, 2] + pairs[:, 3]) / (4 * STEP**2)
    for n, (a, b) in enumerate(combinations(range(DIMS), 2)):
        hessian[:, a, b] = hessian[:, b, a] = mixed[n]
    return value, gradient, hessian


def find_mode(history: History, mean: Floats, sd: Floats, log_phi: float) -> Mode:
    """The mode of likelihood × independent normal priors of `mean` and `sd`, each (3,)."""
    phi = np.full(len(history.weeks.ceiling), log_phi)

    def density(theta: Floats) -> Floats:
        prior = -0.5 * (((theta - mean) / sd) ** 2).sum(axis=-1)
        return np.asarray(log_likelihood(history, theta, phi) + prior)

    at = np.broadcast_to(mean, (len(history.weeks.ceiling), DIMS)).copy()
    damping = np.full(len(at), DAMPING_FIRST)
    value, gradient, hessian = derivatives(density, at)
    for _ in range(ITERATIONS_MAX):
        if np.abs(gradient * sd).max(initial=0.0) < GRADIENT_MAX:
            break
        # In units of the prior the damping is the same for every parameter.
        values, vectors = np.linalg.eigh(-hessian * sd[:, None] * sd)
        curvature = np.maximum(np.abs(values), CURVATURE_MIN) + damping[:, None]
        turned = np.einsum("sji,sj->si", vectors, gradient * sd) / curvature
        step = np.einsum("sij,sj->si", vectors, turned)
        step *= sd / np.maximum(1.0, np.abs(step).max(axis=1, keepdims=True))
        new_value, new_gradient, new_hessian = derivatives(density, at + step)
        better = new_value >= value - 1e-9
        at = np.where(better[:, None], at + step, at)
        gradient = np.where(better[:, None], new_gradient, gradient)
        hessian = np.where(better[:, None, None], new_hessian, hessian)
        value = np.where(better, new_value, value)
        damping = np.where(better, damping / 4, np.minimum(damping * 8, DAMPING_MAX))
    values, vectors = np.linalg.eigh(-hessian - np.diag(sd**-2.0))
    information = np.einsum("sij,sj,skj->sik", vectors, np.maximum(values, 0.0), vectors)
    return Mode(at, information, gradient + (at - mean) / sd**2)
