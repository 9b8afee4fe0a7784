"""What has been counted, and what may come of it: a line that opens into nested bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consumers.charts.line import path
from consumers.charts.palette import AXIS_LINE, GRID_LINE, INK_WORDS, MUTED_WORDS, fill, stroke
from consumers.charts.scale import DayFormat, Format, Scale, day_ticks, inset, ticks
from consumers.charts.svg import WIDE, AltText, Size, element, frame, text_width, words

FOOT_PX = 26.0
HEAD_PX = 18.0
NARROW_PX = 480


@dataclass(frozen=True, slots=True)
class Ahead:
    """A day to come: its median and its bands, (low, high), the widest first."""

    day: date
    median: float
    bands: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Level:
    """A value that is drawn across, such as a target, and what it is."""

    value: float
    label: str


def fan_chart(
    past: Sequence[tuple[date, float]],
    ahead: Sequence[Ahead],
    said: AltText,
    *,
    value: Format,
    day: DayFormat,
    levels: Sequence[Level] = (),
    size: Size = WIDE,
) -> str:
    """From zero upwards. Bands lie on each other, so that the narrowest is the darkest."""
    days = [when for when, _ in past] + [each.day for each in ahead]
    if not days:
        return frame(said, size)
    first, last = min(days), max(days)
    highs = [high for each in ahead for _, high in each.bands]
    values = [amount for _, amount in past] + highs + [level.value for level in levels]
    marks = ticks(0, max(*values, 1e-9))
    y = Scale(0, marks[-1], size.height - FOOT_PX, HEAD_PX)
    x = Scale(
        first.toordinal(),
        max(last.toordinal(), first.toordinal() + 1),
        inset(marks, value),
        size.width - 12,
    )
    parts = [_grid(marks, y, size, value), _days(first, last, x, y, day, size)]
    join = [Ahead(*past[-1], ((past[-1][1],) * 2,) * len(ahead[0].bands))] if past and ahead else []
    fan = [*join, *ahead]
    for number in range(len(ahead[0].bands) if ahead else 0):
        upper = [(x(each.day.toordinal()), y(each.bands[number][1])) for each in fan]
        lower = [(x(each.day.toordinal()), y(each.bands[number][0])) for each in reversed(fan)]
        shape = path(upper + lower) + "Z"
        parts.append(element("path", d=shape, fill_opacity="0.16", **fill(0)))
    parts += [_level(level, x, y) for level in levels]
    if fan:
        middle = [(x(each.day.toordinal()), y(each.median)) for each in fan]
        paint = stroke(0, width=1.6) | {"stroke_dasharray": "5 3"}
        parts.append(element("path", d=path(middle), **paint))
    if past:
        known = [(x(when.toordinal()), y(amount)) for when, amount in past]
        parts.append(element("path", d=path(known), **stroke(0, width=2.4)))
    return frame(said, size, *parts)


def _grid(marks: Sequence[float], y: Scale, size: Size, value: Format) -> str:
    parts = []
    for mark in marks:
        paint = AXIS_LINE if mark == 0 else GRID_LINE
        parts.append(element("line", x1=0, x2=size.width - 8, y1=y(mark), y2=y(mark), **paint))
        if mark:
            parts.append(words(value(mark), 0, y(mark) - 4, paint=MUTED_WORDS))
    return "".join(parts)


def _days(first: date, last: date, x: Scale, y: Scale, day: DayFormat, size: Size) -> str:
    parts = []
    for tick in day_ticks(first, last, count=4 if size.width < NARROW_PX else 8):
        at, label = x(tick.toordinal()), day(tick)
        half = text_width(label) / 2
        at_label = min(max(at, half), x.last_px - half + 8)
        parts.append(element("line", x1=at, x2=at, y1=y(0), y2=y(0) + 4, **AXIS_LINE))
        parts.append(words(label, at_label, y(0) + 18, anchor="middle", paint=MUTED_WORDS))
    return "".join(parts)


def _level(level: Level, x: Scale, y: Scale) -> str:
    at = y(level.value)
    line = element(
        "line", x1=x.first_px, x2=x.last_px, y1=at, y2=at, stroke_dasharray="2 4", **AXIS_LINE
    )
    # At the left, where what has been counted is still far below.
    return line + words(level.label, x.first_px + 4, at - 4, paint=INK_WORDS)
