"""The ClickHouse schema: numbered SQL files in schemas/sql/migrations, in their order."""

from importlib.resources import files
from typing import NamedTuple


class MigrationText(NamedTuple):
    """One migration: its number, its name (without `.sql`) and its statements."""

    number: int
    name: str
    sql: str


def migration_texts() -> list[MigrationText]:
    """All migrations, ascending by number."""
    folder = files("schemas") / "sql" / "migrations"
    found = sorted(
        (entry.name, entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    )
    return [MigrationText(int(name[:4]), name.removesuffix(".sql"), sql) for name, sql in found]
