"""Records to measure with, and the quick way to put many of them on a topic.

The bodies are the simulator's: a city of the pilot's size with its duplicates, late, contradictory
and two-channel reports. Publishing is not what is measured here, so it goes by whole batches.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from random import Random

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

from choso.compose import Choso
from producers.simulator.bad import bad_body
from producers.simulator.run import simulate
from schemas.topics import PAYMENTS

RECORDS_PER_DAY = 12_000  # a little under what a city of the pilot's size sends at first
BATCH_BYTES = 256 << 10  # as our publisher's
IN_FLIGHT_MAX = 32

Pair = tuple[bytes, bytes]  # key, body


def simulated(count: int, *, seed: int, last_day: date) -> Iterator[Pair]:
    """The first `count` payment records of a city whose history ends on `last_day`."""
    days = count // RECORDS_PER_DAY + 30
    first = last_day - timedelta(days=days - 1)
    city = simulate(seed=seed, days=days, start=first, scale=1.0)
    yield from islice(((d.key, d.body) for d in city.deliveries()), count)


def spoilt(pairs: Iterable[Pair], *, share: float, seed: int) -> Iterator[Pair]:
    """The same records, a share of them spoilt in one of the simulator's twenty ways."""
    rng = Random(seed)
    for key, body in pairs:
        yield key, bad_body(rng, body) if rng.random() < share else body


def publish(choso: Choso, pairs: Iterable[Pair]) -> int:
    """All records onto the payments topic, acknowledged by the broker; how many."""
    topic = PAYMENTS.full_name(choso.prefix)
    partition_count = choso.settings.kafka.partition_count
    return asyncio.run(_publish(choso.bootstrap, topic, partition_count, pairs))


async def _publish(bootstrap: str, topic: str, partition_count: int, pairs: Iterable[Pair]) -> int:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=BATCH_BYTES,
        max_request_size=4 << 20,
    )
    await producer.start()
    count = 0
    try:
        open_batches = {n: producer.create_batch() for n in range(partition_count)}
        waiting: set[asyncio.Future[object]] = set()

        async def send(partition: int) -> None:
            batch = open_batches[partition]
            open_batches[partition] = producer.create_batch()
            if batch.record_count():
                batch.close()
                waiting.add(await producer.send_batch(batch, topic, partition=partition))
            while len(waiting) > IN_FLIGHT_MAX:
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    future.result()
                waiting.difference_update(done)

        for key, body in pairs:
            partition = (murmur2(key) & 0x7FFFFFFF) % partition_count
            if open_batches[partition].append(key=key, value=body, timestamp=None) is None:
                await send(partition)
                taken = open_batches[partition].append(key=key, value=body, timestamp=None)
                assert taken is not None, f"a body of {len(body)} bytes"
            count += 1
        for partition in range(partition_count):
            await send(partition)
        for future in asyncio.as_completed(list(waiting)):
            await future
    finally:
        await producer.stop()
    return count
