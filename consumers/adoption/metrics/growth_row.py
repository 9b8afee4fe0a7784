"""A row of growth, from the sums of two periods. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from consumers.adoption.question.answer import Cell, Question
from consumers.adoption.question.rate import Figure
from schemas.message import Count, Message

NOTHING_BEFORE = Message("adoption.nothing_before")
NO_OPEN_DAY = Message("adoption.no_open_day")
NOT_YEARLY = Message("adoption.target_is_yearly")


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRow(Cell):
    """One group in one period against an earlier one. Money in đồng; growth 0.2 is 20 % more."""

    against: str  # previous, year
    before_first_day: date
    before_last_day: date
    payment_count: Figure
    before_payment_count: Figure
    payment_vnd: Figure
    before_payment_vnd: Figure
    same_vendor_count: Figure
    started_vendor_count: Figure
    stopped_vendor_count: Figure
    growth_count_all: Figure
    growth_count_same: Figure
    growth_vnd_all: Figure
    growth_vnd_same: Figure
    growth_vnd_per_open_day: Figure
    target_min: Figure
    target_max: Figure


@dataclass(frozen=True, slots=True)
class Earlier:
    """The earlier period, and why a comparison with it, or of this one, must not be made."""

    against: str
    first_day: date
    last_day: date
    reason: Message | None
    span_reason: Message | None


def growth_row(
    cell: Mapping[str, Any],
    found: tuple[Any, ...],
    before: Earlier,
    days: tuple[int, int],
    question: Question,
) -> GrowthRow:
    """`found` as growth.sql gives it; `days` are the open market-days of this and of the other."""
    count, count0, vnd, vnd0, open_vnd, open_vnd0, same, same0, same_vnd, same_vnd0 = map(
        int, found[:10]
    )
    same_vendors, started, stopped = found[10:13]
    reason = before.span_reason or before.reason
    thresholds = question.thresholds
    same_reason = reason
    if question.is_shared and same_vendors < thresholds.k_stalls_min:
        same_reason = reason or Message(
            "adoption.few_same_vendors", least=Count(thresholds.k_stalls_min)
        )
    is_yearly = before.against == "year"
    return GrowthRow(
        **cell,
        against=before.against,
        before_first_day=before.first_day,
        before_last_day=before.last_day,
        payment_count=Figure(count),
        before_payment_count=Figure(count0),
        payment_vnd=Figure(vnd),
        before_payment_vnd=Figure(vnd0),
        same_vendor_count=Figure(same_vendors),
        started_vendor_count=Figure(started),
        stopped_vendor_count=Figure(stopped),
        growth_count_all=grown(count, count0, reason),
        growth_count_same=grown(same, same0, same_reason),
        growth_vnd_all=grown(vnd, vnd0, reason),
        growth_vnd_same=grown(same_vnd, same_vnd0, same_reason),
        growth_vnd_per_open_day=grown_per_day((open_vnd, open_vnd0), days, reason),
        target_min=Figure(thresholds.growth_target_min) if is_yearly else Figure(None, NOT_YEARLY),
        target_max=Figure(thresholds.growth_target_max) if is_yearly else Figure(None, NOT_YEARLY),
    )


def grown(now: int, before: int, reason: Message | None) -> Figure:
    """now ÷ before − 1, or why not."""
    if reason is not None:
        return Figure(None, reason)
    return Figure((now - before) / before) if before else Figure(None, NOTHING_BEFORE)


def grown_per_day(money: tuple[int, int], days: tuple[int, int], reason: Message | None) -> Figure:
    """(now ÷ days) ÷ (before ÷ days before) − 1, or why not."""
    if reason is None and not (days[0] and days[1]):
        reason = NO_OPEN_DAY
    return grown(money[0] * days[1], money[1] * days[0], reason)
