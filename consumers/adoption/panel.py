"""Vendors as rows of arrays: their groups, their paid days, their stalls, accounts and absences.

Days are counted from 1 January 1970, weeks from Monday 29 December 1969, as in `vendor_bits`. A
vendor who trades in two markets is two vendors.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.answer import By
from consumers.adoption.scope import Scope
from consumers.fold.projections import WEEK_ZERO, WEEKS_PER_BLOCK, week_number
from consumers.sql import statement

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

EPOCH = date(1970, 1, 1)
NOBODY = 0  # the hash of no vendor, and of no stall
STALL_CODE, ACCOUNT, QR = 1, 2, 3
DAYS_PER_WEEK = 7
MONDAY_ZERO = (WEEK_ZERO - EPOCH).days
_BITS = np.dtype([("vendor", "<u8"), ("days", "u1", (WEEKS_PER_BLOCK,))])
_SPAN = np.dtype(
    [("vendor", "<u8"), ("stall", "<u8"), ("first", "<u2"), ("after", "<u2"), ("kind", "<u2")]
)
_MARK = np.dtype([("vendor", "<u8"), ("number", "<u2")])


def day_number(day: date) -> int:
    """Days since 1 January 1970."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """The day of a number."""
    return EPOCH + timedelta(days=int(day))


def week_start(week: int) -> date:
    """The Monday of a week."""
    return WEEK_ZERO + timedelta(weeks=int(week))


@dataclass(frozen=True, slots=True)
class Spans:
    """Intervals [first, after) of days in which a vendor had a stall's code, an account or a code.

    `vendor` are rows of the panel, -1 for a code that was issued to nobody named.
    """

    vendor: Ints
    market: Ints
    stall: NDArray[np.uint64]
    first: Ints
    after: Ints
    kind: Ints

    def on(self, day: int) -> Bools:
        """Those in force on a day."""
        return (self.first <= day) & (day < self.after)


@dataclass(frozen=True, slots=True)
class Panel:
    """Vendors, ascending by group. `starts` are the first rows of each group.

    `weeks` has a byte for each week from `first_week` on and a bit for each paid day of it, up to
    the question's last day. `market` indexes `markets`.
    """

    markets: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    hashes: NDArray[np.uint64]
    market: Ints
    group: Ints
    first_week: int
    weeks: Bytes
    spans: Spans

    @property
    def count(self) -> int:
        """How many vendors there are."""
        return len(self.hashes)

    def rows_of(self, hashes: NDArray[np.uint64]) -> Ints:
        """The rows of these vendors, -1 for those who are not there."""
        order = np.argsort(self.hashes)
        ascending = self.hashes[order]
        place = np.minimum(np.searchsorted(ascending, hashes), max(0, self.count - 1))
        found = np.full(len(hashes), -1, np.int64)
        if self.count:
            is_there = ascending[place] == hashes
            found[is_there] = order[place[is_there]]
        return found

    def paid_days(self, first: int, last: int) -> Bools:
        """Who was paid on which of the days from `first` to `last` (day numbers)."""
        low = (first - MONDAY_ZERO) // DAYS_PER_WEEK
        high = (last - MONDAY_ZERO) // DAYS_PER_WEEK
        cut = np.zeros((self.count, high - low + 1), np.uint8)
        begin, end = max(low, self.first_week), min(high + 1, self.first_week + self.weeks.shape[1])
        if begin < end:
            kept = self.weeks[:, begin - self.first_week : end - self.first_week]
            cut[:, begin - low : end - low] = kept
        weeks = cut.shape[1]
        bits = np.unpackbits(cut, axis=1, bitorder="little").reshape(self.count, weeks, 8)
        days = bits[:, :, :DAYS_PER_WEEK].reshape(self.count, weeks * DAYS_PER_WEEK).astype(bool)
        offset = first - (MONDAY_ZERO + low * DAYS_PER_WEEK)
        return days[:, offset : offset + last - first + 1]

    def first_paid(self) -> Ints:
        """The day number of each vendor's first payment, -1 for who was never paid."""
        found = np.full(self.count, -1, np.int64)
        is_paid = self.weeks.any(axis=1) if self.weeks.size else np.zeros(self.count, bool)
        rows = np.flatnonzero(is_paid)
        week = (self.weeks[rows] != 0).argmax(axis=1)
        mask = self.weeks[rows, week]
        bit = np.unpackbits(mask[:, None], axis=1, bitorder="little").argmax(axis=1)
        found[rows] = MONDAY_ZERO + (self.first_week + week) * DAYS_PER_WEEK + bit
        return found

    def sums(self, counted: NDArray[Any]) -> NDArray[np.int64]:
        """Columns summed within each group: rows are groups. A vector gives a vector."""
        shape = (len(self.groups), *counted.shape[1:])
        found = np.zeros(shape, np.int64)
        if self.count:
            starts = np.flatnonzero(np.diff(self.group, prepend=-1))
            summed = np.add.reduceat(counted.astype(np.int64), starts, axis=0)
            found[self.group[starts]] = summed
        return found


