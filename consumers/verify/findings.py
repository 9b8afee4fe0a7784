"""What verify can find wrong, and what would mend it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from consumers.sink.cutting import Island


@dataclass(frozen=True, slots=True)
class Offsets:
    """A run of offsets of one log to be read again: [first, after)."""

    topic_id: str
    partition: int
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: which check, which subject, what is the fact, and what mends it."""

    check: str
    subject: str
    fact: str
    reload: Offsets | None = None
    refold: date | None = None

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: {self.fact}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of every record: received = applied + duplicate + rejected."""

    received_count: int = 0
    admitted_count: int = 0
    applied_count: int = 0
    duplicate_count: int = 0
    rejected_count: int = 0


@dataclass(slots=True)
class Report:
    """The outcome of one verify."""

    findings: list[Finding] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    days_checked: int = 0
    offsets_covered: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing wrong was found."""
        return not self.findings


def holes(islands: Sequence[Island], *, begin: int, end: int | None) -> list[tuple[int, int]]:
    """Runs of offsets [first, after) from `begin` that no island covers, up to `end`.

    Without an `end` the last island's end counts as the end.
    """
    found = []
    at = begin
    for first, after in islands:
        if first > at and (end is None or at < end):
            found.append((at, first if end is None else min(first, end)))
        at = max(at, after)
    if end is not None and at < end:
        found.append((at, end))
    return found
