"""The reference of reading: aiokafka takes every record of a topic and does nothing with it.

    python -m benchmarks.reading BOOTSTRAP TOPIC PARTITIONS RECORDS    prints seconds

A process of its own, as the sink is, with the sink's own fetch sizes.
"""

import asyncio
import sys
import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.settings import SinkSettings

READ_S_MAX = 300.0


async def read(bootstrap: str, topic: str, partition_count: int, records: int) -> float:
    """Seconds from the first fetch to the last record."""
    limits = SinkSettings()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=limits.batch_wait_ms_max,
        fetch_max_bytes=limits.batch_bytes_max,
        max_partition_fetch_bytes=limits.batch_bytes_max // 8,
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, number) for number in range(partition_count)])
        began = time.monotonic()
        taken = 0
        while taken < records:
            assert time.monotonic() - began < READ_S_MAX, f"{taken} of {records} records"
            found = await consumer.getmany(
                timeout_ms=limits.poll_wait_ms_max, max_records=limits.batch_records_max
            )
            taken += sum(map(len, found.values()))
        return time.monotonic() - began
    finally:
        await consumer.stop()


if __name__ == "__main__":
    sys.stdout.write(
        f"{asyncio.run(read(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))}\n"
    )
