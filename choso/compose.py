"""Builds parts from settings: where Kafka and the store are, clients, topics, keys.

Settings win. Where they name no Kafka or no store, the running stack of the data directory does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from choso.token_key import given_key, known_key, own_key
from infra.clickhouse import Store, connect
from infra.clock import Clock, SystemClock
from infra.embedded.stack import DataDir, StackAddress, read_stack
from infra.errors import Refused
from infra.kafka import TopicSpec, client_config
from infra.migrations import Migration
from infra.settings import Settings
from infra.topic_ids import TopicIds
from schemas.message import Message, Name
from schemas.migrations import migration_texts
from schemas.topics import TOPICS

if TYPE_CHECKING:
    from consumers.language.language import Language
    from producers.webhooks.sources import AgreedSources


@dataclass(frozen=True)
class Choso:
    """Everything that a command may need, made when it is first asked for."""

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)

    @property
    def language(self) -> "Language":
        """What the user reads."""
        from consumers.language.language import languages  # noqa: PLC0415  help is quick

        return languages()[self.settings.language]

    @cached_property
    def data_dir(self) -> DataDir:
        """The data directory; it need not exist yet."""
        return DataDir(self.settings.data_dir)

    @property
    def stack(self) -> StackAddress | None:
        """The running stack of the data directory."""
        return read_stack(self.data_dir.path)

    def _running(self, part: str) -> StackAddress:
        stack = self.stack
        if stack is None:
            raise Refused(
                Message("refused.no_stack", part=Name(part), folder=Name(str(self.data_dir.path)))
            )
        return stack

    @property
    def bootstrap(self) -> str:
        """Kafka's address."""
        return self.settings.kafka.bootstrap or self._running("kafka").bootstrap

    @property
    def kafka_config(self) -> dict[str, Any]:
        """Connection arguments for kafka-python."""
        return client_config(self.settings.kafka, self.bootstrap)

    @property
    def has_store(self) -> bool:
        """Whether a store is named, or runs in the data directory."""
        return self.settings.store.dsn is not None or self.stack is not None

    @property
    def dsn(self) -> str:
        """The store's address, with its password."""
        given = self.settings.store.dsn
        if given is not None:
            return given.get_secret_value()
        return self._running("store").dsn_with_password()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """A client of the store, closed at the end."""
        client = connect(self.dsn, settings=self.settings.store)
        try:
            yield client
        finally:
            client.close()

    @contextmanager
    def topic_ids(self) -> Iterator[TopicIds]:
        """Asks for topic ids, closed at the end."""
        ids = TopicIds(self.kafka_config, self.shapes)
        try:
            yield ids
        finally:
            ids.close()

    @property
    def prefix(self) -> str:
        """The prefix of all topics."""
        return self.settings.kafka.topic_prefix

    @property
    def shapes(self) -> dict[str, str]:
        """Full topic name -> noun of its intake table."""
        return {topic.full_name(self.prefix): topic.shape for topic in TOPICS}

    @property
    def topic_specs(self) -> list[TopicSpec]:
        """The topics as they should be on the broker."""
        kafka = self.settings.kafka
        return [
            TopicSpec(
                topic.full_name(self.prefix),
                1 if topic.single_partition else kafka.partition_count,
                kafka.replication_factor,
                topic.configs(
                    replication_factor=kafka.replication_factor,
                    min_insync_replicas=kafka.min_insync_replicas,
                ),
            )
            for topic in TOPICS
        ]

    @property
    def migrations(self) -> list[Migration]:
        """The schema, in order."""
        return [Migration(*text) for text in migration_texts()]

    @property
    def token_key(self) -> bytes:
        """The key of account and payer tokens; Refused where it is not the one used before."""
        given = self.settings.token_key_file
        own = self.data_dir.path / "secrets" / "token_key"
        with self.store() as store:
            if given is not None:
                return known_key(store, given, self.clock.now(), read=given_key)
            return known_key(store, own, self.clock.now(), read=own_key)

    @property
    def sources(self) -> "AgreedSources":
        """The sources agreed with providers."""
        from producers.webhooks.sources import FOLDER, AgreedSources  # noqa: PLC0415  help is quick

        return AgreedSources(self.data_dir.path / FOLDER)

    def status_file(self, role: str) -> Path:
        """Where a role says how it is doing."""
        return self.data_dir.path / "run" / f"status-{role}.json"
