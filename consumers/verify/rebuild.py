"""Make tables again: figures from evidence, by the fold; the records' own tables from the log.

Nothing is thrown away before its source is proven. The log is read whole into a scratch database,
through the same door; only where that holds all that it should of what is stored does it take the
old tables' place, partition by partition. What the broker has no more (a log that was replaced,
offsets that have left it) comes along as it is stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from consumers.sink.coverage import BODY_SETTINGS
from consumers.sink.landing import Piece, batch_month, landing_table, time_ms
from consumers.sql import statement
from consumers.verify.findings import Offsets, cut, merged, within
from consumers.verify.log import LogRecord, Logs, TopicLog
from infra.clickhouse import Store
from infra.errors import Refused
from infra.failpoint import reach

# The days first: without them the fold makes the rest again. The registry's after the events: where
# a fold at work finds it emptied it stops, and shows no day whose events were forgotten.
FROM_EVIDENCE = ("day_fold", "event_seen", "event_conflict", "registry_span", "vendor_bits")
RECORDS = ("evidence", "compensation", "registry_fact", "delivery_fact", "rejected")
PROVE_OFFSETS = 1_048_576  # compared at once: bounds what the store must remember
TOLD_MAX = 10  # runs of records that a refusal names


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many records were read from the log, and which are stored that it has no more."""

    records: int
    kept: tuple[Offsets, ...]


def empty_derived(store: Store) -> None:
    """Throw away what follows from evidence; the fold makes again whatever is missing."""
    for table in FROM_EVIDENCE:
        store.command(statement(__package__, "empty"), {"table": table})


def rebuild_records(store: Store, scratch: Store, logs: Logs) -> Rebuilt:
    """Put the log's records in the place of what is stored of it; the scratch is emptied.

    Interrupted, some partitions are the old ones and some the new: run it again. What a sink lands
    meanwhile may be lost from the store, not from the log: have it start again afterwards.

    Refused, with nothing changed: the store has records of a log that the log itself has not, or
    the log is damaged. Unavailable, with nothing changed: it could not be read to its end.
    """
    [(main,)] = store.query(statement(__package__, "database"))
    assert scratch.query(statement(__package__, "database")) != [(main,)], "it would be emptied"
    for table in RECORDS:
        scratch.command(statement(__package__, "empty"), {"table": table})
    held = held_offsets(store)
    current = {log.topic_id: log for log in logs.current()}  # asked later: it cannot be behind
    count = sum(read_log(scratch, logs, log) for log in current.values())
    _prove(scratch, main, held, current)
    _replace(store, scratch, main, current)
    return Rebuilt(count, tuple(_only_stored(held, current)))


def held_offsets(store: Store) -> list[Offsets]:
    """From the first to the last offset that is stored of each partition of each log."""
    rows = store.query(statement(__package__, "logs"))
    return merged(Offsets(topic, part, first, last + 1) for _, topic, part, first, last in rows)


def read_log(scratch: Store, logs: Logs, log: TopicLog) -> int:
    """Land a whole log. Each batch is of one month: see `_replace`."""
    count = 0
    for partition, (begin, end) in log.ends.items():
        at = begin
        for records in logs.read(log.topic, partition, begin, end):
            for month in _by_month(records):
                after = month[-1].offset + 1
                piece = Piece(log.topic_id, partition, at, after - at, month)
                scratch.insert_arrow(f"{log.shape}_intake", landing_table([piece]))
                at = after
            count += len(records)
    return count


def _by_month(records: Sequence[LogRecord]) -> Iterator[list[LogRecord]]:
    months = groupby(records, key=lambda record: batch_month([time_ms(record.timestamp)]))
    return (list(found) for _, found in months)


def _prove(
    scratch: Store, main: str, held: Sequence[Offsets], current: Mapping[str, TopicLog]
) -> None:
    """Refused where a whole record is stored under an offset at which the log has other bytes."""
    missing = [
        told for log in current.values() for told in missing_in_log(scratch, main, held, log)
    ]
    if missing:
        more = [f"and {len(missing) - TOLD_MAX} more"] if len(missing) > TOLD_MAX else []
        raise Refused(
            "rebuild: the store has records that the log has not, or has otherwise: "
            f"{'; '.join([*missing[:TOLD_MAX], *more])}: nothing was changed: `choso log restore`"
            " gives the log back what the store holds; or put a copy of the broker's data back that"
            " holds them, then try again"
        )


def missing_in_log(scratch: Store, main: str, held: Sequence[Offsets], log: TopicLog) -> list[str]:
    """Where the store has whole records of a log, read into the scratch, that the log has not."""
    missing = []
    for place in held:
        if place.topic_id != log.topic_id:
            continue
        begin, end = log.ends.get(place.partition, (0, 0))
        inside, beyond = within(place, begin, end), within(place, end, place.after)
        parts = cut(inside, offsets_max=PROVE_OFFSETS) if inside else []
        for part in [*parts, *([beyond] if beyond else [])]:
            params = {
                "main": main,
                "topic_id": part.topic_id,
                "partition": part.partition,
                "first": part.first,
                "after": part.after,
            }
            text = statement(__package__, "not_in_log")
            [(count, first, last)] = scratch.query(text, params, BODY_SETTINGS)
            if count:
                missing.append(
                    f"topic {log.topic}, partition {part.partition}: {count} from offset {first} to"
                    f" {last}, where the log begins at {begin} and ends before {end}"
                )
    return missing


def _replace(store: Store, scratch: Store, main: str, current: Mapping[str, TopicLog]) -> None:
    """Show what was read instead of what is stored, each partition at once.

    A batch is stored under the month of its earliest record, which is never later than a record's
    own; what was read lies under its own. So, the latest month first, a record is there always.
    """
    params = {
        "main": main,
        "logs": [f"{i}-{p}" for i, log in current.items() for p in log.ends],
        "begins": [begin for log in current.values() for begin, _ in log.ends.values()],
        "ends": [end for log in current.values() for _, end in log.ends.values()],
    }
    for table in RECORDS:
        old = _months(store, table)
        scratch.command(statement(__package__, "carry_over"), {**params, "table": table})
        new = _months(scratch, table)
        for month in new:
            where = {"main": main, "month": month}
            scratch.command(statement(__package__, f"replace_{table}"), where)
            reach("rebuild.replaced")
        for month in sorted(set(old) - set(new), reverse=True):
            store.command(statement(__package__, "drop_month"), {"table": table, "month": month})


def _months(store: Store, table: str) -> list[int]:
    """The values of `batch_month`, the latest first."""
    return [row[0] for row in store.query(statement(__package__, "months"), {"table": table})]


def _only_stored(held: Sequence[Offsets], current: Mapping[str, TopicLog]) -> Iterator[Offsets]:
    for place in held:
        log = current.get(place.topic_id)
        begin = log.ends.get(place.partition, (0, 0))[0] if log else place.after
        if kept := within(place, 0, begin):
            yield kept
