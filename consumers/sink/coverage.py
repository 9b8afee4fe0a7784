"""The store is the offset store: what it holds says where reading goes on."""

from collections.abc import Collection
from datetime import datetime

from consumers.sink.cutting import Island
from consumers.sql import statement
from infra.clickhouse import Store


def coverage(store: Store, topic_id: str, partitions: Collection[int]) -> dict[int, list[Island]]:
    """For each partition the runs of offsets that the store holds, ascending, apart."""
    found: dict[int, list[Island]] = {partition: [] for partition in partitions}
    params = {"topic_id": topic_id, "partitions": sorted(partitions)}
    for partition, first, after in store.query(statement(__package__, "coverage"), params):
        found[partition].append((first, after))
    return found


def rejected_count(store: Store, topic_id: str, since: dict[int, int]) -> int:
    """How many records of a topic were rejected, from each partition's offset in `since` on."""
    if not since:
        return 0
    params = {
        "topic_id": topic_id,
        "partitions": list(since.keys()),
        "offsets": list(since.values()),
    }
    [(count,)] = store.query(statement(__package__, "rejected_count"), params)
    return int(count)


def stored_body(store: Store, topic_id: str, partition: int, offset: int) -> bytes | None:
    """The bytes of one record as the store can rebuild them, or None where it has none."""
    params = {"topic_id": topic_id, "partition": partition, "offset": offset}
    rows = store.query(statement(__package__, "stored_body"), params, BODY_SETTINGS)
    return bytes.fromhex(rows[0][0]) if rows else None


def remember_log(store: Store, topic_id: str, topic: str, shape: str, seen_at: datetime) -> None:
    """Note that this log is read, so that its records can be told from forged ones."""
    params = {"topic_id": topic_id, "topic": topic, "shape": shape, "seen_at": seen_at}
    store.command(statement(__package__, "topic_seen"), params)


# What `toJSONString` needs to write canonical bytes; schemas/sql/current/records.sql.
BODY_SETTINGS: dict[str, str | int] = {
    "output_format_json_escape_forward_slashes": 0,
    "output_format_json_quote_64bit_integers": 0,
    "date_time_output_format": "iso",
}
