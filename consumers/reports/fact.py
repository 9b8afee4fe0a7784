"""The facts of a report: every number that it shows, with what it needs to be believed. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from schemas.message import (
    Count,
    Day,
    Instant,
    Message,
    Money,
    Name,
    Number,
    Points,
    Probability,
    Scalar,
    Share,
    message_of,
    stored_message,
)

Unit = Literal[
    "count",  # whole number
    "vnd",  # đồng
    "share",  # 0 to 1, shown as per cent
    "points",  # a difference of shares, shown in percentage points
    "number",  # anything else, with `decimals`
    "probability",  # a p value or a chance, 0 to 1
    "date",
    "moment",
    "code",  # a name, an id, a hash: not a number
]
Value = int | float | str | None
BY_DIGITS: Mapping[str, type[Share | Points | Number | Probability]] = {
    "share": Share,
    "points": Points,
    "number": Number,
    "probability": Probability,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure. `value` is None only with a `reason`.

    Dates and moments are ISO 8601 text. `low` and `high` bound an interval of `level` in the unit
    of the value. `n` is how many observations it rests on; `definition` is `name vN` of
    docs/metrics.md, docs/evaluation.md or docs/rollout.md.
    """

    id: str
    value: Value
    unit: Unit
    definition: str
    source: str
    reason: Message | None = None
    decimals: int = 0
    n: int | None = None
    first_day: str | None = None
    last_day: str | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    cut_off_at: str | None = None
    query_hash: str | None = None

    def __post_init__(self) -> None:
        assert (self.value is None) == (self.reason is not None), f"fact {self.id}: {self}"
        assert (self.low is None) == (self.high is None) == (self.level is None), self.id

    def shown(self, part: Literal["value", "low", "high"] = "value") -> Scalar:
        """The value, or one end of its interval, as it is written."""
        return scalar_of(getattr(self, part), self.unit, self.decimals)


def scalar_of(value: Value, unit: Unit, decimals: int) -> Scalar:
    """A value of a unit as any message may hold it."""
    if isinstance(value, str):
        if unit == "date":
            return Day(date.fromisoformat(value))
        return Instant(datetime.fromisoformat(value)) if unit == "moment" else Name(value)
    if unit in BY_DIGITS:
        return BY_DIGITS[unit](value, decimals)
    if unit == "count":
        return Count(None if value is None else int(value))
    return Money(value) if unit == "vnd" else Number(value, decimals)


class FactTable(Mapping[str, Fact]):
    """Facts by id, in the order in which the report names them."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._facts: dict[str, Fact] = {}
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> str:
        """Take a fact and return its id. The same id with another content is our own mistake."""
        known = self._facts.setdefault(fact.id, fact)
        assert known == fact, f"fact {fact.id} is told twice: {known} and {fact}"
        return fact.id

    def __getitem__(self, fact_id: str) -> Fact:
        return self._facts[fact_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def digest(self) -> str:
        """32 hex digits, equal for equal facts."""
        return sha256(json.dumps(as_rows(self), sort_keys=True).encode()).hexdigest()[:32]


FIELDS = tuple(field.name for field in fields(Fact))


def as_rows(table: FactTable) -> list[dict[str, Any]]:
    """The facts as JSON objects, in order."""
    return [{name: _stored(getattr(fact, name)) for name in FIELDS} for fact in table.values()]


def _stored(value: Any) -> Any:
    """A reason as text, anything else as it is."""
    return stored_message(value) if isinstance(value, Message) else value


def from_rows(rows: Iterable[Mapping[str, Any]]) -> FactTable:
    """The facts from such objects. KeyError or TypeError: they are not facts."""
    return FactTable(
        Fact(**{name: row[name] for name in FIELDS} | {"reason": _reason(row["reason"])})
        for row in rows
    )


def _reason(stored: str | None) -> Message | None:
    return None if stored is None else message_of(stored)


def query_hash(*parts: object) -> str:
    """12 hex digits of what was asked, to find the same question again."""
    return sha256(json.dumps(parts, default=_plain, sort_keys=True).encode()).hexdigest()[:12]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