def read_panel(scope: Scope, *, by: By | None = None, with_spans: bool = True) -> Panel:
    """The vendors that a question is about, grouped as it asks, as of its last day."""
    question = scope.question
    params = scope.params(question.first_day, question.last_day, by)
    last_week = week_number(question.last_day)
    bits = _ask(scope, "paid_days", params | {"last_block": last_week // WEEKS_PER_BLOCK})
    spans = _ask(scope, "roster", params) if with_spans else []
    markets = tuple(sorted({row[0] for row in bits} | {row[0] for row in spans}))
    groups = tuple(sorted({_group(row) for row in bits} | {_group(row) for row in spans}))
    place = {market: n for n, market in enumerate(markets)}
    number = {group: n for n, group in enumerate(groups)}

    records = [np.frombuffer(b64decode(row[4]), _BITS) for row in bits]
    links = [np.frombuffer(b64decode(row[3]), _SPAN) for row in spans]
    hashes = np.concatenate(
        [np.empty(0, np.uint64), *(r["vendor"] for r in records), *(s["vendor"] for s in links)]
    )
    sizes = [len(found) for found in (*records, *links)]
    of_market = np.repeat([place[row[0]] for row in (*bits, *spans)], sizes).astype(np.int64)
    of_group = np.repeat([number[_group(row)] for row in (*bits, *spans)], sizes).astype(np.int64)
    unique, at = np.unique(hashes, return_index=True)
    is_somebody = unique != NOBODY
    unique, at = unique[is_somebody], at[is_somebody]
    order = np.argsort(of_group[at], kind="stable")
    unique, at = unique[order], at[order]

    blocks = [row[3] for row in bits]
    first_block = min(blocks, default=last_week // WEEKS_PER_BLOCK)
    width = (last_week - first_block * WEEKS_PER_BLOCK) + 1
    panel = Panel(
        markets=markets,
        groups=groups,
        hashes=unique,
        market=of_market[at],
        group=of_group[at],
        first_week=first_block * WEEKS_PER_BLOCK,
        weeks=np.zeros((len(unique), width), np.uint8),
        spans=_NO_SPANS,
    )
    _fill(panel, blocks, records, question.last_day)
    if not links:
        return panel
    return _with_spans(panel, links, of_market[len(of_market) - sum(map(len, links)) :])


def marks(panel: Panel, packed: str) -> tuple[Ints, Ints]:
    """Rows and numbers of packed records of `absences`, without vendors who are not there."""
    records = np.frombuffer(b64decode(packed), _MARK)
    rows = panel.rows_of(records["vendor"])
    is_there = rows >= 0
    return rows[is_there], records["number"][is_there].astype(np.int64)


def _fill(panel: Panel, blocks: Sequence[int], records: Sequence[Any], last_day: date) -> None:
    """Copy the bytes of every block into the panel's weeks, and cut off what is after the day."""
    width = panel.weeks.shape[1]
    for block, found in zip(blocks, records, strict=True):
        rows = panel.rows_of(found["vendor"])
        left = block * WEEKS_PER_BLOCK - panel.first_week
        kept = min(WEEKS_PER_BLOCK, width - left)
        panel.weeks[rows, left : left + kept] = found["days"][:, :kept]
    if width:
        panel.weeks[:, -1] &= np.uint8((2 << last_day.weekday()) - 1)


_NONE = np.empty(0, np.int64)
_NO_SPANS = Spans(_NONE, _NONE, np.empty(0, np.uint64), _NONE, _NONE, _NONE)


def _with_spans(panel: Panel, links: Sequence[Any], of_market: Ints) -> Panel:
    told = np.concatenate(links)
    return Panel(
        markets=panel.markets,
        groups=panel.groups,
        hashes=panel.hashes,
        market=panel.market,
        group=panel.group,
        first_week=panel.first_week,
        weeks=panel.weeks,
        spans=Spans(
            vendor=panel.rows_of(told["vendor"]),
            market=of_market,
            stall=told["stall"],
            first=told["first"].astype(np.int64),
            after=told["after"].astype(np.int64),
            kind=told["kind"].astype(np.int64),
        ),
    )


def _group(row: tuple[Any, ...]) -> tuple[str, str]:
    """(market, '' where the group spans markets; group)."""
    market, is_within, group = row[:3]
    return (market if is_within else "", group)


def _ask(scope: Scope, name: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    text = statement(__package__, name)
    wanted = {key: value for key, value in params.items() if f"{{{key}:" in text}
    return scope.store.query(text, wanted)
