"""Who works where when: a row for each site, a bar for each stretch of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from consumers.charts.palette import AXIS_LINE, GRID_LINE, INK_WORDS, MUTED_WORDS, SHADE, fill
from consumers.charts.scale import DayFormat, Scale, day_ticks
from consumers.charts.svg import WIDE, AltText, Size, element, frame, shortened, text_width, words

ROW_PX = 22.0
HEAD_PX = 20.0
LABEL_SHARE_MAX = 0.34
NARROW_PX = 480
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ScheduleBar:
    """From the first to the last day, both in it; `is_light`: it prepares for what follows."""

    first_day: date
    last_day: date
    is_light: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A site and its bars."""

    label: str
    bars: tuple[ScheduleBar, ...]


def schedule_chart(
    rows: Sequence[ScheduleRow],
    said: AltText,
    *,
    first_day: date,
    last_day: date,
    day: DayFormat,
    shaded: Sequence[tuple[date, date]] = (),
    size: Size = WIDE,
) -> str:
    """As high as its rows need. `shaded` days are those on which nobody works."""
    height = HEAD_PX + ROW_PX * len(rows)
    named = max((text_width(row.label) for row in rows), default=0) + 10
    left = min(named, size.width * LABEL_SHARE_MAX)
    x = Scale(first_day.toordinal(), (last_day + DAY).toordinal(), left, size.width - 4)
    parts = []
    for since, until in shaded:
        begin, end = x(since.toordinal()), x((until + DAY).toordinal())
        parts.append(
            element("rect", x=begin, y=HEAD_PX, width=end - begin, height=height - HEAD_PX, **SHADE)
        )
    for tick in day_ticks(first_day, last_day, count=4 if size.width < NARROW_PX else 10):
        at = x(tick.toordinal())
        parts.append(element("line", x1=at, x2=at, y1=HEAD_PX - 4, y2=height, **GRID_LINE))
        half = text_width(day(tick)) / 2
        place = min(max(at, left + half), size.width - half)
        parts.append(words(day(tick), place, 12, anchor="middle", paint=MUTED_WORDS))
    parts.append(element("line", x1=left, x2=size.width, y1=HEAD_PX, y2=HEAD_PX, **AXIS_LINE))
    for number, row in enumerate(rows):
        top = HEAD_PX + number * ROW_PX
        label = shortened(row.label, left - 8)
        parts.append(words(label, 0, top + ROW_PX / 2 + 4.5, paint=INK_WORDS))
        parts += [_bar(bar, x, top) for bar in row.bars]
    return frame(said, Size(size.width, int(height + 4)), *parts)


def _bar(bar: ScheduleBar, x: Scale, top: float) -> str:
    begin, end = x(bar.first_day.toordinal()), x((bar.last_day + DAY).toordinal())
    shape = element(
        "rect",
        x=begin,
        y=top + 4,
        width=max(2.0, end - begin - 1),
        height=ROW_PX - 8,
        rx=2,
        fill_opacity="0.35" if bar.is_light else None,
        **fill(0),
    )
    if not bar.label or text_width(bar.label) > end - begin - 4:
        return shape
    middle = (begin + end - 1) / 2
    paint = {"fill": "#ffffff", "class_": "on-deep"}
    return shape + words(bar.label, middle, top + ROW_PX / 2 + 4.2, anchor="middle", paint=paint)
