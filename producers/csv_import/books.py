"""The books of an import: every line of the file is in one outcome, and so is every đồng.

    lines read = blank + preamble + header + skipped + known + rejected + published + stopped

The first reading counts the file as a whole, the second one counts what became of each row; that
both are equal is asserted here and nowhere else.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from typing import Literal, NamedTuple, get_args

from schemas.delivery import OutcomeName

Outcome = Literal[
    "blank", "preamble", "header", "skipped", "known", "rejected", "published", "stopped"
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
TOLD_BEFORE = "the ledger has it from an earlier delivery; told again, so that this one has it too"
REASONS_MAX = 90  # told one by one; a map with more rules has the rest together
OTHERS = "other reasons"


class Entry(NamedTuple):
    """One row: its lines, and its money as the file's columns say it.

    `is_unread`: there may be money in it, which cannot be read. `change_vnd`: by how much it
    changed the balance.
    """

    line_count: int
    in_vnd: int = 0
    out_vnd: int = 0
    is_unread: bool = False
    change_vnd: int = 0


@dataclass(slots=True)
class Sum:
    """Entries added up."""

    row_count: int = 0
    line_count: int = 0
    in_vnd: int = 0
    out_vnd: int = 0
    change_vnd: int = 0
    unread_count: int = 0

    def add(self, entry: Entry, times: int = 1) -> None:
        """Add the entry, or take it away with `times` -1."""
        self.row_count += times
        self.line_count += times * entry.line_count
        self.in_vnd += times * entry.in_vnd
        self.out_vnd += times * entry.out_vnd
        self.change_vnd += times * entry.change_vnd
        self.unread_count += times * entry.is_unread

    def plus(self, other: "Sum") -> "Sum":
        """Both together."""
        return Sum(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(slots=True)
class Books:
    """What became of the rows, by outcome."""

    sums: dict[Outcome, Sum] = field(default_factory=lambda: {each: Sum() for each in OUTCOMES})
    _reasons: dict[tuple[Outcome, str], Sum] = field(default_factory=dict)

    def add(self, outcome: Outcome, entry: Entry, reason: str = "") -> None:
        """One row more."""
        self.sums[outcome].add(entry)
        if reason:
            key = outcome, reason
            is_many = len(self._reasons) >= REASONS_MAX and reason != TOLD_BEFORE
            if is_many and key not in self._reasons:
                key = outcome, OTHERS
            self._reasons.setdefault(key, Sum()).add(entry)

    def told(self) -> Iterator[tuple[OutcomeName, str, Sum]]:
        """The books as the delivery tells them: what it published, whoever told that before."""
        published = self._reasons.get(("known", TOLD_BEFORE), Sum()).plus(self.sums["published"])
        outcomes: tuple[OutcomeName, ...] = get_args(OutcomeName)
        for outcome in outcomes:
            each = published if outcome == "published" else self.sums[outcome]
            reasons = sorted(key for key in self._reasons if key[0] == outcome)
            for key in reasons:
                if key[1] != TOLD_BEFORE:
                    yield outcome, key[1], self._reasons[key]
            if not reasons and each != Sum():
                yield outcome, "", each

    def stop(self, entry: Entry, *, is_known: bool) -> None:
        """A row that was to be published was not acknowledged."""
        self.sums["known" if is_known else "published"].add(entry, -1)
        if is_known:
            self._reasons["known", TOLD_BEFORE].add(entry, -1)
        self.sums["stopped"].add(entry)

    def total(self) -> Sum:
        """All outcomes together."""
        whole = Sum()
        for each in self.sums.values():
            whole = whole.plus(each)
        return whole

    def close(self, whole: Sum, *, is_complete: bool) -> None:
        """The law: all outcomes together are the whole file. What was not reached is `stopped`."""
        if not is_complete:
            rest = zip(astuple(whole), astuple(self.total()), strict=True)
            was = astuple(self.sums["stopped"])
            self.sums["stopped"] = Sum(
                *(there + a - b for there, (a, b) in zip(was, rest, strict=True))
            )
        assert self.total() == whole, f"unaccounted for: {whole} in the file, {self.total()} found"
        assert all(each.row_count >= 0 <= each.line_count for each in self.sums.values()), (
            f"{self.sums}"
        )
