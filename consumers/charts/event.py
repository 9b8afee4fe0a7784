"""Differences over time around zero, each with its interval, before and after a start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consumers.charts.palette import AXIS_LINE, GRID_LINE, INK_WORDS, MUTED_WORDS, fill, stroke
from consumers.charts.scale import DayFormat, Format, Scale, day_ticks, ticks
from consumers.charts.svg import WIDE, AltText, Size, element, frame, words

DOT_PX = 3.2
FOOT_PX = 26.0
HEAD_PX = 24.0


@dataclass(frozen=True, slots=True)
class EventEffect:
    """A difference on a day; None for an end that has no bound. `is_post`: from the start on."""

    day: date
    value: float
    low: float | None
    high: float | None
    is_post: bool


def event_chart(
    differences: Sequence[EventEffect],
    said: AltText,
    *,
    value: Format,
    day: DayFormat,
    start: date,
    start_label: str,
    size: Size = WIDE,
) -> str:
    """Dots with whiskers on a scale that includes zero; hollow before the start, full after it."""
    if not differences:
        return frame(said, size)
    known = [v for d in differences for v in (d.value, d.low, d.high) if v is not None]
    marks = ticks(min(0.0, *known), max(0.0, *known, 1e-9))
    first, last = differences[0].day, differences[-1].day
    y = Scale(marks[0], marks[-1], size.height - FOOT_PX, HEAD_PX)
    x = Scale(first.toordinal() - 4, last.toordinal() + 4, 52, size.width - 8)
    parts = []
    for mark in marks:
        paint = AXIS_LINE if mark == 0 else GRID_LINE
        parts.append(element("line", x1=52, x2=size.width, y1=y(mark), y2=y(mark), **paint))
        parts.append(words(value(mark), 46, y(mark) + 4, anchor="end", paint=MUTED_WORDS))
    for tick in day_ticks(first, last):
        at = x(tick.toordinal())
        parts.append(words(day(tick), at, size.height - 6, anchor="middle", paint=MUTED_WORDS))
    at = x(start.toordinal() - 3.5)  # between the last week before and the first one after
    parts.append(
        element("line", x1=at, x2=at, y1=HEAD_PX - 6, y2=y(marks[0]), stroke_dasharray="4 3",
                **AXIS_LINE)
    )  # fmt: skip
    is_right = at > size.width * 0.75
    anchor = "end" if is_right else "start"
    parts.append(
        words(start_label, at + (-6 if is_right else 6), 14, anchor=anchor, paint=INK_WORDS)
    )
    parts += [_difference(difference, x, y) for difference in differences]
    return frame(said, size, *parts)


def _difference(difference: EventEffect, x: Scale, y: Scale) -> str:
    at = x(difference.day.toordinal())
    low = y.first_px if difference.low is None else y(difference.low)
    high = y.last_px if difference.high is None else y(difference.high)
    tone = 0 if difference.is_post else 5
    line = element("line", x1=at, x2=at, y1=low, y2=high, **stroke(tone, width=1.4, dashed=False))
    dot = fill(tone) if difference.is_post else stroke(tone, width=1.4, dashed=False)
    paint = dot if difference.is_post else {**dot, "fill": "#ffffff"}
    return line + element("circle", cx=at, cy=y(difference.value), r=DOT_PX, **paint)
