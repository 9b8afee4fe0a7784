"""Law L4: from evidence alone, and from the log alone, the same tables come again."""

from collections.abc import Iterator

import pytest

from consumers.verify.rebuild import FROM_EVIDENCE, FROM_LOG, empty
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from tests.laws.ledgers import payments, registry_facts
from tests.laws.proving import World, new_world, told

pytestmark = pytest.mark.real
REFUSED = [b"x", b'{"type":"y"}', b""]
# How a log was cut into batches and when a day was folded may differ; nothing else may.
CHANCE = {
    "day_fold": "folded_at",
    "registry_span": "",
    "vendor_bits": "",
    **dict.fromkeys(
        ("evidence", "compensation", "registry_fact", "rejected"),
        "batch_month, batch_first, batch_span, batch_count",
    ),
}


@pytest.fixture(scope="module")
def world(store_dsn: str, broker: Broker) -> Iterator[World]:
    """A ledger with two partitions, repeated records and records that were refused."""
    with new_world(store_dsn, "rebuilt", broker) as made:
        bodies = payments()
        made.publish(made.registry, [*registry_facts(), b"junk"])
        made.publish(made.payments, [*bodies[:40], *REFUSED])
        made.publish(made.payments, [*bodies[30:], *REFUSED], partition=1)
        made.sink()
        made.fold()
        yield made


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Table → its rows as a set, without what may differ."""
    found = {}
    for table in FROM_LOG:
        left_out = f" EXCEPT ({CHANCE[table]})" if CHANCE[table] else ""
        rows = store.query(f"SELECT DISTINCT toString(tuple(*{left_out})) AS row FROM {table}")
        found[table] = sorted(rows)
    return found


def test_tables_come_again_from_evidence(world: World) -> None:
    before = contents(world.store)
    assert all(before.values()), {table: len(rows) for table, rows in before.items()}
    empty(world.store, from_log=False)
    assert not any(contents(world.store)[table] for table in FROM_EVIDENCE)
    world.fold()
    assert contents(world.store) == before
    assert told(world.verify()) == []


def test_tables_come_again_from_the_log(world: World) -> None:
    before = contents(world.store)
    empty(world.store, from_log=True)
    assert not any(contents(world.store).values())
    world.sink()
    world.fold()
    assert contents(world.store) == before
    assert told(world.verify()) == []


def test_cut_into_other_batches_it_is_the_same(world: World) -> None:
    before = contents(world.store)
    empty(world.store, from_log=True)
    world.sink(batch_records_max=7)
    world.fold()
    assert contents(world.store) == before
    assert told(world.verify()) == []
