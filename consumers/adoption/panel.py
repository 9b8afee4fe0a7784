"""Vendors as rows of arrays: their groups, their paid days, their stalls, accounts and absences.

Days are counted from 1 January 1970, weeks from Monday 29 December 1969, as in `vendor_bits`. A
vendor who trades in two markets is two vendors.
"""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.answer import By
from consumers.adoption.scope import Scope
from consumers.fold.projections import WEEK_ZERO, WEEKS_PER_BLOCK, week_number
from consumers.sql import statement
from infra.errors import Refused

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

EPOCH = date(1970, 1, 1)
NOBODY = 0  # the hash of no vendor, and of no stall
STALL_CODE, ACCOUNT, QR = 1, 2, 3
DAYS_PER_WEEK = 7
MONDAY_ZERO = (WEEK_ZERO - EPOCH).days
KNOWN_SLICE_DAYS = 28  # computed at once, so that memory stays flat
KNOWN_HISTORY_DAYS_MAX = 1_100
_BITS = np.dtype([("vendor", "<u8"), ("days", "u1", (WEEKS_PER_BLOCK,))])
_SPAN = np.dtype(
    [("vendor", "<u8"), ("stall", "<u8"), ("first", "<u2"), ("after", "<u2"), ("kind", "<u2")]
)
MARK = np.dtype([("vendor", "<u8"), ("number", "<u2")])


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
class Packed:
    """Records of a part of a group. `head`: market, whether the group is within it, group."""

    head: tuple[Any, ...]
    records: NDArray[Any]
    first_week: int = 0

    @property
    def group(self) -> tuple[str, str]:
        """(market, '' where the group spans markets; group)."""
        market, is_within, group = self.head
        return (market if is_within else "", group)

    def fill(self, panel: "Panel") -> None:
        """Copy paid days into the panel's weeks: bytes of a block, or days one by one."""
        rows = panel.rows_of(self.records["vendor"])
        if self.records.dtype == MARK:
            days = self.records["number"].astype(np.int64) - MONDAY_ZERO
            bit = np.left_shift(1, days % DAYS_PER_WEEK).astype(np.uint8)
            np.bitwise_or.at(panel.weeks, (rows, days // DAYS_PER_WEEK - panel.first_week), bit)
            return
        left = self.first_week - panel.first_week
        kept = min(WEEKS_PER_BLOCK, panel.weeks.shape[1] - left)
        panel.weeks[rows, left : left + kept] = self.records["days"][:, :kept]


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


def read_panel(scope: Scope, *, by: By | None = None, with_spans: bool = True) -> Panel:
    """The vendors that a question is about, grouped as it asks, as of its last day."""
    question = scope.question
    params = scope.params(question.first_day, question.last_day, by)
    last_week = week_number(question.last_day)
    paid = read_known(scope, params) if scope.ask else read_folded(scope, params, last_week)
    spans = [
        Packed(row[:3], np.frombuffer(b64decode(row[3]), _SPAN))
        for row in (ask_for(scope, "roster", params) if with_spans else [])
    ]
    told = [*paid, *spans]
    markets = tuple(sorted({part.head[0] for part in told}))
    groups = tuple(sorted({part.group for part in told}))
    place = {market: n for n, market in enumerate(markets)}
    number = {group: n for n, group in enumerate(groups)}

    hashes = np.concatenate([np.empty(0, np.uint64), *(part.records["vendor"] for part in told)])
    sizes = [len(part.records) for part in told]
    of_market = np.repeat([place[part.head[0]] for part in told], sizes).astype(np.int64)
    of_group = np.repeat([number[part.group] for part in told], sizes).astype(np.int64)
    unique, at = np.unique(hashes, return_index=True)
    is_somebody = unique != NOBODY
    unique, at = unique[is_somebody], at[is_somebody]
    by_group = np.argsort(of_group[at], kind="stable")
    at = at[by_group]
    order = np.empty(len(unique), np.int64)
    order[by_group] = np.arange(len(unique))

    first_week = min((part.first_week for part in paid), default=last_week)
    panel = Panel(
        markets=markets,
        groups=groups,
        hashes=unique[by_group],
        ascending=unique,
        order=order,
        market=of_market[at],
        group=of_group[at],
        first_week=first_week,
        weeks=np.zeros((len(unique), last_week - first_week + 1), np.uint8),
        spans=_NO_SPANS,
    )
    for part in joined(paid):
        part.fill(panel)
    panel.weeks[:, -1] &= np.uint8((2 << question.last_day.weekday()) - 1)
    if not spans:
        return panel
    return _with_spans(panel, spans, of_market[len(of_market) - sum(sizes[len(paid) :]) :])


def joined(parts: Sequence[Packed]) -> list[Packed]:
    """The records of all groups together, by their first week: to be filled in at once."""
    alike: dict[int, list[NDArray[Any]]] = {}
    for part in parts:
        alike.setdefault(part.first_week, []).append(part.records)
    return [Packed((), np.concatenate(records), week) for week, records in alike.items()]


def marks(panel: Panel, packed: str) -> tuple[Ints, Ints]:
    """Rows and numbers of packed records of `absences`, without vendors who are not there."""
    records = np.frombuffer(b64decode(packed), MARK)
    rows = panel.rows_of(records["vendor"])
    is_there = rows >= 0
    return rows[is_there], records["number"][is_there].astype(np.int64)


def read_folded(scope: Scope, params: dict[str, Any], last_week: int) -> list[Packed]:
    """Paid days as the fold keeps them."""
    rows = ask_for(scope, "paid_days", params | {"last_block": last_week // WEEKS_PER_BLOCK})
    return [
        Packed(row[:3], np.frombuffer(b64decode(row[4]), _BITS), row[3] * WEEKS_PER_BLOCK)
        for row in rows
    ]


def read_known(scope: Scope, params: dict[str, Any]) -> list[Packed]:
    """Paid days as they were known at the question's moment, computed from evidence in slices.

    Refused: a history that is too long to be computed anew.
    """
    first, last = scope.scene.cut_off.first_day, scope.question.last_day
    if first is None:
        return []
    if (last - first).days > KNOWN_HISTORY_DAYS_MAX:
        raise Refused(
            f"known_on: {(last - first).days} days of evidence up to {last} would be computed anew,"
            f" at most {KNOWN_HISTORY_DAYS_MAX}"
        )
    params = params | {
        "known_at": scope.known_at,
        "window_days": scope.scene.fold.window_days,
        "amount_vnd_min": scope.scene.fold.amount_vnd_min,
    }
    found = []
    while first <= last:
        end = min(first + timedelta(days=KNOWN_SLICE_DAYS - 1), last)
        for row in ask_for(
            scope, "paid_days_known", params | {"first_day": first, "last_day": end}
        ):
            records = np.frombuffer(b64decode(row[3]), MARK)
            found.append(Packed(row[:3], records, week_number(first)))
        first = end + timedelta(days=1)
    return found


def ask_for(scope: Scope, name: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, given those of the parameters that it has."""
    text = statement(__package__, name)
    wanted = {key: value for key, value in params.items() if f"{{{key}:" in text}
    return scope.store.query(text, wanted)


_NONE = np.empty(0, np.int64)
_NO_SPANS = Spans(_NONE, _NONE, np.empty(0, np.uint64), _NONE, _NONE, _NONE)


def _with_spans(panel: Panel, parts: Sequence[Packed], of_market: Ints) -> Panel:
    told = np.concatenate([part.records for part in parts])
    return replace(
        panel,
        spans=Spans(
            vendor=panel.rows_of(told["vendor"]),
            market=of_market,
            stall=told["stall"],
            first=told["first"].astype(np.int64),
            after=told["after"].astype(np.int64),
            kind=told["kind"].astype(np.int64),
        ),
    )
