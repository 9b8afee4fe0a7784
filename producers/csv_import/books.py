"""The books of an import: every line of the file is in one outcome, and so is every đồng.

    lines read = blank + preamble + header + skipped + known + rejected + published + stopped

The first reading counts the file as a whole, the second one counts what became of each row; that
both are equal is asserted here and nowhere else.
"""

from dataclasses import astuple, dataclass, field
from typing import Literal, NamedTuple, get_args

Outcome = Literal[
    "blank", "preamble", "header", "skipped", "known", "rejected", "published", "stopped"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Entry(NamedTuple):
    """One row: its lines, and its money as the file's columns say it.

    `is_unread`: there may be money in it, which cannot be read.
    """

    line_count: int
    in_vnd: int = 0
    out_vnd: int = 0
    is_unread: bool = False


@dataclass(slots=True)
class Sum:
    """Entries added up."""

    row_count: int = 0
    line_count: int = 0
    in_vnd: int = 0
    out_vnd: int = 0
    unread_count: int = 0

    def add(self, entry: Entry, times: int = 1) -> None:
        """Add the entry, or take it away with `times` -1."""
        self.row_count += times
        self.line_count += times * entry.line_count
        self.in_vnd += times * entry.in_vnd
        self.out_vnd += times * entry.out_vnd
        self.unread_count += times * entry.is_unread


@dataclass(slots=True)
class Books:
    """What became of the rows, by outcome."""

    sums: dict[Outcome, Sum] = field(default_factory=lambda: {each: Sum() for each in OUTCOMES})

    def add(self, outcome: Outcome, entry: Entry) -> None:
        """One row more."""
        self.sums[outcome].add(entry)

    def move(self, entry: Entry, *, source: Outcome, target: Outcome) -> None:
        """A row's outcome turned out to be another one."""
        self.sums[source].add(entry, -1)
        self.sums[target].add(entry)

    def total(self) -> Sum:
        """All outcomes together."""
        columns = zip(*(astuple(each) for each in self.sums.values()), strict=True)
        return Sum(*(sum(column) for column in columns))

    def close(self, whole: Sum, *, is_complete: bool) -> None:
        """The law: all outcomes together are the whole file. What was not reached is `stopped`."""
        if not is_complete:
            rest = zip(astuple(whole), astuple(self.total()), strict=True)
            was = astuple(self.sums["stopped"])
            self.sums["stopped"] = Sum(
                *(there + a - b for there, (a, b) in zip(was, rest, strict=True))
            )
        assert self.total() == whole, f"unaccounted for: {whole} in the file, {self.total()} found"
        assert all(min(astuple(each)) >= 0 for each in self.sums.values()), f"{self.sums}"
