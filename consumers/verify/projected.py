"""What the fold keeps beside the figures, computed again: registry intervals, paid days as bits."""

import secrets
from collections.abc import Callable
from time import monotonic, sleep

from consumers.fold.projections import (
    NOW_AND_EVER,
    WEEKS_PER_BLOCK,
    kept_weeks,
    paid_weeks,
    stage_spans,
    stale_blocks,
)
from consumers.fold.snapshot import day_states
from consumers.sql import statement
from consumers.verify.findings import Finding
from consumers.verify.stored import FINDINGS_MAX
from infra.clickhouse import Store

POLL_S = 0.2
LOOKS_MAX = 5  # at what changes while one looks


def check_projections(store: Store, *, settle_s_max: float) -> list[Finding]:
    """Both tables. What is being made anew right now is waited for, at most `settle_s_max`."""
    spans = _compared(store, _spans_state, _wrong_spans, settle_s_max)
    bits = _compared(store, _bits_state, _wrong_bits, settle_s_max)
    return spans + bits


def _compared(
    store: Store,
    state: Callable[[Store], tuple[object, Finding | None]],
    wrong: Callable[[Store], list[Finding]],
    settle_s_max: float,
) -> list[Finding]:
    until = monotonic() + settle_s_max
    for _ in range(LOOKS_MAX):
        before, stale = state(store)
        while stale and monotonic() < until:
            sleep(POLL_S)
            before, stale = state(store)
        if stale:
            return [stale]
        found = wrong(store)
        if not found or state(store)[0] == before:
            return found
    return []


def _spans_state(store: Store) -> tuple[object, Finding | None]:
    seen = store.query(statement("consumers.fold", "registry_fingerprint"))
    state = store.query(statement("consumers.fold", "span_state"))
    if seen == state or (not state and seen == [(0, 0)]):
        return seen, None
    fact = "is not made from the registry as it is now"
    return seen, Finding("stale", "registry_span", fact, remake="spans")


def _wrong_spans(store: Store) -> list[Finding]:
    [seen] = store.query(statement("consumers.fold", "registry_fingerprint"))
    if not store.query(statement("consumers.fold", "span_state")):
        return []
    ask = f"verify-{secrets.token_hex(8)}"
    stage_spans(store, ask=ask, known_at=NOW_AND_EVER, seen=seen)
    try:
        params = {"ask": ask, "limit": FINDINGS_MAX}
        rows = store.query(statement(__package__, "wrong_spans"), params)
    finally:
        store.command(statement(__package__, "forget_spans"), {"ask": ask})
    return [
        Finding(
            "figures",
            " ".join(["registry_span,", *(name for name in names if name)]),
            _difference(difference),
            remake="spans",
        )
        for *names, difference in rows
    ]


def _bits_state(store: Store) -> tuple[object, Finding | None]:
    wanted = paid_weeks(day_states(store))
    if not stale_blocks(wanted, kept_weeks(store)):
        return wanted, None
    fact = "is not made from the paid days as they are now"
    return wanted, Finding("stale", "vendor_bits", fact, remake="bits")


def _wrong_bits(store: Store) -> list[Finding]:
    params = {"weeks_per_block": WEEKS_PER_BLOCK, "limit": FINDINGS_MAX}
    rows = store.query(statement(__package__, "wrong_bits"), params)
    return [
        Finding(
            "figures",
            f"vendor_bits, vendor {vendor} in market {market or '(none)'}, week {week}",
            _difference(difference),
            remake="bits",
        )
        for market, vendor, week, difference in rows
    ]


def _difference(difference: int) -> str:
    return "is stored, but should not be" if difference > 0 else "is not stored, but should be"
