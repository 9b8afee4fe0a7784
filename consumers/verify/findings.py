"""What verify can find wrong, and what would mend it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from consumers.sink.cutting import Island


@dataclass(frozen=True, slots=True)
class Offsets:
    """A run of offsets of one log: [first, after)."""

    topic_id: str
    partition: int
    first: int
    after: int

    def __str__(self) -> str:
        run = f"offset {self.first}"
        if self.after - self.first > 1:
            run = f"offsets {self.first} to {self.after - 1}"
        return f"log {self.topic_id}-{self.partition}, {run}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: which check, which subject, what is the fact, and what mends it.

    `load`: offsets that are missing and must be read from the log. `reload`: offsets whose rows
    are wrong and must be replaced by what the log holds. `refold`: a day to be folded again.
    `log_id`: a log whose entry in `topic_log` must be written anew, or dropped. `remake`: what the
    fold keeps beside the figures ("spans", "bits", or the "events" of the day to be folded again)
    and must make again. A finding with none of these can only be told.
    """

    check: str
    subject: str
    fact: str
    load: Offsets | None = None
    reload: Offsets | None = None
    refold: date | None = None
    log_id: str | None = None
    remake: Literal["spans", "bits", "events"] | None = None

    @property
    def can_be_mended(self) -> bool:
        """Whether there is anything to try."""
        return any((self.load, self.reload, self.refold, self.log_id, self.remake))

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
class VerifyReport:
    """The outcome of one verify."""

    findings: list[Finding] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    days_checked: int = 0
    deliveries_proven: int = 0
    offsets_covered: int = 0
    records_compared: int = 0  # with the log itself, and judged anew
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


def merged(places: Iterable[Offsets], *, apart_max: int = 0) -> list[Offsets]:
    """The same offsets in as few runs as possible, in order.

    Runs with at most `apart_max` other offsets between them become one.
    """
    found: list[Offsets] = []
    order = sorted(places, key=lambda p: (p.topic_id, p.partition, p.first, p.after))
    for place in order:
        last = found[-1] if found else None
        same_log = last and (last.topic_id, last.partition) == (place.topic_id, place.partition)
        if last and same_log and place.first <= last.after + apart_max:
            found[-1] = replace(last, after=max(last.after, place.after))
        elif place.first < place.after:
            found.append(place)
    return found


def within(place: Offsets, begin: int, end: int) -> Offsets | None:
    """The part of a run that lies in [begin, end)."""
    first, after = max(place.first, begin), min(place.after, end)
    return replace(place, first=first, after=after) if first < after else None


def cut(place: Offsets, *, offsets_max: int) -> list[Offsets]:
    """A run in parts of bounded size."""
    firsts = range(place.first, place.after, offsets_max)
    return [
        replace(place, first=first, after=min(first + offsets_max, place.after)) for first in firsts
    ]


def meet(one: Offsets, other: Offsets) -> bool:
    """Whether two runs have an offset in common."""
    same = (one.topic_id, one.partition) == (other.topic_id, other.partition)
    return same and one.first < other.after and other.first < one.after


def without(place: Offsets, offsets: Iterable[int]) -> list[Offsets]:
    """What is left of a run when some of its offsets are taken out."""
    found = []
    first = place.first
    for offset in [*sorted(set(offsets)), place.after]:
        if place.first <= offset <= place.after:
            if first < offset:
                found.append(replace(place, first=first, after=offset))
            first = offset + 1
    return found


def described(run: Mapping[str, object], *, named_max: int) -> list[tuple[Offsets, str]]:
    """The places that one row of a check names: each offset where they are few, else their run.

    A row has topic_id, partition, offsets (some), record_count, first, last and fact.
    """
    topic_id, partition = str(run["topic_id"]), int(str(run["partition"]))
    offsets, fact = run["offsets"], str(run["fact"])
    count = int(str(run["record_count"]))
    assert isinstance(offsets, list)
    if count <= min(named_max, len(offsets)):
        places = (Offsets(topic_id, partition, offset, offset + 1) for offset in sorted(offsets))
        return [(place, fact) for place in places]
    first, last = int(str(run["first"])), int(str(run["last"]))
    return [(Offsets(topic_id, partition, first, last + 1), f"{count} records: {fact}")]
