"""Which rows of a file are known already: the ledger has their events from an earlier delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from producers.csv_import.understand import Understanding
from schemas.calendar import LOCAL

KEY_DIGITS = ((0, 8), (9, 13), (15, 18))  # of an event's id: sixty of its bits


class Retraction(NamedTuple):
    """By whom, when and why a delivery was taken back."""

    who: str
    at: datetime
    why: str


class Ledger(Protocol):
    """What an import asks of what was stored before it."""

    def retraction(self, delivery: str) -> Retraction | None:
        """Whether the delivery was retracted."""
        ...

    def known(self, source: str, first_day: date, last_day: date) -> dict[str, Sequence[int]]:
        """Keys (`event_key`) of the source's events on these days that hold, by their delivery."""
        ...


def event_key(event_id: str) -> int:
    """Sixty bits of an event's id: small enough to keep a million of them."""
    return int("".join([event_id[first:after] for first, after in KEY_DIGITS]), 16)


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """Events of the file's source and days, with the delivery that told each ('' for none)."""

    tellers: dict[int, str]

    def by(self, event_id: str) -> str | None:
        """Which delivery told this event; None where it is new."""
        return self.tellers.get(event_key(event_id)) if self.tellers else None


def told_before(ledger: Ledger | None, source: str, understood: Understanding) -> ToldBefore:
    """Asks once, for all the days of the file."""
    first, last = understood.first_at, understood.last_at
    if ledger is None or first is None or last is None:
        return ToldBefore({})
    days = first.astimezone(LOCAL).date(), last.astimezone(LOCAL).date()
    found = ledger.known(source, *days)
    return ToldBefore({key: teller for teller, keys in found.items() for key in keys})
