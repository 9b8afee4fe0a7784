"""What the registry knows of each market on each day: its name, its stalls, whether it was open."""

from dataclasses import dataclass, field
from datetime import date, datetime

from consumers.adoption.question.facts import in_force
from consumers.sql import statement
from infra.clickhouse import Store


@dataclass(slots=True)
class Denominators:
    """By market: intervals [since, until) of names and of censuses, and the days it was closed."""

    names: dict[str, list[tuple[date, date, str]]] = field(default_factory=dict)
    stalls: dict[str, list[tuple[date, date, int]]] = field(default_factory=dict)
    closed: dict[str, frozenset[date]] = field(default_factory=dict)

    def on(self, day: date, market: str) -> tuple[str, int | None, bool]:
        """(name, stalls, is open) of a market; ('', None, True) where it is not known that day."""
        name = in_force(self.names.get(market, ()), day)
        if name is None:
            return "", None, True
        stalls = in_force(self.stalls.get(market, ()), day)
        return name, stalls, day not in self.closed.get(market, frozenset())


def read_denominators(store: Store, known_at: datetime | None) -> Denominators:
    """As projected by the fold, or as it was known at a moment."""
    name = "denominators" if known_at is None else "denominators_known_on"
    params = {} if known_at is None else {"known_at": known_at}
    found = Denominators()
    for row in store.query(statement(__package__, name), params):
        shape, market, title, stall_count, since, until, days = row
        match shape:
            case "market":
                found.names.setdefault(market, []).append((since, until, title))
            case "census":
                found.stalls.setdefault(market, []).append((since, until, stall_count))
            case _:
                found.closed[market] = frozenset(days)
    return found
