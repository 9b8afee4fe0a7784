"""Which days must be folded again? Derived from evidence and from what was folded. Pure.

A day is dirty when its evidence, the registry as valid on it, or the rule differs from what its
figures were folded from, or when it and another day disagree about the payments that they share.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Pair = tuple[date, date]
Run = tuple[date, date]  # consecutive days of one week, first and last

# So much evidence is computed in one statement, so that memory stays flat; a day is never split.
RUN_EVIDENCE_MAX = 300_000


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Counts and wrapping sums of hashes over all evidence that names a day.

    `evidence_hash` has in it which of the day's events name several payments.
    """

    evidence_count: int
    evidence_hash: int
    compensation_count: int
    compensation_hash: int


NOTHING = Fingerprint(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class DayState:
    """What a day's figures were folded from. `links`: other days and a hash of what is shared.

    `paid_mark`: a hash of the day with the vendors who were paid on it, 0 where nobody was.
    """

    fingerprint: Fingerprint
    registry_hash: int
    rule_version: int
    paid_mark: int
    links: Mapping[date, int]


def dirty_days(
    fingerprints: Mapping[date, Fingerprint],
    states: Mapping[date, DayState],
    *,
    registry_hash: Callable[[date], int],
    rule_version: int,
) -> set[date]:
    """Days whose own inputs changed, or that were never folded."""
    return unread_days(fingerprints, states, rule_version=rule_version) | {
        day for day, state in states.items() if state.registry_hash != registry_hash(day)
    }


def unread_days(
    fingerprints: Mapping[date, Fingerprint],
    states: Mapping[date, DayState],
    *,
    rule_version: int,
) -> set[date]:
    """Of these, days whose evidence changed, or that were not folded by the rule as it is."""
    return {
        day
        for day in fingerprints.keys() | states.keys()
        if day not in states
        or states[day].fingerprint != fingerprints.get(day, NOTHING)
        or states[day].rule_version != rule_version
    }


def disagreements(states: Mapping[date, DayState]) -> set[Pair]:
    """Pairs of folded days (earlier, later) whose hashes of shared payments differ."""
    return {
        (min(day, other), max(day, other))
        for day, state in states.items()
        for other, shared in state.links.items()
        if other in states and states[other].links.get(day, 0) != shared
    }


def week_of(day: date) -> date:
    """The Monday of the week: the partition of `day_fold` that the day is in."""
    return day - timedelta(days=day.weekday())


def by_week(days: set[date]) -> list[tuple[date, list[date]]]:
    """Weeks with their dirty days, newest first: what people look at is folded first."""
    weeks: dict[date, list[date]] = {}
    for day in sorted(days, reverse=True):
        weeks.setdefault(week_of(day), []).append(day)
    return list(weeks.items())


def evidence_counts(fingerprints: Mapping[date, Fingerprint]) -> dict[date, int]:
    """How many records name each day."""
    return {day: f.evidence_count + f.compensation_count for day, f in fingerprints.items()}


def runs(days: Iterable[date], counts: Mapping[date, int]) -> list[Run]:
    """The days as runs that `day_figures` computes at once, ascending.

    A run ends where a day is missing, with the week, and before its evidence is too much.
    """
    found: list[Run] = []
    evidence = 0
    for day in sorted(set(days)):
        evidence += counts.get(day, 0)
        if (
            found
            and day - found[-1][1] == timedelta(days=1)
            and day.weekday() != 0
            and evidence <= RUN_EVIDENCE_MAX
        ):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
            evidence = counts.get(day, 0)
    return found


def days_of(first: date, last: date) -> list[date]:
    """The days from `first` to `last`."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
