"""What the store says of all vendors, as arrays of records, whoever asks about which of them.

A vendor is named by the hash of his market and code. Days are counted from 1 January 1970, weeks
from Monday 29 December 1969. Folded partitions are read once and held (see `held`); what was put
down for a question "as known on" is read for it alone.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.scope import Scope
from consumers.fold.projections import WEEKS_PER_BLOCK, week_number
from consumers.sql import statement
from infra.errors import Refused

NOBODY = 0  # the hash of no vendor, and of no stall
STALL_CODE, ACCOUNT, QR = 1, 2, 3
KNOWN_SLICE_DAYS = 28  # computed at once, so that memory stays flat
KNOWN_HISTORY_DAYS_MAX = 1_100
SPAN = np.dtype(
    [("vendor", "<u8"), ("stall", "<u8"), ("first", "<u2"), ("after", "<u2"), ("kind", "<u2")]
)
MARK = np.dtype([("vendor", "<u8"), ("number", "<u2")])
BITS = np.dtype([("vendor", "<u8"), ("days", "u1", (WEEKS_PER_BLOCK,))])
FIGURE = np.dtype(
    [("vendor", "<u8"), ("day", "<u2"), ("told", "<u2"), ("payments", "<u4"), ("payerless", "<u4")]
)

Records = NDArray[Any]
Census = dict[str, list[tuple[date, date, int]]]


@dataclass(frozen=True, slots=True)
class Paid:
    """Paid days of a market: `records` are BITS from `first_week` on, or MARKs of single days."""

    market: str
    first_week: int
    records: Records


@dataclass(frozen=True, slots=True)
class Figures:
    """A week's FIGUREs, and the hashes of their payers one after the other, `told` of each."""

    records: Records
    payers: NDArray[np.uint64]


def read_roster(scope: Scope) -> dict[str, Records]:
    """Market → SPANs: who had which stall, account or code, at any time."""

    def read(_: Sequence[str]) -> dict[str, dict[str, Records]]:
        rows = ask_for(scope, "roster", {"ask": scope.ask})
        return {"": {market: unpacked(packed, SPAN) for market, packed in rows}}

    return scope.read("roster", {"": scope.partitions.spans}, read)[""]


def read_absent(scope: Scope) -> tuple[Records, Records, Records]:
    """MARKs of single days, of whole weeks and of whole months in which a vendor was not there."""

    def read(_: Sequence[str]) -> dict[str, tuple[Records, Records, Records]]:
        [(days, weeks, months)] = ask_for(scope, "absences", {"ask": scope.ask})
        return {"": (unpacked(days, MARK), unpacked(weeks, MARK), unpacked(months, MARK))}

    return scope.read("absences", {"": scope.partitions.spans}, read)[""]


def read_census(scope: Scope) -> Census:
    """Market → (from, until, stalls), ascending."""

    def read(_: Sequence[str]) -> dict[str, Census]:
        found: Census = {}
        for market, stalls, first, after in ask_for(scope, "census", {"ask": scope.ask}):
            found.setdefault(market, []).append((first, after, stalls))
        return {"": found}

    return scope.read("census", {"": scope.partitions.spans}, read)[""]


def read_paid(scope: Scope) -> list[Paid]:
    """Paid days up to the question's last day, and perhaps some after it."""
    if scope.ask:
        return _paid_as_known(scope)
    last_block = week_number(scope.question.last_day) // WEEKS_PER_BLOCK
    marks = {n: mark for n, mark in scope.partitions.blocks.items() if n <= last_block}

    def read(blocks: Sequence[int]) -> dict[int, list[Paid]]:
        found: dict[int, list[Paid]] = {}
        for block, market, packed in ask_for(scope, "paid_days", {"blocks": list(blocks)}):
            paid = Paid(market, block * WEEKS_PER_BLOCK, unpacked(packed, BITS))
            found.setdefault(block, []).append(paid)
        return found

    return [paid for of_block in scope.read("paid", marks, read).values() for paid in of_block]


def _paid_as_known(scope: Scope) -> list[Paid]:
    """Computed from evidence in slices. Refused: a history too long to be computed anew."""
    first, last = scope.scene.cut_off.first_day, scope.question.last_day
    if first is None:
        return []
    if (last - first).days > KNOWN_HISTORY_DAYS_MAX:
        raise Refused(
            f"known_on: {(last - first).days} days of evidence up to {last} would be computed anew,"
            f" at most {KNOWN_HISTORY_DAYS_MAX}"
        )
    params = {
        "ask": scope.ask,
        "known_at": scope.known_at,
        "window_days": scope.scene.fold.window_days,
        "amount_vnd_min": scope.scene.fold.amount_vnd_min,
    }
    found = []
    while first <= last:
        end = min(first + timedelta(days=KNOWN_SLICE_DAYS - 1), last)
        days = {"first_day": first, "last_day": end}
        for market, packed in ask_for(scope, "paid_days_known", params | days):
            found.append(Paid(market, week_number(first), unpacked(packed, MARK)))
        first = end + timedelta(days=1)
    return found


def read_figures(
    scope: Scope, first_day: date, last_day: date, *, payers_min: int
) -> list[Figures]:
    """The figures of all weeks of a range, with up to `payers_min` payers of a vendor on a day."""
    monday = first_day - timedelta(days=first_day.weekday())
    mondays = [monday + timedelta(weeks=n) for n in range((last_day - monday).days // 7 + 1)]
    weeks = scope.partitions.weeks
    marks = {(m, payers_min): weeks.get(m, 0) for m in mondays if scope.ask or m in weeks}

    def read(keys: Sequence[tuple[date, int]]) -> dict[tuple[date, int], Figures]:
        wanted = [monday for monday, _ in keys]
        params = {
            "ask": scope.ask,
            "first_day": min(wanted),
            "last_day": max(wanted) + timedelta(days=6),
            "weeks": wanted,
            "payers_min": payers_min,
        }
        return {
            (week, payers_min): Figures(unpacked(packed, FIGURE), unpacked(payers, np.uint64))
            for week, packed, payers in ask_for(scope, "window_payers", params)
        }

    return list(scope.read("figures", marks, read).values())


def ask_for(scope: Scope, name: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, given those of the parameters that it has."""
    text = statement(__package__, name)
    wanted = {key: value for key, value in params.items() if f"{{{key}:" in text}
    return scope.store.query(text, wanted)


def unpacked(text: str, dtype: Any) -> Records:
    """The records of a packed column."""
    return np.frombuffer(b64decode(text), dtype)
