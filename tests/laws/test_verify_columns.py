"""Law L3, columns: verify passes on what is well, and names every column of every table altered.

Many columns are altered at once, each in a row of its own, so that each must be named by itself.
"""

import pytest

from consumers.verify.findings import VerifyReport
from consumers.verify.folded import Folded
from consumers.verify.projected import check_projections
from consumers.verify.stored import check_stored
from infra.migrations import restate
from infra.settings import FoldSettings
from tests.laws.proving import CLOCK, MIGRATIONS, World, told
from tests.laws.tampering import (
    BATCH,
    PROVEN,
    RECORDS,
    Change,
    change,
    columns,
    copy,
    restored,
)

pytestmark = pytest.mark.real
# What only holds what is being worked on, or answers of one question: nothing to be proven.
PASSING = {
    "day_fold_staging",
    "registry_span_staging",
    "vendor_bits_staging",
    "known_day",
    "asked_group",
    "alert_fact",  # what the watch and people said of alerts: no evidence says it again
    "token_key",  # the key itself, which is not in the store, is what proves it
}


COORDINATES = ("topic_id", "partition", "offset")


def test_a_healthy_state_passes(well: World) -> None:
    report = well.verify()
    assert told(report) == []
    assert report.records_compared == well.record_count() == report.tally.received_count
    assert report.days_checked == 2
    assert report.notes == []


