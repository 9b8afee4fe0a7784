"""Reach: how many people paid, and how many of them came again."""

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
    Period,
    Question,
)
from consumers.adoption.question.beside import answer_of
from consumers.adoption.question.periods import periods
from consumers.adoption.question.rate import Figure, Rate, no_rate, rate
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import scope
from infra.clickhouse import Store
from schemas.message import Count, Message
from schemas.message import mark as _

NO_PAYER_TOLD = Message("adoption.no_payer_told")
NOBODY = Message("adoption.nobody_paid")
ROTATES = Message("adoption.key_rotates")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachRow(Cell):
    """One group in one period. A payer is a distinct payer token.

    `payerless_count` are the payments of which no source told a payer: they are in no payer figure.
    """

    payment_count: Figure
    payerless_count: Figure
    payer_count: Figure
    repeat_share: Rate


def reach(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Distinct payers, and the share that paid on two days or more. Suppressed below k payers."""
    with scope(store, question, scene) as read:
        params = read.params(question.first_day, question.last_day)
        found = read.figures("metrics/reach", params)
        make = partial(_row, question.thresholds.k_payers_min)
        rows = shared_rows(read, cell_rows(read, found, NOTHING, make), payment_supports(read))
        notes = [ROTATES] if any(map(_touches_two_months, periods(question, scene))) else []
        return answer_of(read, DEFINITION, rows, notes)


NOTHING = (0, 0, 0, 0)


def _row(k_payers_min: int, cell: Mapping[str, Any], found: tuple[Any, ...]) -> ReachRow:
    payments, payerless, payers, repeaters = found
    reason = too_few(payments, payers, k_payers_min)
    return ReachRow(
        **cell,
        payment_count=Figure(payments),
        payerless_count=Figure(payerless),
        payer_count=Figure(None, reason) if reason else Figure(payers),
        repeat_share=no_rate(reason)
        if reason
        else rate(repeaters, payers, missing=NOBODY, zero=NOBODY),
    )


def too_few(payments: int, payers: int, k_payers_min: int) -> Message | None:
    """Why the payers are not told, or None. That nobody paid tells nothing about anybody."""
    if payments and not payers:
        return NO_PAYER_TOLD
    if 0 < payers < k_payers_min:
        return Message("adoption.few_payers", least=Count(k_payers_min))
    return None


def _touches_two_months(period: Period) -> bool:
    first, last = period.first_day, period.last_day
    return (first.year, first.month) != (last.year, last.month)


DEFINITION = Definition(
    id="reach",
    version=1,
    title=_("Payer reach"),
    text=_(
        "payer_count: distinct payer tokens of valid payments in the period. repeat_share: those"
        " seen on two days or more ÷ payer_count. Payments of which no source told a payer are"
        " counted in payerless_count and in no payer figure. A token is not a person for ever: its"
        " key may rotate monthly, so compare months, or periods within one."
    ),
    nulls=_(
        "Payer figures are null below k_payers_min payers, shared or not, and where no source told"
        " a payer."
    ),
    interval=_("95 % by Wilson, for the repeat share."),
    thresholds=("k_payers_min",),
    sql=("metrics/reach",),
)

METRIC = Metric(
    answer=reach,
    row=ReachRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market", "row", "product", "cohort", "vendor"}),
    grains=frozenset({"day", "week", "month", "window"}),
)
