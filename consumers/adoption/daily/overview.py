"""Markets and vendors at a glance, over the last 28 complete days: what `choso demo` shows.

Who is active is what the metric `activity` says, so that terminal, page and API say one number.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from consumers.adoption.ask import ask, question_of
from consumers.adoption.metrics.activity import ActivityRow
from consumers.adoption.question.facts import vendor_names
from consumers.adoption.question.rate import Rate
from consumers.adoption.question.scene import look
from consumers.fold.projections import NOW_AND_EVER
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings

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


@dataclass(frozen=True, slots=True)
class MarketRow:
    """One market over the window and today. Money in đồng; `active` of the vendors who
    were open is the metric's at the end of the window; None where it has no row."""

    market: str
    name: str
    payment_count: int
    payment_vnd: int
    paid_vendor_count: int
    active: Rate | None
    today_count: int
    today_vnd: int


def market_overview(
    store: Store, *, today: date, now: datetime, fold: FoldSettings
) -> list[MarketRow]:
    """All markets, and what is nobody's."""
    params = {
        "today": today,
        "first_day": today - timedelta(days=DAYS),
        "known_at": NOW_AND_EVER,
    }
    question = question_of("activity", now=now, at=today - timedelta(days=1), by="market")
    scene = look(store, now=now, fold=fold, question=question)
    found = {
        row.market: row for row in ask(store, question, scene).rows if isinstance(row, ActivityRow)
    }
    rows = []
    for market, name, count, vnd, paid, today_count, today_vnd in store.query(
        statement(__package__, "overview_market"), params
    ):
        row = found.get(market)
        rows.append(
            MarketRow(
                market,
                name,
                count,
                int(vnd),
                paid,
                row.active if row else None,
                today_count,
                int(today_vnd),
            )
        )
    return rows
