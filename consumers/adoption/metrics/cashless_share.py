"""Cashless share: of what was sold where cash was measured too, how much was paid cashless."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumers.adoption.metrics.cluster import ClusterSums, clustered_rate
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
from consumers.adoption.question.rate import Figure, Rails, Rate, rails_of
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

NOT_MEASURED = Message("adoption.cash_not_measured")


@dataclass(frozen=True, slots=True, kw_only=True)
class CashlessShareRow(Cell):
    """One group in one period; n is `stall_count`. Money in đồng.

    A measured day is a day of one vendor with at least one cash sale reported. Days with payments
    and without measured cash (`unmeasured_day_count`) enter neither side.
    """

    stall_count: Figure
    measured_day_count: Figure
    unmeasured_day_count: Figure
    count_share: Rate
    vnd_share: Rate
    rails: Rails


def cashless_share(store: Store, question: Question, scene: MetricContext) -> Answer:
    """By number and by value, each with an interval clustered by stall."""
    with scope(store, question, scene) as read:
        params = read.params(question.first_day, question.last_day)
        found = read.figures("metrics/cashless_share", params)
        rows = cell_rows(read, found, NOTHING, _row)
        rows = shared_rows(read, rows, payment_supports(read, is_measured=True))
        return answer_of(read, DEFINITION, rows)


NOTHING: tuple[Any, ...] = (*(0,) * 13, {}, {})


def _row(cell: Mapping[str, Any], found: tuple[Any, ...]) -> CashlessShareRow:
    stalls, measured, unmeasured = found[:3]
    sums = [int(number) for number in found[3:13]]
    return CashlessShareRow(
        **cell,
        stall_count=Figure(stalls),
        measured_day_count=Figure(measured),
        unmeasured_day_count=Figure(unmeasured),
        count_share=clustered_rate(ClusterSums(stalls, *sums[:5]), zero=NOT_MEASURED),
        vnd_share=clustered_rate(ClusterSums(stalls, *sums[5:]), zero=NOT_MEASURED),
        rails=rails_of(*found[13:]),
    )


DEFINITION = Definition(
    id="cashless-share",
    version=1,
    title=_("Cashless share"),
    text=_(
        "On measured days: valid payments ÷ (valid payments + reported cash sales), by number and"
        " by đồng. A measured day is a day of one vendor with at least one reported cash sale, so a"
        " day on which a measured vendor sold nothing for cash cannot be told from one that nobody"
        " measured, and is left out: the share is then a little too low. Days with payments but no"
        " measured cash are counted beside (unmeasured_day_count)."
    ),
    nulls=_("Null where cash was not measured: nothing is assumed about unmeasured days."),
    interval=_(
        "95 %, clustered by stall (a vendor in a market): linearised ratio estimator with Student's"
        " t, n − 1 degrees of freedom, cut to [0, 1]. None for fewer than two stalls."
    ),
    thresholds=(),
    sql=("metrics/cashless_share",),
)

METRIC = Metric(
    answer=cashless_share,
    row=CashlessShareRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "cohort", "vendor"}),
    grains=frozenset({"day", "week", "month", "window"}),
)
