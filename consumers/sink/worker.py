"""The sink's state machine: polls come in, whole batches go to the store, one after the other.

Reading goes on while a batch is being inserted: `offer` returns as soon as there is room. Nothing
here depends on being called once: a record that is offered twice is inserted twice, harmlessly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition

from consumers.sink.coverage import rejected_count
from consumers.sink.cutting import Island, Position, cut
from consumers.sink.landing import Piece, landing_table
from infra.clickhouse import Store
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


@dataclass(slots=True)
class Totals:
    """What the sink has done since it started, for its status file."""

    inserted: int = 0
    batches: int = 0
    batch_records: int = 0
    batch_ms: float = 0.0
    window: int = 0
    window_starts: dict[str, dict[int, int]] = field(default_factory=dict)


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
        self.totals = Totals()
        self._store = store
        self._shapes = shapes  # topic -> noun of its intake table
        self._topic_ids = topic_ids
        self._commit = commit
        self._remember = remember
        self._remembered: set[str] = set()  # topic ids
        self._settings = settings
        self._retry_wait_ms_max = retry_wait_ms_max
        self._report = report
        self._pending: dict[TopicPartition, list[Piece]] = {}
        self._pending_count = 0
        self._changed = asyncio.Condition()
        self._inserting = False

    async def offer(self, tp: TopicPartition, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Take the records of one partition in one poll; waits while there is no room."""
        state = self.partitions.get(tp)
        if state is None:
            return  # taken away meanwhile: the new owner reads them
        self._check_log(tp, state, records)
        offsets = [record.offset for record in records]
        runs, state.position = cut(offsets, state.position, state.islands)
        pieces = [
            Piece(state.topic_id, tp.partition, run.first, run.span, records[run.low : run.high])
            for run in runs
        ]
        async with self._changed:
            if pieces:
                self._pending.setdefault(tp, []).extend(pieces)
                self._pending_count += sum(len(piece.records) for piece in pieces)
                self._changed.notify_all()
            await self._changed.wait_for(
                lambda: self._pending_count < self._settings.batch_records_max
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
                    f" topic id {state.topic_id}: the log was rewritten; nothing was changed"
                )
            state.witness = None
        elif first < state.position.expected:
            raise LogReplaced(
                f"log {name}: went back from offset {state.position.expected} to {first}:"
                " the topic was re-created or cut; starting again from what the store holds"
            )

    async def run(self) -> None:
        """Insert batch after batch until cancelled. Raises Refused, or crashes, uncommitted."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._pending_count > 0)
            if self._pending_count < self._settings.batch_records_max:
                await asyncio.sleep(self._settings.batch_wait_ms_max / 1000)  # let it fill
            async with self._changed:
                batch, self._pending, self._pending_count = self._pending, {}, 0
                self._inserting = True
                self._changed.notify_all()
            try:
                for shape in sorted(set(self._shapes.values())):
                    part = {tp: p for tp, p in batch.items() if self._shapes[tp.topic] == shape}
                    if part:
                        await self._land(shape, part)
            finally:
                async with self._changed:
                    self._inserting = False
                    self._changed.notify_all()

    async def drain(self) -> None:
        """Wait until everything offered so far is stored, at most the set time."""
        async with self._changed:
            await asyncio.wait_for(
                self._changed.wait_for(lambda: not self._pending_count and not self._inserting),
                self._settings.drain_s_max,
            )

    async def _land(self, shape: str, batch: dict[TopicPartition, list[Piece]]) -> None:
        started = monotonic()
        pieces = [piece for part in batch.values() for piece in part]
        rows = await asyncio.to_thread(landing_table, pieces)
        wait_ms = 50
        while True:
            try:
                await asyncio.to_thread(self._insert, shape, batch, rows)
                break
            except Unavailable as trouble:
                log.warning("insert.again", cause=str(trouble), wait_ms=wait_ms)
                await asyncio.sleep(wait_ms / 1000)
                wait_ms = min(wait_ms * 2, self._retry_wait_ms_max)
        await self._after_insert(shape, batch, rows.num_rows, started)

    def _insert(self, shape: str, batch: dict[TopicPartition, list[Piece]], rows: Any) -> None:
        # Asked after the records were fetched: ids never come back, so these bytes are of this log.
        reach("sink.before_topic_check")
        ids = self._topic_ids()
        for tp, pieces in batch.items():
            if ids.get(tp.topic) != pieces[0].topic_id:
                raise LogReplaced(
                    f"topic {tp.topic}: was re-created: id {ids.get(tp.topic)} instead of"
                    f" {pieces[0].topic_id}; nothing of this batch was stored"
                )
        for tp, pieces in batch.items():
            if pieces[0].topic_id not in self._remembered:  # before the log's first record
                self._remember(tp.topic, pieces[0].topic_id)
                self._remembered.add(pieces[0].topic_id)
        reach("sink.before_insert")
        self._store.insert_arrow(f"{shape}_intake", rows)
        reach("sink.after_insert")

    async def _after_insert(
        self, shape: str, batch: dict[TopicPartition, list[Piece]], count: int, started: float
    ) -> None:
        totals = self.totals
        totals.inserted += count
        totals.batches += 1
        totals.batch_records = count
        totals.batch_ms = (monotonic() - started) * 1000
        self._report(
            {
                "inserted_total": totals.inserted,
                "batches_total": totals.batches,
                "batch_records": count,
                "batch_ms": round(totals.batch_ms, 1),
            }
        )
        log.debug("landed", shape=shape, records=count, ms=round(totals.batch_ms))
        for tp, part in batch.items():
            if state := self.partitions.get(tp):
                state.stored = part[-1].first + part[-1].span
        await self._watch_rejects(batch, count)

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

    async def _watch_rejects(self, batch: dict[TopicPartition, list[Piece]], count: int) -> None:
        """Stop where more than the set share of the last records was rejected."""
        totals = self.totals
        totals.window += count
        for tp, pieces in batch.items():
            starts = totals.window_starts.setdefault(pieces[0].topic_id, {})
            starts.setdefault(tp.partition, pieces[0].first)
        if totals.window < self._settings.reject_window_records:
            return
        rejected = 0
        for topic_id, starts in totals.window_starts.items():
            rejected += await asyncio.to_thread(rejected_count, self._store, topic_id, starts)
        window, totals.window, totals.window_starts = totals.window, 0, {}
        if rejected > self._settings.reject_share_max * window:
            raise Refused(
                f"sink: {rejected} of the last {window} records were rejected, more than the share"
                f" of {self._settings.reject_share_max}: see `choso rejected list`; nothing is"
                " lost; mend the producer, or raise CHOSO_SINK__REJECT_SHARE_MAX, and start again"
            )


class LogReplaced(ChosoError):
    """The topic is another log now: the sink ends, and starts again with what the store holds."""
