"""Records that are not evidence: what they are, why, and sending them through the door again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consumers.sql import statement
from infra.clickhouse import ONE_BLOCK, Store
from infra.errors import Refused
from schemas.cloudevent import CloudEvent, decode
from schemas.errors import Inadmissible
from schemas.payment import PaymentEvent
from schemas.registry import RegistryEvent


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """One record of the log. `body` may be cut."""

    shape: str
    topic_id: str
    partition: int
    offset: int
    recorded_at: datetime
    reason: str
    body: bytes

    def lines(self) -> list[str]:
        """For a person; bytes are shown escaped."""
        place = f"{self.topic_id} {self.partition} {self.offset}"
        return [
            f"{place}  {self.recorded_at:%Y-%m-%dT%H:%M:%S}Z  {self.shape}  {self.reason}",
            f"  {shown(self.body)}",
            f"  {self.explanation()}",
        ]

    def explanation(self) -> str:
        """What the rule at the edge says to these bytes."""
        model: type[CloudEvent] = PaymentEvent if self.shape == "payment" else RegistryEvent
        try:
            decode(model, self.body, self.recorded_at)
        except Inadmissible as error:
            return error.detail
        return "the rule of today admits it: `choso rejected replay`"


@dataclass(frozen=True, slots=True)
class RejectedList:
    """Open rejects: (shape, reason, count), and the newest of them."""

    counts: list[tuple[str, str, int]]
    newest: list[RejectedRecord]

    def lines(self) -> list[str]:
        """For a person."""
        if not self.counts:
            return ["no record is rejected"]
        found = [f"{count:>8}  {shape}  {reason}" for shape, reason, count in self.counts]
        found.append("newest: topic id, partition, offset, time, shape, reason")
        for record in self.newest:
            found += record.lines()[:2]
        return found


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a replay, by shape and reason."""

    admitted: int
    still_rejected: list[tuple[str, str, int]]

    def lines(self) -> list[str]:
        """For a person."""
        rest = [f"{n:>8}  still rejected: {s} {r}" for s, r, n in self.still_rejected]
        return [f"{self.admitted:>8}  admitted", *rest]


def rejected_counts(store: Store) -> list[tuple[str, str, int]]:
    """(shape, reason, records) of what is rejected and not admitted since."""
    rows = store.query(statement(__package__, "rejected_counts"))
    return [(shape, reason, count) for shape, reason, count in rows]


def rejected_list(store: Store, *, limit: int) -> RejectedList:
    """Open rejects by reason, and the newest `limit` of them with an excerpt."""
    rows = store.query(statement(__package__, "rejected_newest"), {"limit": limit})
    newest = [
        RejectedRecord(shape, topic_id, partition, offset, recorded_at, reason, _bytes(excerpt))
        for shape, topic_id, partition, offset, recorded_at, reason, excerpt in rows
    ]
    return RejectedList(rejected_counts(store), newest)


def rejected_show(store: Store, topic_id: str, partition: int, offset: int) -> RejectedRecord:
    """One record. Refused where none was rejected there."""
    params = {"topic_id": topic_id, "partition": partition, "offset": offset}
    rows = store.query(statement(__package__, "rejected_record"), params)
    if not rows:
        raise Refused(f"rejected {topic_id} {partition} {offset}: no record was rejected there")
    [(shape, recorded_at, reason, body)] = rows
    return RejectedRecord(shape, topic_id, partition, offset, recorded_at, reason, _bytes(body))


def replay(store: Store, *, batch_records_max: int) -> Replay:
    """Send all open rejects through the judge again; the bytes never leave the engine.

    What is refused again is stored a second time at its own coordinates, which changes no count.
    """
    before = sum(count for _, _, count in rejected_counts(store))
    runs = store.rows(
        statement(__package__, "rejected_open"), {"batch_records_max": batch_records_max}
    )
    for run in runs:
        shape = run.pop("shape")
        store.command(statement(__package__, f"replay_{shape}"), run, ONE_BLOCK)
    after = rejected_counts(store)
    return Replay(before - sum(count for _, _, count in after), after)


def shown(body: bytes) -> str:
    """Bytes for a terminal: what is not printable is escaped."""
    return body.decode("utf-8", "backslashreplace").encode("unicode_escape").decode()


def _bytes(value: Any) -> bytes:
    """The driver gives text where the bytes are UTF-8, else their hex digits or bytes."""
    return value if isinstance(value, bytes) else str(value).encode()
