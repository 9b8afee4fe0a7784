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


@dataclass(frozen=True, slots=True)
class Extent:
    """Which offsets of which log: [first, first + span)."""

    topic_id: str
    partition: int
    first: int
    span: int


@dataclass(frozen=True, slots=True)
class Packed:
    """A piece in columns: a third of the memory that its records take as objects."""

    extent: Extent
    oldest_ms: int
    columns: pa.RecordBatch  # offset, recorded_at, body

    @property
    def count(self) -> int:
        """Records."""
        return int(self.columns.num_rows)

    @property
    def body_bytes(self) -> int:
        """Bytes of all bodies, and of what goes with them."""
        return int(self.columns.nbytes)


def pack(piece: Piece) -> Packed:
    """The piece in columns; its records may then be forgotten."""
    assert piece.records
    columns: dict[str, Any] = {
        "offset": pa.array([r.offset for r in piece.records], pa.uint64()),
        "recorded_at": pa.array([r.timestamp for r in piece.records], pa.timestamp("ms", "UTC")),
        "body": pa.array([r.value or b"" for r in piece.records], pa.binary()),
    }
    return Packed(
        Extent(piece.topic_id, piece.partition, piece.first, piece.span),
        piece.records[0].timestamp,
        pa.RecordBatch.from_pydict(columns),
    )


def packed_table(pieces: Sequence[Packed]) -> pa.Table:
    """One row for each record, in the columns of `payment_intake`.

    All rows share `batch_month`, so that they become one part and land whole or not at all.
    """
    assert pieces
    month_of = datetime.fromtimestamp(min(p.oldest_ms for p in pieces) / 1000, UTC)
    month = month_of.year * 100 + month_of.month
    counts = [piece.count for piece in pieces]
    bodies = pa.Table.from_batches([piece.columns for piece in pieces])

    def spread(values: list[Any], kind: Any) -> Any:
        chunks = [
            pa.repeat(pa.scalar(value, kind), n) for value, n in zip(values, counts, strict=True)
        ]
        return pa.chunked_array(chunks, kind)

    extents = [piece.extent for piece in pieces]
    columns: dict[str, Any] = {
        "topic_id": spread([e.topic_id for e in extents], pa.string()),
        "partition": spread([e.partition for e in extents], pa.uint16()),
        "offset": bodies["offset"],
        "batch_first": spread([e.first for e in extents], pa.uint64()),
        "batch_span": spread([e.span for e in extents], pa.uint32()),
        "batch_count": spread(counts, pa.uint32()),
        "batch_month": pa.repeat(pa.scalar(month, pa.uint32()), sum(counts)),
        "recorded_at": bodies["recorded_at"],
        "body": bodies["body"],
    }
    return pa.table(columns)


def landing_table(pieces: Sequence[Piece]) -> pa.Table:
    """`packed_table` of pieces that are records still."""
    return packed_table([pack(piece) for piece in pieces])
