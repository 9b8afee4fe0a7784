"""The sink on the real broker and the real store: whatever happens, every record is there once."""

import asyncio
import gc
import warnings
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from consumers.sink.worker import LogReplaced
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.errors import Refused
from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import registry_event
from tests.consumers.sink.sinking import delete_topic, new_topic, produce, running_sink, until
from tests.engine import migrate
from tests.parts import StoreServer, store_client, store_server
from tests.patience import eventually, patient

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
EVIDENCE = "SELECT uniqExact(topic_id, partition, offset) FROM evidence"
ROWS = "SELECT count() FROM evidence"


def credit(number: int) -> bytes:
    return encode(
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=str(number),
            occurred_at=AT,
            account=f"{number % 7:032x}",
            bank_reference=f"FT{number}",
            amount_vnd=1_000 + number,
            rail_class="p2p_transfer",
        )
    )


def market() -> bytes:
    return encode(
        registry_event(
            kind="market",
            source="/registry",
            source_transaction_id="m1",
            stated_at=AT,
            effective_from=date(2026, 1, 1),
            market="HL1",
            name="Chợ Hạ Long I",
            market_kind="traditional_market",
        )
    )


async def test_says_that_it_has_stored_nothing_yet(store: Store, broker: Broker) -> None:
    """A counter is there from the start: whoever watches it takes its absence for a fault."""
    shapes = {new_topic(broker.bootstrap): "payment"}
    said: dict[str, object] = {}
    async with running_sink(store, broker.bootstrap, shapes, report=said.update):
        await asyncio.to_thread(eventually, lambda: "inserted_total" in said)
    assert (said.get("inserted_total"), said.get("batches_total")) == (0, 0), said


@pytest.mark.parametrize("delay_ms", [0, 5, 20, 60])
async def test_a_sink_that_is_stopped_while_it_connects_leaves_nothing_open(
    store: Store, broker: Broker, delay_ms: int
) -> None:
    topic = new_topic(broker.bootstrap)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        async with running_sink(store, broker.bootstrap, {topic: "payment"}):
            await asyncio.sleep(delay_ms / 1000)
        gc.collect()
    assert [str(each.message) for each in heard if "Unclosed" in str(each.message)] == []


async def test_lands_both_topics_routes_rejects_and_goes_on_after_a_stop(
    store: Store, broker: Broker
) -> None:
    payments, registry = new_topic(broker.bootstrap), new_topic(broker.bootstrap, partitions=1)
    shapes = {payments: "payment", registry: "registry"}
    produce(broker.bootstrap, payments, [credit(n) for n in range(500)], partition=0)
    produce(broker.bootstrap, payments, [b"junk", credit(500), b""], partition=1)
    produce(broker.bootstrap, registry, [market(), b"{}"])
    async with running_sink(store, broker.bootstrap, shapes):
        await until(store, EVIDENCE, 501)
        await until(store, "SELECT count() FROM rejected", 3)
        await until(store, "SELECT count() FROM registry_fact", 1)
    produce(broker.bootstrap, payments, [credit(n) for n in range(501, 600)], partition=1)
    async with running_sink(store, broker.bootstrap, shapes):
        await until(store, EVIDENCE, 600)
    assert store.query(ROWS) == [(600,)]  # nothing was read twice
    assert store.query("SELECT count() FROM topic_log") == [(2,)]


async def test_a_batch_is_one_part(store: Store, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=3)
    for partition in range(3):
        produce(broker.bootstrap, topic, [credit(n) for n in range(400)], partition=partition)
    store.command("SYSTEM STOP MERGES evidence")
    async with running_sink(store, broker.bootstrap, {topic: "payment"}, batch_wait_ms_max=500) as (
        sink,
        _,
    ):
        await until(store, EVIDENCE, 1200)
        batches = sink.worker.totals.batches
    [(parts,)] = store.query(
        "SELECT count() FROM system.parts WHERE table = 'evidence' AND active"
        " AND database = currentDatabase()"
    )
    assert parts == batches


