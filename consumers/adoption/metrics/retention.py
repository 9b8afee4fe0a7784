"""Retention: of the vendors first paid in a week, how many were paid in the weeks after it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cache, partial
from typing import Any

import numpy as np

from consumers.adoption.panel.exposure import closed_periods, leave, paid_periods, read_absences
from consumers.adoption.panel.panel import Bools, Ints, Panel, day_number, week_start
from consumers.adoption.panel.panel_of import read_panel
from consumers.adoption.privacy.suppress import Key, Supports, shared_rows, vendor_supports
from consumers.adoption.question.answer import (
    Answer,
    By,
    Cell,
    Definition,
    Metric,
    MetricContext,
    Question,
)
from consumers.adoption.question.beside import answer_of
from consumers.adoption.question.periods import incomplete, periods
from consumers.adoption.question.rate import Figure, Rate, no_rate, rate
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, scope
from consumers.fold.projections import week_number
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

WEEKS_MAX = 12
NO_COHORT = Message("adoption.no_cohort")
AFTER = Message("adoption.after_last_day")
AWAY = Message("adoption.cohort_away")

Cells = dict[tuple[int, str, str], "Cohort"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRow(Cell):
    """One group's vendors who were first paid in the week of `first_day`.

    `w1` to `w12`: those who were paid in the first to twelfth week after it in which their market
    was open ÷ those who were there in that week or were paid. A week that is not over is null.
    """

    vendor_count: Figure
    w1: Rate
    w2: Rate
    w3: Rate
    w4: Rate
    w5: Rate
    w6: Rate
    w7: Rate
    w8: Rate
    w9: Rate
    w10: Rate
    w11: Rate
    w12: Rate


WEEK_NAMES = [field.name for field in fields(RetentionRow) if field.name[1:].isdigit()]
assert len(WEEK_NAMES) == WEEKS_MAX


@dataclass(slots=True)
class Cohort:
    """Vendors first paid in one week, and week by week those paid and those there.

    `reasons` say of each week why it is not known, None where it is.
    """

    vendor_count: int
    paid: Ints
    there: Ints
    reasons: list[Message | None]


def retained(
    paid: Bools, away: Bools, first: Ints, open_weeks: Ints, *, weeks_max: int
) -> tuple[Bools, Bools]:
    """(paid, there): vendor × k - 1, in the k-th week of `open_weeks` after his `first` one.

    `paid` and `away`: vendor × week; `first` and `open_weeks` are columns of them. A week beyond
    the last column is neither.
    """
    begins = np.searchsorted(open_weeks, first, side="right")
    place = begins[:, None] + np.arange(weeks_max)[None, :]
    is_known = place < len(open_weeks)
    if not len(open_weeks):
        return is_known, is_known
    column = open_weeks[np.minimum(place, len(open_weeks) - 1)]
    was_paid = np.take_along_axis(paid, column, axis=1) & is_known
    was_away = np.take_along_axis(away, column, axis=1)
    return was_paid, is_known & (was_paid | ~was_away)


def retention(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Cohorts by week of first payment, and their return."""
    with scope(store, question, scene) as read:
        shown = {week_number(period.first_day): period for period in periods(question, scene)}
        cohorts = found_cohorts(read, question.by, weeks_max=WEEKS_MAX)
        found = [
            (shown[week].first_day, market, group, cohort)
            for (week, market, group), cohort in cohorts.items()
        ]
        rows = cell_rows(read, found, (None,), _row)
        return answer_of(read, DEFINITION, shared_rows(read, rows, _supports(read)))


