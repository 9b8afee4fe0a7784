"""A sink in this process, on the real broker and the real store."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from consumers.sink.app import Sink, SinkParts
from infra.clickhouse import Store
from infra.kafka import TopicSpec, apply_topics
from infra.settings import SinkSettings
from infra.topic_ids import TopicIds
from tests.engine import FixedClock
from tests.patience import patient

_numbers = itertools.count(1)


def config(bootstrap: str) -> dict[str, Any]:
    return {"bootstrap_servers": bootstrap, "request_timeout_ms": 10_000}


def new_topic(bootstrap: str, *, partitions: int = 2, name: str | None = None) -> str:
    """A fresh topic with the broker's times."""
    topic = name or f"sink-test-{next(_numbers)}"
    apply_topics(config(bootstrap), [TopicSpec(topic, partitions, 1)])
    return topic


def delete_topic(bootstrap: str, topic: str) -> None:
    client = KafkaAdminClient(**config(bootstrap))
    client.delete_topics([topic])
    client.close()


def produce(bootstrap: str, topic: str, bodies: Iterable[bytes], *, partition: int = 0) -> None:
    """All bodies, acknowledged."""
    producer = KafkaProducer(**config(bootstrap), acks="all", linger_ms=5)
    sent = [producer.send(topic, value=body, partition=partition) for body in bodies]
    producer.flush(patient(20))
    for future in sent:
        future.get(patient(20))
    producer.close(5)


@asynccontextmanager
async def running_sink(
    store: Store,
    bootstrap: str,
    shapes: dict[str, str],
    *,
    report: Callable[[dict[str, Any]], None] = lambda _: None,
    **changes: Any,
) -> AsyncIterator[tuple[Sink, "asyncio.Task[None]"]]:
    """A running sink; stopped in order at the end unless it has failed before."""
    ids = TopicIds(config(bootstrap), shapes)
    sink = Sink(
        SinkParts(
            store=store,
            bootstrap=bootstrap,
            security=None,
            shapes=shapes,
            topic_ids=ids,
            clock=FixedClock(),
            settings=SinkSettings(
                **{"group_id": f"group-{min(shapes)}", "batch_wait_ms_max": 20, **changes}
            ),
            retry_wait_ms_max=200,
            report=report,
        )
    )
    stop = asyncio.Event()
    task = asyncio.create_task(sink.run(stop))
    try:
        yield sink, task
        stop.set()
        await asyncio.wait_for(task, patient(30))
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        ids.close()


async def until(store: Store, sql: str, wanted: int, *, seconds: float = 20) -> None:
    """Wait until a query gives this number."""
    found = None
    ends_at = monotonic() + patient(seconds)
    while monotonic() < ends_at:
        [(found,)] = await asyncio.to_thread(store.query, sql)
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{sql}: {found}, not {wanted}")
