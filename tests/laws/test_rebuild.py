"""Law L4: from evidence alone, and from the log alone, the same tables come again."""

from collections.abc import Iterator

import pytest

from consumers.verify.rebuild import FROM_EVIDENCE, RECORDS, empty_derived, rebuild_records
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from tests.laws.ledgers import deliveries, payments, registry_facts
from tests.laws.proving import World, new_world, told

pytestmark = pytest.mark.real
REFUSED = [b"x", b'{"type":"y"}', b""]
# How a log was cut into batches and when a day was folded may differ; nothing else may.
CHANCE = {
    "day_fold": "folded_at",
    "registry_span": "",
    "vendor_bits": "",
    "event_seen": "",
    "event_conflict": "",
    **dict.fromkeys(
        ("evidence", "compensation", "registry_fact", "delivery_fact", "rejected"),
        "batch_month, batch_first, batch_span, batch_count",
    ),
}


@pytest.fixture(scope="module")
def world(store_dsn: str, broker: Broker) -> Iterator[World]:
    """A ledger with two partitions, repeated records and records that were refused."""
    with new_world(store_dsn, "rebuilt", broker) as made:
        bodies = payments()
        made.publish(made.registry, [*registry_facts(), b"junk"])
        made.publish(made.deliveries, deliveries())
        made.publish(made.payments, [*bodies[:40], *REFUSED])
        made.publish(made.payments, [*bodies[30:], *REFUSED], partition=1)
        made.sink()
        made.fold()
        yield made


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Table → its rows as a set, without what may differ."""
    found = {}
    for table in (*FROM_EVIDENCE, *RECORDS):
        left_out = f" EXCEPT ({CHANCE[table]})" if CHANCE[table] else ""
        rows = store.query(f"SELECT DISTINCT toString(tuple(*{left_out})) AS row FROM {table}")
        found[table] = sorted(rows)
    return found


def test_tables_come_again_from_evidence(world: World) -> None:
    before = contents(world.store)
    assert all(before.values()), {table: len(rows) for table, rows in before.items()}
    empty_derived(world.store)
    assert not any(contents(world.store)[table] for table in FROM_EVIDENCE)
    world.fold()
    assert contents(world.store) == before
    assert told(world.verify()) == []


def test_tables_come_again_from_the_log(world: World) -> None:
    """Whatever was in them: also where the log was cut into other batches, or rows are missing."""
    before = contents(world.store)
    rebuilt = rebuild_records(world.store, world.scratch, world.logs)
    assert (rebuilt.records, rebuilt.kept) == (world.record_count(), ())
    assert contents(world.store) == before
    for table in RECORDS:
        world.store.command(f"TRUNCATE TABLE {table}")
    rebuild_records(world.store, world.scratch, world.logs)
    empty_derived(world.store)
    world.fold()
    assert contents(world.store) == before
    assert told(world.verify()) == []


def test_cut_into_other_batches_it_is_the_same(world: World) -> None:
    before = contents(world.store)
    for table in RECORDS:
        world.store.command(f"TRUNCATE TABLE {table}")
    world.sink(batch_records_max=7)
    world.fold()
    assert contents(world.store) == before
    rebuild_records(world.store, world.scratch, world.logs)
    assert contents(world.store) == before
    assert told(world.verify()) == []


def test_an_interrupted_rebuild_of_figures_is_finished_by_the_fold(world: World) -> None:
    before = contents(world.store)
    for count in range(1, len(FROM_EVIDENCE) + 1):
        for table in FROM_EVIDENCE[:count]:
            world.store.command(f"TRUNCATE TABLE {table}")
        world.fold()
        assert contents(world.store) == before