def found_cohorts(read: Scope, by: By, *, weeks_max: int) -> Cells:
    """(week of first payment, market, group) → its cohort, for the weeks of the question's range.

    Of a week that the range cuts only who was first paid within the range is in its cohort. Where
    a group spans markets with different calendars, a week is known when it is in all of them.
    """
    question = read.question
    panel = read_panel(read, by=by, with_spans=False)
    first_paid = panel.first_paid()
    is_asked = (first_paid >= day_number(question.first_day)) & (
        first_paid <= day_number(question.last_day)
    )
    begin, end = week_number(question.first_day), week_number(question.last_day)
    span = range(begin, end + 1)
    absences = read_absences(read, panel)
    paid = paid_periods(panel, "week", span)
    away = leave(panel, absences, read.scene.facts, "week", span) & ~paid
    reason = cache(partial(_reason, read))
    first = np.where(is_asked, (first_paid + 3) // 7 - begin, 0)

    cells: Cells = {}
    for closed, markets in _calendars(read, panel).items():
        rows = np.flatnonzero(is_asked & np.isin(panel.market, markets))
        # Weeks beyond the range are asked for their reason only.
        beyond = range(begin, end + weeks_max + len(closed) + 2)
        open_weeks = np.array([week - begin for week in beyond if week not in closed])
        was_paid, was_there = retained(
            paid[rows], away[rows], first[rows], open_weeks[open_weeks < len(span)],
            weeks_max=weeks_max,
        )  # fmt: skip
        _gather(cells, panel, rows, first, was_paid, was_there, open_weeks, begin, reason)
    return cells


def _gather(
    cells: Cells,
    panel: Panel,
    rows: Ints,
    first: Ints,
    was_paid: Bools,
    was_there: Bools,
    open_weeks: Ints,
    begin: int,
    reason: Callable[[int], Message | None],
) -> None:
    """Sum vendors of one calendar up by cohort and group, and add them to the cells."""
    weeks_max = was_paid.shape[1]
    key = first[rows] * len(panel.groups) + panel.group[rows]
    order = np.argsort(key, kind="stable")
    ascending = key[order]
    starts = np.flatnonzero(np.diff(ascending, prepend=-1))
    if not len(starts):
        return
    paid_sums = np.add.reduceat(was_paid[order].astype(np.int64), starts, axis=0)
    there_sums = np.add.reduceat(was_there[order].astype(np.int64), starts, axis=0)
    sizes = np.diff(starts, append=len(order))
    all_reasons = [reason(begin + week) for week in open_weeks.tolist()]
    columns = ascending[starts] // len(panel.groups)
    places = np.searchsorted(open_weeks, columns, side="right").tolist()
    for n, (at, place) in enumerate(zip(ascending[starts].tolist(), places, strict=True)):
        column, group = divmod(at, len(panel.groups))
        reasons = all_reasons[place : place + weeks_max]
        cell = (begin + column, *panel.groups[group])
        if (before := cells.get(cell)) is None:
            cells[cell] = Cohort(int(sizes[n]), paid_sums[n], there_sums[n], reasons)
        else:
            before.vendor_count += int(sizes[n])
            before.paid += paid_sums[n]
            before.there += there_sums[n]
            pairs = zip(before.reasons, reasons, strict=True)
            before.reasons = [one or other for one, other in pairs]


def _calendars(read: Scope, panel: Panel) -> dict[frozenset[int], list[int]]:
    """Weeks in which a market never opened → the markets (of the panel) that share them."""
    found: dict[frozenset[int], list[int]] = defaultdict(list)
    for n, market in enumerate(panel.markets):
        found[frozenset(closed_periods(read.scene.facts, market, "week"))].append(n)
    return found


def _reason(read: Scope, week: int) -> Message | None:
    """Why a week is not known to its end, None where it is."""
    first, last = week_start(week), week_start(week) + timedelta(days=6)
    if last > read.question.last_day:
        return AFTER
    return incomplete(first, last, question=read.question, scene=read.scene)


def week_rates(cohort: Cohort) -> Sequence[Rate]:
    """The rate of each week, or why there is none."""
    return [
        no_rate(reason) if reason else rate(int(paid), int(there), missing=AWAY, zero=AWAY)
        for paid, there, reason in zip(cohort.paid, cohort.there, cohort.reasons, strict=True)
    ]


def _row(cell: Mapping[str, Any], found: tuple[Any, ...]) -> RetentionRow:
    cohort: Cohort | None = found[0]
    rates = week_rates(cohort) if cohort else [no_rate(NO_COHORT)] * WEEKS_MAX
    weeks: dict[str, Any] = dict(zip(WEEK_NAMES, rates, strict=True))
    return RetentionRow(**cell, vendor_count=Figure(cohort.vendor_count if cohort else 0), **weeks)


def _supports(read: Scope) -> Supports:
    def vendors(by: By) -> dict[Key, int]:
        shown = {week_number(p.first_day): p for p in periods(read.question, read.scene)}
        return {
            (shown[week].first_day, market, group): cohort.vendor_count
            for (week, market, group), cohort in found_cohorts(
                read, by, weeks_max=WEEKS_MAX
            ).items()
        }

    return vendor_supports(vendors)


DEFINITION = Definition(
    id="retention",
    version=1,
    title=_("Retention"),
    text=_(
        "A cohort is the vendors whose first valid payment ever (in that market) was in one week,"
        " Monday to Sunday, within the range. w1 to w12: those with a valid payment in the k-th"
        " week after it in which their market was open on any day ÷ those who were there in that"
        " week (not marked absent on all its open days) or were paid in it. So a closed week is no"
        " week, and an absence is no loss. What is after the last day asked about is not looked"
        " at. Rows, products and kinds are those of the last day."
    ),
    nulls=_(
        "A week that is not over, or not folded, is null, not 0; so is one in which the whole"
        " cohort was away, and every week of a cohort without vendors."
    ),
    interval=_("95 % by Wilson."),
    thresholds=(),
    sql=("question/paid_days", "question/absences"),
)

METRIC = Metric(
    answer=retention,
    row=RetentionRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product"}),
    grains=frozenset({"week"}),
    days=126,
)
