"""The sink's state machine: polls come in, whole batches go to the store, a few at once.

Reading goes on while batches are being inserted: `offer` returns as soon as there is room. Nothing
here depends on being called once: a record that is offered twice is inserted twice, harmlessly. Nor
on the order in which batches land: what a crash leaves out is a hole, and reading begins there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from consumers.sink.cutting import Island, Position, cut
from consumers.sink.landing import Extent, Packed, Piece, pack, packed_table
from consumers.sink.rejects import RejectWatch
from infra.clickhouse import Store, arrow_stream
from infra.errors import ChosoError, Refused, Unavailable
from infra.failpoint import reach
from infra.log import get_logger
from infra.settings import SinkSettings

log = get_logger("sink")

TopicIds = Callable[[], dict[str, str]]
Remember = Callable[[str, str], None]  # topic, topic id
Commit = Callable[[dict[TopicPartition, int]], Awaitable[None]]
Report = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Partition:
    """One assigned partition: which log it is, how far it was read, what the store holds of it."""

    topic_id: str
    position: Position
    islands: list[Island]
    # The last record that the store holds, read once more to see that it is still the same log.
    witness: tuple[int, bytes] | None = None
    stored: int = 0  # everything below this offset is in the store
    committed: int = -1  # what Kafka was told last, as a hint for lag monitors


@dataclass(frozen=True, slots=True)
class Batch:
    """What is inserted together, by shape; `number` is its place in the order of the log."""

    number: int
    parts: dict[str, dict[TopicPartition, list[Packed]]]


@dataclass(slots=True)
class SinkTotals:
    """What the sink has done since it started, for its status file."""

    inserted: int = 0
    batches: int = 0
    batch_records: int = 0
    batch_ms: float = 0.0

    def facts(self) -> dict[str, Any]:
        """As the status file names them."""
        return {
            "inserted_total": self.inserted,
            "batches_total": self.batches,
            "batch_records": self.batch_records,
            "batch_ms": round(self.batch_ms, 1),
        }


class Worker:
    """Between the consumer and the store. One `run`, any number of `offer`s."""

    def __init__(
        self,
        *,
        store: Store,
        shapes: dict[str, str],
        topic_ids: TopicIds,
        commit: Commit,
        remember: Remember,
        settings: SinkSettings,
        retry_wait_ms_max: int,
        report: Report,
    ) -> None:
        self.partitions: dict[TopicPartition, Partition] = {}
        self.totals = SinkTotals()
        self._store = store
        self._shapes = shapes  # topic -> noun of its intake table
        self._topic_ids = topic_ids
        self._commit = commit
        self._remember = remember
        self._remembered: set[str] = set()  # topic ids
        self._settings = settings
        self._retry_wait_ms_max = retry_wait_ms_max
        self._report = report
        self._rejects = RejectWatch(store, settings)
        self._pending: dict[TopicPartition, list[Packed]] = {}
        self._pending_count = 0
        self._pending_bytes = 0
        self._changed = asyncio.Condition()
        self._has_ended = False
        self._gathering = asyncio.Lock()
        self._taken = 0  # batches that were taken out of what was pending …
        self._done = 0  # … and those that are stored, in their order

    async def offer(self, tp: TopicPartition, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Take the records of one partition in one poll; waits while there is no room."""
        state = self.partitions.get(tp)
        if state is None:
            return  # taken away meanwhile: the new owner reads them
        self._check_log(tp, state, records)
        offsets = [record.offset for record in records]
        runs, state.position = cut(offsets, state.position, state.islands)
        pieces = [
            pack(
                Piece(
                    state.topic_id, tp.partition, run.first, run.span, records[run.low : run.high]
                )
            )
            for run in runs
        ]
        async with self._changed:
            if pieces:
                self._pending.setdefault(tp, []).extend(pieces)
                self._pending_count += sum(piece.count for piece in pieces)
                self._pending_bytes += sum(piece.body_bytes for piece in pieces)
                self._changed.notify_all()
            await self._changed.wait_for(lambda: not self._is_full() or self._has_ended)

    def _is_full(self) -> bool:
        return (
            self._pending_count >= self._settings.batch_records_max
            or self._pending_bytes >= self._settings.batch_bytes_max
        )

    def _check_log(
        self, tp: TopicPartition, state: Partition, records: Sequence[ConsumerRecord[Any, Any]]
    ) -> None:
        name = f"{tp.topic}-{tp.partition}"
        first = records[0].offset
        if state.witness is not None:
            offset, body = state.witness
            if first == offset and (records[0].value or b"") != body:
                raise Refused(
                    f"log {name}: offset {offset} holds other bytes than the store recorded under"
                    f" topic id {state.topic_id}: the log was rewritten; nothing was changed:"
                    " `choso log restore` publishes what it lost, under a new topic id"
                )
            state.witness = None
        elif first < state.position.expected:
            raise LogReplaced(
                f"log {name}: went back from offset {state.position.expected} to {first}:"
                " the topic was re-created or cut; starting again from what the store holds"
            )

    async def run(self) -> None:
        """Insert batch after batch until cancelled. Raises Refused, or crashes, uncommitted."""
        self._report(self.totals.facts())  # counters are there from the start
        flights = [
            asyncio.create_task(self._insert_for_ever()) for _ in range(self._settings.inserts_max)
        ]
        try:
            await asyncio.wait(flights, return_when=asyncio.FIRST_COMPLETED)
            for flight in flights:
                if flight.done():
                    flight.result()
        finally:
            for flight in flights:
                flight.cancel()
            await asyncio.gather(*flights, return_exceptions=True)
            async with self._changed:  # nobody makes room any more: let go who waits for it
                self._has_ended = True
                self._changed.notify_all()

    async def _insert_for_ever(self) -> None:
        while True:
            batch = await self._next_batch()
            for shape in sorted(batch.parts):
                await self._land(shape, batch.parts.pop(shape), batch.number)
            async with self._changed:
                self._done += 1
                self._changed.notify_all()

    async def _next_batch(self) -> Batch:
        """What is pending, as soon as it is enough or has waited long enough."""
        async with self._gathering, self._changed:
            await self._changed.wait_for(lambda: self._pending_count > 0)
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._changed.wait_for(self._is_full), self._settings.batch_wait_ms_max / 1000
                )
            batch = Batch(self._taken, {})
            for tp, pieces in self._pending.items():
                batch.parts.setdefault(self._shapes[tp.topic], {})[tp] = pieces
            self._pending, self._pending_count, self._pending_bytes = {}, 0, 0
            self._taken += 1
            self._changed.notify_all()
            return batch

    async def drain(self) -> None:
        """Wait until everything offered so far is stored, at most the set time."""
        async with self._changed:
            await asyncio.wait_for(
                self._changed.wait_for(
                    lambda: not self._pending_count and self._taken == self._done
                ),
                self._settings.drain_s_max,
            )

    async def _land(
        self, shape: str, part: dict[TopicPartition, list[Packed]], number: int
    ) -> None:
        started = monotonic()
        extents = {tp: [piece.extent for piece in pieces] for tp, pieces in part.items()}
        count = sum(piece.count for pieces in part.values() for piece in pieces)
        columns, stream = await asyncio.to_thread(_packed_stream, part)
        wait_ms = 50
        while True:
            try:
                await asyncio.to_thread(self._insert, shape, extents, columns, stream)
                break
            except Unavailable as trouble:
                log.warning("insert.again", cause=str(trouble), wait_ms=wait_ms)
                await asyncio.sleep(wait_ms / 1000)
                wait_ms = min(wait_ms * 2, self._retry_wait_ms_max)
        async with self._changed:  # what is reported and committed keeps the order of the log
            await self._changed.wait_for(lambda: self._done == number)
        await self._after_insert(shape, extents, count, started)

    def _insert(
        self,
        shape: str,
        extents: dict[TopicPartition, list[Extent]],
        columns: list[str],
        stream: memoryview,
    ) -> None:
        # Asked after the records were fetched: ids never come back, so these bytes are of this log.
        reach("sink.before_topic_check")
        ids = self._topic_ids()
        for tp, found in extents.items():
            if ids.get(tp.topic) != found[0].topic_id:
                raise LogReplaced(
                    f"topic {tp.topic}: was re-created: id {ids.get(tp.topic)} instead of"
                    f" {found[0].topic_id}; nothing of this batch was stored"
                )
        for tp, found in extents.items():
            if found[0].topic_id not in self._remembered:  # before the log's first record
                self._remember(tp.topic, found[0].topic_id)
                self._remembered.add(found[0].topic_id)
        reach("sink.before_insert")
        self._store.insert_stream(f"{shape}_intake", columns, stream)
        reach("sink.after_insert")

    async def _after_insert(
        self, shape: str, extents: dict[TopicPartition, list[Extent]], count: int, started: float
    ) -> None:
        totals = self.totals
        totals.inserted += count
        totals.batches += 1
        totals.batch_records = count
        totals.batch_ms = (monotonic() - started) * 1000
        self._report(totals.facts())
        log.debug("landed", shape=shape, records=count, ms=round(totals.batch_ms))
        for tp, found in extents.items():
            if state := self.partitions.get(tp):
                state.stored = found[-1].first + found[-1].span
        every = [extent for found in extents.values() for extent in found]
        await self._rejects.landed(every, count)

    async def commit_regularly(self) -> None:
        """Tell Kafka how far the store is, until cancelled: a hint, for lag monitors."""
        while True:
            await asyncio.sleep(self._settings.commit_ms / 1000)
            news = {
                tp: state.stored
                for tp, state in self.partitions.items()
                if state.stored != state.committed
            }
            if news:
                reach("sink.before_commit")
                await self._commit(news)
                for tp, offset in news.items():
                    if state := self.partitions.get(tp):
                        state.committed = offset
                reach("sink.after_commit")


class LogReplaced(ChosoError):
    """The topic is another log now: the sink ends, and starts again with what the store holds."""


def _packed_stream(part: dict[TopicPartition, list[Packed]]) -> tuple[list[str], memoryview]:
    """The rows as bytes for the store; what they were made of is let go on the way."""
    rows = packed_table([piece for pieces in part.values() for piece in pieces])
    part.clear()
    return rows.schema.names, arrow_stream(rows)
