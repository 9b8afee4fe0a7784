"""Give a log back what it lost: the store holds the canonical bytes, and evidence is a set.

New records of a log that ends too early would get offsets that are taken in the store. So the topic
gets a new id, hence is another log; the old one stays in the store as history, with the times of
then. Nothing of the old log is given up before the store is proven to hold it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from consumers.sink.coverage import BODY_SETTINGS, remember_log
from consumers.sql import statement
from consumers.verify.findings import cut
from consumers.verify.heal import fill
from consumers.verify.log import Logs, TopicLog
from consumers.verify.rebuild import RECORDS, held_offsets, missing_in_log, read_log
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import Refused

OFFSETS_AT_ONCE = 8_192  # bounds the bytes in memory


@dataclass(frozen=True, slots=True)
class LostContent:
    """Bytes that a log has no more, and the delivery that tells them ('' for none)."""

    shape: str
    body: bytes
    delivery: str


def cut_logs(store: Store, logs: Sequence[TopicLog]) -> list[str]:
    """For each partition that ends before what the store holds of it, a sentence; a quick look."""
    current = {log.topic_id: log for log in logs}
    found = []
    for place in held_offsets(store):
        log = current.get(place.topic_id)
        if log is None:
            continue
        _, end = log.ends.get(place.partition, (0, 0))
        if end < place.after:
            found.append(
                f"log {log.topic}-{place.partition}: ends at offset {end}, but the store holds it"
                f" up to {place.after}"
            )
    return found


@dataclass(frozen=True, slots=True)
class Restoring:
    """One restore. The scratch database is this run's alone; `clock` says when a log was seen."""

    store: Store
    scratch: Store
    logs: Logs
    clock: Clock

    def is_cut(self, log: TopicLog) -> bool:
        """Whether the store has records under offsets at which this log has none, or others.

        Reads the whole log into the scratch database, and from there into the store what it lacks.
        """
        self._read(log)
        if any(begin < end for begin, end in log.ends.values()):
            remember_log(self.store, log.topic_id, log.topic, log.shape, self.clock.now())
        fill(self.store, self.logs, log)
        return bool(missing_in_log(self.scratch, self._main, held_offsets(self.store), log))

    def secure(self, log: TopicLog) -> int:
        """Have the store hold all of a log that is going to be replaced; how many it had not.

        Refused where it does not hold all then. Nobody may write to the log meanwhile.
        """
        self._read(log)
        lacking = self._not_stored(log)
        if lacking:
            history = str(uuid5(UUID(log.topic_id), "restored"))
            remember_log(self.store, history, log.topic, log.shape, self.clock.now())
            params = {"main": self._main, "history": history, "topic_id": log.topic_id}
            for table in RECORDS:
                text = statement(__package__, "keep_as_history")
                self.scratch.command(text, {**params, "table": table})
            if left := self._not_stored(log):
                raise Refused(
                    f"log {log.topic}: {left} of its records could not be stored: nothing was"
                    " replaced: try again"
                )
        return lacking

    def lost(self, log: TopicLog) -> Iterator[LostContent]:
        """Every admitted content that is stored of a log of this topic, and is not in this one."""
        self._read(log)
        told: list[str] = []
        [(scratch,)] = self.scratch.query(statement(__package__, "database"))
        held = held_offsets(self.store)
        rows = self.store.query(statement(__package__, "topic_logs"), {"topic": log.topic})
        for topic_id in [row[0] for row in rows if row[0] != log.topic_id]:
            for place in [p for p in held if p.topic_id == topic_id]:
                for part in cut(place, offsets_max=OFFSETS_AT_ONCE):
                    params = {
                        "scratch": scratch,
                        "topic_id": topic_id,
                        "partition": part.partition,
                        "first": part.first,
                        "after": part.after,
                        "told": told,
                    }
                    text = statement(__package__, "unlogged")
                    for _, body, delivery in self.store.query(text, params, BODY_SETTINGS):
                        yield LostContent(log.shape, bytes.fromhex(body), delivery)
            told.append(topic_id)

    @property
    def _main(self) -> str:
        [(main,)] = self.store.query(statement(__package__, "database"))
        return str(main)

    def _not_stored(self, log: TopicLog) -> int:
        params = {"main": self._main, "topic_id": log.topic_id}
        [(count,)] = self.scratch.query(statement(__package__, "not_stored"), params)
        return int(count)

    def _read(self, log: TopicLog) -> None:
        for table in RECORDS:
            self.scratch.command(statement(__package__, "empty"), {"table": table})
        read_log(self.scratch, self.logs, log)
