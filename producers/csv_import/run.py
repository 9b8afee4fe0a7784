"""Importing a CSV file of payments: read, decide, publish, count.

Memory grows with the identities of rows and the facts of the registry, with nothing else.
"""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from infra.clock import Clock
from producers.csv_import.column_map import ColumnMap
from producers.csv_import.identity import IDENTITY_COUNT_MAX, Occurrences, identity_of
from producers.csv_import.registry import RegistrySeen, row_facts
from producers.csv_import.report import ImportReport
from producers.csv_import.table import Row, read_rows
from producers.csv_import.translate import Filled, RowRefused, skip_reason, translate_row
from producers.publisher import Outgoing, Publisher, outgoing
from schemas.cloudevent import BODY_BYTES_MAX, CloudEvent
from schemas.topics import REGISTRY


def import_csv(
    path: Path,
    column_map: ColumnMap,
    *,
    publisher: Publisher,
    key: bytes,
    topic_prefix: str,
    clock: Clock,
    identity_count_max: int = IDENTITY_COUNT_MAX,
) -> ImportReport:
    """Publish every row that is a payment, and the registry facts that the rows bear witness to.

    `key` makes tokens of account numbers. Refused where file or map cannot be used.
    """
    report = ImportReport(str(path))
    events = csv_events(
        path,
        column_map,
        report=report,
        key=key,
        clock=clock,
        occurrences=Occurrences(identity_count_max),
    )

    registry_topic = REGISTRY.full_name(topic_prefix)

    def records() -> Iterator[Outgoing]:
        for event in events:
            record = outgoing(event, topic_prefix=topic_prefix)
            if record.topic == registry_topic:
                report.fact_count += 1
            else:
                report.event_count += 1
            yield record

    published = publisher.publish(records())
    for missing in published.unacknowledged:
        if missing.outgoing.topic == registry_topic:
            report.fact_count -= 1
        else:
            report.event_count -= 1
    report.is_complete = published.is_complete and not published.unacknowledged
    report.cause = published.cause
    report.unpublished_count = report.read_count - (
        report.event_count + report.skipped.total + report.refused.total
    )
    assert not report.is_complete or report.unpublished_count == 0, "a row is unaccounted for"
    return report


def csv_events(
    path: Path,
    column_map: ColumnMap,
    *,
    report: ImportReport,
    key: bytes,
    clock: Clock,
    occurrences: Occurrences,
) -> Iterator[CloudEvent]:
    """The events of a file in the order of its rows, facts before the payment.

    Rows read, skipped and refused are counted in `report`; the taker counts the events.
    """
    zone = ZoneInfo(column_map.time.zone)
    seen = RegistrySeen()
    now = clock.now()

    def payment(row: Row) -> list[CloudEvent]:
        filled = Filled(column_map, row.cells)
        columns = column_map.identity.columns if column_map.identity else None
        identity = identity_of(row.cells, columns)
        number = occurrences.next_number(identity)
        event = translate_row(filled, key=key, identity=identity, number=number, zone=zone, now=now)
        assert len(event.model_dump_json()) <= BODY_BYTES_MAX, "every field of an event is bounded"
        facts: list[CloudEvent] = []
        if column_map.registry is not None:
            found, token, link = row_facts(filled, column_map.registry, key=key)
            if seen.contradicts(token, link):
                report.contradictions.add(
                    "an account of two vendors or places: the first one holds",
                    f"line {row.line}",
                    f"{link[0]}, {link[1]}",
                )
                found = found[:-1]
            facts += [fact for fact in found if fact.id not in seen.ids]
            seen.ids.update(fact.id for fact in facts)
        occurrences.take(identity)  # only rows that are events are counted: see identity.py
        return [*facts, event]

    for row in read_rows(path, column_map):
        report.read_count += 1
        skip = row.skip
        if skip is None and row.cells:
            skip = skip_reason(row.cells, column_map.skip)
        if skip is not None:
            report.skipped.add(skip, f"line {row.line}")
            continue
        if row.refusal is not None:
            reason, detail = row.refusal
            report.refused.add(reason, f"line {row.line}", detail)
            continue
        try:
            events = payment(row)
        except RowRefused as error:
            report.refused.add(error.reason, f"line {row.line}", error.detail)
            continue
        yield from events
