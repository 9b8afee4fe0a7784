"""A solved program as dates and teams for each site, and every rule checked once more. Pure.

`violations` reads only the question, the candidates and the schedule: it knows nothing of the
program, so that a mistake there cannot hide here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.rollout.order import Stratum
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.program import Program
from consumers.rollout.site import Candidate
from consumers.rollout.solve import Solution


@dataclass(frozen=True, slots=True)
class Start:
    """One site's part of a schedule; week numbers count from 0, teams from 1."""

    code: str
    stratum: str
    place: int
    training: tuple[int, ...]
    working: tuple[int, ...]
    teams: tuple[int, ...]

    @property
    def week(self) -> int:
        """When its teams begin."""
        return self.working[0]

    @property
    def last_week(self) -> int:
        """When its teams end."""
        return self.working[-1]


def schedule(
    program: Program, solution: Solution, strata: Sequence[Stratum], candidates: Sequence[Candidate]
) -> tuple[Start, ...]:
    """Slots to sites by the order of each lot, teams to sites as they become free.

    A site that is smaller than its stratum's largest may be done earlier than its slot says.
    """
    taken = [
        slot
        for slot, count in zip(program.slots, solution.counts, strict=True)
        for _ in range(count)
    ]
    taken.sort(key=lambda slot: (slot.week, slot.last_week, slot.stratum, slot.teams))
    turn = [0] * len(strata)
    free_from: list[int] = []  # by team number less 1: the first week in which it is free
    found = []
    for slot in taken:
        stratum = strata[slot.stratum]
        place = turn[slot.stratum]
        turn[slot.stratum] += 1
        free = [number for number, week in enumerate(free_from) if week <= slot.week]
        while len(free) < slot.teams:
            free.append(len(free_from))
            free_from.append(0)
        chosen = sorted(free)[: slot.teams]
        for number in chosen:
            free_from[number] = slot.last_week + 1
        found.append(
            Start(
                code=stratum.codes[place],
                stratum=stratum.name,
                place=place + 1,
                training=slot.training,
                working=slot.working,
                teams=tuple(number + 1 for number in chosen),
            )
        )
    assert len({start.code for start in found}) == len(found) <= len(candidates)
    return tuple(found)


def violations(
    starts: Sequence[Start], candidates: Sequence[Candidate], question: PlanQuestion
) -> list[str]:
    """Every rule that the schedule breaks, in words; nothing where it is feasible."""
    by_code = {each.code: each for each in candidates}
    of = {start.code: start for start in starts}
    found = [f"{start.code}: no such candidate" for start in starts if start.code not in by_code]
    if len(of) != len(starts):
        found.append("a site starts twice")
    for start in starts:
        if start.code in by_code:
            found += [f"{start.code}: {text}" for text in _of_site(start, by_code, of, question)]
    for week in range(len(question.weeks)):
        there = [start for start in starts if start.week <= week <= start.last_week]
        numbers = [number for start in there for number in start.teams]
        if len(set(numbers)) != len(numbers):
            found.append(f"week {week}: a team is at two sites")
        if len(numbers) > question.teams_by_week[week] and not question.is_black[week]:
            found.append(f"week {week}: {len(numbers)} teams, {question.teams_by_week[week]} exist")
        trained = sum(week in start.training for start in starts)
        if trained > question.trainings_per_week_max:
            found.append(f"week {week}: {trained} trainings")
    for ward in sorted({each.ward for each in candidates}) if question.ward_minimum else ():
        here = [each.code for each in candidates if each.ward == ward]
        in_time = sum(c in of and of[c].week <= question.ward_last_week for c in here)
        if in_time < min(question.ward_minimum, len(here)):
            found.append(f"ward {ward}: {in_time} of its sites start in time")
    return found


def _of_site(
    start: Start, by_code: dict[str, Candidate], of: dict[str, Start], question: PlanQuestion
) -> list[str]:
    site = by_code[start.code]
    count = len(question.weeks)
    busy = (*start.training, *start.working)
    found = []
    if list(busy) != sorted(set(busy)) or busy[0] < 0 or busy[-1] >= count:
        return [f"weeks {busy} of {count}"]
    if any(question.is_black[week] for week in busy):
        found.append("works in a black-out")
    between = range(busy[0], busy[-1] + 1)
    if any(not question.is_black[week] and week not in busy for week in between):
        found.append("pauses without a reason")
    if len(start.training) != question.training_weeks:
        found.append(f"{len(start.training)} weeks of training")
    done = len(start.working) * len(start.teams) * question.stalls_per_team_week
    if done < site.stall_count:
        found.append(f"{done} stalls of {site.stall_count} can be done")
    if not 1 <= len(start.teams) <= question.teams_per_site_max:
        found.append(f"{len(start.teams)} teams")
    if site.earliest is not None and question.weeks[start.week] < site.earliest:
        found.append("starts before its earliest day")
    for before in site.after:
        if before not in of or of[before].last_week >= start.week:
            found.append(f"does not wait for {before}")
    return found
