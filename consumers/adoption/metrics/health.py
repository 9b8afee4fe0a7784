"""Data health: what was received, and what evidence itself says is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from consumers.adoption.question.answer import (
    Answer,
    Cell,
    Definition,
    Metric,
    MetricContext,
    Question,
)
from consumers.adoption.question.beside import NO_PAYMENT, answer_of
from consumers.adoption.question.rate import Figure, Rate, no_rate, rate
from consumers.adoption.question.rows import cell_rows
from consumers.adoption.question.scope import Scope, asked_markets, is_filtered, scope
from infra.clickhouse import Store
from schemas.message import Message
from schemas.message import mark as _

WITHIN = Message("adoption.within_market")
NO_BALANCE = Message("adoption.no_balance")
WHOLE_RANGE = Message("adoption.of_whole_range")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow(Cell):
    """One group in one period: records by the day that they name, payments by their own day.

    `missing_vnd` came into accounts between two told balances though no evidence tells of it, in
    `gap_count` places; `outflow_vnd` went out of them, which is no gap: nobody reports it. Accounts
    in which an order cannot be known (`unordered_account_count`) are not looked at.
    """

    report_count: int
    duplicate_count: int
    late_count: int
    payment_count: int
    attributed: Rate
    cash_count: int
    conflict_count: int
    failed_count: int
    reversed_count: int
    small_count: int
    balance_account_count: Figure
    unordered_account_count: Figure
    gap_count: Figure
    missing_vnd: Figure
    outflow_vnd: Figure


def health(store: Store, question: Question, scene: MetricContext) -> Answer:
    """Counts of reports and of what became of them, and the continuity of balances."""
    with scope(store, question, scene) as read:
        found = read.rows("metrics/health", read.params(question.first_day, question.last_day))
        gaps = balances(read)
        told = {(market, group) for _, market, group, *_ in found}
        # An account may tell balances where no record of the range is folded (yet).
        found += [(question.first_day, *key, *NOTHING) for key in sorted(set(gaps or ()) - told)]
        return answer_of(read, DEFINITION, cell_rows(read, found, NOTHING, partial(_row, gaps)))


NOTHING = (0,) * 10
Balances = dict[tuple[str, str], list[int]] | None


def balances(read: Scope) -> Balances:
    """The sums of `balance_gaps` of the markets that are asked about, by (market, group); None
    where a period is not the whole range."""
    question = read.question
    if question.grain != "window":
        return None
    params = {
        "first_day": question.first_day,
        "last_day": question.last_day,
        "known_at": read.known_at,
    }
    known = read.scene.facts.on(question.last_day)
    sums: dict[tuple[str, str], list[int]] = {}
    asked = asked_markets(question, read.scene) if is_filtered(question) else None
    for market, *numbers in read.rows("metrics/balance_gaps", params):
        if asked is not None and market not in asked:
            continue
        kind = known[market].kind if market in known else ""
        group = {"market": (market, market), "kind": ("", kind)}.get(question.by, ("", ""))
        so_far = sums.setdefault(group, [0] * 5)
        sums[group] = [a + int(b) for a, b in zip(so_far, numbers, strict=True)]
    return sums


def _row(gaps: Balances, cell: Mapping[str, Any], found: tuple[Any, ...]) -> HealthRow:
    reports, duplicates, late, payments, unattributed, *others = map(int, found)
    cash, conflicts, failed, reversed_, small = others
    # Within a market everything is attributed by definition: the share belongs to the whole.
    share = rate(payments - unattributed, payments, missing=NO_PAYMENT, zero=NO_PAYMENT)
    is_within = bool(cell["market"] or cell["group"])
    return HealthRow(
        **cell,
        report_count=reports,
        duplicate_count=duplicates,
        late_count=late,
        payment_count=payments,
        attributed=no_rate(WITHIN) if is_within and payments else share,
        cash_count=cash,
        conflict_count=conflicts,
        failed_count=failed,
        reversed_count=reversed_,
        small_count=small,
        **_balance_figures(gaps, (cell["market"], cell["group"])),
    )


def _balance_figures(gaps: Balances, group: tuple[str, str]) -> dict[str, Any]:
    numbers = gaps.get(group) if gaps is not None else None
    if numbers is None:
        reason = WHOLE_RANGE if gaps is None else NO_BALANCE
        return dict.fromkeys(BALANCE_FIGURES, Figure(None, reason))
    return {name: Figure(number) for name, number in zip(BALANCE_FIGURES, numbers, strict=True)}


BALANCE_FIGURES = (
    "balance_account_count",
    "unordered_account_count",
    "gap_count",
    "missing_vnd",
    "outflow_vnd",
)

DEFINITION = Definition(
    id="health",
    version=1,
    title=_("Data health"),
    text=_(
        "report_count: admitted records that name a day of the period, each as often as it came."
        " duplicate_count: those that said, byte for byte, what another had said. late_count:"
        " events that no record told before the end of the next local day. Payments by their own"
        " day: valid, contradicted (conflict), failed, reversed, under the least amount (small)."
        " attributed: valid payments with a vendor ÷ all. Rejected records stand in the health"
        " beside every answer. Balances: where a source tells the balance after a credit, a"
        " difference from the balance before it and the known amounts between them is money that"
        " came in without evidence (missing_vnd, in gap_count places) or went out (outflow_vnd)."
    ),
    nulls=_(
        "attributed is null without payments and within a market; balances are null where no source"
        " tells any, and in periods shorter than the range."
    ),
    interval=_("95 % by Wilson, for attributed."),
    thresholds=(),
    sql=(
        "metrics/health",
        "question/health_beside",
        "question/rejected_count",
        "metrics/balance_gaps",
    ),
)

METRIC = Metric(
    answer=health,
    row=HealthRow,
    definition=DEFINITION,
    by=frozenset({"all", "kind", "market"}),
    grains=frozenset({"day", "week", "month", "window"}),
)
