"""Figures as they were known at a moment, put down for one question."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from consumers.fold.dirty import Run, evidence_counts, runs
from consumers.fold.snapshot import day_fingerprints
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings


def day_runs(store: Store, days: Iterable[date]) -> list[Run]:
    """The days as runs that are computed at once, by what is known of them now."""
    return runs(days, evidence_counts(day_fingerprints(store)))


def put_known_days(
    store: Store,
    ask: str,
    days: Iterable[date],
    known_at: datetime,
    fold: FoldSettings,
    names: Sequence[str] = ("known_figures",),
) -> None:
    """Compute the days from the evidence recorded until then, under the name of a question.

    `names`: of the statements, known_figures and known_reports.
    """
    for first, last in day_runs(store, days):
        params = {
            "ask": ask,
            "first_day": first,
            "last_day": last,
            "known_at": known_at,
            "window_days": fold.window_days,
            "amount_vnd_min": fold.amount_vnd_min,
        }
        for name in names:
            text = statement(__package__, name)
            wanted = {key: value for key, value in params.items() if f"{{{key}:" in text}
            store.command(text, wanted)


def forget_days(store: Store, ask: str) -> None:
    """Drop the days that were put down for a question."""
    store.command(statement(__package__, "forget_known"), {"ask": ask})


def forget_spans(store: Store, ask: str) -> None:
    """Drop the registry that was put down for a question."""
    store.command(statement(__package__, "forget_spans"), {"ask": ask})
