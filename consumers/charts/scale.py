"""From values to pixels, and which values deserve a tick."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from consumers.charts.svg import text_width

Format = Callable[[float], str]
DayFormat = Callable[[date], str]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
TICKS_MAX = 60
DAY_STEPS = (1, 2, 7, 14, 28)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to pixels."""

    low: float
    high: float
    first_px: float
    last_px: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        if self.high == self.low:
            return self.first_px
        share = (value - self.low) / (self.high - self.low)
        return self.first_px + share * (self.last_px - self.first_px)


def ticks(low: float, high: float, *, count: int = 4, whole: bool = False) -> list[float]:
    """Round values from at or below `low` to at or above `high`; `whole`: no fractions."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"ticks: {low} to {high} is no range")
    if high - low <= 1e-9 * max(1.0, abs(low)):  # no extent that a float can step through
        high = low + 1
    rough = (high - low) / max(1, count)
    size = 10 ** math.floor(math.log10(rough))
    step = next(s * size for s in STEPS if s * size >= rough * 0.999)
    if whole:
        step = max(1.0, float(math.ceil(step)))
    near = round(low / step)
    is_mark = math.isclose(near * step, low, rel_tol=1e-9, abs_tol=1e-9)
    first = near if is_mark else math.floor(low / step)
    last = math.ceil(high / step - 1e-9)
    assert last - first <= TICKS_MAX, (low, high, count)
    return [round(n * step, 12) for n in range(first, last + 1)]


def day_ticks(first: date, last: date, *, count: int = 6) -> list[date]:
    """Days at an even step: Mondays, or the first of months, where the range is long."""
    days = (last - first).days + 1
    for step in DAY_STEPS:
        if days / step <= count:
            start = first + timedelta(days=(-first.weekday()) % 7) if step >= 7 else first
            span = range(0, (last - start).days + 1, step)
            return [start + timedelta(days=n) for n in span] or [first]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((s for s in MONTH_STEPS if months / s <= count), MONTH_STEPS[-1])
    number = first.year * 12 + first.month - 1
    found = []
    for month in range(number + (-number) % step, last.year * 12 + last.month, step):
        day = date(month // 12, month % 12 + 1, 1)
        if first <= day <= last:
            found.append(day)
    return found or [first]


def inset(marks: Sequence[float], form: Format) -> float:
    """How far from the left the data begin, so that they do not cover the labels of the marks."""
    return max((text_width(form(mark)) for mark in marks if mark), default=0.0) + 8


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Nearby places moved until they are `gap` apart, in their order, within low … high."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = [0.0] * len(places)
    floor = low
    for n in order:
        moved[n] = max(places[n], floor)
        floor = moved[n] + gap
    ceiling = high
    for n in reversed(order):
        moved[n] = min(moved[n], ceiling)
        ceiling = moved[n] - gap
    return moved
