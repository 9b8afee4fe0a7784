"""Hands that change what is stored behind the program's back."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from infra.clickhouse import Store

AT_ONCE: dict[str, str | int] = {"mutations_sync": 2}
RECORDS = ("evidence", "compensation", "registry_fact", "delivery_fact", "rejected")
PROVEN = (
    *RECORDS,
    "event_seen",
    "event_conflict",
    "day_fold",
    "registry_span",
    "vendor_bits",
    "topic_log",
    "schema_migration",
)
BATCH = ("batch_first", "batch_span", "batch_count", "batch_month")


def columns(store: Store, table: str) -> dict[str, str]:
    """The columns of a table with their types, in order."""
    return dict(
        store.query(
            "SELECT name, type FROM system.columns WHERE database = currentDatabase()"
            " AND table = {table:String} ORDER BY position",
            {"table": table},
        )
    )


def other_value(name: str, kind: str) -> str:
    """An expression of another value of a column, of its own type."""
    bare = kind.removeprefix("LowCardinality(").removesuffix(")") if "Low" in kind else kind
    if bare.startswith("Nullable("):
        bare = bare.removeprefix("Nullable(").removesuffix(")")
    plain = f"assumeNotNull({name})"
    if bare.startswith("Enum8"):
        one, other = re.findall(r"= (\d+)", bare)[:2]
        return f"CAST(if(toInt8({name}) = {one}, {other}, {one}), {quoted(bare)})"
    if bare.startswith("FixedString"):
        return f"toFixedString(unhex(hex(sipHash128(toString(assumeNotNull({name}))))), 16)"
    if bare.startswith("DateTime64"):
        return f"addMilliseconds({plain}, 1)"
    if bare == "Bool":
        return f"NOT {plain}"
    if bare == "String":
        return f"concat({plain}, 'x')"
    if bare.startswith("Array(Date"):
        return f"arrayConcat({name}, [toDate('2026-03-03')])"
    if bare.startswith("Array(Tuple"):
        return f"arrayConcat({name}, [('header', NULL, 1, 1, 0, 0, 0, 0)])"
    if bare.startswith("Array(String"):
        return f"arrayConcat({name}, ['x'])"
    if bare.startswith("Array"):
        return f"arrayConcat({name}, [1])"
    if bare.startswith("Map(Int64"):
        return "map(7, 1)"
    if bare.startswith("Map"):
        return "map('card', 7)"
    return f"{plain} + 1"


def quoted(text: str) -> str:
    """As a literal of SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


Row = Mapping[str, object]


def condition(row: Row, prefix: str = "") -> str:
    """What chooses rows by the values of some columns."""
    parts = (f"toString({prefix}{name}) = {quoted(str(value))}" for name, value in row.items())
    return " AND ".join(parts) or "1"


@dataclass(frozen=True, slots=True)
class Change:
    """One column of the rows with these values, set to an expression over the row `t`."""

    row: Row
    column: str
    value: str

    @classmethod
    def of(cls, row: Row, column: str, kind: str) -> "Change":
        """Any other value of the column's type."""
        return cls(row, column, other_value(f"t.{column}", kind))


def change(store: Store, table: str, *changes: Change) -> None:
    """Write the chosen rows anew with other values, also in columns that cannot be updated.

    Each change is of other rows.
    """
    kinds = columns(store, table)
    by_column: dict[str, list[Change]] = {}
    for one in changes:
        by_column.setdefault(one.column, []).append(one)
    replaced = []
    for column, those in by_column.items():
        values = ", ".join(f"{condition(one.row, 't.')}, {one.value}" for one in those)
        kind = quoted(kinds[column])
        replaced.append(f"CAST(multiIf({values}, t.{column}), {kind}) AS {column}")
    chosen = " OR ".join(f"({condition(one.row)})" for one in changes)
    store.command("DROP TABLE IF EXISTS changed")
    store.command(f"CREATE TABLE changed AS {table} ENGINE = MergeTree ORDER BY tuple()")
    store.command(
        f"INSERT INTO changed SELECT t.* REPLACE ({', '.join(replaced)})"
        f" FROM (SELECT * FROM {table} WHERE {chosen}) AS t"
    )
    [(count,)] = store.query("SELECT count() FROM changed")
    assert count >= len(changes)
    delete(store, table, chosen)
    store.command(f"INSERT INTO {table} SELECT * FROM changed")
    store.command("DROP TABLE changed")


