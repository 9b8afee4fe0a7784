"""Markets and vendors at a glance, over the last 28 complete days: what `choso demo` shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from consumers.adoption.daily import NOW_AND_EVER, active_share
from consumers.adoption.render import UNATTRIBUTED, render_table, share_text
from consumers.sql import statement
from infra.clickhouse import Store

DAYS = 28
ACTIVE_PAYMENTS_MIN = 4
ACTIVE_DAYS_MIN = 3


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One market over the window and today. Money in đồng."""

    market: str
    name: str
    payment_count: int
    payment_vnd: int
    paid_vendor_count: int
    active_vendor_count: int
    stall_count: int | None
    today_count: int
    today_vnd: int


@dataclass(frozen=True, slots=True)
class VendorRow:
    """One vendor in a market over the window."""

    market: str
    vendor: str
    name: str
    payment_count: int
    payment_vnd: int
    day_count: int


def market_overview(store: Store, *, today: date) -> list[MarketRow]:
    """All markets. A vendor is active with at least 4 payments on at least 3 days of the window."""
    rows = store.query(
        statement(__package__, "overview_market"),
        {
            "today": today,
            "first_day": today - timedelta(days=DAYS),
            "payments_min": ACTIVE_PAYMENTS_MIN,
            "days_min": ACTIVE_DAYS_MIN,
            "known_at": NOW_AND_EVER,
        },
    )
    return [MarketRow(*row) for row in rows]


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


def render_overview(rows: Sequence[MarketRow]) -> str:
    """The markets as a table."""
    head = (
        "market",
        "name",
        "payments",
        "đồng",
        "paid",
        "active",
        "stalls",
        "active share",
        "today",
    )
    return render_table(
        head,
        [
            (
                row.market or UNATTRIBUTED,
                row.name,
                f"{row.payment_count:,}",
                f"{row.payment_vnd:,}",
                f"{row.paid_vendor_count:,}",
                f"{row.active_vendor_count:,}",
                "–" if row.stall_count is None else f"{row.stall_count:,}",
                share_text(*active_share(row.active_vendor_count, row.stall_count)),
                f"{row.today_count:,}",
            )
            for row in rows
        ],
    )


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
