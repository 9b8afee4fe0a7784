"""Files of what acquirers and fee offices report of whole markets become registry facts.

Columns: `market`, `week` (its Monday, or 2026-W10), `count`, `value_vnd`, `source` (who reports, in
words), `rail` (p2m_payment, p2p_transfer, wallet, card, cash_reported, unknown); optional `note`
and `stated_at`. A later row for the same market, week, source and rail replaces an earlier one.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from producers.registry_import.read import RegistryRow, read_registry_rows

SOURCE = "/totals"
FIELDS = {
    "week": "effective_from",
    "count": "payment_count",
    "value_vnd": "amount_vnd",
    "source": "name",
    "rail": "rail_class",
}
OTHER_FIELDS = frozenset({"market", "note", "stated_at"})


def read_totals(path: Path) -> Iterator[RegistryRow]:
    """Every row under the names of the fact `market_total`. Refused: the file is unreadable."""
    for row in read_registry_rows(path):
        yield row if row.problem else _renamed(row)


def _renamed(row: RegistryRow) -> RegistryRow:
    if unknown := sorted(row.fields.keys() - FIELDS.keys() - OTHER_FIELDS):
        return RegistryRow(row.line, {}, f"{unknown[0]}: is no column of a market total")
    if missing := sorted((FIELDS.keys() | {"market"}) - row.fields.keys()):
        return RegistryRow(row.line, {}, f"{missing[0]}: is missing")
    fields = {FIELDS.get(name, name): value for name, value in row.fields.items()}
    fields["effective_from"] = _monday(fields["effective_from"])
    return RegistryRow(row.line, {**fields, "kind": "market_total"})


def _monday(text: str) -> str:
    """An ISO week as its Monday; anything else stays, and is judged as a day."""
    if re.fullmatch(r"[0-9]{4}-?W[0-9]{2}", text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return text
    return text
