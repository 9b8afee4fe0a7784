"""How the sink reads, in FastStream's terms: raw, in batches, no default left that loses."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from faststream.security import BaseSecurity

from infra.settings import SinkSettings

Records = tuple[ConsumerRecord[Any, Any], ...]


async def as_it_came(message: Records) -> KafkaMessage:
    """FastStream's parser for us: the poll's records themselves, with nothing looked into."""
    first = message[0]
    return KafkaMessage(
        raw_message=message,
        body=b"",
        headers={},
        message_id=f"{first.topic}-{first.partition}-{first.offset}",
        correlation_id="",
        consumer=_NoConsumer(),
    )


async def records_of(message: KafkaMessage) -> Records:
    """FastStream's decoder for us."""
    raw = message.raw_message
    assert isinstance(raw, tuple)
    return raw


class _NoConsumer:
    """Acknowledging through FastStream is not how this sink works."""

    async def commit(self) -> None:
        raise AssertionError("the sink commits explicit offsets itself")

    def seek(self, partition: TopicPartition, offset: int) -> None:
        raise AssertionError("the sink seeks itself")


def kafka_broker(bootstrap: str, security: BaseSecurity | None) -> KafkaBroker:
    """FastStream's broker: consuming only, no validation of bodies, quiet logs."""
    return KafkaBroker(
        [address.strip() for address in bootstrap.split(",")],  # of one text it takes one address
        security=security,
        apply_types=False,
        consumer_only=True,  # it needs no right to write, and has no producer to be left open
        allow_auto_create_topics=False,
        graceful_timeout=15.0,
        log_level=logging.DEBUG,
        logger=logging.getLogger("faststream"),
    )


def subscribe(
    broker: KafkaBroker,
    topics: Iterable[str],
    settings: SinkSettings,
    *,
    handler: Callable[[Any], Any],
    listener: ConsumerRebalanceListener | None,
    title: str = "sink",
) -> Any:  # FastStream's batch subscriber, whose type is private
    """Declare the subscription, with every default that would lose data replaced."""
    subscriber = broker.subscriber(
        *sorted(topics),
        batch=True,
        group_id=settings.group_id,
        group_instance_id=settings.instance_id,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.MANUAL,
        max_records=min(settings.poll_records_max, settings.batch_records_max),
        batch_timeout_ms=settings.poll_wait_ms_max,
        fetch_max_wait_ms=settings.batch_wait_ms_max,
        fetch_max_bytes=settings.fetch_bytes_max,
        max_partition_fetch_bytes=settings.fetch_bytes_max // 4,
        parser=as_it_came,
        decoder=records_of,
        listener=listener,
        title=title,
    )
    subscriber(handler)
    return subscriber
