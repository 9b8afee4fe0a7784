"""From the answers of the metrics to facts: nothing is computed here, only named. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from consumers.adoption.question.answer import Answer, Cell
from consumers.adoption.question.rate import CONFIDENCE, Figure, Rate
from consumers.reports.fact import Fact, FactTable, Unit, query_hash
from schemas.message import Message, Ref

UNKNOWN = Message("reason.not_known")

ShownUnit = Literal["count", "vnd", "share", "points", "number"]


# Rates of money: their denominator is đồng and not a number of observations.
OF_MONEY = frozenset({"vnd_share", "top_share"})


@dataclass(frozen=True, slots=True)
class Shelf:
    """Puts facts of one answer on the table."""

    answer: Answer
    facts: FactTable

    def put(
        self,
        row: Cell,
        name: str,
        unit: ShownUnit,
        *,
        decimals: int = 0,
    ) -> Ref:
        """The field `name` of a row as a fact, and where to show it.

        A Rate is shown as its share with its interval; a Figure and a plain number as they are.
        """
        said: Rate | Figure | int | float | None = getattr(row, name)
        if isinstance(said, Rate | Figure):
            value, reason = said.value, said.reason
        else:
            value, reason = said, None if said is not None else row.suppressed or UNKNOWN
        low, high, n = (
            (said.low, said.high, said.denominator) if isinstance(said, Rate) else (None,) * 3
        )
        if name in OF_MONEY:
            n = None
        fact = Fact(
            id=self.id_of(row, name),
            value=value,
            unit=unit,
            decimals=decimals,
            n=n,
            low=low,
            high=high,
            level=None if low is None else CONFIDENCE,
            reason=reason,
            **self._common(row.first_day, row.last_day),
        )
        return Ref(self.facts.add(fact))

    def id_of(self, row: Cell, name: str) -> str:
        """`metric.group.first_day.field`: stable, and unique in a report."""
        group = row.group or "-"
        definition = self.answer.definition.id
        return f"{definition}.{group}.{row.first_day.isoformat()}.{name}"

    def say(self, fact_id: str, value: float | str, unit: Unit, *, decimals: int = 0) -> Ref:
        """A fact about the answer as a whole."""
        question = self.answer.question
        common = self._common(question.first_day, question.last_day)
        fact = Fact(id=fact_id, value=value, unit=unit, decimals=decimals, **common)
        return Ref(self.facts.add(fact))

    def _common(self, first_day: date, last_day: date) -> dict[str, Any]:
        answer = self.answer
        cut_off = answer.cut_off_at
        return {
            "definition": f"{answer.definition.id} v{answer.definition.version}",
            "source": "ledger",
            "first_day": first_day.isoformat(),
            "last_day": last_day.isoformat(),
            "cut_off_at": None if cut_off is None else cut_off.isoformat(timespec="milliseconds"),
            "query_hash": query_hash(answer.question.digest()),
        }
