"""What the fold keeps beside the figures: the registry as intervals, and each vendor's paid days.

Both are derived, and so is whether they are stale: the registry's fingerprint and a hash of each
week's paid days stand in the rows themselves. A crash at any point leaves them stale, never wrong.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from consumers.fold.dirty import DayState
from consumers.sql import statement
from infra.clickhouse import Store
from infra.failpoint import reach

NOW_AND_EVER = datetime(2100, 1, 1, tzinfo=UTC)
WEEK_ZERO = date(1969, 12, 29)  # a Monday
WEEKS_PER_BLOCK = 52
_WRAP = (1 << 64) - 1


def week_number(day: date) -> int:
    """The number of the week that a day is in, as `vendor_bits` counts them."""
    return (day - WEEK_ZERO).days // 7


def paid_weeks(states: Mapping[date, DayState]) -> dict[int, int]:
    """Week → a hash of who was paid on which of its days; ascending, without weeks of nobody."""
    weeks: dict[int, int] = defaultdict(int)
    for day, state in states.items():
        weeks[week_number(day)] += state.paid_mark
    return {week: weeks[week] & _WRAP for week in sorted(weeks) if weeks[week] & _WRAP}


def stale_blocks(wanted: Mapping[int, int], kept: Mapping[int, int]) -> dict[int, list[int]]:
    """Block → its weeks whose bits were made from other paid days than those `wanted`."""
    blocks: dict[int, list[int]] = defaultdict(list)
    for week in sorted(wanted.keys() | kept.keys()):
        if wanted.get(week) != kept.get(week):
            blocks[week // WEEKS_PER_BLOCK].append(week)
    return dict(blocks)


def refresh_spans(store: Store, seen: tuple[int, int]) -> bool:
    """Project the registry anew where its projection was made from other facts; whether it was."""
    if store.query(statement(__package__, "span_state")) == [seen]:
        return False
    stage_spans(store, ask="", known_at=NOW_AND_EVER, seen=seen)
    return True


def stage_spans(store: Store, *, ask: str, known_at: datetime, seen: tuple[int, int]) -> None:
    """Write the registry's intervals, as known at a moment, under the name of a question."""
    store.command(statement(__package__, "clear_spans"), {"ask": ask})
    params = {"ask": ask, "known_at": known_at, "fact_count": seen[0], "fact_hash": seen[1]}
    store.command(statement(__package__, "stage_spans"), params)
    reach("spans.staged")
    store.command(statement(__package__, "replace_spans"), {"ask": ask})
    store.command(statement(__package__, "clear_spans"), {"ask": ask})


def kept_weeks(store: Store) -> dict[int, int]:
    """Week → the hash of the paid days that its bits were made from."""
    kept: dict[int, int] = {}
    for _, weeks, hashes in store.query(statement(__package__, "bits_states")):
        for week, mark in zip(weeks, hashes, strict=True):
            # Two states of one block: two folds ran at once. Stale, whatever they say.
            kept[week] = mark if week not in kept else -1
    return kept


def refresh_bits(store: Store, states: Mapping[date, DayState]) -> list[int]:
    """Make the bits of every stale week anew, block by block; the weeks that were stale."""
    wanted = paid_weeks(states)
    blocks = stale_blocks(wanted, kept_weeks(store))
    for block, weeks in blocks.items():
        of_block = {week: mark for week, mark in wanted.items() if week // WEEKS_PER_BLOCK == block}
        store.command(statement(__package__, "clear_bits"), {"block": block})
        store.command(
            statement(__package__, "stage_bits"),
            {
                "block": block,
                "weeks": weeks,
                "mondays": [WEEK_ZERO + timedelta(weeks=week) for week in weeks],
                "state_weeks": list(of_block),
                "state_hashes": list(of_block.values()),
            },
        )
        reach("bits.staged")
        store.command(statement(__package__, "replace_bits"), {"block": block})
    return [week for weeks in blocks.values() for week in weeks]
