"""Records of a poll as one Arrow table for an intake table. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.cloudevent import TIME_END, TIME_MIN
from schemas.topics import DELIVERY_HEADER

Numbers = NDArray[Any]
NO_TIME_MS = 0  # 1970
_TIME_MIN_MS, _TIME_END_MS = (round(at.timestamp() * 1000) for at in (TIME_MIN, TIME_END))


class Record(Protocol):
    """What the sink uses of a record: it never looks into `value`. `timestamp` is in ms."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...

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
    """A piece without its records: half of the memory, and less for Python to look through."""

    extent: Extent
    offsets: Numbers
    times_ms: Numbers
    bodies: list[bytes]
    body_bytes: int
    deliveries: list[bytes] | None  # which delivery tells each record; None: no record names one

    @property
    def count(self) -> int:
        """Records."""
        return len(self.bodies)


def time_ms(timestamp: int) -> int:
    """A record's time; 1970 where no event can have it, such as one that counts microseconds.

    Every event is later than 1970, so such a record is rejected by its time. The log keeps what it
    was; the engine could hold it, and neither show it nor compare with it.
    """
    return timestamp if _TIME_MIN_MS <= timestamp < _TIME_END_MS else NO_TIME_MS


def batch_month(times_ms: Iterable[int]) -> int:
    """yyyymm of the earliest."""
    first = datetime.fromtimestamp(min(times_ms) / 1000, UTC)
    return first.year * 100 + first.month


def pack(piece: Piece) -> Packed:
    """What is needed of the piece; its records may then be forgotten."""
    records = piece.records
    assert records
    bodies = [r.value or b"" for r in records]
    return Packed(
        extent=Extent(piece.topic_id, piece.partition, piece.first, piece.span),
        offsets=np.fromiter((r.offset for r in records), np.uint64, len(records)),
        times_ms=np.fromiter((time_ms(r.timestamp) for r in records), np.int64, len(records)),
        bodies=bodies,
        body_bytes=sum(map(len, bodies)),
        deliveries=[_delivery(r) for r in records] if any(r.headers for r in records) else None,
    )


def _delivery(record: Record) -> bytes:
    """The header that names the record's delivery; whether it is one, the judge says."""
    return next((value for name, value in record.headers if name == DELIVERY_HEADER), None) or b""


def packed_table(pieces: Sequence[Packed]) -> pa.Table:
    """One row for each record, in the columns of `payment_intake`.

    All rows share `batch_month`, so that they become one part and land whole or not at all.
    """
    assert pieces
    month = batch_month(int(piece.times_ms.min()) for piece in pieces)
    counts = [piece.count for piece in pieces]
    extents = [piece.extent for piece in pieces]

    def spread(values: list[int], kind: Any) -> Any:
        return _numbers(np.repeat(np.array(values, kind.to_pandas_dtype()), counts), kind)

    columns: dict[str, Any] = {
        "topic_id": _texts([e.topic_id.encode() for e in extents], counts),
        "partition": spread([e.partition for e in extents], pa.uint16()),
        "offset": _numbers(np.concatenate([p.offsets for p in pieces]), pa.uint64()),
        "batch_first": spread([e.first for e in extents], pa.uint64()),
        "batch_span": spread([e.span for e in extents], pa.uint32()),
        "batch_count": spread(counts, pa.uint32()),
        "batch_month": spread([month] * len(pieces), pa.uint32()),
        "recorded_at": _numbers(
            np.concatenate([p.times_ms for p in pieces]), pa.timestamp("ms", "UTC")
        ),
        "body": _bytes([body for piece in pieces for body in piece.bodies], pa.binary()),
        "delivery": _bytes(
            [d for p in pieces for d in p.deliveries or repeat(b"", p.count)], pa.binary()
        ),
    }
    return pa.Table.from_arrays(list(columns.values()), names=list(columns))


# Columns are made of buffers: what makes them of Python's values loads pandas, 54 MB, where it is
# installed.


def _numbers(values: Numbers, kind: Any) -> Any:
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values.data)])


def _bytes(values: list[bytes], kind: Any) -> Any:
    """A column of bytes, copied once."""
    ends = np.zeros(len(values) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, values), np.int64, len(values)), out=ends[1:])
    assert ends[-1] < 1 << 31, f"{ends[-1]} bytes in one batch"
    buffers = [None, pa.py_buffer(ends.astype(np.int32).data), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _texts(values: list[bytes], counts: list[int]) -> Any:
    return _bytes(
        [value for value, n in zip(values, counts, strict=True) for _ in range(n)], pa.string()
    )


def landing_table(pieces: Sequence[Piece]) -> pa.Table:
    """`packed_table` of pieces that are records still."""
    return packed_table([pack(piece) for piece in pieces])
