"""Importing a CSV file of payments: read, decide, publish, count.

Memory grows with the identities of rows and the facts of the registry, with nothing else.
"""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from infra.clock import Clock
from infra.errors import Refused
from producers.csv_import.column_map import ColumnMap
from producers.csv_import.filled import RowRejected
from producers.csv_import.identity import IDENTITY_COUNT_MAX, Occurrences, identity_of
from producers.csv_import.moment import TimeColumn
from producers.csv_import.registry import RegistrySeen
from producers.csv_import.report import ImportReport
from producers.csv_import.table import Head, Row, find_head, read_rows
from producers.csv_import.translate import Columns, ready_columns, translate_row
from producers.publisher import Outgoing, Publisher, outgoing
from schemas.cloudevent import BODY_BYTES_MAX, CloudEvent
from schemas.topics import REGISTRY

SKIPPED_FORMS = {
    "blank": "blank row",
    "preamble": "before the header",
    "header": "repeated header",
}


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
    now = clock.now()
    head = find_head(path, column_map)
    time = TimeColumn(column_map.time.formats, ZoneInfo(column_map.time.zone), now)
    columns = ready_columns(column_map, head, time)
    _understand(path, head, columns)
    seen = RegistrySeen()
    said = column_map.registry

    def payment(row: Row) -> list[CloudEvent]:
        named = dict(zip(head.names, row.cells, strict=True))
        wanted = column_map.identity.columns if column_map.identity else None
        identity = identity_of(named, wanted)
        number = occurrences.next_number(identity)
        event = translate_row(
            row, columns, column_map=column_map, key=key, identity=identity, number=number
        )
        assert len(event.model_dump_json()) <= BODY_BYTES_MAX, "every field of an event is bounded"
        facts: list[CloudEvent] = []
        if said is not None:
            found, token, link = seen.facts(
                columns.templates, row.cells, said, source=column_map.source, key=key
            )
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

    for row in read_rows(head):
        if row.form == "header" and row.line == head.line:
            continue
        report.read_count += 1
        skip = SKIPPED_FORMS.get(row.form) or columns.skip_reason(row.cells)
        if skip is not None:
            report.skipped.add(skip, f"line {row.line}")
            continue
        try:
            if row.problem is not None:
                raise RowRejected(*row.problem)  # noqa: TRY301  # one way out for all
            events = payment(row)
        except RowRejected as error:
            report.refused.add(error.reason, f"line {row.line}", error.detail)
            continue
        yield from events


def _understand(path: Path, head: Head, columns: Columns) -> None:
    """Read the whole file once before anything is sent. Refused where it proves itself misread."""
    for row in read_rows(head):
        if row.form != "payment" or columns.skip_reason(row.cells) is not None:
            continue
        for read in (columns.amount_vnd, columns.balance_vnd, columns.moment):
            try:
                read(row)
            except RowRejected:
                continue  # the second reading counts it, with its reason
            except Refused as error:
                raise Refused(f"{path}: {error}") from error
