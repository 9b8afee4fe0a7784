"""Balances prove amounts: each follows from the one before, and the opening one leads to the last.

A file may list its rows oldest first, newest first, or sorted by something else; in each case the
balances before its rows are the balances after its rows, but for the first and the last.
"""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.cloudevent import AMOUNT_VND_MAX


class Break(NamedTuple):
    """A balance that does not follow from that of another row, by how much."""

    line: int
    balance_vnd: int
    earlier_line: int
    expected_vnd: int


@dataclass(slots=True)
class _Order:
    """One way to go through the rows: how often a balance did not follow, and where first."""

    first: Break | None = None
    break_count: int = 0

    def check(self, found: Break) -> None:
        if found.balance_vnd != found.expected_vnd:
            self.break_count += 1
            self.first = self.first or found


@dataclass(slots=True)
class Chain:
    """The balances of one account, in the order of the file's rows."""

    oldest_first: _Order = field(default_factory=_Order)
    newest_first: _Order = field(default_factory=_Order)
    _last: tuple[int, int | None, int] | None = None  # line, balance before (if known) and after
    _before: "array[int]" = field(default_factory=lambda: array("q"))
    _after: "array[int]" = field(default_factory=lambda: array("q"))
    _unknown_count: int = 0

    def add(self, line: int, after_vnd: int | None, change_vnd: int | None) -> None:
        """The next row: the balance after it and by how much it changed, None where not known."""
        if after_vnd is None or abs(after_vnd) > AMOUNT_VND_MAX:
            self._add_without(change_vnd)
            return
        before = None if change_vnd is None else after_vnd - change_vnd
        if self._last is not None:
            last_line, last_before, last_after = self._last
            if change_vnd is not None:
                expected = last_after + change_vnd
                self.oldest_first.check(Break(line, after_vnd, last_line, expected))
            if last_before is not None:
                expected = last_before - last_after
                self.newest_first.check(Break(last_line, last_after, line, after_vnd - expected))
        if before is None:
            self._unknown_count += 1
        else:
            self._before.append(before)
            self._after.append(after_vnd)
        self._last = (line, before, after_vnd)

    def _add_without(self, change_vnd: int | None) -> None:
        """A row without a balance: nothing follows from it, and nothing to it."""
        if change_vnd != 0:
            self._last = None
            self._unknown_count += 1

    def first_break(self) -> Break | None:
        """Where the balances do not follow, in whatever order the rows are; None where they do."""
        orders = (self.oldest_first, self.newest_first)
        if any(each.break_count == 0 for each in orders) or self._is_one_chain():
            return None
        return min(orders, key=lambda each: each.break_count).first

    def _is_one_chain(self) -> bool:
        """Whether all rows follow each other in some order. Rows of unknown change could be any."""
        before, after = Counter(self._before), Counter(self._after)
        return self._unknown_count == 0 and (before - after).total() <= 1
