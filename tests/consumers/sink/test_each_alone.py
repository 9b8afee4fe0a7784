"""Each record is judged alone: whatever its bytes and times, it is evidence or rejected."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.ledger.rejected import rejected_list
from consumers.sink.landing import Piece, landing_table
from consumers.verify.rebuild import rebuild_records
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.kafka import TopicSpec, apply_topics
from schemas.cloudevent import decode
from schemas.errors import Inadmissible
from schemas.payment import PaymentEvent
from schemas.topics import DELIVERY_HEADER
from tests.consumers.sink.sinking import config, running_sink, until
from tests.consumers.sink.test_sink import AT, EVIDENCE, credit
from tests.engine import TOPIC_ID
from tests.laws.proving import STORED, new_world, told
from tests.schemas.values import VALUES

pytestmark = pytest.mark.real

EXAMPLES = 60
RECORDS_MIN, RECORDS_MAX = 20, 60  # of one example: together more than a thousand records
GOOD_MS = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000)
FIELDS = ("specversion", "id", "source", "type", "time", "data")
DATA_FIELDS = tuple(json.loads(credit(1))["data"])
_offsets = count(step=1_000)

# Numbers of any length, as JSON writes them or nearly.
numbers = st.builds(
    lambda sign, digit, length, rest: sign + digit * length + rest,
    st.sampled_from(["", "-", "+"]),
    st.sampled_from("0179"),
    st.integers(1, 5_000),
    st.sampled_from(["", ".0", ".5", "e5", "e-5", "e999999", ".", "e"]),
)
# Times of any year, and what only looks like one.
years = st.integers(-9_999, 99_999).map(lambda y: f'"{y:04d}-11-24T08:05:05.000Z"')
odd_times = st.builds(
    '"{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.{:03d}Z"'.format,
    *(st.integers(0, 99) for _ in range(6)),
    st.integers(0, 9_999),
)
texts = st.text(max_size=40).map(lambda text: json.dumps(text, ensure_ascii=False))
values = st.one_of(numbers, years, odd_times, texts, st.sampled_from(VALUES).map(str))


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A good event with one field that is anything."""
    event = json.loads(credit(draw(st.integers(0, 99))))
    name = draw(st.sampled_from((*FIELDS, *DATA_FIELDS)))
    place = event["data"] if name in event["data"] else event
    place[name] = "\0here"
    body = json.dumps(event, separators=(",", ":"))
    return body.replace(json.dumps("\0here"), draw(values)).encode("utf-8", "surrogatepass")


nested = st.integers(1, 20_000).map(lambda depth: b"[" * depth)
bodies = st.one_of(
    st.none(),
    st.binary(max_size=60),
    changed(),
    nested,
    st.integers(0, 99).map(credit),
    st.integers(65_000, 70_000).map(lambda size: b"x" * size),
)
moments = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([-1, 0, GOOD_MS * 1_000, GOOD_MS * 10**6, -(2**63), 2**63 - 1]),
    st.integers(GOOD_MS - 10**10, GOOD_MS + 10**10),
    st.just(GOOD_MS),
)
headers = st.lists(
    st.tuples(
        st.just(DELIVERY_HEADER) | st.text(max_size=9),
        st.none() | st.just(b"f" * 32) | st.binary(max_size=9),
    ),
    max_size=2,
)
unruly = st.tuples(bodies, moments, st.none() | st.binary(max_size=9), headers)


def record(
    offset: int, said: tuple[bytes | None, int, bytes | None, Any]
) -> ConsumerRecord[Any, Any]:
    body, moment, key, head = said
    return ConsumerRecord(
        "t", 0, offset, moment, 0, key, body, None, len(key or b""), len(body or b""), tuple(head)
    )


FATES = """
SELECT offset, groupArray(reason) AS reasons
FROM (
    SELECT offset, '' AS reason FROM evidence
    UNION ALL SELECT offset, '' FROM compensation
    UNION ALL SELECT offset, reason FROM rejected)
WHERE offset >= {first:UInt64} AND offset < {after:UInt64}
GROUP BY offset
"""


def test_every_record_is_evidence_or_rejected_and_good_ones_are_evidence(store: Store) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.lists(unruly, min_size=RECORDS_MIN, max_size=RECORDS_MAX), st.randoms())
    def judge(said: list[Any], random: Any) -> None:
        good = (credit(5), GOOD_MS, None, ())
        said = [*said, good, good]
        random.shuffle(said)
        first = next(_offsets)
        records = [record(first + n, each) for n, each in enumerate(said)]
        piece = Piece(TOPIC_ID, 0, first, len(records), records)
        store.insert_arrow("payment_intake", landing_table([piece]))
        found = dict(store.query(FATES, {"first": first, "after": first + len(records)}))
        for each, (body, moment, _, _) in zip(records, said, strict=True):
            fates = found.get(each.offset, [])
            assert len(fates) == 1, (fates, body, moment)
            if (body, moment) == (credit(5), GOOD_MS):
                assert fates == [""]
            assert (fates == [""]) == is_admitted(body, moment), (fates, body, moment)

    judge()
    assert rejected_list(store, limit=50).lines()  # whatever it holds can be shown


def is_admitted(body: bytes | None, moment_ms: int) -> bool:
    """What the edge says of it; a time that the years 2000 to 2099 do not have admits nothing."""
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment_ms)
        if not 2000 <= at.year < 2100:
            return False
        decode(PaymentEvent, body or b"", at)
    except (Inadmissible, OverflowError):
        return False
    return True


async def test_a_record_time_in_microseconds_is_rejected_and_the_next_goes_on(
    store: Store, broker: Broker
) -> None:
    """A topic that takes its producers' times, and one of them counts in another unit."""
    topic = "each-alone"
    await asyncio.to_thread(create_with_producers_times, broker.bootstrap, topic)
    now_ms = int(AT.timestamp() * 1000)
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await send(broker.bootstrap, topic, credit(1), now_ms * 1000)
        await until(store, "SELECT count() FROM rejected WHERE reason = 'time'", 1)  # alone
        await send(broker.bootstrap, topic, credit(2), now_ms)
        await until(store, EVIDENCE, 1)
    shown = rejected_list(store, limit=5).lines()
    assert "1970-01-01" in str(shown)


def create_with_producers_times(bootstrap: str, topic: str) -> None:
    wide = {
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": str(2**63 - 1),
    }
    apply_topics(config(bootstrap), [TopicSpec(topic, 1, 1, wide)])


async def send(bootstrap: str, topic: str, body: bytes, timestamp_ms: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait(topic, body, timestamp_ms=timestamp_ms)
    await producer.stop()


def test_verify_and_rebuild_take_such_records_too(store_dsn: str, broker: Broker) -> None:
    now_ms = int(AT.timestamp() * 1000)
    month_ms = 31 * 86_400_000
    with new_world(store_dsn, "each_alone", broker, partitions=1) as world:
        topic = f"{world.payments}-wild"
        create_with_producers_times(broker.bootstrap, topic)
        world.payments = topic
        times = [now_ms * 1000, now_ms, -1, now_ms + month_ms, now_ms - month_ms, now_ms]

        async def publish() -> None:
            for number, at in enumerate(times):
                await send(broker.bootstrap, topic, credit(number), max(at, 0))

        asyncio.run(publish())
        world.sink()
        world.fold()
        assert told(world.verify()) == []
        rebuild_records(world.store, world.scratch, world.logs)
        assert world.store.query(STORED) == [(len(times),)]
        world.fold()
        report = world.verify()
        assert told(report) == []
        assert report.tally.rejected_count == 3  # the third was recorded a month before it happened
