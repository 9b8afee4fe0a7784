"""Concentration: whether the money goes to a few vendors or to many."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
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
from consumers.adoption.question.rate import Figure, Rate, no_rate, ratio
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import scope
from infra.clickhouse import Store
from schemas.message import Count, Message
from schemas.message import mark as _

NO_SAMPLE = Message("adoption.money_of_all_vendors")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcentrationRow(Cell):
    """One group in one period, over the vendors with a valid payment in it. Money in đồng.

    `top_share` is the money of the `top_count` best paid vendors, a tenth of all, rounded up.
    """

    vendor_count: Figure
    payment_vnd: Figure
    gini: Figure
    top_count: Figure
    top_share: Rate


def concentration(store: Store, question: Question, scene: MetricContext) -> Answer:
    """The Gini coefficient of money over paid vendors, and the share of the top tenth."""
    with scope(store, question, scene) as read:
        params = read.params(question.first_day, question.last_day)
        found = read.figures("metrics/concentration", params)
        make = partial(_row, question.thresholds.k_stalls_min)
        rows = shared_rows(read, cell_rows(read, found, NOTHING, make), payment_supports(read))
        return answer_of(read, DEFINITION, rows)


NOTHING = (0, 0, 0, 0, 0)


def _row(k_stalls_min: int, cell: Mapping[str, Any], found: tuple[Any, ...]) -> ConcentrationRow:
    vendors, vnd, rank_sum, top_count, top_vnd = map(int, found)
    few = Message("adoption.few_paid_vendors", least=Count(k_stalls_min))
    is_few = vendors < k_stalls_min
    return ConcentrationRow(
        **cell,
        vendor_count=Figure(vendors),
        payment_vnd=Figure(vnd),
        gini=Figure(None, few) if is_few else Figure(gini(vendors, vnd, rank_sum)),
        top_count=Figure(None, few) if is_few else Figure(top_count),
        top_share=no_rate(few)
        if is_few
        else ratio(top_vnd, vnd, zero=few, interval_reason=NO_SAMPLE),
    )


def gini(count: int, total: int, rank_sum: int) -> float:
    """2·Σ i·xᵢ ÷ (n·Σ xᵢ) − (n + 1) ÷ n, with xᵢ ascending and i from 1: one exact division.

    0 where all have the same; at most (n − 1) ÷ n. `total` must be positive.
    """
    return (2 * rank_sum - (count + 1) * total) / (count * total)


DEFINITION = Definition(
    id="concentration",
    version=1,
    title=_("Concentration"),
    text=_(
        "Over the vendors with at least one valid payment in the period, by the đồng of those:"
        " the Gini coefficient (0: all the same; near 1: one vendor has nearly all), and the share"
        " of the best paid tenth of them (their number rounded up). Vendors without any payment are"
        " not in it: the ladder counts those. Vendors who were there on fewer days count as they"
        " are."
    ),
    nulls=_("Null below k_stalls_min paid vendors."),
    interval=_("None: these are totals of all vendors, not of a sample."),
    thresholds=("k_stalls_min",),
    sql=("metrics/concentration",),
)

METRIC = Metric(
    answer=concentration,
    row=ConcentrationRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "cohort"}),
    grains=frozenset({"day", "week", "month", "window"}),
)
