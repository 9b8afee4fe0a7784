"""Numbered SQL, applied once and in order, and never edited afterwards.

A crash leaves migrations done and not recorded, the last one half: they are run again from their
beginning, in the same order, so their statements say IF NOT EXISTS or OR REPLACE.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from infra.clickhouse import Store
from infra.errors import Refused
from infra.failpoint import reach

# A semicolon that ends a line ends a statement, unless the whole line is a comment.
_END = re.compile(r";[ \t]*(--.*)?$")

CREATE = """
CREATE TABLE IF NOT EXISTS schema_migration
(
    number UInt32,
    name String,
    checksum String,  -- SHA-256 of the text, as hex
    applied_at DateTime64(3, 'UTC'),
    seal UInt64 DEFAULT cityHash64(number, name, checksum, applied_at)  -- a later change shows
)
ENGINE = MergeTree
ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
"""
RECORD = """
INSERT INTO schema_migration (number, name, checksum, applied_at)
SELECT m.1, m.2, m.3, {applied_at:DateTime64(3)} FROM (
    SELECT arrayJoin(arrayZip(
        {numbers:Array(UInt32)}, {names:Array(String)}, {checksums:Array(String)})) AS m)
"""
# Two processes may have applied the same migration at once: any one row stands for it.
APPLIED = """
SELECT number, min(name), min(checksum), min(applied_at) FROM schema_migration
GROUP BY number ORDER BY number
"""
CHANGED = """
SELECT number, groupUniqArray(name), groupUniqArray(checksum),
    max(seal != cityHash64(number, name, checksum, applied_at))
FROM schema_migration GROUP BY number ORDER BY number
"""
OBJECTS = """
SELECT name, create_table_query FROM system.tables
WHERE database = currentDatabase() AND name NOT LIKE '.inner%' ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered text; its statements each end with `;` at the end of a line."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MigrationState:
    """Where one migration stands; `unknown`: this program is older than the store's schema."""

    number: int
    name: str
    state: Literal["applied", "pending", "edited", "late", "unknown"]
    applied_at: datetime | None = None


def apply(
    store: Store, migrations: Sequence[Migration], applied_at: datetime
) -> list[MigrationState]:
    """Apply what is pending, in order; gives what was applied now.

    Refused, before anything is changed: an applied one was edited, one came after a later one was
    applied, the store holds one that this program does not know. Unavailable: run it again.
    """
    store.command(CREATE)
    found = status(store, migrations)
    for state in found:
        if state.state == "edited":
            raise Refused(
                f"migration {state.name}: was edited after it was applied: put its text back and"
                " write the change as a new migration"
            )
        if state.state == "late":
            raise Refused(f"migration {state.name}: comes after a later one was applied: renumber")
        if state.state == "unknown":
            raise Refused(
                f"migration {state.number} {state.name}: the store's schema is newer than this"
                " program: update the program"
            )
    pending = {state.number for state in found if state.state == "pending"}
    done: list[Migration] = []
    try:
        for migration in migrations:
            if migration.number in pending:
                for statement in statements_of(migration.sql):
                    store.command(statement)
                    reach("migration.stated")
                done.append(migration)
    finally:
        _record(store, done, applied_at)
    return [MigrationState(each.number, each.name, "applied", applied_at) for each in done]


def status(store: Store, migrations: Sequence[Migration]) -> list[MigrationState]:
    """Every migration that the program or the store knows, by number; changes nothing."""
    numbers = [migration.number for migration in migrations]
    if numbers != sorted(set(numbers)):
        raise Refused(f"migrations: numbers must ascend, each once: {numbers}")
    rows = store.query(APPLIED) if _table_exists(store) else []
    there = {number: (name, checksum, at) for number, name, checksum, at in rows}
    last = max(there, default=0)
    states = []
    for migration in migrations:
        if migration.number not in there:
            late = migration.number < last
            states.append(
                MigrationState(migration.number, migration.name, "late" if late else "pending")
            )
            continue
        _, checksum, at = there[migration.number]
        same = checksum == migration.checksum
        states.append(
            MigrationState(migration.number, migration.name, "applied" if same else "edited", at)
        )
    known = set(numbers)
    for number, (name, _, at) in there.items():
        if number not in known:
            states.append(MigrationState(number, name, "unknown", at))
    return sorted(states, key=lambda state: state.number)


def ledger_problems(store: Store, migrations: Sequence[Migration]) -> list[str]:
    """What `schema_migration` says that this program did not write there."""
    texts = {m.number: ([m.name], [m.checksum]) for m in migrations}
    found = []
    for number, names, checksums, is_changed in store.query(CHANGED):
        if is_changed or (number in texts and texts[number] != (names, checksums)):
            said = ", ".join(sorted(names))
            found.append(
                f"schema_migration says of migration {number} what was not applied: {said}"
            )
    return found


def definitions(store: Store) -> dict[str, str]:
    """What makes each table and view, without the name of the database."""
    [(database,)] = store.query("SELECT currentDatabase()")
    prefix = re.compile(rf"(?<![\w.]){re.escape(database)}\.|`{re.escape(database)}`\.")
    return {name: prefix.sub("", text) for name, text in store.query(OBJECTS)}


def drift(store: Store, other: Store) -> list[str]:
    """The tables and views of `store` that are not as those of `other`, a freshly made schema."""
    one, two = definitions(store), definitions(other)
    return [
        f"{name} is missing"
        if name not in one
        else f"{name} is none of the program's"
        if name not in two
        else f"{name} is not as the migrations make it"
        for name in sorted(one.keys() | two.keys())
        if one.get(name) != two.get(name)
    ]


def restate(store: Store, migrations: Sequence[Migration], at: datetime) -> None:
    """Write `schema_migration` anew: only for a schema that has no `drift`."""
    store.command("TRUNCATE TABLE schema_migration")
    _record(store, migrations, at)


def statements_of(sql: str) -> list[str]:
    """The statements of a text, without their semicolons; what holds only comments is none."""
    statements, lines = [], []
    for line in [*sql.splitlines(), ";"]:
        comment = line.lstrip().startswith("--")
        if comment or not _END.search(line):
            lines.append(line)
            continue
        lines.append(_END.sub("", line))
        if any(kept.strip() and not kept.lstrip().startswith("--") for kept in lines):
            statements.append("\n".join(lines).strip())
        lines = []
    return statements


def _table_exists(store: Store) -> bool:
    return store.query(
        "SELECT count() FROM system.tables"
        " WHERE database = currentDatabase() AND name = 'schema_migration'"
    ) != [(0,)]


def _record(store: Store, migrations: Sequence[Migration], at: datetime) -> None:
    """In one insert: each takes the time of a write to disk."""
    if not migrations:
        return
    columns = {
        "numbers": [migration.number for migration in migrations],
        "names": [migration.name for migration in migrations],
        "checksums": [migration.checksum for migration in migrations],
    }
    store.command(RECORD, {**columns, "applied_at": at})
