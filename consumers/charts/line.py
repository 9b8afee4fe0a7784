"""Lines over days, with the band of their uncertainty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consumers.charts.palette import (
    AXIS_LINE,
    GRID_LINE,
    INK_WORDS,
    MUTED_WORDS,
    PAPER,
    SHADE,
    fill,
    stroke,
)
from consumers.charts.scale import DayFormat, Format, Scale, apart, day_ticks, inset, ticks
from consumers.charts.svg import (
    FONT_PX,
    WIDE,
    AltText,
    Size,
    element,
    frame,
    number,
    shortened,
    text_width,
    words,
)

BANDS_MAX = 2
NARROW_PX = 480
LABEL_PX_MAX = 150.0


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day, with its interval; None is a gap. An incomplete one is drawn hollow."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """A line and what it is called."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ShadedSpan:
    """Days that are shaded, such as Tết, and why."""

    first_day: date
    last_day: date
    label: str


def line_chart(
    series: Sequence[Series],
    said: AltText,
    *,
    value: Format,
    day: DayFormat,
    size: Size = WIDE,
    top: float | None = None,
    spans: Sequence[ShadedSpan] = (),
) -> str:
    """Lines from zero upwards, so that heights may be compared. `top`: the scale's least end.

    Bands are drawn for at most two lines: those of more would hide each other.
    """
    days = [point.day for line in series for point in line.points]
    if not days:
        return frame(said, size)
    first, last = min(days), max(days)
    highest = max((_top(point) for line in series for point in line.points), default=0.0)
    marks = ticks(0, max(highest, top or 0, 1e-9))
    is_narrow = size.width < NARROW_PX
    labels_px = 0.0 if is_narrow or len(series) < 2 else _labels_px(series)
    head = (FONT_PX + 6) * len(series) if is_narrow and len(series) > 1 else 0.0
    y = Scale(0, marks[-1], size.height - 26, head + 18)
    left = inset(marks, value)
    x = Scale(
        first.toordinal(),
        max(last.toordinal(), first.toordinal() + 1),
        left,
        size.width - 12 - labels_px,
    )
    parts = [_spans(spans, first, last, x, y), _grid(marks, y, size, labels_px, value)]
    parts += [_days(first, last, x, y, day, is_narrow=is_narrow)]
    bands = len(series) <= BANDS_MAX
    parts += [_line(line, n, x, y, bands=bands) for n, line in enumerate(series)]
    if len(series) > 1:
        parts.append(_legend(series) if is_narrow else _ends(series, x, y, size, labels_px))
    return frame(said, size, *parts)


def _top(point: Point) -> float:
    return max(point.value or 0.0, point.high or 0.0)


def _labels_px(series: Sequence[Series]) -> float:
    return min(LABEL_PX_MAX, max(text_width(line.label) for line in series)) + 12


def _grid(marks: Sequence[float], y: Scale, size: Size, labels_px: float, value: Format) -> str:
    """Labels stand on their lines, so that they need no margin."""
    right = size.width - 8 - labels_px
    lines = [
        element("line", x1=0, x2=right, y1=y(m), y2=y(m), **(AXIS_LINE if m == 0 else GRID_LINE))
        for m in marks
    ]
    names = [words(value(m), 0, y(m) - 4, paint=MUTED_WORDS) for m in marks if m != 0]
    return "".join(lines + names)


def _days(first: date, last: date, x: Scale, y: Scale, day: DayFormat, *, is_narrow: bool) -> str:
    parts = []
    for tick in day_ticks(first, last, count=4 if is_narrow else 8):
        at = x(tick.toordinal())
        label = day(tick)
        half = text_width(label) / 2
        at_label = min(max(at, half), x.last_px - half + 8)
        parts.append(element("line", x1=at, x2=at, y1=y(0), y2=y(0) + 4, **AXIS_LINE))
        parts.append(words(label, at_label, y(0) + 18, anchor="middle", paint=MUTED_WORDS))
    return "".join(parts)


