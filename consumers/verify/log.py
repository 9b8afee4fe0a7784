"""What verify needs of Kafka: how far each log goes, and its records again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kafka import KafkaConsumer, TopicPartition

from infra.errors import Unavailable
from infra.kafka import end_offsets, kafka_errors, topic_ids

POLL_MS = 500
POLLS_EMPTY_MAX = 20


@dataclass(frozen=True, slots=True)
class TopicLog:
    """A topic as it is now: its id, and for each partition its first and its next offset."""

    topic_id: str
    topic: str
    shape: str
    ends: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A record read again, with the broker's time in ms."""

    offset: int
    timestamp: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class Logs(Protocol):
    """The logs behind the store."""

    def current(self) -> list[TopicLog]:
        """Every topic as it is now."""
        ...

    def read(
        self, topic: str, partition: int, first: int, after: int
    ) -> Iterator[Sequence[LogRecord]]:
        """The records of [first, after), in batches."""
        ...


@dataclass(frozen=True, slots=True)
class KafkaLogs:
    """Logs on a broker. `shapes`: full topic name -> noun of its intake table."""

    config: Mapping[str, Any]
    shapes: Mapping[str, str]
    batch_records_max: int

    def current(self) -> list[TopicLog]:
        """Asks the broker; Unavailable where it does not answer."""
        ids = topic_ids(self.config, self.shapes)
        return [
            TopicLog(ids[topic], topic, shape, end_offsets(self.config, topic))
            for topic, shape in self.shapes.items()
        ]

    def read(
        self, topic: str, partition: int, first: int, after: int
    ) -> Iterator[Sequence[LogRecord]]:
        """Records of [first, after), all that there are.

        Unavailable where the broker gives none for ten seconds, Refused where they are damaged.
        """
        subject = f"log {topic}-{partition}"
        place = TopicPartition(topic, partition)
        consumer = KafkaConsumer(
            **self.config,
            enable_auto_commit=False,
            auto_offset_reset="none",  # else it would go on at the end where an offset is gone
            max_poll_records=self.batch_records_max,
        )
        try:
            consumer.assign([place])
            with kafka_errors(subject):
                consumer.seek(place, max(first, consumer.beginning_offsets([place])[place]))
            empty = 0
            while consumer.position(place) < after:
                with kafka_errors(f"{subject}, from offset {consumer.position(place)} on"):
                    polled = consumer.poll(timeout_ms=POLL_MS).get(place, [])
                if not polled:
                    empty += 1
                    if empty > POLLS_EMPTY_MAX:
                        raise Unavailable(f"{subject}: no record came from offset {first} on")
                    continue
                empty = 0
                batch = [
                    LogRecord(r.offset, r.timestamp, r.value, r.headers)
                    for r in polled
                    if r.offset < after
                ]
                if batch:
                    yield batch
        finally:
            consumer.close()
