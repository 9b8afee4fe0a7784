"""An import as tests run it: what it published, decoded, and its books, which must balance."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings

from producers.csv_import import ColumnMap, ImportReport, import_csv
from producers.publisher import Outgoing
from schemas.calendar import LOCAL
from schemas.cloudevent import decode
from schemas.delivery import DeliveryEvent
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


def run_import(path: Path, column_map: ColumnMap, kept: Kept | None, **how: Any) -> ImportReport:
    """Every import of every test is run here, and must account for each line and each đồng."""
    already = len(kept.records) if kept is not None else 0
    report = import_csv(
        path,
        column_map,
        publisher=kept.as_publisher() if kept is not None else None,
        key=KEY,
        topic_prefix=PREFIX,
        clock=StandingClock(),
        **how,
    )
    account_for(report, kept.records[already:] if kept is not None else [])
    return report


def account_for(report: ImportReport, records: Sequence[Outgoing]) -> None:
    """Law T5: Σ file = Σ evidence + Σ rejected + Σ skipped + Σ known, by what the log was told."""
    payments = [each for each in records if each.topic == f"{PREFIX}.payments.v1"]
    told = [each for each in records if each.topic == f"{PREFIX}.deliveries.v1"]
    assert {each.delivery for each in payments} <= {report.delivery}
    if report.is_dry or not report.is_complete:
        assert told == [], "what is not whole in the log is not told"
        return
    assert records[-1:] == told, "told once, after all of its payments"
    said = decode(DeliveryEvent, told[0].value, NOW).data
    assert said.delivery == report.delivery
    whole = report.understood.whole
    if said.opening_vnd is not None and said.closing_vnd is not None:
        moved = sum(each.change_vnd for each in said.outcomes)
        assert said.opening_vnd + moved == said.closing_vnd
    for name in ("row_count", "line_count", "in_vnd", "out_vnd", "change_vnd", "unread_count"):
        assert sum(getattr(each, name) for each in said.outcomes) == getattr(whole, name)
    published = [each for each in said.outcomes if each.outcome == "published"]
    events = [decode(PaymentEvent, each.value, NOW) for each in payments]
    assert len({event.id for event in events}) == len(events)
    assert sum(each.row_count for each in published) == len(events) == report.event_count
    evidence_vnd = sum(event.data.amount_vnd for event in events)
    assert sum(each.in_vnd for each in published) == evidence_vnd


def imported(path: Path, column_map: ColumnMap, kept: Kept | None = None, **how: Any) -> Imported:
    """Import a file into a publisher that keeps records."""
    publisher = kept or Kept()
    already = len(publisher.records)
    report = run_import(path, column_map, publisher, **how)
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
