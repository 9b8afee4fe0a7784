"""The one way onto a topic: idempotent, acknowledged by all replicas, and honest about the rest.

Nothing counts as published before the broker said so. What it did not acknowledge comes back with
its cause. Every event's id is derived, so publishing the same thing again later is always safe.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError

from infra.failpoint import reach
from producers.kafka_producer import cause_of, connect, may_pass
from schemas.cloudevent import CloudEvent, encode
from schemas.delivery import DeliveryEvent
from schemas.payment import PaymentEvent
from schemas.registry import RegistryEvent
from schemas.topics import DELIVERIES, DELIVERY_HEADER, PAYMENTS, REGISTRY


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to be published: the topic's full name, the record's key, the event's bytes.

    `delivery` is the id of the delivery that tells it, where there is one.
    """

    topic: str
    key: bytes
    value: bytes
    delivery: str | None = None

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What goes beside the bytes: who tells a fact is no part of it."""
        return [] if self.delivery is None else [(DELIVERY_HEADER, self.delivery.encode())]


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """A record that the broker did not acknowledge, and why."""

    outgoing: Outgoing
    cause: str


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What became of the records. `is_complete` False: the rest was not even taken from the input.

    An unacknowledged record may still have reached the log; sending it again is safe.
    """

    acknowledged_count: int
    unacknowledged: tuple[Unacknowledged, ...] = ()
    is_complete: bool = True

    @property
    def cause(self) -> str:
        """Why the first unacknowledged record was not acknowledged; '' where all were."""
        return self.unacknowledged[0].cause if self.unacknowledged else ""


@dataclass(frozen=True, slots=True)
class PublisherLimits:
    """Every wait and queue of the publisher."""

    in_flight_bytes_max: int = 8 << 20  # awaited together; more input waits
    in_flight_records_max: int = 20_000
    acknowledge_ms_max: int = 10_000  # one attempt
    retry_ms_max: int = 60_000  # all attempts of one window, with their pauses
    retry_wait_ms_min: int = 100  # the first pause; each next one is twice as long …
    retry_wait_ms_max: int = 2_000  # … up to this
    close_ms_max: int = 3_000
    linger_ms: int = 5
    record_bytes_max: int = 4 << 20


