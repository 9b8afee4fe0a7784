"""The snapshot of the fold: what is stored and what was folded from it, taken when it changes."""

import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from consumers.fold.dirty import DayState, Fingerprint, dirty_days, unread_days
from consumers.fold.identity import BlockRange
from consumers.sql import statement
from infra.clickhouse import Store

_WRAP = (1 << 64) - 1
Marks = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class RegistryHash:
    """A hash of the registry as valid on a day, for every day."""

    days: list[date]
    sums: list[int]

    def __call__(self, day: date) -> int:
        """The hash on `day`; 0 before the first interval."""
        position = bisect_right(self.days, day)
        return self.sums[position - 1] if position else 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there was at one look.

    `registry`: count and hash of its facts; `marks`: (table, partition) → a hash of its parts,
    another one after every write; `seals`: folded day → the seal of its state, another one after
    every fold of it, None where it has two states; `parts`: those of evidence and compensation as
    they were before all but the marks was looked at.
    """

    marks: Marks = field(compare=False)
    registry: tuple[int, int]
    registry_hash: RegistryHash
    fingerprints: Mapping[date, Fingerprint]
    states: Mapping[date, DayState]
    seals: Mapping[date, int | None]
    parts: Sequence[BlockRange] = field(compare=False, default=())

    def dirty(self, rule_version: int) -> set[date]:
        """Days whose own inputs changed since they were folded, or that never were."""
        return dirty_days(
            self.fingerprints,
            self.states,
            registry_hash=self.registry_hash,
            rule_version=rule_version,
        )

    def unread(self, rule_version: int) -> set[date]:
        """Days whose evidence changed since they were folded, or that never were."""
        return unread_days(self.fingerprints, self.states, rule_version=rule_version)


class Snapshots:
    """Gives the same snapshot again until something is written. Any thread may look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._newest: Snapshot | None = None
        self._looked_s = 0.0

    def look(self, *, age_s_max: float = 0.0) -> Snapshot:
        """What there is now, or what there was when anybody looked at most so long ago.

        Marks are read first: what comes meanwhile is seen the next time.
        """
        newest, now_s = self._newest, time.monotonic()
        if newest is not None and now_s - self._looked_s < age_s_max:
            return newest
        rows = self._store.query(statement(__package__, "stored"))
        marks = {(table, partition): mark for table, partition, mark, _ in rows}
        if newest is None or newest.marks != marks:
            parts = [BlockRange(*place, *part) for *place, _, of_place in rows for part in of_place]
            newest = self._take(marks, parts, newest)
        self._newest, self._looked_s = newest, now_s
        return newest

    def _take(self, marks: Marks, parts: Sequence[BlockRange], before: Snapshot | None) -> Snapshot:
        [registry] = self._store.query(statement(__package__, "registry_fingerprint"))
        is_known = before is not None and before.registry == registry
        states, seals = _states_and_seals(self._store)
        return Snapshot(
            marks,
            registry,
            before.registry_hash if before and is_known else registry_hash_by_day(self._store),
            day_fingerprints(self._store),
            states,
            seals,
            parts,
        )


def registry_hash_by_day(store: Store) -> RegistryHash:
    """Sums up the days on which attribution changes."""
    steps = store.query(statement(__package__, "registry_steps"))
    sums = list(accumulate((step for _, step in steps), lambda a, b: (a + b) & _WRAP))
    return RegistryHash([at for at, _ in steps], sums)


def day_fingerprints(store: Store) -> dict[date, Fingerprint]:
    """What evidence names each day."""
    rows = store.query(statement(__package__, "fingerprints"))
    return {row[0]: Fingerprint(*row[1:]) for row in rows}


def day_states(store: Store) -> dict[date, DayState]:
    """What each day was folded from; a day with two states is left out, so it is folded again."""
    return _states_and_seals(store)[0]


def _states_and_seals(store: Store) -> tuple[dict[date, DayState], dict[date, int | None]]:
    states: dict[date, DayState] = {}
    seals: dict[date, int | None] = {}
    for day, *numbers, link_days, link_hashes, seal in store.query(
        statement(__package__, "states")
    ):
        links = dict(zip(link_days, link_hashes, strict=True))
        states[day] = DayState(Fingerprint(*numbers[:4]), numbers[4], numbers[5], numbers[6], links)
        seals[day] = None if day in seals else seal
    return {day: state for day, state in states.items() if seals[day] is not None}, seals
