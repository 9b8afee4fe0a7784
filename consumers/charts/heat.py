"""A cohort table: a row for each cohort, a column for each week, deeper where more came back."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.charts.palette import GRID, HEAT, INK_WORDS, MUTED_WORDS, heat, heat_words
from consumers.charts.scale import Format
from consumers.charts.svg import WIDE, AltText, Size, element, frame, text_width, words

HEAD_PX = 22.0
GAP_PX = 1.5
CELL_PX_MAX = 56.0


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row: its name, its size, and a share for each column. None is blank: not yet known."""

    label: str
    count: int | None
    shares: tuple[float | None, ...]


def heat_chart(
    cohorts: Sequence[HeatRow],
    columns: Sequence[str],
    said: AltText,
    *,
    count: Format,
    percent: Format,
    size: Size = WIDE,
) -> str:
    """Shares 0 … 1 on one scale. `percent` writes a share without its sign, to fit its cell."""
    sizes = ["–" if c.count is None else count(c.count) for c in cohorts]
    label_px = max((text_width(c.label) for c in cohorts), default=0) + 8
    size_px = max((text_width(text) for text in sizes), default=0) + 10
    left = label_px + size_px
    cell = min(CELL_PX_MAX, (size.width - left) / max(1, len(columns)))
    row = max(18.0, min(24.0, cell))
    height = int(HEAD_PX + row * len(cohorts) + 4)
    font = 12.0 if cell >= 26 else 10.5
    parts = [
        words(name, left + cell * (n + 0.5), 14, anchor="middle", paint=MUTED_WORDS, size=font)
        for n, name in enumerate(columns)
    ]
    for r, cohort in enumerate(cohorts):
        top = HEAD_PX + r * row
        base = top + row / 2 + 4.2
        parts.append(words(cohort.label, 0, base, paint=INK_WORDS))
        parts.append(words(sizes[r], left - 8, base, anchor="end", paint=MUTED_WORDS))
        for n, value in enumerate(cohort.shares):
            parts.append(_cell(value, left + cell * n, top, cell, row, font, percent))
    return frame(said, Size(size.width, height), *parts)


def _cell(
    value: float | None,
    left: float,
    top: float,
    cell: float,
    row: float,
    font: float,
    percent: Format,
) -> str:
    box = {
        "x": left + GAP_PX / 2,
        "y": top + GAP_PX / 2,
        "width": cell - GAP_PX,
        "height": row - GAP_PX,
    }
    if value is None:
        dot = {"cx": left + cell / 2, "cy": top + row / 2, "r": 1.0}
        return element("circle", **dot, fill=GRID, class_="blank")
    step = heat_step(value)
    return element("rect", **box, **heat(step)) + words(
        percent(value),
        left + cell / 2,
        top + row / 2 + font * 0.35,
        anchor="middle",
        paint=heat_words(step),
        size=font,
    )


def heat_step(share: float) -> int:
    """The colour of a share: equal parts of 0 … 1."""
    return min(len(HEAT) - 1, max(0, int(share * len(HEAT))))