async def test_rows_that_a_power_cut_took_back_are_read_again(store: Store, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    produce(broker.bootstrap, topic, [credit(n) for n in range(100)])
    async with running_sink(store, broker.bootstrap, {topic: "payment"}, batch_records_max=10):
        await until(store, EVIDENCE, 100)
    store.command(
        "ALTER TABLE evidence DELETE WHERE offset IN (17, 40, 99)",
        settings={"mutations_sync": 2},
    )
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await until(store, EVIDENCE, 100)
    [(rows,)] = store.query(ROWS)
    assert rows < 200  # only the damaged batches were read again


async def test_a_recreated_topic_is_a_new_log(store: Store, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    produce(broker.bootstrap, topic, [credit(n) for n in range(20)])
    with pytest.raises(LogReplaced):
        async with running_sink(store, broker.bootstrap, {topic: "payment"}) as (_, task):
            await until(store, EVIDENCE, 20)
            delete_topic(broker.bootstrap, topic)
            await asyncio.sleep(0.5)
            new_topic(broker.bootstrap, partitions=1, name=topic)
            produce(broker.bootstrap, topic, [credit(n) for n in range(15, 50)])
            await asyncio.wait_for(task, patient(40))
    assert store.query("SELECT uniqExact(topic_id) FROM evidence") == [(1,)]
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await until(store, EVIDENCE, 55)
    assert store.query("SELECT uniqExact(topic_id) FROM evidence") == [(2,)]
    assert store.query("SELECT uniqExact(source_transaction_id) FROM evidence") == [(50,)]


async def test_other_bytes_under_a_known_offset_stop_the_sink(store: Store, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    produce(broker.bootstrap, topic, [credit(n) for n in range(10)])
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await until(store, EVIDENCE, 10)
    store.command(
        "ALTER TABLE evidence UPDATE amount_vnd = 1 WHERE offset = 9",
        settings={"mutations_sync": 2},
    )
    with pytest.raises(Refused, match="offset 9 holds other bytes"):
        async with running_sink(store, broker.bootstrap, {topic: "payment"}) as (_, task):
            await asyncio.wait_for(task, patient(20))


async def test_a_log_that_is_shorter_than_the_store_stops_the_sink(
    store: Store, broker: Broker
) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    produce(broker.bootstrap, topic, [credit(n) for n in range(10)])
    async with running_sink(store, broker.bootstrap, {topic: "payment"}):
        await until(store, EVIDENCE, 10)
    store.command(
        "INSERT INTO evidence SELECT"
        " * REPLACE (offset + 10 AS offset, batch_first + 10 AS batch_first) FROM evidence"
    )
    with pytest.raises(Refused, match="ends at offset 10, but the store holds it up to 20"):
        async with running_sink(store, broker.bootstrap, {topic: "payment"}) as (_, task):
            await asyncio.wait_for(task, patient(20))


async def test_too_many_rejects_stop_the_sink_and_lose_nothing(
    store: Store, broker: Broker
) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    produce(broker.bootstrap, topic, [b"x%d" % n for n in range(80)] + [credit(1)] * 40)
    with pytest.raises(Refused, match="records were rejected"):
        async with running_sink(
            store, broker.bootstrap, {topic: "payment"}, reject_window_records=100
        ) as (_, task):
            await asyncio.wait_for(task, patient(20))
    assert store.query("SELECT count() FROM rejected") == [(80,)]
    assert store.query(EVIDENCE) == [(40,)]


async def test_the_store_may_go_away_and_come_back(tmp_path: Path, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=1)
    with store_server(tmp_path / "db") as server, store_client(server.dsn) as store:
        migrate(store)
        async with running_sink(store, broker.bootstrap, {topic: "payment"}):
            produce(broker.bootstrap, topic, [credit(n) for n in range(50)])
            await until(store, EVIDENCE, 50)
            server.kill()
            produce(broker.bootstrap, topic, [credit(n) for n in range(50, 100)])
            await asyncio.sleep(0.5)
            _restart(server)
            await until(store, EVIDENCE, 100)
        assert store.query("SELECT count(), uniqExact(offset) FROM evidence")[0][1] == 100


def _restart(server: StoreServer) -> None:
    server.start()


async def test_two_sinks_share_the_partitions(store: Store, broker: Broker) -> None:
    topic = new_topic(broker.bootstrap, partitions=4)
    shapes = {topic: "payment"}
    for partition in range(4):
        produce(broker.bootstrap, topic, [credit(n) for n in range(50)], partition=partition)
    async with running_sink(store, broker.bootstrap, shapes):
        await until(store, EVIDENCE, 200)
        async with running_sink(store, broker.bootstrap, shapes) as (second, _):
            await asyncio.to_thread(eventually, lambda: second.worker.partitions)
            assert len(second.worker.partitions) == 2
            for partition in range(4):
                produce(
                    broker.bootstrap, topic, [credit(n) for n in range(50, 60)], partition=partition
                )
            await until(store, EVIDENCE, 240)
