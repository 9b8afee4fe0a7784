"""What the fold reads of events: only what came since it last read, however parts were merged."""

from datetime import date

import pytest

from consumers.fold.identity import BlockRange, is_made_of
from infra.clickhouse import Store
from tests.consumers.fold.test_projections import paid
from tests.engine import come_to_rest, land, new_fold, records

DAY = date(2026, 4, 30)
SEEN = "SELECT count() FROM event_seen"


def part(first: int, last: int, rows: int) -> BlockRange:
    return BlockRange("evidence", "202604", f"202604_{first}_{last}_0", first, last, rows)


@pytest.mark.parametrize(
    ("now", "before", "is_made"),
    [
        (part(1, 1, 5), [], False),
        (part(1, 1, 5), [part(1, 1, 5)], True),
        (part(1, 3, 9), [part(1, 1, 5), part(3, 3, 4)], True),  # a block number may be nobody's
        (part(1, 3, 9), [part(1, 1, 5)], False),
        (part(1, 3, 9), [part(1, 1, 5), part(4, 4, 4)], False),
        (part(1, 1, 5), [part(1, 1, 4)], False),  # another part of the same name
        (part(1, 3, 9), [part(1, 3, 8), part(4, 9, 1)], False),
    ],
)
def test_a_part_of_which_all_was_read(
    now: BlockRange, before: list[BlockRange], is_made: bool
) -> None:
    assert is_made_of(now, before) is is_made


@pytest.mark.real
def test_only_what_came_is_read(store: Store) -> None:
    store.command("SYSTEM STOP MERGES event_seen")  # which would take repeated rows away
    land(store, records([paid(n, "a" * 32, DAY) for n in range(20)]))
    fold = new_fold(store)
    come_to_rest(fold)
    assert store.query(SEEN) == [(20,)]
    for number in range(3):
        land(store, records([paid(30 + number, "a" * 32, DAY)], first=30 + number))
        store.command("OPTIMIZE TABLE evidence FINAL")  # all of it: new with old, or old alone
        land(store, records([paid(40 + number, "a" * 32, DAY)], first=40 + number))
        assert come_to_rest(fold) == [DAY]
        store.command("OPTIMIZE TABLE evidence FINAL")
        land(store, records([paid(50 + number, "b" * 32, DAY)], first=50 + number))
        assert come_to_rest(fold) == [DAY]
    # What was merged with something new is read whole once; what was merged of old parts is not.
    assert store.query(SEEN) == [(20 + 3 * 3 + sum(20 + 3 * n for n in range(3)),)]


@pytest.mark.real
def test_a_fold_that_has_just_started_reads_the_days_that_changed(store: Store) -> None:
    store.command("SYSTEM STOP MERGES event_seen")
    other = date(2026, 4, 1)
    land(store, records([paid(n, "a" * 32, DAY) for n in range(20)]))
    land(store, records([paid(n, "a" * 32, other) for n in range(20, 30)], first=20))
    come_to_rest(new_fold(store))
    land(store, records([paid(40, "a" * 32, other)], first=40))
    assert come_to_rest(new_fold(store)) == [other]
    assert store.query(SEEN) == [(30 + 11,)]
