"""Migrations are applied once, in order, and never edited."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infra.clickhouse import Store
from infra.errors import Refused
from infra.migrations import Migration, apply, statements_of, status

AT = datetime(2026, 3, 1, 2, 3, 4, 567000, tzinfo=UTC)
ONE = Migration(
    1,
    "0001_one",
    "-- a comment; with a semicolon;\n"
    "CREATE TABLE IF NOT EXISTS one (a Int64 /* x; */) -- why;not\nENGINE=MergeTree ORDER BY a;\n\n"
    "CREATE VIEW IF NOT EXISTS one_view AS SELECT a, ';' AS b FROM one; -- done\n"
    "-- the end;\n",
)
TWO = Migration(2, "0002_two", "CREATE TABLE IF NOT EXISTS two (a Int64) ENGINE=Null;\n")


def test_a_text_falls_into_its_statements() -> None:
    one, two = statements_of(ONE.sql)
    assert one.endswith("ORDER BY a")
    assert two.startswith("CREATE VIEW")
    assert "';'" in two
    assert statements_of("-- nothing\n\n;\n") == []
    assert statements_of("SELECT 1") == ["SELECT 1"]


@pytest.mark.real
def test_the_second_time_nothing_changes(store: Store) -> None:
    assert [s.state for s in status(store, [ONE, TWO])] == ["pending", "pending"]
    assert [s.name for s in apply(store, [ONE], AT)] == ["0001_one"]
    assert [s.name for s in apply(store, [ONE, TWO], AT)] == ["0002_two"]
    assert apply(store, [ONE, TWO], AT) == []
    assert [(s.state, s.applied_at) for s in status(store, [ONE, TWO])] == [("applied", AT)] * 2
    assert store.query("SELECT * FROM one_view") == []


@pytest.mark.real
def test_an_edited_one_is_refused_by_name(store: Store) -> None:
    apply(store, [ONE], AT)
    edited = replace(ONE, sql=ONE.sql + "DROP TABLE one;\n")
    with pytest.raises(Refused, match="0001_one: was edited"):
        apply(store, [edited, TWO], AT)
    assert store.query("SELECT count() FROM system.tables WHERE name = 'two'") == [(0,)]


@pytest.mark.real
def test_a_late_and_an_unknown_one_are_refused(store: Store) -> None:
    apply(store, [TWO], AT)
    with pytest.raises(Refused, match="0001_one: comes after a later one"):
        apply(store, [ONE, TWO], AT)
    with pytest.raises(Refused, match="numbers must ascend"):
        apply(store, [TWO, ONE], AT)


@pytest.mark.real
def test_a_store_that_is_newer_than_the_program_is_refused(store: Store) -> None:
    apply(store, [ONE, TWO], AT)
    with pytest.raises(Refused, match="2 0002_two: the store's schema is newer"):
        apply(store, [ONE], AT)


@pytest.mark.real
def test_a_crash_in_the_middle_is_run_again_whole(store: Store) -> None:
    broken = replace(ONE, sql=ONE.sql + "SELECT nope;\n")
    with pytest.raises(Refused):
        apply(store, [broken], AT)
    assert [s.state for s in status(store, [ONE])] == ["pending"]
    assert [s.state for s in apply(store, [ONE], AT)] == ["applied"]
