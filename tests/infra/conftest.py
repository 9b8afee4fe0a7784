"""Databases without a schema: infra knows none."""

from collections.abc import Iterator

import pytest

from tests.databases import Databases


@pytest.fixture
def store_database_dsn(databases: Databases) -> Iterator[str]:
    """The DSN of an empty database, dropped after the test."""
    with databases.empty() as dsn:
        yield dsn
