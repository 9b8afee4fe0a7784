"""An import as tests run it: what it published, decoded, and its books, which must balance."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings

from producers.csv_import import ColumnMap, ImportReport, import_csv
from schemas.calendar import LOCAL
from schemas.cloudevent import decode
from schemas.payment import PaymentEvent
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock

STATEMENT: dict[str, Any] = {
    "source": "/import/statement",
    "payment": {"kind": "credited", "rail_class": "p2p_transfer", "account": "900100000001"},
    "amount": {"text": "{credit}"},
    "time": {"text": "{date}", "formats": ["%d/%m/%Y"]},
}
SOAK = int(os.environ.get("CHOSO_SOAK", "1"))  # `make soak`: so many times more


def files(count: int) -> settings:
    """So many generated files in a run of the suite, many more in a soak."""
    return settings(max_examples=count * SOAK)


@dataclass(frozen=True)
class Imported:
    """The report, and the payments in the order in which they were published."""

    report: ImportReport
    payments: tuple[PaymentEvent, ...]
    kept: Kept

    @property
    def amounts(self) -> list[int]:
        return [each.data.amount_vnd for each in self.payments]

    @property
    def total_vnd(self) -> int:
        return sum(self.amounts)

    @property
    def days(self) -> list[str]:
        """Local days, as ISO."""
        return [each.time.astimezone(LOCAL).date().isoformat() for each in self.payments]

    @property
    def identities(self) -> set[tuple[str, str]]:
        """Who the payments are: account and reference."""
        return {(each.data.account, each.data.bank_reference) for each in self.payments}


def map_of(said: dict[str, Any], **changes: Any) -> ColumnMap:
    """The map with tables merged into it: `amount={"decimal": ","}` keeps the rest of the table."""
    merged = dict(said)
    for name, value in changes.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = {**merged[name], **value} if both else value
    return ColumnMap.model_validate_json(json.dumps(merged, default=str))


def imported(
    path: Path, column_map: ColumnMap, kept: Kept | None = None, *, rejected_out: Path | None = None
) -> Imported:
    """Import a file into a publisher that keeps records."""
    publisher = kept or Kept()
    already = len(publisher.records)
    report = import_csv(
        path,
        column_map,
        publisher=publisher.as_publisher(),
        key=KEY,
        topic_prefix=PREFIX,
        clock=StandingClock(),
        rejected_out=rejected_out,
    )
    payments = tuple(
        decode(PaymentEvent, record.value, NOW)
        for record in publisher.records[already:]
        if record.topic == f"{PREFIX}.payments.v1"
    )
    return Imported(report, payments, publisher)


def statement(
    folder: Path, text: str | bytes, name: str = "statement.csv", **changes: Any
) -> Imported:
    """Import this text as a file, by the map of a statement with these changes."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return imported(path, map_of(STATEMENT, **changes))
