"""The fold: looks which days are dirty, and recomputes those whole.

Nothing is remembered that could not be derived again: a crash at any point leaves days dirty,
never wrong. Only one fold may run for a store (the supervisor sees to that); a second one would be
noticed by doubled states and healed, at a cost. What a dead one has sent is stopped first.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import monotonic
from typing import Any

from consumers.fold.dirty import (
    NOTHING,
    Fingerprint,
    Pair,
    by_week,
    days_of,
    disagreements,
    evidence_counts,
    runs,
)
from consumers.fold.identity import Identity
from consumers.fold.projections import NOW_AND_EVER, refresh_bits, refresh_spans
from consumers.fold.snapshot import Snapshot, Snapshots, day_states
from consumers.sql import statement
from infra.clickhouse import Store
from infra.clock import Clock
from infra.failpoint import reach
from infra.settings import FoldSettings

RULES = 7  # raise it when day_figures changes what it counts: every day is then folded again


def rule_version(settings: FoldSettings) -> int:
    """The version of the rule with its parameters: another least amount is another rule."""
    return (RULES * 1_000 + settings.window_days) * 1_000_003 + settings.amount_vnd_min & 0xFFFFFFFF


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
        self._snapshots = Snapshots(store)
        self._identity = Identity(store)
        self._at_rest: Snapshot | None = None  # what was seen when there was nothing to do
        # Disagreements that folding both days did not settle, with what both were folded from then:
        # evidence outside the window; `verify` names it.
        self._unsettled: dict[Pair, tuple[Fingerprint, Fingerprint]] = {}

    def tick(self) -> list[date]:
        """Fold what is dirty now, newest first, up to the set number of days: those days."""
        started = monotonic()
        if not self._is_alone:
            self._store.query(statement(__package__, "stop_leftovers"))
            self._is_alone = True
        seen = self._snapshots.look()
        if seen is self._at_rest:
            return []
        reach("fold.looked")
        refresh_spans(self._store, seen.registry)
        todo = self._dirty(seen)
        if not todo:
            refresh_bits(self._store, seen.states)
            self._at_rest = seen
            return []
        days_max = self._settings.days_per_tick_max
        # What turns out contested now makes its days dirty once more, for the next tick.
        unread = seen.unread(self._rule_version)
        self._identity.note(unread, seen.states.keys(), seen.parts, days_max=days_max)
        chosen = sorted(todo, reverse=True)[:days_max]
        for week, days in by_week(set(chosen)):
            if not self.fold_week(week, days, seen):
                break
        refresh_bits(self._store, day_states(self._store))
        self._report(
            {
                "fold_days": len(chosen),
                "fold_days_waiting": len(todo) - len(chosen),
                "fold_ms": round((monotonic() - started) * 1000),
            }
        )
        return chosen

    def _dirty(self, seen: Snapshot) -> set[date]:
        todo = seen.dirty(self._rule_version)
        states = seen.states
        for pair in disagreements(states):
            inputs = (states[pair[0]].fingerprint, states[pair[1]].fingerprint)
            if self._unsettled.get(pair) != inputs:
                self._unsettled[pair] = inputs
                todo.update(pair)
        return todo

    def fold_week(self, week: date, days: list[date], seen: Snapshot) -> bool:
        """Recompute these days of one week; the others are carried over as they are.

        What the days' figures do not need is staged beside them, on the other core. Nothing is
        shown, and it gives False, where the registry's projection, which both read, had to be made
        anew meanwhile: then all that the fold keeps may have been emptied.
        """
        run = self._store.command
        run(statement(__package__, "clear_week"), {"week": week})
        reach("fold.cleared")
        with ThreadPoolExecutor(1, "beside") as pool:
            beside = [
                pool.submit(run, statement(__package__, "stage_rest"), {"week": week, "days": days})
            ]
            for first, last in runs(days, evidence_counts(seen.fingerprints)):
                asked = {
                    "first_day": first,
                    "last_day": last,
                    "folded_at": self._clock.now(),
                    "known_at": NOW_AND_EVER,
                }
                beside.append(pool.submit(run, statement(__package__, "stage_reports"), asked))
                more = {
                    "window_days": self._settings.window_days,
                    "amount_vnd_min": self._settings.amount_vnd_min,
                    "rule_version": self._rule_version,
                    **_made_from(days_of(first, last), seen),
                }
                run(statement(__package__, "stage_days"), asked | more)
                reach("fold.staged")
        for staged in beside:
            staged.result()
        reach("fold.carried")
        if refresh_spans(self._store, seen.registry):
            return False  # it was emptied meanwhile, and may have been read so: the days stay dirty
        run(statement(__package__, "replace_week"), {"week": week})
        reach("fold.replaced")
        return True


def _made_from(days: list[date], seen: Snapshot) -> dict[str, list[int]]:
    of_days = [seen.fingerprints.get(day, NOTHING) for day in days]
    return {
        "evidence_counts": [of_day.evidence_count for of_day in of_days],
        "evidence_hashes": [of_day.evidence_hash for of_day in of_days],
        "compensation_counts": [of_day.compensation_count for of_day in of_days],
        "compensation_hashes": [of_day.compensation_hash for of_day in of_days],
        "registry_hashes": [seen.registry_hash(day) for day in days],
    }
