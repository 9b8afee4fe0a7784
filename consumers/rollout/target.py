"""How many teams make a target likely: the plan again with other numbers of teams. Pure."""

from collections.abc import Callable
from math import ceil

import numpy as np

from consumers.rollout.forecast import target_date
from consumers.rollout.plan_messages import target_message
from consumers.rollout.plan_outcome import TargetAnswer, Tried
from consumers.rollout.planner import Planner, Solved
from consumers.rollout.program import site_value
from consumers.statistics.diffusion.prior import Floats

TRIES_MAX = 16


def answer_target(planner: Planner, solved: Solved) -> TargetAnswer:
    """The least number of teams with which the target is likely enough, or what the most reach.

    More teams never make it less likely: with more, a plan for fewer is still feasible, so a
    number's probability is the best of all numbers up to it that were tried.
    """
    question = planner.question
    share = question.target_share
    assert share is not None
    total = sum(each.stall_count for each in planner.candidates)
    needed = ceil(share * total - 1e-9)
    wanted = question.probability_wanted
    tried: dict[int, float] = {}

    def probability(teams: int) -> float:
        if teams not in tried:
            adopted = planner.adopted(planner.solved(question.with_teams(teams)).starts)
            tried[teams] = float((adopted[:, -1] >= needed).mean())
        return max(chance for number, chance in tried.items() if number <= teams)

    best = at_once(planner)
    best_probability = float((best >= needed).mean())
    teams_needed = None
    if best_probability >= wanted:
        teams_needed = _least(probability, wanted, question.teams, _most(planner))
    adopted = planner.adopted(solved.starts)
    weeks = question.last_days
    dates = target_date(adopted, total, share, weeks, adopted=0)
    best_share = float(np.quantile(best, 1 - wanted) / total)
    asked = float((adopted[:, -1] >= needed).mean())
    return TargetAnswer(
        share=share,
        by_day=weeks[-1],
        probability_wanted=wanted,
        probability=asked,
        date_by=dates.quantiles,
        teams_needed=teams_needed,
        tried=tuple(Tried(number, tried[number]) for number in sorted(tried)),
        best_probability=best_probability,
        best_share=best_share,
        said=target_message(
            question, asked=asked, teams_needed=teams_needed, best=(best_probability, best_share)
        ),
    )


def at_once(planner: Planner) -> Floats:
    """Adopters at the end if every site started as early as it may, with all its teams, (D,)."""
    question = planner.question
    work_weeks = np.flatnonzero(~question.is_black)
    found = np.zeros(len(next(iter(planner.draws.values()))))
    for each in planner.candidates:
        duration = question.weeks_of_work(each.stall_count, question.teams_per_site_max)
        first = question.first_start_week(each)
        usable = work_weeks[question.training_weeks :]
        working = tuple(int(week) for week in usable[usable >= first][:duration])
        if len(working) == duration:
            found += site_value(planner.draws[each.code], working, len(question.weeks))[:, -1]
    return found


def _most(planner: Planner) -> int:
    return len(planner.candidates) * planner.question.teams_per_site_max


def _least(probability: Callable[[int], float], wanted: float, first: int, most: int) -> int | None:
    """Doubling up, then halving: the least number found within the limit of tries."""
    tries = 0
    low, high = 0, max(1, min(first, most))
    while probability(high) < wanted:
        tries += 1
        if high >= most or tries >= TRIES_MAX:
            return None
        low, high = high, min(most, 2 * high)
    while high - low > 1 and tries < TRIES_MAX:
        tries += 1
        middle = (low + high) // 2
        low, high = (low, middle) if probability(middle) >= wanted else (middle, high)
    return high
