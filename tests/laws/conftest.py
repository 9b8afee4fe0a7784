"""A folded ledger with its log, which the tests of verify damage and mend again."""

from collections.abc import Iterator

import pytest

from infra.embedded.broker import Broker
from tests.laws.ledgers import deliveries, payments, registry_facts, said
from tests.laws.proving import World, new_world
from tests.laws.tampering import contents, kept

# The last one is canonical, so that only the domain's rule keeps it out of evidence.
REFUSED = [b"x", b'{"type":"y"}', b"", b"\xff\x00"]
NOTHING_PAID = said("credited", "FREE").replace(b'"amount_vnd":20000', b'"amount_vnd":0')


@pytest.fixture(scope="session")
def ledger_world(store_dsn: str, broker: Broker) -> Iterator[World]:
    """A ledger that came through the sink and was folded."""
    with new_world(store_dsn, "tampered", broker) as world:
        bodies = payments()
        world.publish(world.registry, [*registry_facts(), b"{}", b"junk"])
        world.publish(world.deliveries, [*deliveries(), b"junk"])
        world.publish(world.payments, [*bodies[:30], *REFUSED, NOTHING_PAID])
        world.publish(world.payments, [*bodies[30:], *REFUSED], partition=1)
        world.sink(batch_wait_ms_max=2_000)  # one batch of each partition, however busy the machine
        world.fold()
        yield world


@pytest.fixture
def well(ledger_world: World) -> Iterator[World]:
    """The same, of which each test leaves the contents as they were.

    What was mended lies in other batches than it came in, so all is put back: each test finds the
    ledger as it was landed, whichever came before.
    """
    before = contents(ledger_world.store)
    with kept(ledger_world.store) as put_back:
        yield ledger_world
        after = contents(ledger_world.store)
        put_back()
    assert after == before