@dataclass(slots=True)
class Publisher:
    """A producer for any number of threads.

    `config` holds kafka-python's connection settings (`bootstrap_servers`, security). The
    connection is opened on first use and anew after a failure, so the broker may come later.
    `nobody_takes` says why nobody would take what is published now; None: somebody does.
    """

    config: Mapping[str, Any]
    limits: PublisherLimits = PublisherLimits()
    compression: str = "lz4"
    nobody_takes: Callable[[], str | None] = lambda: None
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _producer: Any = None
    _is_closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(
        self, records: Iterable[Outgoing], *, retry_ms_max: int | None = None
    ) -> PublishReport:
        """Publish, window by window, each awaited before the next one is taken from the input.

        Stops at the first window that the broker has not acknowledged whole within `retry_ms_max`
        (that of the limits unless given); nothing is raised for a broker that is away. Where nobody
        takes what is published, nothing is: no offset is used that may be taken already.
        """
        if (why := self.nobody_takes()) is not None:
            first = tuple(Unacknowledged(record, why) for record in islice(records, 1))
            return PublishReport(0, first, is_complete=not first)
        wait_ms = self.limits.retry_ms_max if retry_ms_max is None else retry_ms_max
        count = 0
        rest = iter(records)
        is_last = False
        while not is_last:
            window, is_last = self._take(rest)
            missing = self._deliver(window, until=self.monotonic() + wait_ms / 1000)
            count += len(window) - len(missing)
            if missing:
                return PublishReport(count, tuple(missing), is_complete=is_last)
        return PublishReport(count)

    def close(self) -> None:
        """Close the connection within its limit. A closed publisher acknowledges nothing more."""
        self._is_closed = True
        self._discard(self._producer)

    def _take(self, records: Iterator[Outgoing]) -> tuple[list[Outgoing], bool]:
        """The next window, and whether the input ended with it."""
        window: list[Outgoing] = []
        byte_count = 0
        for record in records:
            window.append(record)
            byte_count += len(record.key) + len(record.value)
            if (
                byte_count >= self.limits.in_flight_bytes_max
                or len(window) >= self.limits.in_flight_records_max
            ):
                return window, False
        return window, True

    def _deliver(self, window: list[Outgoing], *, until: float) -> list[Unacknowledged]:
        pause_ms = self.limits.retry_wait_ms_min
        final: list[Unacknowledged] = []
        if not window:
            return final
        while True:
            tried_ms = min(
                self.limits.acknowledge_ms_max, max(1, round((until - self.monotonic()) * 1000))
            )
            passing: list[Unacknowledged] = []
            for missing, is_passing in self._attempt(window, wait_ms=tried_ms):
                (passing if is_passing else final).append(missing)
            left_s = until - self.monotonic()
            if not passing or left_s <= 0 or self._is_closed:
                return final + passing
            self.sleep(min(pause_ms / 1000, left_s))
            pause_ms = min(pause_ms * 2, self.limits.retry_wait_ms_max)
            window = _again(window, passing, final)

    def _attempt(
        self, window: list[Outgoing], *, wait_ms: int
    ) -> list[tuple[Unacknowledged, bool]]:
        """Send once and await each acknowledgement; what failed, and whether it may pass later."""
        until = self.monotonic() + wait_ms / 1000
        try:
            producer = self._connected(wait_ms)
        except (KafkaError, OSError) as error:
            return [(Unacknowledged(record, cause_of(error)), may_pass(error)) for record in window]
        failed: list[tuple[Unacknowledged, bool]] = []
        futures: list[tuple[Outgoing, Any]] = []
        lost: Exception | None = None
        for record in window:
            if lost is not None:  # the first wait was in vain: do not wait for each of the others
                failed.append((Unacknowledged(record, cause_of(lost)), True))
                continue
            try:
                future = producer.send(
                    record.topic, key=record.key, value=record.value, headers=record.headers
                )
            except (KafkaTimeoutError, IllegalStateError) as error:
                lost = error
                failed.append((Unacknowledged(record, cause_of(error)), True))
            except KafkaError as error:
                failed.append((Unacknowledged(record, cause_of(error)), may_pass(error)))
            else:
                futures.append((record, future))
        reach("publisher.sent")
        for record, future in futures:
            try:
                future.get(timeout=max(0.001, until - self.monotonic()))
            except KafkaError as error:
                failed.append((Unacknowledged(record, cause_of(error)), may_pass(error)))
        reach("publisher.awaited")
        if any(may_pass for _, may_pass in failed):
            # An idempotent producer whose batch expired has a gap in its sequence: begin anew.
            self._discard(producer)
        return failed

    def _connected(self, wait_ms: int) -> Any:  # kafka-python has no types
        if not self._lock.acquire(timeout=wait_ms / 1000):
            raise KafkaTimeoutError("another thread is still trying to connect")
        try:
            if self._is_closed:
                raise IllegalStateError("the publisher is closed")
            if self._producer is None:
                attempt_ms = self.limits.acknowledge_ms_max
                self._producer = connect(
                    {
                        "reconnect_backoff_max_ms": 1_000,
                        **self.config,
                        "enable_idempotence": True,
                        "acks": "all",
                        "compression_type": self.compression,
                        "linger_ms": self.limits.linger_ms,
                        "batch_size": 256 << 10,
                        "max_request_size": self.limits.record_bytes_max,
                        "max_block_ms": attempt_ms,
                        "request_timeout_ms": max(1, attempt_ms - 2 * self.limits.linger_ms),
                        "delivery_timeout_ms": attempt_ms,
                        "bootstrap_timeout_ms": wait_ms,
                        "allow_auto_create_topics": False,
                    }
                )
            return self._producer
        finally:
            self._lock.release()

    def _discard(self, producer: Any) -> None:  # kafka-python has no types
        with self._lock:
            if producer is None or producer is not self._producer:
                return  # another thread has replaced it already
            self._producer = None
        try:
            producer.close(timeout=self.limits.close_ms_max / 1000)
        except KafkaTimeoutError:
            # Records are still unsent, and close() gives up before it stops its thread: stop it,
            # or the interpreter waits for it at its exit and prints a traceback.
            producer._sender.force_close()
            producer._sender.join(self.limits.close_ms_max / 1000)
            producer._closed = True


def _again(
    window: list[Outgoing], passing: list[Unacknowledged], final: list[Unacknowledged]
) -> list[Outgoing]:
    """All from the first one that is to be sent again: of two statements the later one holds."""
    lost = {id(missing.outgoing) for missing in passing}
    refused = {id(missing.outgoing) for missing in final}
    first = next(at for at, record in enumerate(window) if id(record) in lost)
    return [record for record in window[first:] if id(record) not in refused]


def outgoing(event: CloudEvent, *, topic_prefix: str, delivery: str | None = None) -> Outgoing:
    """The event as a record: canonical bytes, its topic, and the key that keeps its order."""
    if isinstance(event, PaymentEvent):
        return Outgoing(
            PAYMENTS.full_name(topic_prefix),
            event.data.account.encode(),
            encode(event),
            delivery,
        )
    if isinstance(event, DeliveryEvent):
        topic = DELIVERIES.full_name(topic_prefix)
        return Outgoing(topic, event.data.delivery.encode(), encode(event))
    assert isinstance(event, RegistryEvent), f"no topic for {type(event).__name__}"
    data = event.data
    subject = data.market or data.vendor or data.account or data.qr or data.name
    assert subject, f"a fact without a subject: {event.id}"
    return Outgoing(REGISTRY.full_name(topic_prefix), subject.encode(), encode(event))


def tried(records: Iterable[Outgoing]) -> PublishReport:
    """The records as if they were published: of a trial."""
    return PublishReport(sum(1 for _ in records))
