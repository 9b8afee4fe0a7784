"""Folds in this process, as the role makes them."""

from datetime import date

from consumers.fold.fold import Fold
from infra.clickhouse import Store
from infra.clock import SystemClock
from infra.settings import FoldSettings

TICKS_MAX = 10_000


def new_fold(store: Store) -> Fold:
    """A fold with the defaults."""
    return Fold(store=store, settings=FoldSettings(), clock=SystemClock(), report=lambda _: None)


def fold_all(store: Store) -> list[date]:
    """Fold until nothing is dirty; the days in the order folded."""
    fold = new_fold(store)
    done: list[date] = []
    for _ in range(TICKS_MAX):
        days = fold.tick()
        if not days:
            return done
        done += days
    raise AssertionError("the fold does not come to rest")
