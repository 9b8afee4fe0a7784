"""Mend what can be mended: records from the log, figures from evidence.

No content is thrown away that is whole and that neither the log nor another record holds: who
forged it, or who rewrote the log, is for a person to find out. A crash in between leaves a hole,
which the sink fills when it starts, or the next heal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consumers.fold.snapshot import day_fingerprints
from consumers.sink.coverage import BODY_SETTINGS, coverage, remember_log
from consumers.sink.landing import Piece, landing_table
from consumers.sql import statement
from consumers.verify.findings import Finding, Offsets, cut, holes, meet, merged, within, without
from consumers.verify.log import LogRecord, Logs, TopicLog
from infra.clickhouse import Store
from infra.clock import Clock
from infra.failpoint import reach

TABLES = ("evidence", "compensation", "registry_fact", "delivery_fact", "rejected")
AT_ONCE: dict[str, str | int] = {"mutations_sync": 2}
OFFSETS_AT_ONCE = 8_192  # mended together: bounds the bytes in memory
APART_MAX = 2_048  # wrong offsets so near are replaced with those between them, at once


@dataclass(frozen=True, slots=True)
class Healed:
    """What was done, and what could not be."""

    reloaded: int
    refolded: tuple[date, ...]
    left: tuple[Finding, ...]


def heal(
    store: Store,
    findings: Sequence[Finding],
    logs: Logs | None,
    clock: Clock | None = None,
) -> Healed:
    """Replace wrong records by what the log holds, read missing ones, have wrong days folded again.

    Without `logs` records cannot be mended, without `clock` no log can be written down; what is
    left is told as it was found. Raises Unavailable; run again, it goes on.
    """
    left = [f for f in findings if not f.can_be_mended]
    reloaded = 0
    if logs is None:
        left += [f for f in findings if f.load or f.reload or f.log_id]
    else:
        current = {log.topic_id: log for log in logs.current()}
        for topic_id in sorted({f.log_id for f in findings if f.log_id}):
            _write_down(store, topic_id, current.get(topic_id), clock)
        mending = _Mending(store, logs, current)
        kept = mending.records(findings)
        places = ((f, f.reload or f.load) for f in findings)
        left += [f for f, place in places if place and any(meet(place, k) for k in kept)]
        reloaded = mending.reloaded
    days = sorted({f.refold for f in findings if f.refold is not None})
    events = {"days": sorted({f.refold for f in findings if f.refold and f.remake == "events"})}
    if events["days"]:  # before the days are unfolded: only then does the fold read them whole
        for name in ("forget_events", "forget_conflicts"):
            store.command(statement(__package__, name), events, AT_ONCE)
    if days:
        named = day_fingerprints(store)
        unfolded = {"days": days, "days_without_evidence": [d for d in days if d not in named]}
        store.command(statement(__package__, "unfold_days"), unfolded, AT_ONCE)
    for what in sorted({f.remake for f in findings if f.remake} - {"events"}):
        store.command(statement(__package__, f"unproject_{what}"), settings=AT_ONCE)
    return Healed(reloaded, tuple(days), tuple(left))


def fill(store: Store, logs: Logs, log: TopicLog) -> int:
    """Read from a log what the store does not hold of it; how many records these were."""
    mending = _Mending(store, logs, {log.topic_id: log})
    for partition in log.ends:
        mending.fill(log.topic_id, partition)
    return mending.reloaded


def _write_down(store: Store, topic_id: str, log: TopicLog | None, clock: Clock | None) -> None:
    """What `topic_log` says of one log: what the broker says, or nothing."""
    if clock is None:
        return
    store.command(statement(__package__, "forget_log"), {"topic_id": topic_id}, AT_ONCE)
    if log is not None:
        remember_log(store, topic_id, log.topic, log.shape, clock.now())


@dataclass(slots=True)
class _Mending:
    """The records' part of one heal."""

    store: Store
    logs: Logs
    current: Mapping[str, TopicLog]
    reloaded: int = 0
    kept: list[Offsets] = field(default_factory=list)  # content that nobody else holds
    strays: list[Offsets] = field(default_factory=list)  # rows where no log has a record

    def records(self, findings: Sequence[Finding]) -> list[Offsets]:
        """Mends all records; gives the places whose content is held nowhere else, and was kept."""
        known = {row[0] for row in self.store.query(statement(__package__, "known_logs"))}
        touched: set[tuple[str, int]] = set()
        for place in merged((f.reload for f in findings if f.reload), apart_max=APART_MAX):
            begin, end = self._ends(place)
            if inside := within(place, begin, end):
                touched.add((place.topic_id, place.partition))
                for part in cut(inside, offsets_max=OFFSETS_AT_ONCE):
                    self._mend(part, is_wrong=True)
            if place.topic_id in self.current or place.topic_id not in known:
                self.strays += [p for p in [within(place, end, place.after)] if p]
            else:
                self.kept.append(place)  # its log is gone: nothing to mend it from
            self.kept += [p for p in [within(place, 0, begin)] if p]
        touched |= {(f.load.topic_id, f.load.partition) for f in findings if f.load}
        for topic_id, partition in sorted(touched):
            self.fill(topic_id, partition)
        for place in self.strays:
            self._clear(place)
        return self.kept

    def _ends(self, place: Offsets) -> tuple[int, int]:
        log = self.current.get(place.topic_id)
        return log.ends.get(place.partition, (0, 0)) if log else (0, 0)

    def fill(self, topic_id: str, partition: int) -> None:
        """Read what is not stored: also the rest of a batch that is not whole any more."""
        log = self.current.get(topic_id)
        if log is None:
            return
        begin, end = log.ends.get(partition, (0, 0))
        islands = coverage(self.store, topic_id, [partition])[partition]
        for first, after in holes(islands, begin=begin, end=end):
            hole = Offsets(topic_id, partition, first, after)
            for part in cut(hole, offsets_max=OFFSETS_AT_ONCE):
                self._mend(part, is_wrong=False)

    def _mend(self, place: Offsets, *, is_wrong: bool) -> None:
        """Land what the log holds there; where it is wrong, instead of what is stored."""
        log = self.current[place.topic_id]
        read = self.logs.read(log.topic, place.partition, place.first, place.after)
        records = [record for batch in read for record in batch]
        logged = {record.offset: record.value or b"" for record in records}
        stored: dict[int, list[bytes]] = {}
        for offset, body in self._ask("stored_bodies", place):
            stored.setdefault(offset, []).append(bytes.fromhex(body))
        strays = [o for o in stored if o not in logged]
        self.strays += [Offsets(place.topic_id, place.partition, o, o + 1) for o in strays]
        kept = [o for o, bodies in stored.items() if o in logged and logged[o] not in bodies]
        self.kept += [Offsets(place.topic_id, place.partition, o, o + 1) for o in kept]
        if is_wrong:
            self._delete(place, without(place, [*strays, *kept]))
            reach("heal.deleted")
        for part in without(place, kept):
            self._land(log, part, [r for r in records if part.first <= r.offset < part.after])

    def _land(self, log: TopicLog, place: Offsets, records: Sequence[LogRecord]) -> None:
        """Records as one batch that covers the place, gaps of the log included."""
        if not records:
            return
        span = place.after - place.first
        piece = Piece(place.topic_id, place.partition, place.first, span, records)
        self.store.insert_arrow(f"{log.shape}_intake", landing_table([piece]))
        reach("heal.reloaded")
        self.reloaded += len(records)

    def _clear(self, stray: Offsets) -> None:
        """Drop what lies where no log has a record, as far as a log holds its content."""
        ends = {
            f"{topic_id}-{partition}": end
            for topic_id, log in self.current.items()
            for partition, (_, end) in log.ends.items()
        }
        params = {"logs": list(ends), "ends": list(ends.values())}
        kept = [row[0] for row in self._ask("held_only_here", stray, **params)]
        self.kept += [Offsets(stray.topic_id, stray.partition, o, o + 1) for o in kept]
        self._delete(stray, without(stray, kept))

    def _delete(self, place: Offsets, parts: Sequence[Offsets]) -> None:
        if not parts:
            return
        params = {
            "topic_id": place.topic_id,
            "partition": place.partition,
            "firsts": [part.first for part in parts],
            "afters": [part.after for part in parts],
        }
        for table in TABLES:
            self.store.command(
                statement(__package__, "delete"), {**params, "table": table}, AT_ONCE
            )

    def _ask(self, name: str, place: Offsets, **params: Any) -> list[tuple[Any, ...]]:
        where = {
            "topic_id": place.topic_id,
            "partition": place.partition,
            "first": place.first,
            "after": place.after,
        }
        return self.store.query(statement(__package__, name), {**where, **params}, BODY_SETTINGS)
