"""Importing a CSV file of payments: understand it whole, then decide, publish and count each row.

Memory grows with the identities of rows and the facts of the registry, with nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from infra.clock import Clock
from producers.csv_import.books import TOLD_BEFORE, Entry
from producers.csv_import.column_map import ColumnMap
from producers.csv_import.delivery import FileDelivery, new_delivery
from producers.csv_import.filled import RowRejected
from producers.csv_import.identity import IDENTITY_COUNT_MAX, Identifier, Occurrences
from producers.csv_import.judge import Judge, Judged
from producers.csv_import.moment import TimeColumn
from producers.csv_import.registry import RegistrySeen
from producers.csv_import.rejected_file import RejectedFile
from producers.csv_import.report import ImportReport
from producers.csv_import.show import show
from producers.csv_import.table import Row, find_head, read_rows
from producers.csv_import.told_before import Ledger, ToldBefore, told_before
from producers.csv_import.translate import translate_row
from producers.csv_import.understand import Understanding, understand
from producers.publisher import Outgoing, Publisher, outgoing, tried
from schemas.cloudevent import BODY_BYTES_MAX, CloudEvent
from schemas.payment import PaymentEvent


@dataclass(frozen=True, slots=True)
class RowRecord(Outgoing):
    """A record that knows the row whose payment it is; a fact of the registry has none."""

    entry: Entry | None = None
    is_known: bool = False


def import_csv(
    path: Path,
    column_map: ColumnMap,
    *,
    publisher: Publisher | None,
    key: bytes,
    topic_prefix: str,
    clock: Clock,
    profile: str = "-",
    ledger: Ledger | None = None,
    is_again: bool = False,
    rejected_out: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
    identity_count_max: int = IDENTITY_COUNT_MAX,
) -> ImportReport:
    """Publish every row that is a payment, and the registry facts that the rows bear witness to.

    When all are acknowledged the delivery says what became of the file. Without a publisher it is a
    trial. `key` makes tokens of account numbers; `ledger` knows what was told before; `tell` hears
    how the file was understood, before anything is sent. Refused where file or map cannot be used.
    """
    head = find_head(path, column_map)
    time = TimeColumn(column_map.time.formats, ZoneInfo(column_map.time.zone), clock.now())
    judge = Judge(column_map, head, time)
    identifier = Identifier(judge.templates, key=key)
    occurrences = Occurrences(identity_count_max)
    understood = understand(head, column_map, judge, identifier, key=key, occurrences=occurrences)
    delivery = new_delivery(
        path, column_map, understood, profile=profile, ledger=ledger, is_again=is_again
    )
    for line in show(understood, column_map, judge):
        tell(line)
    report = ImportReport(str(path), understood, delivery.id, is_dry=publisher is None)
    with RejectedFile(rejected_out, head) as rejected_file:
        reading = SecondReading(
            column_map,
            judge,
            identifier,
            report,
            key=key,
            rejected_file=rejected_file,
        )
        told = told_before(ledger, column_map.source, understood)
        records = _counted(reading.events(understood), report, topic_prefix, delivery, told)
        published = tried(records) if publisher is None else publisher.publish(records)
    for missing in published.unacknowledged:
        assert isinstance(missing.outgoing, RowRecord)
        if missing.outgoing.entry is None:
            report.fact_count -= 1
        else:
            report.books.stop(missing.outgoing.entry, is_known=missing.outgoing.is_known)
    report.is_complete = published.is_complete and not published.unacknowledged
    report.cause = published.cause
    report.books.close(understood.whole, is_complete=report.is_complete)
    if report.is_complete and publisher is not None:
        said = delivery.event(understood, report.books, reading.market)
        closed = publisher.publish([outgoing(said, topic_prefix=topic_prefix)])
        report.is_complete = not closed.unacknowledged
        report.cause = closed.cause
    return report


def _counted(
    events: Iterator[tuple[CloudEvent, Entry | None]],
    report: ImportReport,
    topic_prefix: str,
    delivery: FileDelivery,
    told: ToldBefore,
) -> Iterator[Outgoing]:
    """The events as records, counted as they are taken. What is known is told again."""
    for event, entry in events:
        is_known = False
        if entry is None:
            report.fact_count += 1
        else:
            assert isinstance(event, PaymentEvent)
            delivery.note(event)
            teller = told.by(event.id)
            is_known = teller is not None
            if teller is None:
                report.books.add("published", entry)
            else:
                report.books.add("known", entry, TOLD_BEFORE)
                report.known.add(TOLD_BEFORE, f"delivery {teller}" if teller else "another source")
        record = outgoing(event, topic_prefix=topic_prefix, delivery=delivery.id)
        assert len(record.value) <= BODY_BYTES_MAX, "every field of an event is bounded"
        topic, key, value, own = record.topic, record.key, record.value, record.delivery
        yield RowRecord(topic, key, value, own, entry, is_known)


SAID_AGAIN = "says again what an earlier row says"


class Repeated(Exception):
    """A row that says again what an earlier row of the file said."""


class SecondReading:
    """Each row's outcome: an event to publish, or a count with its reason."""

    def __init__(
        self,
        column_map: ColumnMap,
        judge: Judge,
        identifier: Identifier,
        report: ImportReport,
        *,
        key: bytes,
        rejected_file: RejectedFile,
    ) -> None:
        self._map = column_map
        self._judge = judge
        self._identifier = identifier
        self._report = report
        self._key = key
        self._rejected_file = rejected_file
        self._seen = RegistrySeen()

    @property
    def market(self) -> str | None:
        """The one market that the rows are of."""
        markets = {link[0] for link in self._seen.links.values()}
        return markets.pop() if len(markets) == 1 else None

    def events(self, understood: Understanding) -> Iterator[tuple[CloudEvent, Entry | None]]:
        """The events in the order of the rows, facts before the payment, each with its entry."""
        report = self._report
        for row in read_rows(understood.head):
            if row.form in {"blank", "header", "preamble"}:
                report.books.add(row.form, Entry(row.last_line - row.line + 1))
                continue
            judged = self._judge.judge(row)
            if judged.skipped is not None:
                report.books.add("skipped", judged.entry, judged.skipped)
                report.skipped.add(judged.skipped, f"line {row.line}")
                continue
            try:
                events = self._payment(row, judged)
            except Repeated:
                report.books.add("known", judged.entry, SAID_AGAIN)
                report.known.add(SAID_AGAIN, f"line {row.line}")
                continue
            except RowRejected as error:
                report.books.add("rejected", judged.entry, error.reason)
                report.refused.add(error.reason, f"line {row.line}", error.detail)
                self._rejected_file.add(row, error)
                continue
            for event in events[:-1]:
                yield event, None
            yield events[-1], judged.entry

    def _payment(self, row: Row, judged: Judged) -> list[CloudEvent]:
        if judged.rejected is not None:
            raise judged.rejected
        assert judged.payment is not None
        occurrences = self._report.understood.occurrences
        who = self._identifier.who(row.cells, judged.payment)
        if occurrences.is_contradicted(who):
            raise RowRejected(
                "bank_reference: two payments",
                f"{who.reference} stands in rows with another time, amount or balance: where the"
                " bank uses its numbers again on other days, write its bank_bin in [payment] of"
                " the map",
            )
        if occurrences.is_repeated(who):
            raise Repeated
        event = translate_row(
            row.cells,
            judged.payment,
            who,
            self._judge.templates,
            column_map=self._map,
            key=self._key,
            row_id=self._identifier.row_id(who, occurrences.number(who)),
        )
        return [*self._facts(row), event]

    def _facts(self, row: Row) -> list[CloudEvent]:
        """What the row says of the registry, where nobody said it yet."""
        if self._map.registry is None:
            return []
        found, token, link = self._seen.facts(
            self._judge.templates,
            row.cells,
            self._map.registry,
            source=self._map.source,
            key=self._key,
        )
        if self._seen.contradicts(token, link):
            self._report.contradictions.add(
                "an account of two vendors or places: the first one holds",
                f"line {row.line}",
                f"{link[0]}, {link[1]}",
            )
            found = found[:-1]
        facts: list[CloudEvent] = [fact for fact in found if fact.id not in self._seen.ids]
        self._seen.ids.update(fact.id for fact in facts)
        return facts
