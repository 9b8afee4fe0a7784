"""What the sink sends: one row for each record, whatever their number and bytes."""

import sys
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.sink.landing import Piece, landing_table
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from tests.consumers.sink.sinking import new_topic, produce, running_sink, until
from tests.engine import Rec, land
from tests.processes import run

FIRST_MS = int(datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC).timestamp() * 1000)
RECORDS = st.lists(
    st.builds(
        Rec,
        offset=st.integers(0, 2**63),
        timestamp=st.integers(FIRST_MS, FIRST_MS + 5_000),
        value=st.none() | st.binary(max_size=40),
        headers=st.sampled_from([(), (("other", b"x"),), (("other", b"x"), ("delivery", b"d"))]),
    ),
    min_size=1,
    max_size=8,
)
PIECES = st.lists(
    st.builds(
        Piece,
        topic_id=st.text("0123456789abcdef-", min_size=1, max_size=36),
        partition=st.integers(0, 2**16 - 1),
        first=st.integers(0, 2**63),
        span=st.integers(1, 2**32 - 1),
        records=RECORDS,
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None)  # the first call loads Arrow
@given(PIECES)
def test_a_row_for_each_record(pieces: list[Piece]) -> None:
    times = [record.timestamp for piece in pieces for record in piece.records]
    first = datetime.fromtimestamp(min(times) / 1000, UTC)
    wanted = [
        {
            "topic_id": piece.topic_id,
            "partition": piece.partition,
            "offset": record.offset,
            "batch_first": piece.first,
            "batch_span": piece.span,
            "batch_count": len(piece.records),
            "batch_month": first.year * 100 + first.month,
            "recorded_at": datetime.fromtimestamp(record.timestamp / 1000, UTC),
            "body": record.value or b"",
            "delivery": dict(record.headers).get("delivery", b""),
        }
        for piece in pieces
        for record in piece.records
    ]
    assert landing_table(pieces).to_pylist() == wanted


def test_the_engine_reads_the_rows_as_they_are(store: Store) -> None:
    records = [Rec(7, FIRST_MS, b"junk"), Rec(9, FIRST_MS + 1, None), Rec(10, FIRST_MS, b"\xff\0")]
    land(store, records, partition=3)
    found = store.query(
        "SELECT partition, offset, batch_first, batch_span, batch_count, batch_month,"
        " toUnixTimestamp64Milli(recorded_at), hex(body) FROM rejected ORDER BY offset"
    )
    batch = (7, 4, 3, 202601)
    assert found == [
        (3, 7, *batch, FIRST_MS, b"junk".hex().upper()),
        (3, 9, *batch, FIRST_MS + 1, ""),
        (3, 10, *batch, FIRST_MS, "FF00"),
    ]


def test_landing_loads_no_pandas() -> None:
    code = (
        "import sys; from consumers.sink.landing import Piece, landing_table;"
        "from infra.clickhouse import arrow_stream; from tests.engine import Rec;"
        "arrow_stream(landing_table([Piece('t', 0, 0, 1, [Rec(0, 0, b'x')])]));"
        "sys.exit('pandas' in sys.modules)"
    )
    assert run([sys.executable, "-c", code]).returncode == 0


async def test_a_batch_is_bounded_in_bytes_too(store: Store, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    produce(broker.bootstrap, topic, [b"%050000d" % number for number in range(30)])
    limits: dict[str, Any] = {
        "batch_bytes_max": 100_000,
        "poll_records_max": 1,
        "batch_wait_ms_max": 2_000,
    }
    async with running_sink(store, broker.bootstrap, {topic: "payment"}, **limits) as (sink, _):
        await until(store, "SELECT uniqExact(offset) FROM rejected", 30)
        assert sink.worker.totals.batches >= 10  # by count alone it would be one
