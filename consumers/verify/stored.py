"""What the stored records say of themselves: bytes, derived columns, coordinates, batches."""

from collections.abc import Iterator, Mapping
from typing import Any

from consumers.sink.coverage import BODY_SETTINGS
from consumers.sql import statement
from consumers.verify.findings import Finding, Offsets, described
from consumers.verify.log import TopicLog
from infra.clickhouse import Store
from schemas.errors import Reason

ROWS_PER_SLICE = 4_000_000  # so that exact counting stays within the store's memory
RUN_OFFSETS = 65_536  # findings are told for one run of so many offsets
NAMED_MAX = 10  # of these, so many by their offset
FINDINGS_MAX = 100  # for each check: enough to know, few enough to read

Ends = Mapping[str, TopicLog]  # by topic id


def slices(store: Store) -> Iterator[dict[str, int]]:
    """Parameters that cut all records into slices of bounded size."""
    [(rows,)] = store.query(statement(__package__, "row_count"))
    count = int(rows) // ROWS_PER_SLICE + 1
    return ({"slices": count, "slice": number} for number in range(count))


def check_stored(store: Store, ends: Ends) -> list[Finding]:
    """Altered, misplaced and added records. Only records that were there when `ends` were asked."""
    told = {"run_offsets": RUN_OFFSETS, "named_max": NAMED_MAX, "limit": FINDINGS_MAX}
    found = []
    reasons = [reason.value for reason in Reason]
    for row in _ask(store, "altered", reasons=reasons, **told):
        found += _findings("altered", row, row["table"])
    for part in slices(store):
        for row in _ask(store, "misplaced", **told, **part):
            found += _findings("misplaced", row, row["table"])
    for row in _ask(store, "unfounded", **told):
        if _was_there(row, ends):
            found += _findings("batch", row, "records")
    for row in _ask(store, "batches", limit=FINDINGS_MAX):
        if _was_there(row, ends):
            place = Offsets(row["topic_id"], row["partition"], row["first"], row["last"] + 1)
            subject = f"batch from offset {row['batch_first']} on, {place}"
            found.append(Finding("batch", subject, row["fact"], reload=place))
    return found


def _findings(check: str, row: dict[str, Any], table: str) -> list[Finding]:
    return [
        Finding(check, f"{table}, {place}", fact, reload=place)
        for place, fact in described(row, named_max=NAMED_MAX)
    ]


def _was_there(row: dict[str, Any], ends: Ends) -> bool:
    """False for what may be landing right now: its tables become visible one after the other."""
    log = ends.get(row["topic_id"])
    return log is None or row["first"] < log.ends.get(row["partition"], (0, row["first"] + 1))[1]


def _ask(store: Store, name: str, **params: Any) -> list[dict[str, Any]]:
    return store.rows(statement(__package__, name), params, BODY_SETTINGS)