def delete(store: Store, table: str, where: str) -> None:
    store.command(f"ALTER TABLE {table} DELETE WHERE {where}", settings=AT_ONCE)


@contextmanager
def restored(store: Store, table: str) -> Iterator[None]:
    """Whatever is done to a table in between, its rows are those of before afterwards.

    Only inside `kept`, whose database it uses.
    """
    [(database,)] = store.query("SELECT currentDatabase()")
    kept = f"{database}_kept.restored_{table}"
    store.command(f"DROP TABLE IF EXISTS {kept}")
    store.command(f"CREATE TABLE {kept} AS {table} ENGINE = MergeTree ORDER BY tuple()")
    store.command(f"INSERT INTO {kept} SELECT * FROM {table}")
    try:
        yield
    finally:
        store.command(f"TRUNCATE TABLE {table}")
        store.command(f"INSERT INTO {table} SELECT * FROM {kept}")
        store.command(f"DROP TABLE {kept}")


@contextmanager
def kept(store: Store) -> Iterator[Callable[[], None]]:
    """A function that puts all proven tables back, for a while."""
    [(database,)] = store.query("SELECT currentDatabase()")
    store.command(f"DROP DATABASE IF EXISTS {database}_kept")
    store.command(f"CREATE DATABASE {database}_kept")
    for table in PROVEN:
        copied = f"{database}_kept.{table}"
        store.command(f"CREATE TABLE {copied} AS {table} ENGINE = MergeTree ORDER BY tuple()")
        store.command(f"INSERT INTO {copied} SELECT * FROM {table}")

    def put_back() -> None:
        for table in PROVEN:
            store.command(f"TRUNCATE TABLE {table}")
            store.command(f"INSERT INTO {table} SELECT * FROM {database}_kept.{table}")

    yield put_back
    store.command(f"DROP DATABASE {database}_kept")


def copy(store: Store, table: str, row: Row, **values: str) -> None:
    """Add copies of the chosen rows, with other values."""
    replaced = ", ".join(f"{value} AS {column}" for column, value in values.items())
    replace = f"REPLACE ({replaced})" if values else ""
    chosen = f"(SELECT * FROM {table} WHERE {condition(row)})"
    store.command(f"INSERT INTO {table} SELECT t.* {replace} FROM {chosen} AS t")


WITHOUT_BATCH = "* EXCEPT (batch_first, batch_span, batch_count, batch_month)"
# A repeated row of evidence is harmless, but counted in what a day was folded from.
WITHOUT_MAKING = """* EXCEPT (
    folded_at, seal, evidence_count, evidence_hash, compensation_count, compensation_hash)"""
WHAT_COUNTS = {
    "evidence": WITHOUT_BATCH,
    "compensation": WITHOUT_BATCH,
    "registry_fact": WITHOUT_BATCH,
    "delivery_fact": WITHOUT_BATCH,
    "event_seen": "*",
    "event_conflict": "*",
    "day_fold": WITHOUT_MAKING,
    "vendor_bits": "*",
    "registry_span": "* EXCEPT (fact_count, fact_hash)",
    "topic_log": "topic_id, topic, shape",
}
OPEN_REJECTS = """
SELECT cityHash64(shape, topic_id, partition, offset, recorded_at, reason, body, digest) AS row
FROM rejected
WHERE (topic_id, partition, offset) NOT IN (
    SELECT topic_id, partition, offset FROM stored_record WHERE table != 'rejected')
"""


def contents(store: Store) -> dict[str, tuple[int, int]]:
    """(distinct rows, a hash of them) of every table, without batches and times of folding.

    Of rejected records those count that were not admitted since.
    """
    found = {}
    texts = {
        table: f"SELECT cityHash64(toString(tuple({what}))) AS row FROM {table}"
        for table, what in WHAT_COUNTS.items()
    }
    for table, text in {**texts, "rejected": OPEN_REJECTS}.items():
        [(count, digest)] = store.query(
            f"SELECT count(), groupBitXor(row) FROM (SELECT DISTINCT row FROM ({text}))"
        )
        found[table] = (count, digest)
    return found
