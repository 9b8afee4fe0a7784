"""Vendors at a glance, over the last 28 complete days, and what vendors are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from consumers.adoption.daily import NOW_AND_EVER
from consumers.adoption.render import UNATTRIBUTED, render_table
from consumers.sql import statement
from infra.clickhouse import Store

DAYS = 28


@dataclass(frozen=True, slots=True)
class VendorRow:
    """One vendor in a market over the window."""

    market: str
    vendor: str
    name: str
    payment_count: int
    payment_vnd: int
    day_count: int


def newest_day(store: Store, *, today: date) -> date:
    """The last day with figures, and no later than today: history is shown while it comes in."""
    [(day,)] = store.query(statement(__package__, "newest_day"), {"today": today})
    found: date = day
    return found if found.year > 1970 else today


def vendor_overview(store: Store, *, today: date, limit: int) -> list[VendorRow]:
    """The vendors with most payments in the window."""
    params: dict[str, Any] = {
        "today": today,
        "first_day": today - timedelta(days=DAYS),
        "limit": limit,
    }
    rows = store.query(statement(__package__, "overview_vendor"), params)
    names = vendor_names(store, day=today, known_at=NOW_AND_EVER)
    return [
        VendorRow(market, vendor, names.get(vendor, ""), count, int(vnd), days)
        for market, vendor, count, vnd, days in rows
    ]


def vendor_names(store: Store, *, day: date, known_at: datetime) -> dict[str, str]:
    """Vendor code -> name on a day, as the registry was known at a moment."""
    params = {"day": day, "known_at": known_at}
    return dict(store.query(statement(__package__, "vendor_names"), params))


def render_vendors(rows: Sequence[VendorRow]) -> str:
    """The vendors as a table."""
    head = ("market", "vendor", "name", "payments", "đồng", "days")
    return render_table(
        head,
        [
            (
                row.market or UNATTRIBUTED,
                row.vendor or UNATTRIBUTED,
                row.name,
                f"{row.payment_count:,}",
                f"{row.payment_vnd:,}",
                f"{row.day_count}",
            )
            for row in rows
        ],
    )
