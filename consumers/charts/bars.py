"""Columns over days or weeks: one measure, or parts above and below a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consumers.charts.palette import (
    AXIS_LINE,
    GRID_LINE,
    INK_WORDS,
    MUTED_WORDS,
    TONES,
    fill,
    tone,
)
from consumers.charts.scale import DayFormat, Format, Scale, day_ticks, inset, ticks
from consumers.charts.svg import FONT_PX, WIDE, AltText, Size, element, frame, text_width, words

NARROW_PX = 480


@dataclass(frozen=True, slots=True)
class Bar:
    """A column that begins on a day; parts are stacked, negative ones hang below the line.

    None: there is no figure (closed, or no data). An incomplete column is only outlined.
    """

    day: date
    parts: tuple[float | None, ...]
    is_complete: bool = True
    is_open: bool = True


def bar_chart(
    columns: Sequence[Bar],
    said: AltText,
    *,
    value: Format,
    day: DayFormat,
    step_days: int = 1,
    labels: Sequence[str] = (),
    size: Size = WIDE,
    whole: bool = True,
) -> str:
    """Columns `step_days` wide. `labels` name the parts; one part alone needs none."""
    if not columns:
        return frame(said, size)
    first, last = columns[0].day, columns[-1].day
    is_narrow = size.width < NARROW_PX
    highest = max(_sum(c, above=True) for c in columns)
    lowest = min(_sum(c, above=False) for c in columns)
    # One step for both sides, by the greater; each side only as long as it must be.
    step = ticks(0, max(highest, -lowest, 1e-9 if not whole else 1), whole=whole)[1]
    bottom_value = lowest * 1.08
    top_mark = max(1, math.ceil(highest / step - 1e-9))
    marks = [round(step * n, 12) for n in range(-int(-bottom_value / step), top_mark + 1)]
    head = (FONT_PX + 6) * (len(labels) if is_narrow else 1) if len(labels) > 1 else 0.0
    y = Scale(min(0.0, bottom_value), marks[-1], size.height - 26, head + 18)
    left = inset(marks, value)
    x = Scale(first.toordinal(), last.toordinal() + step_days, left, size.width - 2)
    bottom = y(y.low)
    parts = [_grid(marks, y, size, value)]
    parts += [_column(column, x, y, step_days) for column in columns]
    parts.append(element("line", x1=0, x2=size.width, y1=y(0), y2=y(0), **AXIS_LINE))
    for tick in day_ticks(first, last, count=4 if is_narrow else 9):
        at = x(tick.toordinal() + step_days / 2)
        half = text_width(day(tick)) / 2
        place = min(max(at, half), size.width - half)
        parts.append(words(day(tick), place, bottom + 18, anchor="middle", paint=MUTED_WORDS))
    if len(labels) > 1:
        parts.append(_legend(labels, stacked=is_narrow))
    return frame(said, size, *parts)


def _sum(column: Bar, *, above: bool) -> float:
    return sum(p for p in column.parts if p is not None and (p > 0) == above)


def _grid(marks: Sequence[float], y: Scale, size: Size, value: Format) -> str:
    lines = [
        element("line", x1=0, x2=size.width, y1=y(m), y2=y(m), **GRID_LINE) for m in marks if m
    ]
    names = [words(value(m), 0, y(m) - 4, paint=MUTED_WORDS) for m in marks if m]
    return "".join(lines + names)


def _column(column: Bar, x: Scale, y: Scale, step_days: int) -> str:
    left, right = x(column.day.toordinal()), x(column.day.toordinal() + step_days)
    gap = min(3.0, (right - left) * 0.18)
    if not column.is_open:
        # A closed day is said by a mark on the line: a missing bar would look like a bad day.
        middle = (left + right) / 2
        return words("×", middle, y(0) - 3, anchor="middle", paint=MUTED_WORDS, size=10)
    parts = []
    above, below = 0.0, 0.0
    for n, part in enumerate(column.parts):
        if not part:
            continue
        start = above if part > 0 else below
        end = start + part
        above, below = (end, below) if part > 0 else (above, end)
        box = {
            "x": left + gap / 2,
            "width": max(0.6, right - left - gap),
            "y": min(y(start), y(end)),
            "height": abs(y(end) - y(start)),
        }
        parts.append(element("rect", **box, **_paint(n, is_complete=column.is_complete)))
    return "".join(parts)


def _paint(n: int, *, is_complete: bool) -> dict[str, str]:
    if is_complete:
        return fill(n)
    return {
        "fill": "none",
        "stroke": TONES[tone(n)],
        "class_": f"s{tone(n)}",
        "stroke_width": "1.2",
        "stroke_dasharray": "3 2",
    }


def _legend(labels: Sequence[str], *, stacked: bool) -> str:
    parts, left, base = [], 0.0, FONT_PX
    for n, label in enumerate(labels):
        parts.append(element("rect", x=left, y=base - 10, width=11, height=11, **fill(n)))
        parts.append(words(label, left + 17, base, paint=INK_WORDS))
        if stacked:
            base += FONT_PX + 6
        else:
            left += 17 + text_width(label) + 22
    return "".join(parts)
