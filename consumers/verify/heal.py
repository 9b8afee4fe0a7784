"""Mend what can be mended: records from the log, figures from evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consumers.sink.landing import Piece, landing_table
from consumers.sql import statement
from consumers.verify.findings import Finding, Offsets
from consumers.verify.log import Logs
from infra.clickhouse import Store
from infra.failpoint import reach

TABLES = ("evidence", "compensation", "registry_fact", "rejected")
AT_ONCE: dict[str, str | int] = {"mutations_sync": 2}


@dataclass(frozen=True, slots=True)
class Healed:
    """What was done, and what could not be."""

    reloaded: int
    refolded: tuple[date, ...]
    left: tuple[Finding, ...]


def heal(store: Store, findings: Sequence[Finding], logs: Logs | None) -> Healed:
    """Read damaged records again from the log, and have damaged days folded again.

    A crash in between leaves a hole, which the sink fills when it starts.
    """
    reloaded = 0
    left = []
    current = {log.topic_id: log for log in logs.current()} if logs else {}
    for finding in findings:
        place = finding.reload
        if place is not None and logs is not None and place.topic_id in current:
            log = current[place.topic_id]
            _delete(store, place)
            reach("heal.deleted")
            begin, end = log.ends.get(place.partition, (0, 0))
            if begin <= place.first < end:
                reloaded += _reload(store, logs, log.topic, log.shape, place)
            elif place.first < begin:
                left.append(finding)
        elif finding.refold is None:
            left.append(finding)
    days = sorted({finding.refold for finding in findings if finding.refold is not None})
    for day in days:
        store.command(statement(__package__, "unfold_day"), {"day": day}, AT_ONCE)
    return Healed(reloaded, tuple(days), tuple(left))


def _delete(store: Store, place: Offsets) -> None:
    params = {
        "topic_id": place.topic_id,
        "partition": place.partition,
        "first": place.first,
        "after": place.after,
    }
    for table in TABLES:
        store.command(statement(__package__, f"delete_{table}"), params, AT_ONCE)


def _reload(store: Store, logs: Logs, topic: str, shape: str, place: Offsets) -> int:
    count = 0
    first = place.first
    for records in logs.read(topic, place.partition, place.first, place.after):
        after = records[-1].offset + 1
        piece = Piece(place.topic_id, place.partition, first, after - first, records)
        store.insert_arrow(f"{shape}_intake", landing_table([piece]))
        reach("heal.reloaded")
        first = after
        count += len(records)
    return count
