"""Markets at a glance, over the last 28 complete days: what `choso demo` shows.

Who is active is what the metric `activity` says, so that terminal, page and API say one number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from consumers.adoption.activity import ActivityRow
from consumers.adoption.ask import ask, question_of
from consumers.adoption.daily import NOW_AND_EVER
from consumers.adoption.overview import DAYS
from consumers.adoption.rate import Rate
from consumers.adoption.render import UNATTRIBUTED, render_table, share_text
from consumers.adoption.scene import look
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings


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


def render_overview(rows: Sequence[MarketRow]) -> str:
    """The markets as a table."""
    head = (
        "market",
        "name",
        "payments",
        "đồng",
        "paid",
        "active",
        "of vendors",
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
                *_active(row.active),
                f"{row.today_count:,}",
            )
            for row in rows
        ],
    )


def _active(rate: Rate | None) -> tuple[str, str, str]:
    if rate is None:
        return "–", "–", "–"
    counts = (rate.numerator, rate.denominator)
    active, vendors = ("–" if count is None else f"{count:,}" for count in counts)
    return active, vendors, share_text(rate.value, rate.reason)
