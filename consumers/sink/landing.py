"""Records of a poll as one Arrow table for an intake table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import pyarrow as pa


class Record(Protocol):
    """What the sink uses of a record: it never looks into `value`. `timestamp` is in ms."""

    @property
    def offset(self) -> int: ...

    @property
    def timestamp(self) -> int: ...

    @property
    def value(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of one partition, with the offsets that it covers."""

    topic_id: str
    partition: int
    first: int
    span: int
    records: Sequence[Record]


def landing_table(pieces: Sequence[Piece]) -> pa.Table:
    """One row for each record, in the columns of `payment_intake`.

    All rows share `batch_month`, so that they become one part and land whole or not at all.
    """
    assert pieces and all(piece.records for piece in pieces)
    oldest_ms = min(piece.records[0].timestamp for piece in pieces)
    month_of = datetime.fromtimestamp(oldest_ms / 1000, UTC)
    month = month_of.year * 100 + month_of.month
    counts = [len(piece.records) for piece in pieces]
    total = sum(counts)

    def spread(values: list[Any], kind: Any) -> Any:
        chunks = [
            pa.repeat(pa.scalar(value, kind), n) for value, n in zip(values, counts, strict=True)
        ]
        return pa.chunked_array(chunks, kind)

    records = [record for piece in pieces for record in piece.records]
    columns: dict[str, Any] = {
        "topic_id": spread([p.topic_id for p in pieces], pa.string()),
        "partition": spread([p.partition for p in pieces], pa.uint16()),
        "offset": pa.array([r.offset for r in records], pa.uint64()),
        "batch_first": spread([p.first for p in pieces], pa.uint64()),
        "batch_span": spread([p.span for p in pieces], pa.uint32()),
        "batch_count": spread(counts, pa.uint32()),
        "batch_month": pa.repeat(pa.scalar(month, pa.uint32()), total),
        "recorded_at": pa.array([r.timestamp for r in records], pa.timestamp("ms", "UTC")),
        "body": pa.array([r.value or b"" for r in records], pa.binary()),
    }
    return pa.table(columns)
