"""Growth: this period against the one before and against the same one a year earlier."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal

from consumers.adoption.metrics.growth_row import Earlier, GrowthRow, growth_row
from consumers.adoption.privacy.hide import Support
from consumers.adoption.privacy.suppress import Key, Supports, shared_rows
from consumers.adoption.question.answer import (
    Answer,
    By,
    Definition,
    Grain,
    Metric,
    MetricContext,
    Period,
    Question,
)
from consumers.adoption.question.beside import answer_of
from consumers.adoption.question.periods import incomplete, periods
from consumers.adoption.question.rows import cell_rows, open_days
from consumers.adoption.question.scope import Scope, scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

Against = Literal["previous", "year"]
COMPARED: tuple[Against, ...] = ("previous", "year")


def growth(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Growth of payments and money, of all vendors and of those that were paid in both periods."""
    spans = periods(question, scene)
    pairs = [
        (span, against, earlier(span, question.grain, against))
        for span in spans
        for against in COMPARED
    ]
    ranges = [(span.first_day, span.last_day) for span in spans]
    with scope(store, question, scene, [*ranges, *(before for _, _, before in pairs)]) as read:
        rows: list[GrowthRow] = []
        for span, against, before in pairs:
            rows += _compare(read, span, against, before)
        rows.sort(key=lambda row: (row.first_day, row.against))
        return answer_of(read, DEFINITION, rows)


def earlier(span: Period, grain: Grain, against: Against) -> tuple[date, date]:
    """The days that a period is compared with: as many, or the same calendar month."""
    first, last = span.first_day, span.last_day
    length = last - first + timedelta(days=1)
    if against == "previous":
        if grain == "month" and first.day == 1:
            end = first - timedelta(days=1)
            return end.replace(day=1), end
        return first - length, last - length
    if grain == "week":
        return first - timedelta(weeks=52), last - timedelta(weeks=52)
    return a_year_before(first, is_end=False), a_year_before(last, is_end=grain == "month")


def a_year_before(day: date, *, is_end: bool) -> date:
    """The same day of the year before; of a leap day, and of a month's end, the month's last."""
    following = day + timedelta(days=1)
    if is_end and following.day == 1:
        return following.replace(year=following.year - 1) - timedelta(days=1)
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _compare(
    read: Scope, span: Period, against: Against, before: tuple[date, date]
) -> list[GrowthRow]:
    question, scene = read.question, read.scene
    reason = incomplete(*before, question=question, scene=scene)
    made = Earlier(
        against=against,
        first_day=before[0],
        last_day=before[1],
        reason=Message("adoption.earlier_period", reason=reason) if reason else None,
        span_reason=span.reason,
    )

    def make(cell: Mapping[str, Any], found: tuple[Any, ...]) -> GrowthRow:
        now_days = open_days(read, cell)
        then_days = open_days(read, {**cell, "first_day": before[0], "last_day": before[1]})
        return growth_row(cell, found, made, (now_days, then_days), question)

    params = read.params(before[0], span.last_day)
    params |= {"this_first_day": span.first_day, "before_last_day": before[1]}
    found = read.figures("metrics/growth", params)
    rows = cell_rows(read, found, NOTHING, make, [span])
    for supports in _supports(read, span, before):
        rows = shared_rows(read, rows, supports)
    return rows


NOTHING = (0,) * 13


def _supports(read: Scope, span: Period, before: tuple[date, date]) -> list[Supports]:
    """A row tells of both periods: it is shown where it may be shown for each of them."""

    def of(range_: tuple[date, date], by: By) -> dict[Key, Support]:
        params = read.params(*range_, by) | {"is_measured": False, "grain": "window"}
        rows = read.figures("privacy/support", params)
        return {(span.first_day, row[1], row[2]): Support(*map(int, row[3:])) for row in rows}

    return [partial(of, (span.first_day, span.last_day)), partial(of, before)]


DEFINITION = Definition(
    id="growth",
    version=1,
    title=_("Growth"),
    text=_(
        "This period ÷ an earlier one, less 1: `previous` is the period before it of the same"
        " length (or calendar month), `year` the same one a year earlier (of a week, 52 weeks)."
        " growth_*_all: all valid payments. growth_*_same: of vendors paid in both periods, so"
        " without those that started or stopped, whose numbers stand beside."
        " growth_vnd_per_open_day: money of open days ÷ open market-days, so that closed days are"
        " exposure and no decline. The national target (Decision 1813/QĐ-TTg) is a yearly one and"
        " stands beside `year` only. Tết moves between solar months: compare with care there."
    ),
    nulls=_(
        "Null where either period is incomplete, or nothing was paid in the earlier one. In a"
        " shared answer figures of the same vendors are null below k_stalls_min of them."
    ),
    interval=_("None: these are totals of all payments, not of a sample."),
    thresholds=("growth_target_min", "growth_target_max", "k_stalls_min"),
    sql=("metrics/growth",),
)

METRIC = Metric(
    answer=growth,
    row=GrowthRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "vendor"}),
    grains=frozenset({"week", "month", "window"}),
)
