"""Adoption day by day: payments, money, paid vendors, and their share of the census's stalls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from consumers.adoption.daily.denominators import read_denominators
from consumers.adoption.metrics.activity import CENSUS_OF_NONE
from consumers.adoption.panel.provision import NO_CENSUS
from consumers.adoption.question.known import day_runs
from consumers.adoption.question.periods import KNOWN_ON_DAYS_MAX, check_range
from consumers.fold.dirty import days_of
from consumers.sql import statement
from infra.clickhouse import Store
from infra.clock import Clock
from infra.settings import FoldSettings
from schemas.calendar import LOCAL
from schemas.message import Message

DAYS_MAX = 3_660
ROWS_MAX = 100_000

By = Literal["market", "vendor"]
OF_VENDOR = Message("adoption.of_vendor")


@dataclass(frozen=True, slots=True)
class DailyRow:
    """One market or vendor on one local day. Money in đồng.

    `paid_vendor_count` vendors had a valid payment; `paid_share` is that ÷ stalls of the census in
    force, and None with `share_reason` where there is no such census (or for a vendor's row). An
    incomplete day is not over yet.
    """

    day: date
    market: str
    market_name: str
    vendor: str
    payment_count: int
    payment_vnd: int
    payer_count: int
    paid_vendor_count: int
    stall_count: int | None
    paid_share: float | None
    share_reason: Message | None
    cash_count: int
    cash_vnd: int
    refund_count: int
    refund_vnd: int
    reversed_count: int
    conflict_count: int
    failed_count: int
    is_open: bool
    is_complete: bool


def daily(
    store: Store,
    *,
    market: str | None,
    vendor: str | None,
    first_day: date,
    last_day: date,
    by: By,
    clock: Clock,
    limit: int = ROWS_MAX,
    offset: int = 0,
) -> list[DailyRow]:
    """The folded figures, ascending by day, market and vendor. Refused: a range that cannot be."""
    check_range(first_day, last_day, days_max=DAYS_MAX)
    params: dict[str, Any] = {
        "market": market,
        "first_day": first_day,
        "last_day": last_day,
        "limit": limit,
        "offset": offset,
    }
    if by == "vendor":
        params["vendor"] = vendor
    rows = store.query(statement(__package__, f"daily_{by}"), params)
    return _with_denominators(store, rows, None, by, clock)


def daily_known_on(
    store: Store,
    *,
    known_at: datetime,
    market: str | None,
    vendor: str | None,
    first_day: date,
    last_day: date,
    by: By,
    settings: FoldSettings,
    clock: Clock,
) -> list[DailyRow]:
    """The same as it was known at a moment: computed from the evidence recorded until then."""
    check_range(first_day, last_day, days_max=KNOWN_ON_DAYS_MAX)
    rows: list[tuple[Any, ...]] = []
    for first, last in day_runs(store, days_of(first_day, last_day)):
        params = {
            "first_day": first,
            "last_day": last,
            "known_at": known_at,
            "window_days": settings.window_days,
            "amount_vnd_min": settings.amount_vnd_min,
            "by": by,
            "market": market,
            "vendor": vendor,
        }
        rows += store.query(statement(__package__, "daily_known_on"), params)
    return _with_denominators(store, rows, known_at, by, clock)


def _with_denominators(
    store: Store,
    rows: Iterable[tuple[Any, ...]],
    known_at: datetime | None,
    by: By,
    clock: Clock,
) -> list[DailyRow]:
    known = read_denominators(store, known_at)
    now = clock.now()
    today = min(now, known_at or now).astimezone(LOCAL).date()
    found = []
    for day, market, vendor, count, vnd, payers, *rest, paid in rows:
        cash_count, cash_vnd, refund_count, refund_vnd, reversed_, conflict, failed = rest
        name, stalls, is_open = known.on(day, market)
        share, reason = paid_share(paid, stalls) if by == "market" else (None, OF_VENDOR)
        found.append(
            DailyRow(
                day=day,
                market=market,
                market_name=name,
                vendor=vendor,
                payment_count=count,
                payment_vnd=int(vnd),
                payer_count=payers,
                paid_vendor_count=paid,
                stall_count=stalls,
                paid_share=share,
                share_reason=reason,
                cash_count=cash_count,
                cash_vnd=int(cash_vnd),
                refund_count=refund_count,
                refund_vnd=int(refund_vnd),
                reversed_count=reversed_,
                conflict_count=conflict,
                failed_count=failed,
                is_open=is_open,
                is_complete=day < today,
            )
        )
    return found


def paid_share(paid: int, stalls: int | None) -> tuple[float | None, Message | None]:
    """The share, or None with its reason: a rate without a denominator is never guessed."""
    if stalls is None:
        return None, NO_CENSUS
    if stalls == 0:
        return None, CENSUS_OF_NONE
    return paid / stalls, None
