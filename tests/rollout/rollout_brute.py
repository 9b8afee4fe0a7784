"""A second reading of what a plan may do and what it is worth: plain loops, no program, no arrays.

Knows nothing of consumers.rollout.program, schedule or solve.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from math import ceil

from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.site import Candidate

Curve = Sequence[float]


@dataclass(frozen=True)
class Way:
    """A way to start a site: weeks by number."""

    training: tuple[int, ...]
    working: tuple[int, ...]
    teams: int


def black_weeks(question: PlanQuestion) -> set[int]:
    found = set()
    for number, first in enumerate(question.weeks):
        days = [first + timedelta(days=n) for n in range(7)]
        if any(span.first <= day <= span.last for span in question.black_outs for day in days):
            found.add(number)
    return found


def ways(site: Candidate, question: PlanQuestion) -> Iterator[Way | None]:
    """Not at all, or from any week on with any number of teams, where it fits."""
    assert not question.is_tet_black
    yield None
    black = black_weeks(question)
    usable = [week for week in range(len(question.weeks)) if week not in black]
    for teams in range(1, question.teams_per_site_max + 1):
        need = ceil(site.stall_count / (teams * question.stalls_per_team_week))
        for first in range(len(usable)):
            training = usable[first : first + question.training_weeks]
            working = usable[first + question.training_weeks :][:need]
            if len(working) < need:
                continue
            if site.earliest and question.weeks[working[0]] < site.earliest:
                continue
            yield Way(tuple(training), tuple(working), teams)


def is_feasible(
    chosen: dict[str, Way], candidates: Sequence[Candidate], question: PlanQuestion
) -> bool:
    """Every rule that ties sites together."""
    black = black_weeks(question)
    for week, teams in enumerate(question.teams_by_week):
        if week in black:
            continue
        busy = sum(w.teams for w in chosen.values() if w.working[0] <= week <= w.working[-1])
        trained = sum(week in w.training for w in chosen.values())
        if busy > teams or trained > question.trainings_per_week_max:
            return False
    for site in candidates:
        way = chosen.get(site.code)
        for code in site.after:
            before = chosen.get(code)
            if way and (before is None or before.working[-1] >= way.working[0]):
                return False
    for ward in {site.ward for site in candidates}:
        here = [site.code for site in candidates if site.ward == ward]
        last = question.ward_by or question.last_day
        in_time = sum(
            code in chosen and question.weeks[chosen[code].working[0]] <= last for code in here
        )
        if in_time < min(question.ward_minimum, len(here)):
            return False
    return True


def worth(way: Way, curve: Curve, question: PlanQuestion) -> float:
    """Stall-weeks: an equal part of the stalls follows the curve from each working week on."""
    total = 0.0
    for start in way.working:
        for week in range(start, len(question.weeks)):
            total += curve[week - start] / len(way.working)
    return total


def best_value(
    candidates: Sequence[Candidate],
    question: PlanQuestion,
    curves: Mapping[str, Curve],
    priority: dict[str, float],
) -> float | None:
    """The most that any feasible plan is worth; None where there is none."""
    best = None
    options = [list(ways(site, question)) for site in candidates]
    for combination in product(*options):
        pairs = zip(candidates, combination, strict=True)
        chosen = {site.code: way for site, way in pairs if way is not None}
        if not is_feasible(chosen, candidates, question):
            continue
        value = sum(
            priority[code] * worth(way, curves[code], question) for code, way in chosen.items()
        )
        best = value if best is None else max(best, value)
    return best
