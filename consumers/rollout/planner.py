"""Ranks, draws lots, solves and checks: what every variant of a plan shares. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial

import numpy as np

from consumers.rollout.forecast import Fitted, draws_unstarted
from consumers.rollout.order import Stratum, randomised, tiers, unrandomised
from consumers.rollout.plan_outcome import PlanTotals
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.program import build, site_value
from consumers.rollout.ranking import Ranking, rank
from consumers.rollout.schedule import Start, schedule, violations
from consumers.rollout.site import Candidate
from consumers.rollout.solve import Solution, solve
from consumers.statistics.diffusion.prior import Floats

PRIORITY_LEAST, PRIORITY_MOST = 0.5, 1.5  # how a score from 0 to 1 multiplies a stall-week


@dataclass(frozen=True, slots=True)
class Solved:
    """A schedule and what it is worth."""

    solution: Solution
    starts: tuple[Start, ...]
    strata: tuple[Stratum, ...]


class Planner:
    """Holds what every variant of a question shares: candidates, forecasts, ranks, lots."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        fitted: Fitted,
        question: PlanQuestion,
        weights: Mapping[str, float] | None,
    ) -> None:
        self.candidates, self.question = tuple(candidates), question
        self.ranking: Ranking = rank(candidates, weights)
        weeks = len(question.weeks)
        # Weeks since the start: closures of the calendar are left to the plan's black-outs.
        draws, _ = draws_unstarted(fitted, candidates, np.ones((len(candidates), weeks)))
        codes = [each.code for each in candidates]
        self.draws: dict[str, Floats] = {code: draws[:, n] for n, code in enumerate(codes)}
        self.curves = {code: part.mean(axis=0) for code, part in self.draws.items()}
        width = PRIORITY_MOST - PRIORITY_LEAST
        self.priority = {
            each.code: PRIORITY_LEAST + width * each.score for each in self.ranking.ranked
        }
        self.tier = tiers([each.code for each in self.ranking.ranked])
        self.solved = cache(self._solved)

    def strata(self, question: PlanQuestion) -> tuple[Stratum, ...]:
        """Lots, or none. They do not depend on the teams: one more team, the same order."""
        if question.order == "free":
            return unrandomised(self.candidates, self.tier)
        return randomised(
            self.candidates,
            self.tier,
            seed=question.seed,
            opening_per_ward=question.ward_minimum,
            weeks_of_work=partial(question.weeks_of_work, teams=1),
        )

    def _solved(self, question: PlanQuestion) -> Solved:
        strata = self.strata(question)
        program = build(self.candidates, strata, question, self.curves, self.priority)
        solution = solve(program, gap_max=question.gap_max)
        starts = schedule(program, solution, strata, self.candidates)
        broken = violations(starts, self.candidates, question)
        assert not broken, broken
        return Solved(solution, starts, strata)

    def adopted(self, starts: Sequence[Start]) -> Floats:
        """Draws of adopters at all sites that start, at the end of each week, (D, W)."""
        weeks = len(self.question.weeks)
        found = np.zeros((len(next(iter(self.draws.values()))), weeks))
        for start in starts:
            found += site_value(self.draws[start.code], start.working, weeks)
        return found

    def totals(self, solved: Solved) -> PlanTotals:
        """What a schedule is worth."""
        mean = self.adopted(solved.starts).mean(axis=0)
        last = max((start.last_week for start in solved.starts), default=None)
        weeks = self.question.weeks
        return PlanTotals(
            site_count=len(self.candidates),
            stall_count=sum(each.stall_count for each in self.candidates),
            planned_count=len(solved.starts),
            stall_weeks=float(mean.sum()),
            priority_stall_weeks=solved.solution.value,
            bound=solved.solution.bound,
            gap=solved.solution.gap,
            adopted_at_end=float(mean[-1]),
            last_day=None if last is None else weeks[last] + timedelta(days=6),
        )
