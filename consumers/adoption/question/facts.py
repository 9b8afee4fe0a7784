"""The short part of the registry: which markets there are, their kinds, when they are closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from consumers.sql import statement
from infra.clickhouse import Store

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class MarketFact:
    """What a market is called from `since` until the day before `until`."""

    market: str
    name: str
    kind: str
    area: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Facts:
    """As known at one moment. A day that is not in `closed` is open."""

    markets: tuple[MarketFact, ...]
    closed: Mapping[str, frozenset[date]]

    def on(self, day: date) -> dict[str, MarketFact]:
        """The markets that the registry knows on a day, by code, ascending."""
        return {fact.market: fact for fact in self.markets if fact.since <= day < fact.until}

    def open_days(self, market: str, first_day: date, last_day: date) -> int:
        """Days of the range on which the market was open, from when the registry first knows it."""
        since = [fact.since for fact in self.markets if fact.market == market]
        first = max(first_day, min(since, default=first_day))
        days = max(0, (last_day - first).days + 1)
        closed = self.closed.get(market, frozenset())
        return days - sum(first <= day <= last_day for day in closed)

    def is_open(self, market: str, day: date) -> bool:
        """Whether the market was open on the day, by its calendar."""
        return day not in self.closed.get(market, frozenset())


def read_facts(store: Store, known_at: datetime) -> Facts:
    """The registry as it was known at a moment."""
    params = {"known_at": known_at}
    markets = store.query(statement(__package__, "facts_markets"), params)
    closed = store.query(statement(__package__, "facts_closed"), params)
    return Facts(
        tuple(MarketFact(*row) for row in markets),
        {market: frozenset(days) for market, days in closed},
    )


def vendor_names(store: Store, *, day: date, known_at: datetime) -> dict[str, str]:
    """Vendor code -> name on a day, as the registry was known at a moment."""
    params = {"day": day, "known_at": known_at}
    return dict(store.query(statement(__package__, "vendor_names"), params))


def in_force(intervals: Iterable[tuple[date, date, Value]], day: date) -> Value | None:
    """The value of the interval [since, until) that a day lies in."""
    return next((value for since, until, value in intervals if since <= day < until), None)
