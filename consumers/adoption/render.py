"""Tables, JSON and CSV of adoption figures. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields

from consumers.adoption.daily import DailyRow
from infra.errors import Refused

FORMATS = ("table", "json", "csv")
UNATTRIBUTED = "(unattributed)"


def render_daily(rows: Sequence[DailyRow], output: str) -> str:
    """The rows as `table`, `json` or `csv`. Refused: another format."""
    if output == "json":
        return json.dumps([row_json(row) for row in rows], ensure_ascii=False, indent=1)
    if output == "csv":
        names = [field.name for field in fields(DailyRow)]
        text = io.StringIO()
        table = csv.DictWriter(text, names, lineterminator="\n")
        table.writeheader()
        table.writerows(row_json(row) for row in rows)
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
        "active",
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
                f"{row.active_vendor_count:,}",
                "–" if row.stall_count is None else f"{row.stall_count:,}",
                share_text(row.active_share, row.share_reason),
                marks(row),
            )
            for row in rows
        ],
    )


def row_json(row: DailyRow) -> dict[str, object]:
    """A row for JSON and CSV: days as ISO text."""
    return {**asdict(row), "day": row.day.isoformat()}


def share_text(share: float | None, reason: str | None) -> str:
    """A percentage, or why there is none."""
    return f"{share:.1%}" if share is not None else f"– ({reason})"


def marks(row: DailyRow) -> str:
    """What a reader must know about this day."""
    return ", ".join(
        word
        for word, holds in (("closed", not row.is_open), ("incomplete", not row.is_complete))
        if holds
    )


def render_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; numbers to the right."""
    table = [tuple(head), *rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    to_right = [
        all(c[:1].isdigit() or c[:1] in "–" for c in col) for col in zip(*rows, strict=True)
    ]
    to_right = to_right or [False] * len(widths)
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, to_right, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)
