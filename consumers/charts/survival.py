"""A survival curve: which share still waits for the event, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.charts.line import path
from consumers.charts.palette import (
    AXIS_LINE,
    GRID_LINE,
    INK_WORDS,
    MUTED_WORDS,
    fill,
    stroke,
)
from consumers.charts.scale import Format, Scale, inset, ticks
from consumers.charts.svg import FONT_PX, WIDE, Said, Size, element, frame, text_width, words

NARROW_PX = 480
LABEL_PX_MAX = 150.0


@dataclass(frozen=True, slots=True)
class Rung:
    """From this time on the share is `value`, until the next rung."""

    at: float
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve; `censored_at`: times at which somebody was last seen without the event."""

    label: str
    rungs: tuple[Rung, ...]
    last: float
    censored_at: tuple[float, ...] = ()


def survival_chart(
    curves: Sequence[Curve],
    said: Said,
    *,
    share: Format,
    time: Format,
    time_label: str,
    size: Size = WIDE,
) -> str:
    """Shares 0 … 1; time from 0 to the last time that is known."""
    is_narrow = size.width < NARROW_PX
    last = max([c.last for c in curves] + [1.0])
    head = (FONT_PX + 6) * len(curves) if len(curves) > 1 else 0.0
    x = Scale(0, last, inset((1.0,), share), size.width - 12)
    y = Scale(0, 1, size.height - 42, head + 18)
    parts = []
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        paint = AXIS_LINE if mark == 0 else GRID_LINE
        parts.append(element("line", x1=0, x2=size.width, y1=y(mark), y2=y(mark), **paint))
        if mark:
            parts.append(words(share(mark), 0, y(mark) - 4, paint=MUTED_WORDS))
    for mark in ticks(0, last, count=4 if is_narrow else 8, whole=True):
        if mark <= last:
            half = text_width(time(mark)) / 2
            place = min(max(x(mark), half), size.width - half)
            parts.append(words(time(mark), place, y(0) + 18, anchor="middle", paint=MUTED_WORDS))
    parts.append(words(time_label, size.width / 2, y(0) + 36, anchor="middle", paint=MUTED_WORDS))
    for n, curve in enumerate(curves):
        parts.append(_curve(curve, n, x, y))
        if len(curves) > 1:
            base = FONT_PX + (FONT_PX + 6) * n
            parts.append(element("line", x1=0, x2=26, y1=base - 4, y2=base - 4, **stroke(n)))
            parts.append(words(curve.label, 34, base, paint=INK_WORDS))
    return frame(said, size, *parts)


def _curve(curve: Curve, tone: int, x: Scale, y: Scale) -> str:
    parts = []
    rungs = [r for r in curve.rungs if r.low is not None and r.high is not None]
    if rungs:
        upper = _steps([(r.at, r.high or 0.0) for r in rungs], curve.last, x, y)
        lower = _steps([(r.at, r.low or 0.0) for r in rungs], curve.last, x, y)
        band = path(upper + lower[::-1]) + "Z"
        parts.append(element("path", d=band, fill_opacity="0.13", **fill(tone)))
    steps = _steps([(r.at, r.value) for r in curve.rungs], curve.last, x, y)
    if steps:
        parts.append(element("path", d=path(steps), **stroke(tone)))
    for at in curve.censored_at:
        height = y(_value_at(curve, at))
        ends = {"x1": x(at), "x2": x(at), "y1": height - 4, "y2": height + 4}
        parts.append(element("line", **ends, **stroke(tone, width=1.1, dashed=False)))
    return "".join(parts)


def _steps(
    rungs: Sequence[tuple[float, float]], last: float, x: Scale, y: Scale
) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for n, (at, value) in enumerate(rungs):
        if n:
            found.append((x(at), found[-1][1]))
        found.append((x(at), y(value)))
    if found:
        found.append((x(last), found[-1][1]))
    return found


def _value_at(curve: Curve, at: float) -> float:
    return next((r.value for r in reversed(curve.rungs) if r.at <= at), 1.0)
