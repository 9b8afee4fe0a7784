"""The vendors of a market with what they were paid. Personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from consumers.adoption.question.facts import vendor_names
from consumers.fold.projections import NOW_AND_EVER
from consumers.sql import statement
from infra.clickhouse import Store

Sort = Literal["payments", "silent", "code"]
SORTS: tuple[str, ...] = get_args(Sort)
DAYS = 28
TREND_WEEKS = 8


@dataclass(frozen=True, slots=True)
class MarketVendor:
    """One vendor over 28 days; `weeks` are payments by Monday over eight weeks. Money in đồng."""

    vendor: str
    name: str
    payment_count: int
    payment_vnd: int
    day_count: int
    last_paid_on: date
    weeks: tuple[int, ...]


def load_market_vendors(
    store: Store, market: str, *, last_day: date, sort: Sort, limit: int, offset: int
) -> list[MarketVendor]:
    """By most payments, by who was longest not paid, or by code."""
    # The week that runs on the last day would look like a fall: only weeks that are over.
    after = last_day + timedelta(days=1)
    monday = after - timedelta(days=after.weekday())
    mondays = [monday - timedelta(weeks=n + 1) for n in reversed(range(TREND_WEEKS))]
    params = {
        "market": market,
        "first_day": last_day - timedelta(days=DAYS - 1),
        "last_day": last_day,
        "trend_first_day": mondays[0],
        "sort": sort,
        "limit": limit,
        "offset": offset,
    }
    rows = store.query(statement(__package__, "market_vendors"), params)
    names = vendor_names(store, day=last_day, known_at=NOW_AND_EVER)
    return [
        MarketVendor(
            vendor, names.get(vendor, ""), count, int(vnd), days, last, _weeks(weeks, mondays)
        )
        for vendor, count, vnd, days, last, weeks in rows
    ]


def _weeks(found: Mapping[date, int], mondays: list[date]) -> tuple[int, ...]:
    return tuple(int(found.get(monday, 0)) for monday in mondays)
