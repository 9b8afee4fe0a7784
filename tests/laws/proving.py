"""A store with a log behind it, read by the real sink, and verify and heal as the command does."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from choso.proof import HEAL_ROUNDS_MAX
from consumers.verify.findings import VerifyReport
from consumers.verify.heal import Healed, heal
from consumers.verify.log import KafkaLogs, TopicLog
from consumers.verify.verify import Verifier
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.migrations import Migration, drift, ledger_problems, status
from infra.settings import FoldSettings
from schemas.migrations import migration_texts
from tests.consumers.sink.sinking import config, new_topic, produce, running_sink, until
from tests.engine import FixedClock, fold_all, migrate
from tests.parts import store_client

MIGRATIONS = [Migration(*text) for text in migration_texts()]
STORED = "SELECT uniqExact(topic_id, partition, offset) FROM stored_record"
CLOCK = FixedClock()


@dataclass
class World:
    """Three topics on the broker, and one database that the sink has filled from them."""

    store: Store
    scratch: Store
    bootstrap: str
    payments: str
    registry: str
    deliveries: str

    @property
    def shapes(self) -> dict[str, str]:
        return {
            self.payments: "payment",
            self.registry: "registry",
            self.deliveries: "delivery",
        }

    @property
    def logs(self) -> KafkaLogs:
        return KafkaLogs(config(self.bootstrap), self.shapes, batch_records_max=500)

    def current(self) -> dict[str, TopicLog]:
        return {log.topic_id: log for log in self.logs.current()}

    def topic_id(self, topic: str) -> str:
        return next(log.topic_id for log in self.logs.current() if log.topic == topic)

    def publish(self, topic: str, bodies: Sequence[bytes], *, partition: int = 0) -> None:
        produce(self.bootstrap, topic, bodies, partition=partition)

    def record_count(self) -> int:
        logs = self.current().values()
        return sum(end - begin for log in logs for begin, end in log.ends.values())

    def sink(self, **settings: Any) -> None:
        """Run the real sink until the store holds what the logs hold."""
        wanted = self.record_count()

        async def run() -> None:
            async with running_sink(self.store, self.bootstrap, self.shapes, **settings):
                await until(self.store, STORED, wanted)

        asyncio.run(run())

    def fold(self) -> None:
        fold_all(self.store)

    def verify(self, *, quick: bool = False, settle_s_max: float = 0) -> VerifyReport:
        return self.verifier(quick=quick, settle_s_max=settle_s_max).run()

    def verifier(self, *, quick: bool, settle_s_max: float = 0) -> Verifier:
        return Verifier(
            store=self.store,
            settings=FoldSettings(),
            logs=self.logs,
            settle_s_max=settle_s_max,
            schema_problems=self.schema_problems,
            scratch=None if quick else self.scratch,
        )

    def schema_problems(self) -> list[str]:
        stated = status(self.store, MIGRATIONS)
        found = [f"migration {s.name} is {s.state}" for s in stated if s.state != "applied"]
        return found + ledger_problems(self.store, MIGRATIONS) + drift(self.store, self.scratch)

    def mend(self, report: VerifyReport) -> None:
        """Heal what was found until verify passes, at most as often as the command does."""
        for _ in range(HEAL_ROUNDS_MAX):
            self.heal(report)
            report = self.verify()
            if report.ok:
                return
        raise AssertionError(f"not mended in {HEAL_ROUNDS_MAX} rounds: {told(report)}")

    def heal(self, report: VerifyReport) -> Healed:
        """As `choso verify --heal` does once, with a fold that runs beside it."""
        healed = heal(self.store, report.findings, self.logs, CLOCK)
        self.fold()
        return healed


@contextmanager
def new_world(dsn: str, name: str, broker: Broker, *, partitions: int = 2) -> Iterator[World]:
    """A world with empty topics, in databases of its own."""
    base = dsn.removesuffix("/default")
    names = (name, f"{name}_verify_test")
    with store_client(dsn) as root:
        for database in names:
            root.command(f"CREATE DATABASE {database}")
        with (
            store_client(f"{base}/{names[0]}") as store,
            store_client(f"{base}/{names[1]}") as scratch,
        ):
            migrate(store)
            migrate(scratch)
            payments = new_topic(broker.bootstrap, partitions=partitions)
            registry = new_topic(broker.bootstrap, partitions=1)
            deliveries = new_topic(broker.bootstrap, partitions=1)
            yield World(store, scratch, broker.bootstrap, payments, registry, deliveries)
        for database in names:
            root.command(f"DROP DATABASE {database}")


def told(report: VerifyReport) -> list[str]:
    """The findings as a person reads them."""
    return [str(finding) for finding in report.findings]
