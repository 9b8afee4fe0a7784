"""Adoption day by day as a table, JSON or CSV; markets and vendors at a glance. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import fields

from consumers.adoption.daily.daily import DailyRow
from consumers.adoption.daily.overview import MarketRow, VendorRow
from consumers.adoption.question.rate import Rate
from consumers.adoption.render.table import UNATTRIBUTED, render_table, share_text
from consumers.plain import as_json
from infra.errors import Refused

FORMATS = ("table", "json", "csv")


def render_daily(rows: Sequence[DailyRow], output: str) -> str:
    """The rows as `table`, `json` or `csv`. Refused: another format."""
    if output == "json":
        return json.dumps([as_json(row) for row in rows], ensure_ascii=False, indent=1)
    if output == "csv":
        names = [field.name for field in fields(DailyRow)]
        text = io.StringIO()
        table = csv.DictWriter(text, names, lineterminator="\n")
        table.writeheader()
        table.writerows(as_json(row) for row in rows)
        return text.getvalue().rstrip("\n")
    if output != "table":
        raise Refused(f"format {output!r}: must be one of {', '.join(FORMATS)}")
    head = (
        "day",
        "market",
        "vendor",
        "payments",
        "đồng",
        "payers",
        "paid",
        "stalls",
        "share",
        "",
    )
    return render_table(
        head,
        [
            (
                str(row.day),
                row.market or UNATTRIBUTED,
                row.vendor or (UNATTRIBUTED if not row.market else "(all)"),
                f"{row.payment_count:,}",
                f"{row.payment_vnd:,}",
                f"{row.payer_count:,}",
                f"{row.paid_vendor_count:,}",
                "–" if row.stall_count is None else f"{row.stall_count:,}",
                share_text(row.paid_share, row.share_reason),
                marks(row),
            )
            for row in rows
        ],
    )


def marks(row: DailyRow) -> str:
    """What a reader must know about this day."""
    return ", ".join(
        word
        for word, holds in (("closed", not row.is_open), ("incomplete", not row.is_complete))
        if holds
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
