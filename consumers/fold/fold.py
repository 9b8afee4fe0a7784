"""The fold: looks which days are dirty, and recomputes those whole.

Nothing is remembered that could not be derived again: a crash at any point leaves days dirty,
never wrong. Only one fold may run for a store (the supervisor sees to that); a second one would be
noticed by doubled states and healed, at a cost. What a dead one has sent is stopped first.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from time import monotonic
from typing import Any

from consumers.fold.dirty import (
    NOTHING,
    DayState,
    Fingerprint,
    Pair,
    by_week,
    days_of,
    dirty_days,
    disagreements,
    evidence_counts,
    runs,
)
from consumers.fold.projections import refresh_bits, refresh_spans
from consumers.sql import statement
from infra.clickhouse import Store
from infra.clock import Clock
from infra.failpoint import reach
from infra.settings import FoldSettings

RULES = 5  # raise it when day_figures changes what it counts: every day is then folded again
_WRAP = (1 << 64) - 1


def rule_version(settings: FoldSettings) -> int:
    """The version of the rule with its parameters: another least amount is another rule."""
    return (RULES * 1_000 + settings.window_days) * 1_000_003 + settings.amount_vnd_min & 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class RegistryHash:
    """A hash of the registry as valid on a day, for every day."""

    days: list[date]
    sums: list[int]

    def __call__(self, day: date) -> int:
        """The hash on `day`; 0 before the first interval."""
        position = bisect_right(self.days, day)
        return self.sums[position - 1] if position else 0


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
    states: dict[date, DayState] = {}
    doubled = set()
    for day, *numbers, link_days, link_hashes in store.query(statement(__package__, "states")):
        if day in states:
            doubled.add(day)
        links = dict(zip(link_days, link_hashes, strict=True))
        states[day] = DayState(Fingerprint(*numbers[:4]), numbers[4], numbers[5], numbers[6], links)
    return {day: state for day, state in states.items() if day not in doubled}


class Fold:
    """The one writer of `day_fold`."""

    def __init__(
        self,
        *,
        store: Store,
        settings: FoldSettings,
        clock: Clock,
        report: Callable[[dict[str, Any]], None],
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._report = report
        self._rule_version = rule_version(settings)
        self._is_alone = False  # nothing of an earlier fold runs in the store any more
        self._registry_seen: tuple[int, int] | None = None
        self._registry_hash = RegistryHash([], [])
        # Disagreements that folding both days did not settle, with what both were folded from then:
        # evidence outside the window; `verify` names it.
        self._unsettled: dict[Pair, tuple[Fingerprint, Fingerprint]] = {}

    def tick(self) -> list[date]:
        """Fold what is dirty now, newest first, up to the set number of days: those days."""
        started = monotonic()
        if not self._is_alone:
            self._store.query(statement(__package__, "stop_leftovers"))
            self._is_alone = True
        self._look_at_registry()
        fingerprints = day_fingerprints(self._store)
        reach("fold.looked")
        states = day_states(self._store)
        todo = self._dirty(fingerprints, states)
        if not todo:
            refresh_bits(self._store, states)
            return []
        chosen = sorted(todo, reverse=True)[: self._settings.days_per_tick_max]
        for week, days in by_week(set(chosen)):
            self.fold_week(week, days, fingerprints)
        refresh_bits(self._store, day_states(self._store))
        self._report(
            {
                "fold_days": len(chosen),
                "fold_days_waiting": len(todo) - len(chosen),
                "fold_ms": round((monotonic() - started) * 1000),
            }
        )
        return chosen

    def _look_at_registry(self) -> None:
        [seen] = self._store.query(statement(__package__, "registry_fingerprint"))
        if seen != self._registry_seen:
            self._registry_hash = registry_hash_by_day(self._store)
            self._registry_seen = seen
        refresh_spans(self._store, seen)

    def _dirty(
        self, fingerprints: Mapping[date, Fingerprint], states: Mapping[date, DayState]
    ) -> set[date]:
        todo = dirty_days(
            fingerprints,
            states,
            registry_hash=self._registry_hash,
            rule_version=self._rule_version,
        )
        for pair in disagreements(states):
            inputs = (states[pair[0]].fingerprint, states[pair[1]].fingerprint)
            if self._unsettled.get(pair) != inputs:
                self._unsettled[pair] = inputs
                todo.update(pair)
        return todo

    def fold_week(
        self, week: date, days: list[date], fingerprints: Mapping[date, Fingerprint]
    ) -> None:
        """Recompute these days of one week; the others are carried over as they are."""
        run = self._store.command
        run(statement(__package__, "clear_week"), {"week": week})
        reach("fold.cleared")
        for first, last in runs(days, evidence_counts(fingerprints)):
            run(
                statement(__package__, "stage_days"),
                {
                    "first_day": first,
                    "last_day": last,
                    "window_days": self._settings.window_days,
                    "amount_vnd_min": self._settings.amount_vnd_min,
                    "rule_version": self._rule_version,
                    "folded_at": self._clock.now(),
                    **self._made_from(days_of(first, last), fingerprints),
                },
            )
            told = {"first_day": first, "last_day": last, "folded_at": self._clock.now()}
            run(statement(__package__, "stage_reports"), told)
            reach("fold.staged")
        run(statement(__package__, "stage_rest"), {"week": week, "days": days})
        reach("fold.carried")
        run(statement(__package__, "replace_week"), {"week": week})
        reach("fold.replaced")

    def _made_from(
        self, days: list[date], fingerprints: Mapping[date, Fingerprint]
    ) -> dict[str, list[int]]:
        seen = [fingerprints.get(day, NOTHING) for day in days]
        return {
            "evidence_counts": [of_day.evidence_count for of_day in seen],
            "evidence_hashes": [of_day.evidence_hash for of_day in seen],
            "compensation_counts": [of_day.compensation_count for of_day in seen],
            "compensation_hashes": [of_day.compensation_hash for of_day in seen],
            "registry_hashes": [self._registry_hash(day) for day in days],
        }
