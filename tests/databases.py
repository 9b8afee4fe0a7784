"""Databases with the schema and nothing in it, made once each and emptied for the next test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from infra.clickhouse import Store
from tests.engine import migrate
from tests.parts import store_client

# What a test may have changed: a replaced table or view is another one under the same name.
OBJECTS = """
SELECT name, uuid, metadata_modification_time FROM system.tables
WHERE database = {database:String} ORDER BY name
"""
FILLED = """
SELECT name FROM system.tables
WHERE database = {database:String} AND total_rows > 0 AND name != 'schema_migration'
"""


@dataclass
class Databases:
    """Those of one store. Whoever borrows one finds it as `migrate` leaves an empty database."""

    dsn: str
    root: Store
    _idle: list[tuple[str, list[Any]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The DSN of one, for a while; one whose tables were made otherwise is dropped after it."""
        name, made = self._idle.pop() if self._idle else self._make()
        yield self._dsn_of(name)
        if self.root.query(OBJECTS, {"database": name}) == made:
            self._empty(name)
            self._idle.append((name, made))
        else:
            self.root.command(f"DROP DATABASE {name}")

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The DSN of one without the schema, dropped afterwards."""
        name = self._create()
        yield self._dsn_of(name)
        self.root.command(f"DROP DATABASE {name}")

    def _make(self) -> tuple[str, list[Any]]:
        name = self._create()
        with store_client(self._dsn_of(name)) as store:
            migrate(store)
        return name, self.root.query(OBJECTS, {"database": name})

    def _create(self) -> str:
        name = f"test_{next(self._numbers)}"
        self.root.command(f"CREATE DATABASE {name}")
        return name

    def _dsn_of(self, name: str) -> str:
        return self.dsn.removesuffix("/default") + f"/{name}"

    def _empty(self, name: str) -> None:
        self.root.command("SYSTEM START MERGES")  # a test may have stopped them
        for (table,) in self.root.query(FILLED, {"database": name}):
            self.root.command(f"TRUNCATE TABLE {name}.{table}")
