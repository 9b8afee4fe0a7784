"""The log itself, judged anew in a scratch database, against what the store holds of it.

Whatever was altered, with or without a matching digest: the records of the log go through the same
door into empty tables of the same schema, and row by row both must be equal but for their batches.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from consumers.sink.landing import Piece, landing_table
from consumers.sql import statement
from consumers.verify.findings import Finding, Offsets
from consumers.verify.log import LogRecord, Logs, TopicLog
from consumers.verify.stored import FINDINGS_MAX
from infra.clickhouse import Store

COMPARE_RECORDS = 131_072  # judged and compared at once
SCRATCH_RECORDS_MAX = 1_048_576  # then the scratch tables are emptied
DIFFERENT_MAX = 1_000  # rows of one comparison that are looked at one by one
SCRATCH_MARK = "_verify_"  # a scratch database is named so; nothing else is ever emptied here
TABLES = {
    "payment": ("evidence", "compensation", "rejected"),
    "registry": ("registry_fact", "rejected"),
    "delivery": ("delivery_fact", "rejected"),
}
BOTH_SIDES, STORE_SIDE, LOG_SIDE = 3, 1, 2

Row = dict[str, Any]


@dataclass(slots=True)
class Anew:
    """One comparison of all logs with the store. The scratch database is this run's alone."""

    store: Store
    scratch: Store
    logs: Logs
    compared: int = 0
    _scratch_records: int = SCRATCH_RECORDS_MAX

    def __post_init__(self) -> None:
        [(main,)] = self.store.query(statement(__package__, "database"))
        [(scratch,)] = self.scratch.query(statement(__package__, "database"))
        assert scratch.startswith(f"{main}{SCRATCH_MARK}"), f"{scratch}: would be emptied"

    def check(self, log: TopicLog) -> Iterator[Finding]:
        """Compares every record that the log holds now."""
        for partition, (begin, end) in log.ends.items():
            first = begin
            waiting = 0
            for records in self.logs.read(log.topic, partition, begin, end):
                after = records[-1].offset + 1
                self._judge(log, partition, records)
                waiting += len(records)
                if waiting >= COMPARE_RECORDS:
                    yield from self._compare(log, Offsets(log.topic_id, partition, first, after))
                    first, waiting = after, 0
            if first < end:
                yield from self._compare(log, Offsets(log.topic_id, partition, first, end))

    def _judge(self, log: TopicLog, partition: int, records: Sequence[LogRecord]) -> None:
        if self._scratch_records >= SCRATCH_RECORDS_MAX:
            for table in sorted({table for tables in TABLES.values() for table in tables}):
                self.scratch.command(statement(__package__, "empty"), {"table": table})
            self._scratch_records = 0
        first, after = records[0].offset, records[-1].offset + 1
        piece = Piece(log.topic_id, partition, first, after - first, records)
        self.scratch.insert_arrow(f"{log.shape}_intake", landing_table([piece]))
        self._scratch_records += len(records)
        self.compared += len(records)

    def _compare(self, log: TopicLog, place: Offsets) -> list[Finding]:
        [(main,)] = self.store.query(statement(__package__, "database"))
        params = {
            "main": main,
            "topic_id": place.topic_id,
            "partition": place.partition,
            "first": place.first,
            "after": place.after,
            "limit": DIFFERENT_MAX,
        }
        rows: list[tuple[str, Row]] = []
        for table in TABLES[log.shape]:
            is_rejected = table == "rejected"
            text = statement(__package__, "differing_rejected" if is_rejected else "differing")
            what = {"shape": log.shape} if is_rejected else {"table": table}
            rows += [(table, row) for row in self.scratch.rows(text, {**params, **what})]
        found = differences(place, rows)
        if len(rows) < DIFFERENT_MAX and len(found) <= FINDINGS_MAX:
            return found
        fact = f"{len(found)} or more differ from the log; the first: {found[0]}"
        return [Finding("log", f"records, {place}", fact, reload=place)]


def differences(place: Offsets, rows: Sequence[tuple[str, Row]]) -> list[Finding]:
    """What the rows that only one side has mean, offset by offset. Pure.

    A row is (table, columns with `offset` and `sides`: 1 the store's, 2 the log's).
    """
    by_offset: dict[int, dict[int, list[tuple[str, Row]]]] = defaultdict(lambda: defaultdict(list))
    for table, row in rows:
        assert row["sides"] in (STORE_SIDE, LOG_SIDE)
        by_offset[row["offset"]][row["sides"]].append((table, row))
    found = []
    for offset, sides in sorted(by_offset.items()):
        at = Offsets(place.topic_id, place.partition, offset, offset + 1)
        stored, logged = sides[STORE_SIDE], sides[LOG_SIDE]
        if not stored:
            fact = "is not stored, though the log and the rule give it"
            found += [Finding("log", f"{table}, {at}", fact, load=at) for table, _ in logged]
        found += [
            Finding("log", f"{table}, {at}", _otherwise(table, row, logged), reload=at)
            for table, row in stored
        ]
    return found


def _otherwise(table: str, row: Row, logged: Sequence[tuple[str, Row]]) -> str:
    """In what a stored row differs from what the log and the rule give."""
    if not logged:
        return "is stored, though the log and the rule do not give it"
    if all(other["digest"] != row["digest"] for _, other in logged):
        return "the log holds other bytes there"
    if row.get("reason") and any(not other.get("reason") for _, other in logged):
        return f"is kept as {row['reason']}; the rule admits it: `choso rejected replay`"
    others = [other for name, other in logged if name == table]
    if not others:
        return f"the rule says otherwise: {logged[0][1].get('reason', '')}, {logged[0][0]}"
    names = [name for name in row if name != "sides" and row[name] != others[0][name]]
    said = ", ".join(f"{name} is {row[name]}, not {others[0][name]}" for name in names)
    return f"is not what the log and the rule give: {said}"
