"""Fee digitisation: how much of the market fees that are due was paid cashless."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumers.adoption.privacy.hide import Support
from consumers.adoption.privacy.suppress import Key, Supports, shared_rows
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
from consumers.adoption.question.rate import Figure, Rate, rate, ratio
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

NONE_DUE = Message("adoption.no_fee_due")
ALL_FEES = Message("adoption.money_of_all_fees")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeesRow(Cell):
    """One group in one period, by the month that a fee is for. Money in đồng.

    `undue_vnd` was paid though no fee is known to be due: it is in no share.
    """

    fee_count: Figure
    due_vnd: Figure
    paid_cashless_vnd: Figure
    paid_cash_vnd: Figure
    undue_vnd: Figure
    vnd_share: Rate
    stall_share: Rate


def fees(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Fees paid cashless ÷ fees due, and the stalls that paid all theirs so ÷ stalls that owe."""
    with scope(store, question, scene) as read:
        rows = cell_rows(read, _found(read, question.by), NOTHING, _row)
        return answer_of(read, DEFINITION, shared_rows(read, rows, _supports(read)))


NOTHING = (0, 0, 0, 0, 0, 0, 0)


def _found(read: Scope, by: By) -> list[tuple[Any, ...]]:
    params = read.params(read.question.first_day, read.question.last_day, by)
    return read.rows("metrics/fees", params | {"known_at": read.known_at})


def _supports(read: Scope) -> Supports:
    def by_stalls(by: By) -> dict[Key, Support]:
        # Nobody else pays a stall's fees: fees stand for payers.
        return {
            (row[0], row[1], row[2]): Support(payers=0, sales=row[5], stalls=row[3])
            for row in _found(read, by)
        }

    return by_stalls


def _row(cell: Mapping[str, Any], found: tuple[Any, ...]) -> FeesRow:
    stalls, cashless_stalls, count, due_vnd, cashless_vnd, cash_vnd, undue_vnd = map(int, found)
    return FeesRow(
        **cell,
        fee_count=Figure(count),
        due_vnd=Figure(due_vnd),
        paid_cashless_vnd=Figure(cashless_vnd),
        paid_cash_vnd=Figure(cash_vnd),
        undue_vnd=Figure(undue_vnd),
        vnd_share=ratio(cashless_vnd, due_vnd, zero=NONE_DUE, interval_reason=ALL_FEES),
        stall_share=rate(cashless_stalls, stalls, missing=NONE_DUE, zero=NONE_DUE),
    )


DEFINITION = Definition(
    id="fees",
    version=1,
    title=_("Fee digitisation"),
    text=_(
        "vnd_share: đồng of market fees paid cashless ÷ đồng due, over fees that are known to be"
        " due for a month that the period touches, as last stated. stall_share: stalls that paid"
        " all their due fees of the period cashless, in full ÷ stalls that owe any. What was paid"
        " though nothing is known to be due stands in undue_vnd. Rows and products are those of"
        " the stall on the question's last day."
    ),
    nulls=_("Null where no fee is due, or none is known."),
    interval=_("95 % by Wilson for the share of stalls; none for money, which is all of it."),
    thresholds=(),
    sql=("metrics/fees",),
)

METRIC = Metric(
    answer=fees,
    row=FeesRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product"}),
    grains=frozenset({"month", "window"}),
)
