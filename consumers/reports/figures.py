"""Facts that do not come from a metric: numbers of an evaluation, a forecast or a plan. Pure."""

from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Any

from consumers.charts.svg import Size
from consumers.reports.document import Ref
from consumers.reports.fact import Fact, FactTable, Unit

UNBOUNDED = "no bound: even the most extreme assignment would not be rejected"
UNKNOWN = "not known"
DIGITS = 3
PAPER = Size(620, 270)  # of a chart across a page: its words are then about as large as a table's


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
        value: float | str | None,
        unit: Unit = "number",
        *,
        decimals: int | None = None,
        interval: tuple[float | None, float | None] | None = None,
        level: float | None = None,
        n: int | None = None,
        reason: str = UNKNOWN,
    ) -> Ref:
        """A number, with its interval where both ends are finite. `decimals` None: as many as
        three leading digits need."""
        if isinstance(value, float) and not isfinite(value):
            value, reason = None, UNBOUNDED
        low, high = interval or (None, None)
        bounded = low is not None and high is not None and isfinite(low) and isfinite(high)
        fact = Fact(
            id=fact_id,
            value=value,
            unit=unit,
            definition=self.definition,
            source=self.source,
            decimals=leading(value) if decimals is None else decimals,
            reason=reason if value is None else None,
            low=low if bounded and value is not None else None,
            high=high if bounded and value is not None else None,
            level=level if bounded and value is not None else None,
            n=n,
            **self.common,
        )
        return Ref(self.facts.add(fact))


def leading(value: float | str | None) -> int:
    """How many decimals show about three leading digits; none for text and whole numbers."""
    if value is None or isinstance(value, str | int) or value == 0:
        return 0
    return min(6, max(0, DIGITS - 1 - floor(log10(abs(value)))))
