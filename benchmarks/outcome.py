"""What was measured: medians with their spread, the aim, and whether it was met. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import median
from typing import Any, Literal

Direction = Literal[">=", "<="]


@dataclass(frozen=True, slots=True)
class Aim:
    """The number that was set: the median must be on this side of it."""

    direction: Direction
    limit: float

    def is_met(self, value: float) -> bool:
        """Whether `value` is on the right side; on the line counts."""
        return value >= self.limit if self.direction == ">=" else value <= self.limit

    def missed_by(self, value: float) -> float:
        """How far the value is on the wrong side, as a share of the limit; 0 where it is met."""
        return 0.0 if self.is_met(value) else abs(value - self.limit) / self.limit


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number. `samples` are its repetitions, in the order measured."""

    group: str
    name: str
    unit: str
    samples: tuple[float, ...]
    aim: Aim | None = None
    note: str = ""

    def __post_init__(self) -> None:
        assert self.samples, f"{self.name}: nothing was measured"

    @property
    def median(self) -> float:
        return median(self.samples)

    def as_json(self) -> dict[str, Any]:
        """Everything, with what follows from it."""
        return {
            **asdict(self),
            "min": min(self.samples),
            "median": self.median,
            "max": max(self.samples),
            "is_met": None if self.aim is None else self.aim.is_met(self.median),
            "missed_by": None if self.aim is None else self.aim.missed_by(self.median),
        }


def outcome(
    group: str,
    name: str,
    unit: str,
    samples: Sequence[float] | float,
    aim: Aim | None = None,
    note: str = "",
) -> Outcome:
    """An outcome from several samples or from one."""
    many = (samples,) if isinstance(samples, int | float) else tuple(samples)
    return Outcome(group, name, unit, many, aim, note)


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile: a value that occurred. `share` between 0 and 1."""
    assert values and 0 < share <= 1
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * share) - 1]


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Pair by pair: both were measured one after the other in the same repetition."""
    return [a / b for a, b in zip(above, below, strict=True)]


HEAD = ("number", "unit", "median", "min", "max", "n", "aim", "", "note")


def table(outcomes: Sequence[Outcome], *, markdown: bool = False) -> str:
    """All numbers, grouped; for a terminal or for a page."""
    rows = [HEAD, *(_row(o) for o in outcomes)]
    if markdown:
        rule = "|" + "---|" * len(HEAD)
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], rule, *lines[1:]])
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]]
        ).rstrip()
        for row in rows
    )


def _row(outcome: Outcome) -> tuple[str, ...]:
    aim, value = outcome.aim, outcome.median
    verdict = ""
    if aim is not None:
        verdict = "met" if aim.is_met(value) else f"missed by {aim.missed_by(value):.0%}"
    return (
        f"{outcome.group}: {outcome.name}",
        outcome.unit,
        number(value),
        number(min(outcome.samples)),
        number(max(outcome.samples)),
        str(len(outcome.samples)),
        "" if aim is None else f"{aim.direction} {number(aim.limit)}",
        verdict,
        outcome.note,
    )


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
