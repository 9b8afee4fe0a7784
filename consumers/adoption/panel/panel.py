"""Vendors as rows of arrays: their groups, their paid days, their stalls, accounts and codes.

Days are counted from 1 January 1970, weeks from Monday 29 December 1969, as in `vendor_bits`. A
vendor who trades in two markets is two vendors.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.fold.projections import WEEK_ZERO

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

EPOCH = date(1970, 1, 1)
DAYS_PER_WEEK = 7
MONDAY_ZERO = (WEEK_ZERO - EPOCH).days


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
    the question's last day. `market` indexes `markets`. `hashes` are those of `ascending` in the
    order of the rows: the n-th one ascending is the vendor of row `order[n]`.
    """

    markets: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    hashes: NDArray[np.uint64]
    ascending: NDArray[np.uint64]
    order: Ints
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
        place = np.minimum(np.searchsorted(self.ascending, hashes), max(0, self.count - 1))
        found = np.full(len(hashes), -1, np.int64)
        if self.count:
            is_there = self.ascending[place] == hashes
            found[is_there] = self.order[place[is_there]]
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