def test_no_table_is_forgotten(well: World) -> None:
    rows = well.store.query(
        "SELECT name FROM system.tables"
        " WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    assert {name for (name,) in rows} == set(PROVEN) | PASSING


def rows_of(world: World, table: str, *key: str, where: str = "1") -> list[dict[str, object]]:
    names = ", ".join(f"toString({name}) AS {name}" for name in key)
    chosen = f"(SELECT * FROM {table} WHERE {where})"
    return world.store.rows(f"SELECT DISTINCT {names} FROM {chosen} ORDER BY ALL")


def test_each_column_of_every_record_is_proven_and_mended(well: World) -> None:
    altered: list[tuple[str, dict[str, object]]] = []
    for table in RECORDS:
        kinds = {
            name: kind
            for name, kind in columns(well.store, table).items()
            if name not in BATCH and name not in COORDINATES
        }
        rows = rows_of(well, table, "topic_id", "partition", "offset")
        assert len(rows) >= len(kinds), "more columns than rows to alter them in"
        places = dict(zip(kinds, rows, strict=False))
        changes = [Change.of(row, name, kinds[name]) for name, row in places.items()]
        change(well.store, table, *changes)
        altered += places.items()
    report = well.verify()
    said = told(report)
    for name, row in altered:
        place = f"log {row['topic_id']}-{row['partition']}, offset {row['offset']}:"
        naming = [line for line in said if place in line]
        assert naming, (name, place, said)
        if name not in ("digest", "body"):
            assert any(f"{name} is" in line for line in naming), (name, naming)
    well.mend(report)


@pytest.mark.parametrize("table", RECORDS)
def test_each_coordinate_of_a_record_is_proven(well: World, table: str) -> None:
    """One at a time: two records moved onto one place would be a damage of their own."""
    row = rows_of(well, table, "topic_id", "partition", "offset")[0]
    kinds = columns(well.store, table)
    current = well.current()
    for name in COORDINATES:
        with restored(well.store, table):
            change(well.store, table, Change.of(row, name, kinds[name]))
            said = [str(finding) for finding in check_stored(well.store, current)]
        assert said, (table, name)
    assert check_stored(well.store, current) == []


@pytest.mark.parametrize("table", RECORDS)
def test_each_column_of_a_batch_is_proven(well: World, table: str) -> None:
    row = rows_of(well, table, "topic_id", "partition", "offset")[0]
    current = well.current()
    for name in BATCH:
        with restored(well.store, table):
            change(well.store, table, Change(row, name, f"t.{name} + 1"))
            said = [str(finding) for finding in check_stored(well.store, current)]
        log = f"log {row['topic_id']}-{row['partition']}, "
        assert any(log in line for line in said), (name, said)
    assert check_stored(well.store, current) == []


ALONE = {"batch_first": "t.offset", "batch_span": "1", "batch_count": "1"}


@pytest.mark.parametrize(
    "claim",
    [
        {"batch_span": "3"},
        {"batch_first": "t.offset - 2", "batch_span": "3"},
        {"batch_month": "t.batch_month - 1"},
        {"batch_month": "0"},
    ],
)
def test_a_batch_may_not_claim_the_offsets_of_others(well: World, claim: dict[str, str]) -> None:
    """It may claim offsets at which there is no record: logs have gaps."""
    row = rows_of(well, "evidence", "topic_id", "partition", "offset")[3]
    current = well.current()
    with restored(well.store, "evidence"):
        copy(well.store, "evidence", row, **{**ALONE, **claim})
        said = [str(finding) for finding in check_stored(well.store, current)]
    assert any(f"offset {row['offset']}" in line for line in said), said


def test_each_column_of_the_fold_is_proven(well: World) -> None:
    kinds = columns(well.store, "day_fold")
    key = ("day", "row_kind", "market", "vendor", "source")
    rows = rows_of(well, "day_fold", *key)
    rounds = -(-len(kinds) // len(rows))
    for number in range(rounds):
        altered = dict(zip(list(kinds)[number::rounds], rows, strict=False))
        changes = [Change.of(row, name, kinds[name]) for name, row in altered.items()]
        with restored(well.store, "day_fold"):
            change(well.store, "day_fold", *changes)
            folded = Folded(well.store, FoldSettings(), settle_s_max=0)
            found = folded.check(VerifyReport(), folded.settle({}))
        said = [str(finding) for finding in found]
        for name, row in altered.items():
            names = [str(row[part]) for part in ("market", "vendor", "source")]
            subject = f"day {row['day']}, {row['row_kind']} {names[0] or '(none)'}"
            subject = " ".join([subject, *(part for part in names[1:] if part)])
            assert any(subject in line for line in said), (name, subject, said)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("registry_span", ("shape", "market", "vendor", "stall", "key", "effective_from")),
        ("vendor_bits", ("row_kind", "market", "vendor")),
    ],
)
def test_each_column_of_a_projection_is_proven(
    well: World, table: str, key: tuple[str, ...]
) -> None:
    kinds = columns(well.store, table)
    rows = rows_of(well, table, *key, where="ask = ''")
    for number, name in enumerate(kinds):
        row = rows[number % len(rows)]
        with restored(well.store, table):
            change(well.store, table, Change.of(row, name, kinds[name]))
            found = check_projections(well.store, settle_s_max=0)
        assert any(finding.subject.startswith(table) for finding in found), (name, row)
    assert check_projections(well.store, settle_s_max=0) == []


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("event_seen", ("event_hash", "named", "day")),
        ("event_conflict", ("source_transaction_id", "bank_reference", "compensation_reference")),
    ],
)
def test_each_column_of_what_events_name_is_proven(
    well: World, table: str, key: tuple[str, ...]
) -> None:
    kinds = columns(well.store, table)
    rows = rows_of(well, table, *key)
    for number, (name, kind) in enumerate(kinds.items()):
        row = rows[number % len(rows)]
        with restored(well.store, table):
            change(well.store, table, Change.of(row, name, kind))
            folded = Folded(well.store, FoldSettings(), settle_s_max=0)
            stale, found = folded.settle({}), folded.identity()
        # a day whose contested events are others than it was folded from is stale first
        is_named = any(finding.subject.startswith(table) for finding in found)
        assert is_named or (stale and table == "event_conflict"), (name, row)
    assert Folded(well.store, FoldSettings(), settle_s_max=0).identity() == []


def test_each_column_of_the_list_of_logs_is_proven(well: World) -> None:
    kinds = list(columns(well.store, "topic_log").items())
    logs = rows_of(well, "topic_log", "topic_id")
    for pair in (kinds[:2], kinds[2:4], kinds[4:]):
        altered = dict(zip(pair, logs, strict=False))
        changes = [Change.of(row, name, kind) for (name, kind), row in altered.items()]
        with restored(well.store, "topic_log"):
            change(well.store, "topic_log", *changes)
            found = well.verifier(quick=True).check_logs(VerifyReport(), well.current())
        said = [str(finding) for finding in found]
        for (name, _), row in altered.items():
            assert any(str(row["topic_id"]) in line for line in said), (name, said)


def test_each_column_of_the_list_of_migrations_is_proven(well: World) -> None:
    kinds = columns(well.store, "schema_migration")
    assert well.schema_problems() == []
    for name, kind in kinds.items():
        row = rows_of(well, "schema_migration", "number")[-1]
        change(well.store, "schema_migration", Change.of(row, name, kind))
        said = well.schema_problems()
        assert any(MIGRATIONS[-1].name in line for line in said), (name, said)
        restate(well.store, MIGRATIONS, CLOCK.now())
        assert well.schema_problems() == []
