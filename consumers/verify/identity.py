"""Which events name several payments? Computed from all evidence again, and compared."""

from collections.abc import Callable
from typing import Any

from consumers.fold.snapshot import Snapshot
from consumers.sql import statement
from consumers.verify.findings import Finding
from consumers.verify.stored import FINDINGS_MAX, slices
from infra.clickhouse import Store

LOOKS_MAX = 5  # at what changes while one looks


def check_identity(store: Store, look: Callable[[], Snapshot], rule_version: int) -> list[Finding]:
    """Both tables, but for events of days that the fold has to read yet: those are only stale."""
    for _ in range(LOOKS_MAX):
        before = look()
        unread = before.unread(rule_version)
        found = [
            Finding("identity", f"event_seen, day {day}", fact, refold=day, remake="events")
            for day, is_missing, count in _ask(store, "wrong_events")
            if day not in unread
            for fact in [_missing(count) if is_missing else _added(count)]
        ]
        for day, account, reference, compensation, event_id, fact, days in _ask(
            store, "wrong_conflicts"
        ):
            if unread.isdisjoint([day, *days]):
                named = ":".join([account, reference, *([compensation] if compensation else [])])
                subject = f"event_conflict, event {event_id}, payment {named}, day {day}"
                found.append(Finding("identity", subject, fact, refold=day, remake="events"))
        if not found or look() == before:
            return found[:FINDINGS_MAX]
    return []


def _ask(store: Store, name: str) -> list[tuple[Any, ...]]:
    text = statement(__package__, name)
    return [
        row for part in slices(store) for row in store.query(text, {"limit": FINDINGS_MAX, **part})
    ]


def _missing(count: int) -> str:
    return f"{count} of its events are not put down"


def _added(count: int) -> str:
    return f"{count} events are put down that its evidence does not tell"
