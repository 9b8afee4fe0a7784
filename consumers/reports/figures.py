"""Facts that do not come from a metric: numbers of an evaluation, a forecast or a plan. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from consumers.charts.svg import Size
from consumers.reports.fact import Fact, FactTable, Unit
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
    Ref,
    Scalar,
    Share,
    Value,
    leading,
)

UNBOUNDED = Message("reason.no_bound")
UNKNOWN = Message("reason.not_known")
PAPER = Size(620, 270)  # of a chart across a page: its words are then about as large as a table's
UNITS: Mapping[type[Scalar], Unit] = {
    Count: "count",
    Money: "vnd",
    Share: "share",
    Points: "points",
    Number: "number",
    Probability: "probability",
    Day: "date",
    Instant: "moment",
    Name: "code",
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Puts numbers of one source on the table; `common` are fields that all its facts share."""

    facts: FactTable
    source: str
    definition: str
    common: dict[str, Any]

    def put(
        self,
        fact_id: str,
        value: Scalar | float | None,
        *,
        interval: tuple[float | None, float | None] | None = None,
        level: float | None = None,
        n: int | None = None,
        reason: Message = UNKNOWN,
    ) -> Ref:
        """A figure, with its interval where both ends are finite; a bare number in as many digits
        as three leading ones need."""
        said = value if isinstance(value, Scalar) else tabled(value)
        number = said.value
        if isinstance(number, float) and not isfinite(number):
            number, reason = None, UNBOUNDED
        low, high = interval or (None, None)
        bounded = low is not None and high is not None and isfinite(low) and isfinite(high)
        fact = Fact(
            id=fact_id,
            value=number.isoformat() if isinstance(number, date | datetime) else number,
            unit=UNITS[type(said)],
            definition=self.definition,
            source=self.source,
            decimals=getattr(said, "digits", 0),
            reason=reason if number is None else None,
            low=low if bounded and number is not None else None,
            high=high if bounded and number is not None else None,
            level=level if bounded and number is not None else None,
            n=n,
            **self.common,
        )
        return Ref(self.facts.add(fact))

    def place(self, message: Message, key: str, **known: Ref) -> Message:
        """The message with its figures on the table, each as `key.name`, and places for them.

        `known` are figures that stand there already: the same ones, in as many digits.
        """
        for name, ref in known.items():
            told, there = dict(message.values).get(name), self.facts[ref.fact_id].shown(ref.part)
            assert told is None or told == there, f"{message.id}: {name} is {told}, not {there}"
        values = dict(message.values)
        placed: dict[str, Value] = {name: ref for name, ref in known.items() if name in values}
        for name, value in values.items():
            if name not in placed:
                placed[name] = self._placed(value, f"{key}.{name}")
        return message.given(**placed)

    def _placed(self, value: Value, key: str) -> Value:
        if isinstance(value, Message):
            return self.place(value, key)
        if isinstance(value, tuple):
            return tuple(self._placed(each, f"{key}.{n}") for n, each in enumerate(value, 1))
        return value if isinstance(value, Name | Ref) else self.put(key, value)


def tabled(value: float | None) -> Number:
    """A number of a table: about three leading digits; a plain 0 for none at all."""
    return Number(value, 0) if value == 0 or isinstance(value, int) else leading(value)
