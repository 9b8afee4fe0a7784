"""Solves the program with HiGHS, proven within a gap, the same on every run. Pure.

No time limit: what is found must not depend on how busy the machine is. The limit is on nodes.
Source: Huangfu and Hall 2018 (Mathematical Programming Computation 10:119), by SciPy's `milp`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from consumers.rollout.program import Program
from consumers.statistics.diffusion.prior import Ints
from infra.errors import Refused

NODES_MAX = 20_000
INFEASIBLE = 2


@dataclass(frozen=True, slots=True)
class Solution:
    """How many sites take each slot, what it is worth, and what no plan can exceed."""

    counts: Ints
    value: float
    bound: float
    nodes: int

    @property
    def gap(self) -> float:
        """(bound − value) ÷ value; 0 where nothing can be gained at all."""
        return (self.bound - self.value) / self.value if self.value > 0 else 0.0


def solve(program: Program, *, gap_max: float) -> Solution:
    """The best plan within `gap_max`. Refused: the rules contradict each other."""
    if len(program.slots) == 0:
        if (program.low > 0).any():
            raise Refused(f"plan: {CONTRADICTION}")
        return Solution(np.zeros(0, dtype=np.int64), 0.0, 0.0, 0)
    scale = float(program.value.max()) or 1.0
    result = milp(
        -program.value / scale,
        constraints=LinearConstraint(program.matrix, program.low, program.high),
        integrality=np.ones(len(program.value), dtype=np.int64),
        bounds=Bounds(0.0, program.most),
        options={"mip_rel_gap": gap_max / 2, "node_limit": NODES_MAX, "presolve": True},
    )
    if result.status == INFEASIBLE:
        raise Refused(f"plan: {CONTRADICTION}")
    if result.x is None:
        raise Refused(f"plan: no plan found within {NODES_MAX} nodes: {result.message}")
    counts = np.round(result.x).astype(np.int64)
    assert np.abs(result.x - counts).max() < 1e-4, "HiGHS returned a fraction"
    value = float(program.value @ counts)
    bound = max(value, -float(result.mip_dual_bound) * scale)
    if bound - value > gap_max * max(value, 1e-12):
        raise Refused(
            f"plan: within {NODES_MAX} nodes the best plan is proven within"
            f" {(bound - value) / max(value, 1e-12):.2%} only: allow a larger gap, or plan fewer"
            " sites or weeks"
        )
    return Solution(counts, value, bound, int(result.mip_node_count))


CONTRADICTION = (
    "no plan keeps all rules: the minimum per ward cannot be reached with these teams and weeks:"
    " give more teams, a later day, or a smaller minimum"
)
