"""What the store says of all vendors, as arrays of records, whoever asks about which of them.

A vendor is named by the hash of his market and code. Days are counted from 1 January 1970, weeks
from Monday 29 December 1969. Folded partitions are read once (see `partition_cache`); what was put
down for a question "as known on" is read for it alone.
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.question.scope import Scope
from consumers.fold.dirty import days_of
from consumers.fold.projections import WEEKS_PER_BLOCK, week_number
from infra.errors import Refused
from schemas.message import Count, Day, Message

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


class Evidence(NamedTuple):
    """What the figures of a market on a day rest on: reports, and payments."""

    market: str
    received: int
    duplicate: int
    late: int
    conflict: int
    payments: int
    attributed: int


Census = dict[str, list[tuple[date, date, int]]]


@dataclass(frozen=True, slots=True)
class Paid:
    """Paid days of a market: `records` are BITS from `first_week` on, or MARKs of single days."""

    market: str
    first_week: int
    records: Records


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day's FIGUREs, and of each where in `payers` the hashes of its `told` payers begin."""

    records: Records
    begin: NDArray[np.int64]
    payers: NDArray[np.uint64]


def read_roster(scope: Scope) -> dict[str, Records]:
    """Market → SPANs: who had which stall, account or code, at any time."""

    def read(_: Sequence[str]) -> dict[str, dict[str, Records]]:
        rows = scope.rows("question/roster", {"ask": scope.ask})
        return {"": {market: unpacked(packed, SPAN) for market, packed in rows}}

    return scope.read("roster", {"": scope.scene.marks.spans}, read)[""]


def read_absent(scope: Scope) -> tuple[Records, Records, Records]:
    """MARKs of single days, of whole weeks and of whole months in which a vendor was not there."""

    def read(_: Sequence[str]) -> dict[str, tuple[Records, Records, Records]]:
        [(days, weeks, months)] = scope.rows("question/absences", {"ask": scope.ask})
        return {"": (unpacked(days, MARK), unpacked(weeks, MARK), unpacked(months, MARK))}

    return scope.read("absences", {"": scope.scene.marks.spans}, read)[""]


def read_census(scope: Scope) -> Census:
    """Market → (from, until, stalls), ascending."""

    def read(_: Sequence[str]) -> dict[str, Census]:
        found: Census = {}
        for market, stalls, first, after in scope.rows("question/census", {"ask": scope.ask}):
            found.setdefault(market, []).append((first, after, stalls))
        return {"": found}

    return scope.read("census", {"": scope.scene.marks.spans}, read)[""]


def read_paid(scope: Scope) -> list[Paid]:
    """Paid days up to the question's last day, and perhaps some after it."""
    if scope.ask:
        return _paid_as_known(scope)
    last_block = week_number(scope.question.last_day) // WEEKS_PER_BLOCK
    marks = {n: mark for n, mark in scope.scene.marks.blocks.items() if n <= last_block}

    def read(blocks: Sequence[int]) -> dict[int, list[Paid]]:
        found: dict[int, list[Paid]] = {}
        for block, market, packed in scope.rows("question/paid_days", {"blocks": list(blocks)}):
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
            Message(
                "refused.history",
                days=Count((last - first).days),
                last=Day(last),
                most=Count(KNOWN_HISTORY_DAYS_MAX),
            )
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
        for market, packed in scope.rows("question/paid_days_known", params | days):
            found.append(Paid(market, week_number(first), unpacked(packed, MARK)))
        first = end + timedelta(days=1)
    return found


def read_figures(
    scope: Scope, first_day: date, last_day: date, *, payers_min: int
) -> list[DayFigures]:
    """The figures of each day of a range, with up to `payers_min` payers of a vendor."""

    def read(keys: Sequence[tuple[date, int]]) -> dict[tuple[date, int], DayFigures]:
        days = [day for day, _ in keys]
        range_ = {"first_day": min(days), "last_day": max(days)}
        params = {"ask": scope.ask, "days": days, "payers_min": payers_min, **range_}
        return {
            (day, payers_min): figures_of(packed, payers)
            for day, packed, payers in scope.rows("question/window_payers", params)
        }

    marks = {(day, payers_min): mark for day, mark in _marked(scope, first_day, last_day).items()}
    return list(scope.read("figures", marks, read).values())


def read_evidence(scope: Scope, first_day: date, last_day: date) -> Iterator[Evidence]:
    """What the figures of each market on each day of a range rest on."""

    def read(days: Sequence[date]) -> dict[date, list[Evidence]]:
        range_ = {"first_day": min(days), "last_day": max(days)}
        params = {"ask": scope.ask, "days": list(days), **range_}
        found: dict[date, list[Evidence]] = {}
        for day, *numbers in scope.rows("question/health_beside", params):
            found.setdefault(day, []).append(Evidence(*numbers))
        return found

    for of_day in scope.read("evidence", _marked(scope, first_day, last_day), read).values():
        yield from of_day


def _marked(scope: Scope, first_day: date, last_day: date) -> dict[date, int | None]:
    """The days of a range on which there may be figures, with their marks."""
    days = days_of(first_day, last_day)
    folded = scope.scene.marks.days
    return {day: folded.get(day) for day in days if scope.ask or day in folded}


def figures_of(packed: str, payers: str) -> DayFigures:
    """A day's figures as the statement packs them."""
    records = np.frombuffer(b64decode(packed), FIGURE)
    begin = np.cumsum(records["told"], dtype=np.int64) - records["told"]
    order = np.argsort(records["vendor"])
    return DayFigures(records[order], begin[order], np.frombuffer(b64decode(payers), np.uint64))


def unpacked(text: str, dtype: Any) -> Records:
    """The records of a packed column, by vendor: those that are sorted are found much faster."""
    records = np.frombuffer(b64decode(text), dtype)
    return records[np.argsort(records["vendor"], kind="stable")]


def joined(parts: Iterable[Records], dtype: Any) -> Records:
    """The records of all parts; as bytes, for records are copied field by field."""
    whole = [np.empty(0, np.uint8), *(part.view(np.uint8) for part in parts)]
    return np.concatenate(whole).view(dtype)
