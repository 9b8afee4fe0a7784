"""An event id belongs to one payment: which events name several is found as they come.

`event_seen` has the events of every day that was folded, of all of the log, `event_conflict` those
that name several payments. Both are sets that only grow, and a day's events are put down before it
is folded: a crash at any point leaves the day dirty, and it is read once more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from consumers.sql import statement
from infra.clickhouse import Store
from infra.failpoint import reach

EVENTS_PER_SLICE = 200_000  # events told of several payments are put down so many at a time


@dataclass(frozen=True, slots=True)
class BlockRange:
    """A part of a table: its rows are those of the blocks [first, last] of its partition."""

    table: str
    partition: str
    name: str
    first: int
    last: int
    rows: int


class Identity:
    """The one writer of `event_seen` and `event_conflict`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # What needs not be read again. Only to save work: who has forgotten it reads whole days.
        self._read: Mapping[tuple[str, str], Sequence[BlockRange]] = {}

    def note(
        self,
        unread: Collection[date],
        folded: Collection[date],
        parts: Iterable[BlockRange],
        *,
        days_max: int,
    ) -> None:
        """Put down the events of the newest `unread` days, and which of them are contested.

        `parts`: those that evidence was made of when these days were found unread, or before.
        Of `folded` days only what came since the last time is read.
        """
        now = by_place(parts)
        read = [
            f"{part.table} {part.name}"
            for place, of_place in now.items()
            for part in of_place
            if is_made_of(part, self._read.get(place, ()))
        ]
        days = sorted(unread, reverse=True)[:days_max]
        changed = [day for day in days if day in folded]
        for of, without in ((changed, read), ([d for d in days if d not in folded], [])):
            if of:
                self._note({"days": of, "parts": without})
        if len(days) == len(unread):
            self._read = now

    def _note(self, which: dict[str, Sequence[date] | Sequence[str]]) -> None:
        self._store.command(statement(__package__, "see_events"), which)
        reach("identity.seen")
        [(count, days)] = self._store.query(statement(__package__, "suspect_events"), which)
        slices = -(-count // EVENTS_PER_SLICE)
        for number in range(slices):
            asked = {**which, "days_named": days, "slices": slices, "slice": number}
            self._store.command(statement(__package__, "note_conflicts"), asked)
            reach("identity.noted")


def by_place(parts: Iterable[BlockRange]) -> dict[tuple[str, str], list[BlockRange]]:
    """The parts by table and partition."""
    found: dict[tuple[str, str], list[BlockRange]] = {}
    for part in parts:
        found.setdefault((part.table, part.partition), []).append(part)
    return found


def is_made_of(part: BlockRange, before: Iterable[BlockRange]) -> bool:
    """Whether a part is one of those before, or was merged from some of them alone."""
    merged = sum(p.rows for p in before if part.first <= p.first and p.last <= part.last)
    return merged == part.rows
