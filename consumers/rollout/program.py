"""The integer program: which stratum starts a site in which week with how many teams. Pure.

One variable for each (stratum, teams, start week): how many of its sites start so. A site that
starts in week w with k teams has its managers trained in the working weeks just before, and holds k
teams until its last working week, black-outs included. The value of a start is the expected number
of stall-weeks with cashless payment until the last week, by priority.
Source: time-indexed formulation, Sousa and Wolsey 1992 (Mathematical Programming 54:353).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from consumers.rollout.order import Stratum
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.site import Candidate
from consumers.statistics.diffusion.prior import Floats
from infra.errors import Refused

VARIABLES_MAX = 30_000


@dataclass(frozen=True, slots=True)
class Slot:
    """A way to start one site of stratum `stratum`: week numbers count from 0."""

    stratum: int
    teams: int
    week: int
    last_week: int
    working: tuple[int, ...]
    training: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Maximise `value` · y, `low` ≤ `matrix` y ≤ `high`, 0 ≤ y ≤ `most`, y whole."""

    slots: tuple[Slot, ...]
    value: Floats
    matrix: sparse.csr_array
    low: Floats
    high: Floats
    most: Floats


def site_value(curve: Floats, working: Sequence[int], weeks: int) -> Floats:
    """Expected adopters at the end of each week of the plan, (…, W), of a site worked so.

    `curve` (…, H): adopters so many weeks after a site's stalls were brought in. The teams reach an
    equal part of the stalls in each working week, and each part then follows the curve.
    """
    found = np.zeros((*curve.shape[:-1], weeks))
    for week in working:
        found[..., week:] += curve[..., : weeks - week]
    return found / len(working)


def slots_of(
    number: int, stratum: Stratum, by_code: dict[str, Candidate], question: PlanQuestion
) -> list[Slot]:
    """Every feasible way to start a site of the stratum; its longest member sets the duration."""
    members = [by_code[code] for code in stratum.codes]
    most = max(each.stall_count for each in members)
    first = max(question.first_start_week(each) for each in members)
    work_weeks = np.flatnonzero(~question.is_black)
    lead = question.training_weeks
    found = []
    shortest = None
    for teams in range(1, question.teams_per_site_max + 1):
        duration = question.weeks_of_work(most, teams)
        if duration == shortest:
            continue  # one team more would not be done earlier
        shortest = duration
        for place in range(lead, len(work_weeks) - duration + 1):
            working = tuple(int(week) for week in work_weeks[place : place + duration])
            if working[0] < first:
                continue
            training = tuple(int(week) for week in work_weeks[place - lead : place])
            found.append(Slot(number, teams, working[0], working[-1], working, training))
    return found


class _Rows:
    """Collects rows of the matrix."""

    def __init__(self) -> None:
        self.row: list[int] = []
        self.column: list[int] = []
        self.entry: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, entries: dict[int, float], low: float, high: float) -> None:
        """One row: column → entry, and its bounds."""
        self.row += [len(self.low)] * len(entries)
        self.column += list(entries)
        self.entry += list(entries.values())
        self.low.append(low)
        self.high.append(high)


def build(
    candidates: Sequence[Candidate],
    strata: Sequence[Stratum],
    question: PlanQuestion,
    curves: dict[str, Floats],
    priority: dict[str, float],
) -> Program:
    """The program. `curves`: expected adopters by code and week since the start.

    Refused: it would be larger than anybody can prove optimal.
    """
    by_code = {each.code: each for each in candidates}
    slots = tuple(
        slot
        for number, stratum in enumerate(strata)
        for slot in slots_of(number, stratum, by_code, question)
    )
    if len(slots) > VARIABLES_MAX:
        raise Refused(
            f"plan: {len(slots)} possible starts, at most {VARIABLES_MAX}: plan fewer sites or"
            " weeks"
        )
    weeks = len(question.weeks)
    # By the lot every member is equally likely to get a slot: its value is their mean.
    means = [
        np.mean([priority[code] * curves[code] for code in stratum.codes], axis=0)
        for stratum in strata
    ]
    value = np.array([site_value(means[slot.stratum], slot.working, weeks).sum() for slot in slots])
    rows = _Rows()
    _limits(rows, slots, strata, question)
    _wards(rows, slots, strata, by_code, question)
    _precedence(rows, slots, strata, by_code)
    shape = (len(rows.low), len(slots))
    matrix = sparse.csr_array((rows.entry, (rows.row, rows.column)), shape=shape)
    most = np.array([float(len(strata[slot.stratum].codes)) for slot in slots])
    return Program(slots, value, matrix, np.array(rows.low), np.array(rows.high), most)


def _limits(
    rows: _Rows, slots: Sequence[Slot], strata: Sequence[Stratum], question: PlanQuestion
) -> None:
    """A site starts once; teams and trainings of a week."""
    for number, stratum in enumerate(strata):
        own = {n: 1.0 for n, slot in enumerate(slots) if slot.stratum == number}
        rows.add(own, 0, len(stratum.codes))
    for week, is_black in enumerate(question.is_black):
        if is_black:
            continue
        busy = {
            n: float(slot.teams)
            for n, slot in enumerate(slots)
            if slot.week <= week <= slot.last_week
        }
        rows.add(busy, 0, float(question.teams_by_week[week]))
        if question.training_weeks:
            trained = {n: 1.0 for n, slot in enumerate(slots) if week in slot.training}
            rows.add(trained, 0, question.trainings_per_week_max)


def _wards(
    rows: _Rows,
    slots: Sequence[Slot],
    strata: Sequence[Stratum],
    by_code: dict[str, Candidate],
    question: PlanQuestion,
) -> None:
    """The minimum per ward. With a lot, the strata that open must all have started by then."""
    if question.ward_minimum == 0:
        return
    in_time = [n for n, slot in enumerate(slots) if slot.week <= question.ward_last_week]
    if any(stratum.is_opening for stratum in strata):
        for number, stratum in enumerate(strata):
            if stratum.is_opening:
                own = {n: 1.0 for n in in_time if slots[n].stratum == number}
                rows.add(own, len(stratum.codes), len(stratum.codes))
        return
    for ward in sorted({each.ward for each in by_code.values()}):
        here = {n for n, each in enumerate(strata) if by_code[each.codes[0]].ward == ward}
        own = {n: 1.0 for n in in_time if slots[n].stratum in here}
        rows.add(own, min(question.ward_minimum, len(here)), len(here))


def _precedence(
    rows: _Rows, slots: Sequence[Slot], strata: Sequence[Stratum], by_code: dict[str, Candidate]
) -> None:
    """A site that comes after another starts only when that one is finished."""
    number_of = {stratum.codes[0]: n for n, stratum in enumerate(strata) if len(stratum.codes) == 1}
    for number, stratum in enumerate(strata):
        for before in by_code[stratum.codes[0]].after if len(stratum.codes) == 1 else ():
            own = [(n, slot.week) for n, slot in enumerate(slots) if slot.stratum == number]
            first = [
                (n, slot.last_week)
                for n, slot in enumerate(slots)
                if slot.stratum == number_of[before]
            ]
            for week in sorted({start for _, start in own}):
                entries = {n: 1.0 for n, start in own if start <= week}
                entries |= {n: -1.0 for n, last in first if last < week}
                rows.add(entries, -np.inf, 0)
