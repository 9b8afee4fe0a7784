"""Makes a plan: ranks, draws lots, solves, checks, and says what it is worth. Pure.

The same question, candidates and running sites give the same plan on every run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any

import numpy as np

from consumers.plain import as_json
from consumers.rollout.forecast import SEED as FORECAST_SEED
from consumers.rollout.forecast import describe_model, fit_sites
from consumers.rollout.plan_messages import (
    assignment_message,
    one_more_message,
    plan_messages,
    price_message,
    unplanned_message,
)
from consumers.rollout.plan_outcome import (
    OneMoreTeam,
    PlannedSite,
    PlanTotals,
    PriceOfLot,
    RolloutPlan,
    StartAssignment,
    StratumShown,
    UnplannedSite,
    WeekLoad,
)
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.planner import Planner, Solved
from consumers.rollout.program import site_value
from consumers.rollout.site import Candidate, RunningSite
from consumers.rollout.target import answer_target
from consumers.statistics.diffusion.prior import Prior


def plan(
    candidates: Sequence[Candidate],
    running: Sequence[RunningSite],
    question: PlanQuestion,
    *,
    weights: Mapping[str, float] | None = None,
    prior: Prior | None = None,
    seed: int = FORECAST_SEED,
) -> RolloutPlan:
    """The plan. Refused: rules that contradict each other, or more than can be proven."""
    fitted = fit_sites(running, prior=prior or Prior(), seed=seed)
    planner = Planner(candidates, fitted, question, weights)
    solved = planner.solved(question)
    totals = planner.totals(solved)
    more = planner.totals(more_teams(planner, question, solved))
    price = _price(planner, question, totals) if question.order == "randomised" else None
    return RolloutPlan(
        question=shown(question),
        totals=totals,
        sites=_sites(planner, solved),
        unplanned=_unplanned(planner, solved),
        weeks=_weeks(planner, solved),
        strata=tuple(
            StratumShown(each.name, each.tier, each.codes, each.fixed_because)
            for each in solved.strata
        ),
        assignment=_assignment(planner, solved),
        one_more_team=OneMoreTeam(
            teams=question.teams + 1,
            priority_stall_weeks=more.priority_stall_weeks - totals.priority_stall_weeks,
            stall_weeks=more.stall_weeks - totals.stall_weeks,
            adopted_at_end=more.adopted_at_end - totals.adopted_at_end,
            planned_count=more.planned_count - totals.planned_count,
            last_day=more.last_day,
            said=one_more_message(totals, more, question.teams),
        ),
        price_of_lot=price,
        target=None if question.target_share is None else answer_target(planner, solved),
        ranking=planner.ranking,
        model=describe_model(fitted),
        said=plan_messages(question, totals),
    )


def more_teams(planner: Planner, question: PlanQuestion, solved: Solved) -> Solved:
    """The plan with one team more. It may do what the smaller one does, so it is never worse."""
    more = planner.solved(question.with_more_teams(1))
    return more if more.solution.value >= solved.solution.value else solved


def _price(planner: Planner, question: PlanQuestion, totals: PlanTotals) -> PriceOfLot:
    free = question.without_lot()
    best = max(planner.solved(free).solution.value, totals.priority_stall_weeks)
    lost = 1 - totals.priority_stall_weeks / best if best > 0 else 0.0
    return PriceOfLot(best, lost, price_message(lost))


def _sites(planner: Planner, solved: Solved) -> tuple[PlannedSite, ...]:
    by_code = {each.code: each for each in planner.candidates}
    weeks = planner.question.weeks
    strata = {each.name: each for each in solved.strata}
    found = []
    for start in solved.starts:
        site = by_code[start.code]
        at_end = site_value(planner.draws[start.code], start.working, len(weeks))[:, -1]
        low, high = np.quantile(at_end, [0.1, 0.9])
        found.append(
            PlannedSite(
                code=site.code,
                name=site.name,
                kind=site.kind,
                ward=site.ward,
                stall_count=site.stall_count,
                tier=planner.tier[site.code],
                stratum=start.stratum,
                place=start.place,
                fixed_because=strata[start.stratum].fixed_because,
                training_weeks=tuple(weeks[week] for week in start.training),
                start_day=weeks[start.week],
                last_day=weeks[start.last_week] + timedelta(days=6),
                teams=start.teams,
                adopted_at_end=float(at_end.mean()),
                low80=float(low),
                high80=float(high),
            )
        )
    return tuple(found)


def _unplanned(planner: Planner, solved: Solved) -> tuple[UnplannedSite, ...]:
    planned = {start.code for start in solved.starts}
    drawn = {c for each in solved.strata if each.fixed_because is None for c in each.codes}
    return tuple(
        UnplannedSite(each.code, each.name, each.stall_count, unplanned_message(each.code in drawn))
        for each in planner.candidates
        if each.code not in planned
    )


def _weeks(planner: Planner, solved: Solved) -> tuple[WeekLoad, ...]:
    question = planner.question
    adopted = planner.adopted(solved.starts)
    mean = adopted.mean(axis=0)
    low, high = np.quantile(adopted, [0.1, 0.9], axis=0)
    return tuple(
        WeekLoad(
            monday=first,
            is_black=bool(question.is_black[week]),
            teams=int(question.teams_by_week[week]),
            teams_busy=sum(
                len(start.teams)
                for start in solved.starts
                if start.week <= week <= start.last_week and not question.is_black[week]
            ),
            trainings=sum(week in start.training for start in solved.starts),
            starts=tuple(start.code for start in solved.starts if start.week == week),
            adopted=float(mean[week]),
            adopted_low80=float(low[week]),
            adopted_high80=float(high[week]),
        )
        for week, first in enumerate(question.weeks)
    )


def _assignment(planner: Planner, solved: Solved) -> StartAssignment:
    question = planner.question
    return StartAssignment(
        how=assignment_message(question),
        is_randomised=question.order == "randomised",
        seed=question.seed,
        strata={start.code: start.stratum for start in solved.starts},
        starts={start.code: question.weeks[start.week] for start in solved.starts},
    )


def shown(question: PlanQuestion) -> dict[str, Any]:
    """The question, as it is printed beside its plan."""
    found = {each.name: as_json(getattr(question, each.name)) for each in fields(question)}
    found["black_weeks"] = [
        week.isoformat()
        for week, is_black in zip(question.weeks, question.is_black, strict=True)
        if is_black
    ]
    return found
