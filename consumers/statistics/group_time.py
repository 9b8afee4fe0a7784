"""Group-time effects under staggered timing, with the influence of every unit.

Callaway and Sant'Anna (2021), "Difference-in-differences with multiple time periods",
J. Econometrics 225:200; outcome regression of Sant'Anna and Zhao (2020), J. Econometrics 219:101.
Agrees with the R package did 2.5 (`base_period = "varying"`).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from consumers.statistics.arrays import Flags, Floats, Whole

Control = Literal["never", "not_yet"]
NEVER = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Staggered:
    """A balanced panel: `y` units × periods, `starts` the first treated period (inf: never).

    `times` ascend. `covariates` (units × p, without the constant) are those of before the start;
    `clusters` number the units' clusters from 0, and None means that each unit is its own.
    """

    y: Floats
    times: Floats
    starts: Floats
    covariates: Floats | None = None
    clusters: Whole | None = None

    def __post_init__(self) -> None:
        assert self.y.shape == (len(self.starts), len(self.times)), self.y.shape
        assert (np.diff(self.times) > 0).all()


@dataclass(frozen=True, slots=True, eq=False)
class GroupTime:
    """`att[k]` is the effect on cohort `group[k]` at `time[k]`; `influence` is units × k.

    `share[k]` is the share of units in that cohort. `starts` and `clusters` are those of the panel.
    """

    group: Floats
    time: Floats
    att: Floats
    influence: Floats
    share: Floats
    starts: Floats
    clusters: Whole | None

    @property
    def is_post(self) -> Flags:
        """Which of the effects are after the start."""
        return np.asarray(self.time >= self.group)

    @property
    def se(self) -> Floats:
        """Analytic standard errors, by cluster where there are clusters."""
        return standard_errors(self.influence, self.clusters)


def group_time(panel: Staggered, *, control: Control) -> GroupTime:
    """Every effect that can be estimated. The base is the period before the start, and before it
    (`time < group`) the period before that time.

    Cohorts that are treated from the first period on have no base and are left out; so is any
    effect without a comparison unit.
    """
    times, starts = panel.times, panel.starts
    keep = ~(starts <= times[0])
    units = int(keep.sum())
    groups, at, effects, columns = [], [], [], []
    for group in sorted({float(s) for s in starts[keep] if np.isfinite(s)}):
        for number in range(1, len(times)):
            time = float(times[number])
            base = number - 1 if time < group else int(np.searchsorted(times, group)) - 1
            is_treated = keep & (starts == group)
            last = max(time, float(times[base]))
            is_control = keep & ~is_treated
            is_control &= ~np.isfinite(starts) if control == "never" else starts > last
            if not is_control.any():
                continue
            effect, influence = _two_by_two(
                panel, panel.y[:, number] - panel.y[:, base], is_treated, is_control, units
            )
            groups.append(group)
            at.append(time)
            effects.append(effect)
            columns.append(influence)
    cohort = np.array(groups)
    shares = np.array([(starts[keep] == g).mean() for g in cohort])
    clusters = panel.clusters
    if clusters is not None:
        clusters = np.unique(clusters[keep], return_inverse=True)[1].astype(np.int64)
    matrix = np.column_stack(columns)[keep] if columns else np.zeros((units, 0))
    return GroupTime(
        cohort, np.array(at), np.array(effects), matrix, shares, starts[keep], clusters
    )


def _two_by_two(
    panel: Staggered, delta: Floats, treated: Flags, control: Flags, units: int
) -> tuple[float, Floats]:
    """One effect by outcome regression on the controls, and its influence on all units."""
    rows = treated | control
    ones = np.ones((int(rows.sum()), 1))
    x = ones if panel.covariates is None else np.hstack([ones, panel.covariates[rows]])
    d, change = treated[rows].astype(np.float64), delta[rows]
    n = len(d)
    gram = (x * (1 - d)[:, None]).T @ x / n
    assert np.linalg.cond(gram) < 1e12, "covariates of the comparison units are dependent"
    beta = np.linalg.solve(gram, x.T @ ((1 - d) * change) / n)
    gap = change - x @ beta
    share = d.mean()
    effect = float((d * gap).mean() / share)
    # How the effect moves with the treated units, and with the regression on the controls.
    of_treated = d * (gap - effect) / share
    means = (d[:, None] * x).mean(axis=0)
    of_control = ((1 - d) * gap) * (x @ np.linalg.solve(gram, means)) / share
    influence = np.zeros(len(treated))
    influence[rows] = (of_treated - of_control) * units / n
    return effect, influence


def standard_errors(influence: Floats, clusters: Whole | None) -> Floats:
    """Root of the mean square of the influence over n, summed within clusters first."""
    n = influence.shape[0]
    summed = influence if clusters is None else _by_cluster(influence, clusters)
    return np.asarray(np.sqrt((summed**2).sum(axis=0)) / n)


def _by_cluster(influence: Floats, clusters: Whole) -> Floats:
    sums = np.zeros((int(clusters.max()) + 1, *influence.shape[1:]))
    np.add.at(sums, clusters, influence)
    return sums


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Of each effect its standard error, and one critical value for a band over all of them."""

    se: Floats
    critical: float
    runs: int


def multiplier_bootstrap(
    influence: Floats, clusters: Whole | None, *, runs: int, seed: int, confidence: float
) -> Bootstrap:
    """Rademacher weights on clusters' influence; the error is the interquartile range's, scaled.

    Callaway and Sant'Anna (2021), Algorithm 1. `influence` is units × effects.
    """
    n = influence.shape[0]
    summed = influence if clusters is None else _by_cluster(influence, clusters)
    rng = np.random.default_rng(seed)
    signs = rng.integers(0, 2, (runs, summed.shape[0])) * 2.0 - 1.0
    drawn = signs @ summed / n
    upper, lower = np.quantile(drawn, [0.75, 0.25], axis=0)
    se = (upper - lower) / float(special.ndtri(0.75) - special.ndtri(0.25))
    is_moving = se > 0
    largest = np.abs(drawn[:, is_moving] / se[is_moving]).max(axis=1)
    return Bootstrap(se, float(np.quantile(largest, confidence)), runs)


@dataclass(frozen=True, slots=True)
class PreTest:
    """Wald's test that all effects before the start are zero. None where it cannot be made."""

    statistic: float
    df: int
    p: float


def pre_test(effects: GroupTime) -> PreTest | None:
    """W = a' V⁻¹ a over the effects with `time < group`; χ² with as many degrees."""
    before = ~effects.is_post
    if not before.any():
        return None
    influence = effects.influence[:, before]
    n = influence.shape[0]
    summed = influence if effects.clusters is None else _by_cluster(influence, effects.clusters)
    covariance = summed.T @ summed / n / n
    if np.linalg.matrix_rank(covariance) < len(covariance):
        return None
    att = effects.att[before]
    statistic = float(att @ np.linalg.solve(covariance, att))
    return PreTest(statistic, len(att), float(special.chdtrc(len(att), statistic)))
