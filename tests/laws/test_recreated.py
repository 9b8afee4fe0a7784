"""L6: a topic re-created under the same name is noticed before anything is counted wrong.

Whatever the sink does at that moment, and however long the new log is: what stands under the old
log's id are records of the old log, and the new log is read from its beginning.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consumers.sink.worker import LogReplaced
from infra.clickhouse import Store
from infra.clock import SystemClock
from infra.embedded.broker import Broker
from infra.errors import Refused
from infra.kafka import topic_ids
from schemas.cloudevent import encode
from schemas.payment import payment_event
from tests.consumers.sink.sinking import (
    config,
    delete_topic,
    new_topic,
    produce,
    running_sink,
    until,
)
from tests.engine import fold_all
from tests.laws.kills_check import CANONICAL, figures, reference_figures
from tests.parts import running_broker
from tests.patience import patient

# kafka-python leaves the sockets of failed connections to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
OLD_COUNT = 400
NEW_COUNT = {"fewer": 150, "the same": OLD_COUNT, "more": 700}
NOTICED_S_MAX = patient(40)
STORED = "SELECT uniqExact(topic_id, offset) FROM evidence"
BODIES = "SELECT DISTINCT topic_id, offset, lower(hex(SHA256(body))) FROM evidence_body"


def log_of(name: str, count: int) -> list[bytes]:
    """Payments that no other log has, of two accounts that both have."""
    return [
        encode(
            payment_event(
                kind="credited",
                source="/sepay",
                source_transaction_id=f"{name}-{number}",
                occurred_at=datetime(2026, 1, 5 + number % 3, 2, 0, tzinfo=UTC),
                account=f"{number % 2:032x}",
                bank_reference=f"FT{name}{number}".upper(),
                amount_vnd=1_000 + number,
                rail_class="p2p_transfer",
            )
        )
        for number in range(count)
    ]


def recreate(bootstrap: str, topic: str) -> str:
    """Delete the topic and make it anew; the new id."""
    old = topic_ids(config(bootstrap), [topic])[topic]
    delete_topic(bootstrap, topic)
    new_topic(bootstrap, partitions=1, name=topic)
    new = topic_ids(config(bootstrap), [topic])[topic]
    assert new != old
    return new


def stored(store: Store) -> dict[tuple[str, int], str]:
    """(topic id, offset) -> SHA-256 of the bytes."""
    rows = store.query(BODIES, settings=CANONICAL)
    found = {(topic_id, offset): digest for topic_id, offset, digest in rows}
    assert len(found) == len(rows), "an offset with two contents"
    return found


def digests_of(topic_id: str, bodies: Sequence[bytes]) -> dict[tuple[str, int], str]:
    """What `stored` gives of a whole log."""
    return {(topic_id, offset): sha256(body).hexdigest() for offset, body in enumerate(bodies)}


@pytest.mark.parametrize("count", NEW_COUNT)
@pytest.mark.parametrize("state", ["idle", "busy", "down"])
async def test_a_recreated_topic_is_another_log(
    store: Store, broker: Broker, state: str, count: str
) -> None:
    old, new = log_of("old", OLD_COUNT), log_of("new", NEW_COUNT[count])
    topic = new_topic(broker.bootstrap, partitions=1)
    old_id = topic_ids(config(broker.bootstrap), [topic])[topic]
    await asyncio.to_thread(produce, broker.bootstrap, topic, old)
    whole = digests_of(old_id, old)
    shapes = {topic: "payment"}
    if state == "down":
        async with running_sink(store, broker.bootstrap, shapes):
            await until(store, STORED, OLD_COUNT)
        new_id = await asyncio.to_thread(recreate, broker.bootstrap, topic)
        await asyncio.to_thread(produce, broker.bootstrap, topic, new)
    else:
        async with noticing_sink(store, broker.bootstrap, shapes, busy=state == "busy"):
            if state == "idle":
                await until(store, STORED, OLD_COUNT)
            else:
                await some(store)
            new_id = await asyncio.to_thread(recreate, broker.bootstrap, topic)
            await asyncio.to_thread(produce, broker.bootstrap, topic, new)
    assert stored(store).items() <= whole.items()  # nothing of the new log under the old id

    async with running_sink(store, broker.bootstrap, shapes):
        await until(store, f"{STORED} WHERE topic_id = '{new_id}'", len(new))
    found = stored(store)
    of_old = {place: digest for place, digest in found.items() if place[0] == old_id}
    assert of_old.items() <= whole.items()
    assert state == "busy" or of_old == whole
    assert found == of_old | digests_of(new_id, new)
    fold_all(store)
    read = [body for offset, body in enumerate(old) if (old_id, offset) in of_old]
    assert figures(store) == reference_figures(read + new, [], SystemClock().now())


@asynccontextmanager
async def noticing_sink(
    store: Store, bootstrap: str, shapes: dict[str, str], *, busy: bool
) -> AsyncIterator[None]:
    """A sink that must end by itself because its log was replaced."""
    slowly: dict[str, Any] = {"batch_records_max": 10, "batch_wait_ms_max": 20} if busy else {}
    with pytest.raises(LogReplaced, match=r"re-created|went back"):
        async with running_sink(store, bootstrap, shapes, watch_ms=200, **slowly) as (_, task):
            yield
            await asyncio.wait_for(task, NOTICED_S_MAX)


async def some(store: Store) -> None:
    """Wait until the sink is in the middle of its log."""
    while not store.query(STORED)[0][0]:
        await asyncio.sleep(0.01)


async def test_a_sink_that_starts_while_the_topic_is_missing_reads_the_new_one(
    store: Store, broker: Broker
) -> None:
    old, new = log_of("old", 20), log_of("new", 30)
    topic = new_topic(broker.bootstrap, partitions=1)
    await asyncio.to_thread(produce, broker.bootstrap, topic, old)
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await until(store, STORED, 20)
    await asyncio.to_thread(delete_topic, broker.bootstrap, topic)
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await asyncio.sleep(1)
        await asyncio.to_thread(new_topic, broker.bootstrap, partitions=1, name=topic)
        await asyncio.to_thread(produce, broker.bootstrap, topic, new)
        await until(store, STORED, 50)


async def test_a_log_that_lost_its_records_under_its_own_id_stops_the_sink(
    store: Store, tmp_path: Path
) -> None:
    """The broker's disk was emptied: the topic keeps its id, and its offsets begin anew."""
    with running_broker(tmp_path / "node") as own:
        topic = new_topic(own.bootstrap, partitions=1)
        topic_id = topic_ids(config(own.bootstrap), [topic])[topic]
        old = log_of("old", 20)
        await asyncio.to_thread(produce, own.bootstrap, topic, old)
        shapes = {topic: "payment"}
        async with running_sink(store, own.bootstrap, shapes):
            await until(store, STORED, 20)
        own.kill()
        shutil.rmtree(own.data_dir / "data" / f"{topic}-0")
        own.start()
        assert topic_ids(config(own.bootstrap), [topic])[topic] == topic_id
        for count, complaint in (
            (10, "ends at offset 10, but the store holds it up to 20"),
            (20, "offset 19 holds other bytes than the store recorded"),
            (40, "offset 19 holds other bytes than the store recorded"),
        ):
            there = 0 if count == 10 else count // 2
            bodies = log_of("new", count)[there:]
            await asyncio.to_thread(produce, own.bootstrap, topic, bodies)
            with pytest.raises(Refused, match=complaint):
                async with running_sink(store, own.bootstrap, shapes) as (_, task):
                    await asyncio.wait_for(task, NOTICED_S_MAX)
            assert stored(store) == digests_of(topic_id, old)
            assert store.query("SELECT count() FROM rejected") == [(0,)]