def _spans(spans: Sequence[ShadedSpan], first: date, last: date, x: Scale, y: Scale) -> str:
    parts = []
    for span in spans:
        left = x(max(first, span.first_day).toordinal() - 0.5)
        right = x(min(last, span.last_day).toordinal() + 0.5)
        if right <= left:
            continue
        top = y.last_px - 6
        parts.append(element("rect", x=left, y=top, width=right - left, height=y(0) - top, **SHADE))
        if text_width(span.label) < right - left + 40:
            parts.append(words(span.label, left + 3, top + FONT_PX, paint=MUTED_WORDS))
    return "".join(parts)


def _line(line: Series, tone: int, x: Scale, y: Scale, *, bands: bool) -> str:
    parts: list[str] = []
    for run in _runs(line.points):
        if bands and len(run) > 1 and all(p.low is not None and p.high is not None for p in run):
            upper = [(x(p.day.toordinal()), y(p.high or 0)) for p in run]
            lower = [(x(p.day.toordinal()), y(p.low or 0)) for p in reversed(run)]
            parts.append(
                element("path", d=path(upper + lower) + "Z", fill_opacity="0.14", **fill(tone))
            )
    for run in _runs(line.points):
        places = [(x(p.day.toordinal()), y(p.value or 0)) for p in run]
        if len(places) == 1 and run[0].is_complete:
            parts.append(element("circle", cx=places[0][0], cy=places[0][1], r=3, **fill(tone)))
        for is_complete, stretch in _stretches(run, places):
            paint = stroke(tone)
            if not is_complete:
                paint = stroke(tone, width=1.2) | {"stroke_dasharray": "2 4"}
            parts.append(element("path", d=path(stretch), **paint))
        hollow = stroke(tone, width=1.5, dashed=False) | {"fill": PAPER}
        hollow["class_"] += " hollow"
        parts += [
            element("circle", cx=place[0], cy=place[1], r=3.2, **hollow)
            for point, place in zip(run, places, strict=True)
            if not point.is_complete
        ]
    return "".join(parts)


Place = tuple[float, float]


def _stretches(run: Sequence[Point], places: Sequence[Place]) -> list[tuple[bool, list[Place]]]:
    """Parts of a run whose every step joins two complete points, or touches one that is not."""
    found: list[tuple[bool, list[Place]]] = []
    for n in range(1, len(run)):
        is_complete = run[n - 1].is_complete and run[n].is_complete
        if not found or found[-1][0] != is_complete:
            found.append((is_complete, [places[n - 1]]))
        found[-1][1].append(places[n])
    return found


def path(places: Sequence[tuple[float, float]]) -> str:
    """Straight lines through places."""
    return "M" + "L".join(f"{number(px)} {number(py)}" for px, py in places)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Points between gaps."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _ends(series: Sequence[Series], x: Scale, y: Scale, size: Size, labels_px: float) -> str:
    """Each line's name at its end, apart from the others."""
    named = []
    for n, line in enumerate(series):
        run = _runs(line.points)
        if run:
            named.append((n, line.label, y(run[-1][-1].value or 0)))
    places = apart([place for _, _, place in named], FONT_PX + 3, y.last_px, y.first_px)
    left = x.last_px + 8
    return "".join(
        words(shortened(label, labels_px - 4), left, place + 4, paint=fill(n), weight="600")
        for (n, label, _), place in zip(named, places, strict=True)
    )


def _legend(series: Sequence[Series]) -> str:
    """Names above the plot, each with a piece of its line."""
    parts = []
    for n, line in enumerate(series):
        base = FONT_PX + (FONT_PX + 6) * n
        parts.append(element("line", x1=0, x2=26, y1=base - 4, y2=base - 4, **stroke(n)))
        parts.append(words(line.label, 34, base, paint=INK_WORDS))
    return "".join(parts)
