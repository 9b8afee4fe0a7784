"""Intensity: payments, money and median ticket on days on which a vendor is open and is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumers.adoption.privacy.suppress import payment_supports, shared_rows
from consumers.adoption.question.answer import (
    Answer,
    Cell,
    Definition,
    Metric,
    MetricContext,
    Question,
)
from consumers.adoption.question.beside import answer_of
from consumers.adoption.question.rate import Figure, Rails, rails_of
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

NO_DAY = Message("adoption.no_active_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntensityRow(Cell):
    """One group in one period. Money in đồng.

    `payment_count` and `payment_vnd` are all valid payments of the period; the figures per active
    open day leave out those of closed days (`closed_payment_count`) and of nobody.
    """

    vendor_count: Figure
    active_day_count: Figure
    payment_count: Figure
    payment_vnd: Figure
    closed_payment_count: Figure
    payments_per_active_day: Figure
    vnd_per_active_day: Figure
    median_ticket_vnd: Figure
    rails: Rails


def intensity(store: Store, question: Question, scene: MetricContext) -> Answer:
    """How much is paid where cashless payment is used at all."""
    with scope(store, question, scene) as read:
        params = read.params(question.first_day, question.last_day)
        found = read.figures("metrics/intensity", params)
        rows = cell_rows(read, found, NOTHING, _row)
        rows = shared_rows(read, rows, payment_supports(read))
        return answer_of(read, DEFINITION, rows)


NOTHING: tuple[Any, ...] = (0, 0, 0, 0, 0, 0, 0, 0, 0, {}, {})


def _row(cell: Mapping[str, Any], found: tuple[Any, ...]) -> IntensityRow:
    vendors, days, count, vnd, closed, open_count, open_vnd, low_vnd, high_vnd, counts, vnds = found
    return IntensityRow(
        **cell,
        vendor_count=Figure(vendors),
        active_day_count=Figure(days),
        payment_count=Figure(count),
        payment_vnd=Figure(int(vnd)),
        closed_payment_count=Figure(closed),
        payments_per_active_day=per(open_count, days),
        vnd_per_active_day=per(int(open_vnd), days),
        median_ticket_vnd=per(low_vnd + high_vnd, 2 if days else 0),
        rails=rails_of(counts, vnds),
    )


def per(total: int, days: int) -> Figure:
    """The total for each active open day."""
    return Figure(total / days) if days else Figure(None, NO_DAY)


DEFINITION = Definition(
    id="intensity",
    version=1,
    title=_("Intensity"),
    text=_(
        "On active open days, which are days of one vendor with at least one valid payment, the"
        " market open by its calendar and the vendor not marked absent: valid payments ÷ active"
        " open days, their đồng ÷ active open days, and the median amount of those payments (of two"
        " middle ones their mean). payment_count and payment_vnd are all valid payments of the"
        " period, by rail class beside; closed_payment_count are those on days on which market or"
        " vendor was not there, which enter no figure per day."
    ),
    nulls=_("Figures per active open day are null where there is no such day."),
    interval=_("None: these are totals of all payments, not of a sample."),
    thresholds=(),
    sql=("metrics/intensity",),
)

METRIC = Metric(
    answer=intensity,
    row=IntensityRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "cohort", "vendor"}),
    grains=frozenset({"day", "week", "month", "window"}),
)
