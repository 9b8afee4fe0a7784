"""Comparison built from weights: synthetic difference in differences, and synthetic control.

Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), "Synthetic difference in differences",
AER 111:4088; Abadie, Diamond and Hainmueller (2010), JASA 105:493 (placebo ranks of the ratio of
mean squared prediction errors).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from consumers.statistics.arrays import CONFIDENCE, Estimate, Flags, Floats, t_estimate

OUTER_RIDGE = 1e-6  # of the time weights, as in the paper: only to make them unique


def simplex_weights(columns: Floats, target: Floats, *, ridge: float = 0.0) -> Floats:
    """Weights w ≥ 0 with Σw = 1 that minimise ‖columns·w - target‖² + ridge·‖w‖². Exact.

    On the simplex columns·w - target = (columns - target)·w, so the solution is a multiple of that
    of the non-negative least squares of (0, …, 0, 1) on these columns under a row of ones.
    """
    count = columns.shape[1]
    gap = columns - target[:, None]
    scale = float(np.sqrt((gap**2).mean())) or 1.0
    rows = [gap / scale]
    if ridge > 0:
        rows.append(np.sqrt(ridge) / scale * np.eye(count))
    rows.append(np.ones((1, count)))
    matrix = np.vstack(rows)
    wanted = np.zeros(len(matrix))
    wanted[-1] = 1.0
    free, _ = nnls(matrix, wanted, maxiter=50 * count)
    return np.asarray(free / free.sum())


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticDid:
    """The effect, the weights of the other markets and of the periods before the start."""

    effect: float
    unit_weights: Floats
    time_weights: Floats


def synthetic_did(
    y: Floats,
    treated: Flags,
    post: Flags,
    *,
    unit_weights: Floats | None = None,
    time_weights: Floats | None = None,
) -> SyntheticDid:
    """Two-way weighted difference of y (markets × periods). Given weights are used as they are.

    The ridge of the unit weights is (treated · periods after)^½ · variance of first differences of
    the others before the start, times the number of periods before (the paper's ζ²T).
    """
    others, before = y[~treated], ~post
    base, later = others[:, before], others[:, post]
    steps = np.diff(base, axis=1)
    noise2 = float(steps.var(ddof=1)) if steps.size > 1 else 0.0
    periods = int(before.sum())
    if unit_weights is None:
        goal = y[treated][:, before].mean(axis=0)
        zeta2 = np.sqrt(treated.sum() * post.sum()) * noise2
        unit_weights = simplex_weights(
            (base - base.mean(axis=1, keepdims=True)).T, goal - goal.mean(), ridge=zeta2 * periods
        )
    if time_weights is None:
        goal = later.mean(axis=1)
        time_weights = simplex_weights(
            base - base.mean(axis=0), goal - goal.mean(), ridge=OUTER_RIDGE**2 * noise2 * len(base)
        )
    mine = y[treated][:, post].mean() - y[treated][:, before].mean(axis=0) @ time_weights
    theirs = unit_weights @ (later.mean(axis=1) - base @ time_weights)
    return SyntheticDid(float(mine - theirs), unit_weights, time_weights)


def synthetic_did_estimate(
    y: Floats,
    treated: Flags,
    post: Flags,
    *,
    runs: int,
    seed: int,
    confidence: float = CONFIDENCE,
) -> tuple[SyntheticDid, Estimate | None]:
    """The effect with its placebo error (Algorithm 4): the same on as many of the other markets.

    No error where there are not more other markets than treated ones, or `runs` is 0.
    """
    found = synthetic_did(y, treated, post)
    count, others = int(treated.sum()), y[~treated]
    if runs < 2 or len(others) <= count:
        return found, None
    rng = np.random.default_rng(seed)
    placebo = []
    for _ in range(runs):
        chosen = np.zeros(len(others), np.bool_)
        chosen[rng.permutation(len(others))[:count]] = True
        placebo.append(synthetic_did(others, chosen, post).effect)
    se = float(np.std(placebo))
    return found, t_estimate(found.effect, se, None, confidence=confidence)


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticControl:
    """The mean gap after the start, how well the period before was met, and the placebo rank.

    `ratio` is the root mean square of the gap after over that before. `p` is the share of markets
    (the pilots' mean as one, each other market as a placebo) with a ratio at least as large.
    """

    effect: float
    weights: Floats
    fit_rms: float
    ratio: float
    rank: int
    of: int
    p: float


def synthetic_control(y: Floats, treated: Flags, post: Flags) -> SyntheticControl:
    """The pilots' mean against weighted other markets; y is markets × periods."""
    others = y[~treated]
    assert len(others) >= 2, "a synthetic control needs two other markets"
    weights, effect, fit_rms, ratio = _gap(y[treated].mean(axis=0), others, post)
    placebo = [_gap(others[j], np.delete(others, j, axis=0), post)[3] for j in range(len(others))]
    rank = 1 + sum(other >= ratio for other in placebo)
    of = len(placebo) + 1
    return SyntheticControl(effect, weights, fit_rms, ratio, rank, of, rank / of)


def _gap(mine: Floats, others: Floats, post: Flags) -> tuple[Floats, float, float, float]:
    weights = simplex_weights(others[:, ~post].T, mine[~post])
    gap = mine - weights @ others
    before = float(np.sqrt((gap[~post] ** 2).mean()))
    after = float(np.sqrt((gap[post] ** 2).mean()))
    return weights, float(gap[post].mean()), before, after / before if before > 0 else np.inf
