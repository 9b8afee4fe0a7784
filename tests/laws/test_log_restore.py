"""A log that lost records is given back what the store holds; figures and answers stay equal."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from choso.compose import Choso
from choso.log_restore import needs_restore, restore_logs
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.kafka import apply_topics
from infra.settings import KafkaSettings, Settings, StoreSettings
from schemas.topics import TOPICS
from tests.consumers.sink.sinking import produce, running_sink, until
from tests.engine import migrate, vendor_days
from tests.laws.ledgers import payments, registry_facts, said
from tests.laws.proving import World, told
from tests.parts import running_broker, store_client

pytestmark = pytest.mark.real
LATE = [said("credited", f"LATE{number}") for number in range(5)]
PAYMENTS, REGISTRY, DELIVERIES = (topic.full_name("choso") for topic in TOPICS)
STORED = "SELECT count(DISTINCT digest) FROM stored_record"


@dataclass
class Fallen:
    """The directory of a broker that stands still, and a copy from before the last records."""

    directory: Path
    older: Path

    def logs(self) -> list[Path]:
        return sorted((self.directory / "data").glob("choso.payments.v1-*"))

    def put_older_copy_back(self) -> None:
        shutil.rmtree(self.directory / "data")
        shutil.copytree(self.older / "data", self.directory / "data")

    def cut_segments(self) -> None:
        for log in self.logs():
            for segment in log.glob("*.log"):
                with segment.open("r+b") as file:
                    file.truncate(segment.stat().st_size // 2)

    def lose(self) -> None:
        shutil.rmtree(self.directory / "data")
        (self.directory / "meta.properties").unlink()


DAMAGES: dict[str, Callable[[Fallen], None]] = {
    "older-copy": Fallen.put_older_copy_back,
    "written-on": Fallen.put_older_copy_back,
    "cut": Fallen.cut_segments,
    "lost": Fallen.lose,
}


@contextmanager
def filled(dsn: str, name: str, directory: Path) -> Iterator[tuple[World, Choso, Broker, Path]]:
    """A ledger on a broker of its own, and a copy of its directory from before the last records."""
    own, scratch_name = f"restored_{name}", f"restored_{name}_verify_test"
    base = dsn.removesuffix("/default")
    with store_client(dsn) as root:
        for database in (own, scratch_name):
            root.command(f"CREATE DATABASE {database}")
        with (
            running_broker(directory) as broker,
            store_client(f"{base}/{own}") as store,
            store_client(f"{base}/{scratch_name}") as scratch,
        ):
            migrate(store)
            migrate(scratch)
            choso = choso_of(broker, f"{base}/{own}")
            apply_topics(choso.kafka_config, choso.topic_specs)
            world = World(store, scratch, broker.bootstrap, PAYMENTS, REGISTRY, DELIVERIES)
            bodies = payments()
            world.publish(REGISTRY, registry_facts())
            world.publish(PAYMENTS, [*bodies[:40], b"junk"])
            broker.stop()
            older = directory.with_name("older")
            shutil.copytree(directory, older)
            broker.start()
            world.publish(PAYMENTS, bodies[40:], partition=1)
            world.publish(PAYMENTS, bodies[20:60])
            world.sink()
            world.fold()
            yield world, choso, broker, older
        for database in (own, scratch_name):
            root.command(f"DROP DATABASE {database}")


def choso_of(broker: Broker, dsn: str) -> Choso:
    kafka = KafkaSettings(bootstrap=broker.bootstrap)
    store = StoreSettings(dsn=SecretStr(dsn))
    return Choso(Settings(_env_file=None, kafka=kafka, store=store))


async def read_on(world: World) -> None:
    """The sink takes the logs as they are now; of those that are history nothing more comes."""
    ids = ", ".join(f"'{topic_id}'" for topic_id in world.current())
    async with running_sink(world.store, world.bootstrap, world.shapes):
        present = (
            f"SELECT uniqExact(topic_id, partition, offset) FROM stored_record"
            f" WHERE topic_id IN ({ids})"
        )
        await until(world.store, present, world.record_count())


def known_payments(store: Store, at: datetime) -> list[tuple[object, ...]]:
    """Every payment as it was known then."""
    return store.query(KNOWN, {"at": at})


KNOWN = """
SELECT * EXCEPT (recorded_last_at) FROM payment(
    first_day = '2000-01-01', last_day = '2099-01-01', window_days = 15,
    known_at = {at:DateTime64(3)})
ORDER BY ALL
"""


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_log_gets_back_what_it_lost(store_dsn: str, tmp_path: Path, damage: str) -> None:
    name = damage.replace("-", "_")
    with filled(store_dsn, name, tmp_path / "node") as (world, choso, broker, older):
        figures, contents = vendor_days(world.store), world.store.query(STORED)
        [(middle,)] = world.store.query("SELECT quantileExact(0.5)(recorded_at) FROM evidence")
        known = known_payments(world.store, middle)
        assert known
        broker.stop()
        DAMAGES[damage](Fallen(broker.data_dir, older))
        broker.start()
        apply_topics(choso.kafka_config, choso.topic_specs)
        with choso.store() as store:
            assert bool(needs_restore(choso, store)) == (damage != "lost")
        if damage == "written-on":  # records came in under offsets that are taken
            produce(broker.bootstrap, PAYMENTS, LATE)
        lines: list[str] = []
        restore_logs(choso, say=lines.append)
        assert any("published again" in line for line in lines), lines
        again: list[str] = []
        restore_logs(choso, say=again.append)
        assert all("whole" in line for line in again), again
        with choso.store() as store:
            assert needs_restore(choso, store) == []
        asyncio.run(read_on(world))
        world.fold()
        assert told(world.verify()) == []
        assert known_payments(world.store, middle) == known
        if damage == "written-on":
            assert world.store.query(STORED)[0][0] == contents[0][0] + len(LATE)
        else:
            assert world.store.query(STORED) == contents
            assert vendor_days(world.store) == figures
