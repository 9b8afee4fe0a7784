"""Activity: the share of vendors who are paid often, by several people, on several days."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from consumers.adoption.panel.active import read_windows, standings, window_range
from consumers.adoption.panel.exposure import read_absences
from consumers.adoption.panel.panel_of import read_panel
from consumers.adoption.panel.provision import census_of
from consumers.adoption.privacy.suppress import Supports, shared_rows, vendor_supports
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
from consumers.adoption.question.periods import periods
from consumers.adoption.question.rate import Figure, Rate, no_rate, rate
from consumers.adoption.question.readings import Census, read_census
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

NONE_OPEN = Message("adoption.none_open")
CENSUS_OF_NONE = Message("adoption.census_of_none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow(Cell):
    """Vendors of one group as they stand at the end of a period.

    `undecided_count` are not active by what is known, but would be if the payments of which no
    source told a payer came from one payer each.
    """

    open_count: Figure
    active: Rate
    undecided_count: Figure
    habitual: Rate
    regular: Rate


def activity(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Active, habitual and regular vendors at the end of every period."""
    ends = [period.last_day for period in periods(question, scene)]
    with scope(store, question, scene, window_range(ends, question.thresholds)) as read:
        make = partial(_row, read, read_census(read))
        rows = cell_rows(read, found_standings(read, question.by), NOTHING, make)
        return answer_of(read, DEFINITION, shared_rows(read, rows, _supports(read)))


FIELDS = ("is_open", "is_active", "is_undecided", "is_habitual", "is_regular")
NOTHING = (0,) * len(FIELDS)


def found_standings(read: Scope, by: By) -> list[tuple[Any, ...]]:
    """(first shown day of the period, market, group, then the sums of FIELDS)."""
    question, facts = read.question, read.scene.facts
    panel = read_panel(read, by=by)
    shown = periods(question, read.scene)
    ends = [period.last_day for period in shown]
    absences = read_absences(read, panel)
    windows = read_windows(read, panel, ends)
    found = []
    each = standings(panel, absences, facts, windows, ends, question.thresholds)
    for period, standing in zip(shown, each, strict=True):
        sums = [panel.sums(getattr(standing, name)) for name in FIELDS]
        found += [
            (period.first_day, *group, *(int(part[g]) for part in sums))
            for g, group in enumerate(panel.groups)
        ]
    return found


def _row(
    read: Scope, census: Census, cell: Mapping[str, Any], found: tuple[Any, ...]
) -> ActivityRow:
    is_open, is_active, undecided, habitual, regular = found
    stalls = census_of(read, census, cell, cell["last_day"], read.question.by)
    return ActivityRow(
        **cell,
        open_count=Figure(is_open),
        active=rate(is_active, is_open, missing=NONE_OPEN, zero=NONE_OPEN),
        undecided_count=Figure(undecided),
        habitual=rate(habitual, is_open, missing=NONE_OPEN, zero=NONE_OPEN),
        regular=of_census(regular, stalls),
    )


def of_census(numerator: int, stalls: Figure) -> Rate:
    """The share of the census's stalls, or why there is none."""
    if stalls.value is None:
        assert stalls.reason is not None, stalls
        return no_rate(stalls.reason, numerator=numerator)
    return rate(numerator, int(stalls.value), missing=CENSUS_OF_NONE, zero=CENSUS_OF_NONE)


def _supports(read: Scope) -> Supports:
    return vendor_supports(lambda by: {row[:3]: row[3] for row in found_standings(read, by)})


DEFINITION = Definition(
    id="activity",
    version=1,
    title=_("Activity"),
    text=_(
        "At the end of a period's last day. active: vendors (in a market) with at least"
        " active_payments_min valid payments from at least active_payers_min payers on at least"
        " active_days_min open days in the trailing active_window_days calendar days ÷ vendors who"
        " had a stall or an account on an open day of that window. An open day: the market open by"
        " its calendar and the vendor not marked absent. Payments of which no source told a payer"
        " count together as one payer; undecided_count are the vendors who would be active if each"
        " came from another. A payer is a payer token, whose key may rotate monthly: one person may"
        " count once in each of two months. That a vendor paid himself cannot be seen, because"
        " tokens of accounts and of payers are made with different keys. habitual: vendors paid in"
        " at least habitual_weeks_min of the last habitual_window_weeks complete weeks that had"
        " an open day, of the same denominator. regular: vendors paid on at least regular_days_min"
        " of their last regular_window_days open days ÷ stalls of the census in force (looked for"
        " within 120 days, weeks within 26)."
    ),
    nulls=_(
        "active and habitual are null where no vendor was open; regular is null without a census"
        " and, since the census counts markets, by row, product, cohort and vendor."
    ),
    interval=_("95 % by Wilson."),
    thresholds=(
        "active_payments_min",
        "active_payers_min",
        "active_days_min",
        "active_window_days",
        "habitual_weeks_min",
        "habitual_window_weeks",
        "regular_days_min",
        "regular_window_days",
    ),
    sql=(
        "question/roster",
        "question/paid_days",
        "question/absences",
        "question/window_payers",
        "question/census",
    ),
)

METRIC = Metric(
    answer=activity,
    row=ActivityRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "cohort", "vendor"}),
    grains=frozenset({"day", "week", "month", "window"}),
)
