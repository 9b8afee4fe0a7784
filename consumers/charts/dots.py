"""Dots with intervals: groups beside each other on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.charts.palette import (
    AXIS_LINE,
    GRID_LINE,
    INK_WORDS,
    MUTED_WORDS,
    fill,
    stroke,
)
from consumers.charts.scale import Format, Scale, ticks
from consumers.charts.svg import FONT_PX, WIDE, AltText, Size, element, frame, shortened, words

ROW_PX = 28.0
NARROW_PX = 480
LABEL_SHARE = 0.34


@dataclass(frozen=True, slots=True)
class Dot:
    """A group's value with its interval; `note` says why there is none."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


def dot_chart(
    dots: Sequence[Dot],
    said: AltText,
    *,
    value: Format,
    tick: Format | None = None,
    reference: float | None = None,
    reference_label: str = "",
    size: Size = WIDE,
) -> str:
    """One row for each group, in the order given. `reference`: a line through all of them.

    `tick` writes the values of the axis, where they need fewer digits than `value` gives.
    """
    known = [v for d in dots for v in (d.value, d.low, d.high) if v is not None]
    known += [] if reference is None else [reference]
    low, high = min([0.0, *known]), max([*known, 1e-9])
    is_narrow = size.width < NARROW_PX
    marks = ticks(low, high, count=3 if is_narrow else 5)
    # On a narrow screen the name stands above its dot, so that both have the whole width.
    row = ROW_PX + (FONT_PX + 2 if is_narrow else 0)
    left = 6.0 if is_narrow else size.width * LABEL_SHARE
    top = 24.0
    bottom = top + row * len(dots)
    x = Scale(marks[0], marks[-1], left, size.width - 62)
    parts = []
    for mark in marks:
        paint = AXIS_LINE if mark == 0 else GRID_LINE
        parts.append(element("line", x1=x(mark), x2=x(mark), y1=top - 4, y2=bottom, **paint))
        anchor = "start" if mark == marks[0] else "middle"
        parts.append(words((tick or value)(mark), x(mark), 12, anchor=anchor, paint=MUTED_WORDS))
    if reference is not None:
        line = {"x1": x(reference), "x2": x(reference), "y1": top - 4, "y2": bottom + 4}
        parts.append(
            element("line", **line, **(stroke(5, width=1.4) | {"stroke_dasharray": "4 3"}))
        )
        middle = min(max(x(reference), 60), size.width - 60)
        parts.append(
            words(reference_label, middle, bottom + 17, anchor="middle", paint=MUTED_WORDS)
        )
    for n, dot in enumerate(dots):
        parts.append(_row(dot, top + row * n, row, x, size, value, is_narrow=is_narrow))
    foot = 24 if reference is not None else 6
    return frame(said, Size(size.width, int(bottom + foot)), *parts)


def _row(
    dot: Dot,
    top: float,
    row: float,
    x: Scale,
    size: Size,
    value: Format,
    *,
    is_narrow: bool,
) -> str:
    middle = top + (row - ROW_PX / 2 if is_narrow else row / 2)
    base = top + FONT_PX + 2 if is_narrow else middle + 4.2
    room = size.width - 8 if is_narrow else size.width * LABEL_SHARE - 12
    parts = [words(shortened(dot.label, room), 0, base, paint=INK_WORDS)]
    if dot.value is None:
        parts.append(words(dot.note or "–", x.first_px, middle + 4.2, paint=MUTED_WORDS))
        return "".join(parts)
    if dot.low is not None and dot.high is not None:
        ends = {"x1": x(dot.low), "x2": x(dot.high), "y1": middle, "y2": middle}
        parts.append(element("line", **ends, **stroke(0, width=2)))
    parts.append(element("circle", cx=x(dot.value), cy=middle, r=4.5, **fill(0)))
    shown = words(
        value(dot.value), size.width, middle + 4.2, anchor="end", paint=INK_WORDS, weight="600"
    )
    return "".join([*parts, shown])
