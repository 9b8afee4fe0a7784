"""The sink as a FastStream application: who reads what, from where, and how it ends.

FastStream decodes nothing: parser and decoder hand the polled records through as they are. Acks are
ours: the store is the offset store, Kafka's committed offsets are a hint for lag monitors.
"""

import asyncio
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from faststream.security import BaseSecurity

from consumers.sink.coverage import coverage, remember_log, stored_body
from consumers.sink.cutting import Position, skip_islands
from consumers.sink.stream import Records, kafka_broker, subscribe
from consumers.sink.worker import LogReplaced, Partition, Report, TopicIds, Worker
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import Refused, Unavailable
from infra.failpoint import reach
from infra.log import get_logger
from infra.settings import SinkSettings

log = get_logger("sink")
START_S_MAX = (
    1.0  # so long it may still connect when it is to stop: cancelled, it leaves sockets open
)


@dataclass(frozen=True, slots=True)
class SinkParts:
    """What a sink is made of; only the composition root builds it."""

    store: Store
    bootstrap: str
    security: BaseSecurity | None
    shapes: dict[str, str]  # full topic name -> noun of its intake table
    topic_ids: TopicIds
    clock: Clock
    settings: SinkSettings
    retry_wait_ms_max: int
    report: Report


class Sink(ConsumerRebalanceListener):  # type: ignore[misc]
    """One consumer of the group: assignment, polls, and the first failure."""

    def __init__(self, parts: SinkParts) -> None:
        self._parts = parts
        self._logs: dict[str, str] = {}  # topic -> the id of the log that is read
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.broker = kafka_broker(parts.bootstrap, parts.security)
        self._subscriber = subscribe(
            self.broker, parts.shapes, parts.settings, handler=self._take, listener=self
        )
        self.worker = Worker(
            store=parts.store,
            shapes=parts.shapes,
            topic_ids=parts.topic_ids,
            commit=self._commit,
            remember=self._remember,
            settings=parts.settings,
            retry_wait_ms_max=parts.retry_wait_ms_max,
            report=parts.report,
        )

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        consumer = self._subscriber.consumer
        assert consumer is not None
        return consumer

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop` is set, then store what was read. Raises the first failure."""
        worker = self.worker
        for_ever = (stop.wait(), worker.run(), worker.commit_regularly(), self._watch_logs())
        tasks: list[asyncio.Task[Any]] = [asyncio.ensure_future(work) for work in for_ever]
        ends = [self._failed, *tasks]
        start = asyncio.create_task(self.broker.start())  # waits as long as a topic is missing
        try:
            await asyncio.wait([start, *ends], return_when=asyncio.FIRST_COMPLETED)
            if start.done():
                start.result()
                log.info("sink.started", topics=sorted(self._parts.shapes))
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                if end.done():
                    end.result()
            await worker.drain()
        finally:
            await asyncio.wait([start], timeout=START_S_MAX)
            for task in (start, *tasks):
                task.cancel()
            await asyncio.gather(start, *tasks, return_exceptions=True)
            await self.broker.stop()
            log.info("sink.stopped", inserted=self.worker.totals.inserted)

    async def _take(self, records: Records) -> None:
        # FastStream swallows what a handler raises, so a failure is kept and ends `run`.
        try:
            reach("sink.polled")
            for (topic, partition), group in groupby(records, lambda r: (r.topic, r.partition)):
                tp = TopicPartition(topic, partition)
                part = list(group)
                if tp not in self._consumer.assignment():
                    continue
                if await self._consumer.position(tp) != part[-1].offset + 1:
                    continue  # a rebalance has sought elsewhere meanwhile: these come again
                await self.worker.offer(tp, part)
        except Exception as error:
            self._fail(error)
            raise

    async def _watch_logs(self) -> None:
        # A consumer whose topic was deleted is assigned nothing and would not notice the new one.
        while True:
            await asyncio.sleep(self._parts.settings.watch_ms / 1000)
            try:
                ids = await asyncio.to_thread(self._parts.topic_ids)
            except Unavailable:
                continue
            for topic, topic_id in self._logs.items():
                if ids.get(topic, topic_id) != topic_id:
                    self._fail(
                        LogReplaced(
                            f"topic {topic}: was re-created: id {ids[topic]} instead of {topic_id};"
                            " starting again with the new log"
                        )
                    )

    def _fail(self, error: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Drain, then forget: the new owner asks the store."""
        if revoked and self.worker.partitions:
            reach("sink.revoked")
            try:
                await self.worker.drain()
            except TimeoutError:
                log.warning("sink.drain", cause="the store is slow; records will be read again")
            self.worker.partitions.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Ask the store what it holds of each log, and seek to the first hole."""
        if not assigned:
            self._parts.report({"partitions": 0})
            return
        try:
            reach("sink.assigned")
            await self._assign(assigned)
        except Exception as error:
            self._fail(error)
            raise

    async def _assign(self, assigned: set[TopicPartition]) -> None:
        consumer = self._consumer
        ids = await asyncio.to_thread(self._parts.topic_ids)
        if missing := {tp.topic for tp in assigned} - ids.keys():
            raise Unavailable(f"topics {', '.join(sorted(missing))}: not there, or not yet")
        begins = await consumer.beginning_offsets(list(assigned))
        ends = await consumer.end_offsets(list(assigned))
        states: dict[TopicPartition, Partition] = {}
        for topic in sorted({tp.topic for tp in assigned}):
            numbers = [tp.partition for tp in assigned if tp.topic == topic]
            held = await asyncio.to_thread(coverage, self._parts.store, ids[topic], numbers)
            for number in numbers:
                tp = TopicPartition(topic, number)
                states[tp] = await self._state(tp, ids[topic], held[number], begins[tp], ends[tp])
        self._logs.update({tp.topic: ids[tp.topic] for tp in assigned})
        reach("sink.covered")
        self.worker.partitions = states
        for tp, state in states.items():
            start = state.witness[0] if state.witness else state.position.expected
            consumer.seek(tp, start)
        self._parts.report({"partitions": len(states)})
        log.info(
            "sink.assigned",
            offsets={f"{tp.topic}-{tp.partition}": s.position.expected for tp, s in states.items()},
        )

    def _remember(self, topic: str, topic_id: str) -> None:
        parts = self._parts
        remember_log(parts.store, topic_id, topic, parts.shapes[topic], parts.clock.now())

    async def _state(
        self,
        tp: TopicPartition,
        topic_id: str,
        islands: list[tuple[int, int]],
        begin: int,
        end: int,
    ) -> Partition:
        name = f"{tp.topic}-{tp.partition}"
        if islands and islands[-1][1] > end:
            raise Refused(
                f"log {name}: ends at offset {end}, but the store holds it up to {islands[-1][1]}:"
                " the log was cut or restored from an older copy; new records would get offsets"
                " that are taken: `choso log restore` gives it back what the store holds"
            )
        hole = skip_islands(0, islands)
        if hole < begin:
            log.error(
                "sink.expired",
                log=name,
                first=hole,
                after=begin,
                cause="these offsets left the log before they were read; verify reports the hole",
            )
            hole = skip_islands(begin, islands)
        witness = None
        if hole > begin:
            body = await asyncio.to_thread(
                stored_body, self._parts.store, topic_id, tp.partition, hole - 1
            )
            witness = None if body is None else (hole - 1, body)
        return Partition(topic_id, Position.at(hole), islands, witness, stored=hole)

    async def _commit(self, offsets: dict[TopicPartition, int]) -> None:
        mine = {tp: offset for tp, offset in offsets.items() if tp in self._consumer.assignment()}
        if mine:
            try:
                await self._consumer.commit(mine)
            except Exception as error:  # a hint for monitors, never worth a stop
                log.warning("sink.commit", cause=repr(error))
