"""Records that are not evidence: what they are, why, and sending them through the door again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consumers.ledger.printable import excerpt, shown, shown_json
from consumers.sql import statement
from infra.clickhouse import ONE_BLOCK, Store
from infra.errors import Refused
from schemas.cloudevent import CloudEvent, decode
from schemas.delivery import DeliveryEvent
from schemas.errors import Inadmissible, Reason
from schemas.message import Message, Name
from schemas.payment import PaymentEvent
from schemas.registry import RegistryEvent
from schemas.upcast import upcast_body

EXCERPT_BYTES = 160  # of each record in a list
SHOWN_BYTES_MAX = 65_536  # of one record: no admissible body is longer
PARTITION_END, OFFSET_END = 1 << 16, 1 << 64  # as the table's columns hold them
MODELS: dict[str, type[CloudEvent]] = {
    "payment": PaymentEvent,
    "registry": RegistryEvent,
    "delivery": DeliveryEvent,
}


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """One record of the log, with its kept bytes."""

    shape: str
    topic_id: str
    partition: int
    offset: int
    recorded_at: datetime
    reason: str
    body: bytes
    is_admitted: bool = False  # a replay admitted it since: it is not open

    def lines(self) -> list[str]:
        """For a person; bytes are shown escaped."""
        place = f"{self.topic_id} {self.partition} {self.offset}"
        head = f"{place}  {self.recorded_at:%Y-%m-%dT%H:%M:%S}Z  {self.shape}  {self.reason}"
        found = [
            head + "  (admitted since)" * self.is_admitted,
            f"  {excerpt(self.body, bytes_max=SHOWN_BYTES_MAX)}",
            f"  {self.explanation()}",
        ]
        newest = self.upcast_body()
        if newest is not None:
            found += [
                "  It speaks an old version. A replay sends the kept bytes as they are, so that it",
                "  stays rejected; the same event in today's words, to be sent to the gateway",
                "  (POST /v1/events, `choso gateway`):",
                f"  {shown_json(newest)}",
            ]
        return found

    def explanation(self) -> str:
        """What the rule at the edge says to these bytes."""
        try:
            decode(self._model, self.body, self.recorded_at)
        except Inadmissible as error:
            return shown(error.detail.encode("utf-8", "backslashreplace"))
        if self.is_admitted:
            return "the rule of today admits it, and a replay did"
        return "the rule of today admits it: `choso rejected replay`"

    def upcast_body(self) -> bytes | None:
        """The canonical bytes in today's version; None where it is not an old version's event."""
        if self.reason != Reason.UNKNOWN_TYPE:
            return None
        try:
            return upcast_body(self._model, self.body)
        except Inadmissible:
            return None

    @property
    def _model(self) -> type[CloudEvent]:
        return MODELS[self.shape]


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """One line of the list: its coordinates, and the first bytes of a body of `body_bytes`."""

    shape: str
    topic_id: str
    partition: int
    offset: int
    recorded_at: datetime
    reason: str
    excerpt: bytes
    body_bytes: int

    def lines(self) -> list[str]:
        """For a person; bytes are shown escaped."""
        rest = self.body_bytes - len(self.excerpt)
        more = f" … and {rest:,} bytes more" if rest else ""
        place = f"{self.topic_id} {self.partition} {self.offset}"
        return [
            f"{place}  {self.recorded_at:%Y-%m-%dT%H:%M:%S}Z  {self.shape}  {self.reason}",
            f"  {shown(self.excerpt)}{more}",
        ]


@dataclass(frozen=True, slots=True)
class RejectedList:
    """Open rejects: (shape, reason, count), and the newest of them."""

    counts: list[tuple[str, str, int]]
    newest: list[ListedRecord]

    def lines(self) -> list[str]:
        """For a person."""
        if not self.counts:
            return ["no record is rejected"]
        found = [f"{count:>8}  {shape}  {reason}" for shape, reason, count in self.counts]
        found.append("newest: topic id, partition, offset, time, shape, reason")
        for record in self.newest:
            found += record.lines()
        return found


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of the records that were sent again; of the refused (shape, reason, count)."""

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
    params = {"limit": limit, "excerpt_bytes": EXCERPT_BYTES}
    rows = store.query(statement(__package__, "rejected_newest"), params)
    newest = [
        ListedRecord(shape, topic_id, partition, offset, at, reason, bytes.fromhex(start), length)
        for shape, topic_id, partition, offset, at, reason, start, length in rows
    ]
    return RejectedList(rejected_counts(store), newest)


def rejected_show(store: Store, topic_id: str, partition: int, offset: int) -> RejectedRecord:
    """One record, also one that was admitted since. Refused where none was rejected there."""
    rows = []
    if 0 <= partition < PARTITION_END and 0 <= offset < OFFSET_END:
        params = {"topic_id": topic_id, "partition": partition, "offset": offset}
        rows = store.query(statement(__package__, "rejected_record"), params)
    if not rows:
        raise Refused(
            Message("refused.none_rejected", place=Name(f"{topic_id} {partition} {offset}"))
        )
    [(shape, recorded_at, reason, body, is_admitted)] = rows
    return RejectedRecord(
        shape,
        topic_id,
        partition,
        offset,
        recorded_at,
        reason,
        bytes.fromhex(body),
        bool(is_admitted),
    )


def replay(store: Store, *, batch_records_max: int, batch_bytes_max: int) -> Replay:
    """Send all open rejects through the judge again; the bytes never leave the engine.

    A batch holds at most `batch_records_max` records and about `batch_bytes_max` bytes. What is
    refused again is stored a second time at its own coordinates: that changes no count, and its
    newer reason is the one shown. Stopped at any point, it can be run again. Raises Unavailable.
    """
    limits = {"batch_records_max": batch_records_max, "batch_bytes_max": batch_bytes_max}
    admitted = 0
    still: Counter[tuple[str, str]] = Counter()
    for run in store.rows(statement(__package__, "rejected_open"), limits):
        shape, record_count = run["shape"], run.pop("record_count")
        sent = {"intake": f"{shape}_intake", **run}
        store.command(statement(__package__, "replay"), sent, ONE_BLOCK)
        left = _still_rejected(store, run)
        # The sink may be landing refused records into the same run: they were not sent.
        admitted += max(record_count - sum(left.values()), 0)
        still.update({(shape, reason): count for reason, count in left.items()})
    rest = [(shape, reason, count) for (shape, reason), count in still.most_common()]
    return Replay(admitted, rest)


def _still_rejected(store: Store, run: Mapping[str, object]) -> dict[str, int]:
    return dict(store.query(statement(__package__, "rejected_run"), run))
