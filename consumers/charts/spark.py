"""A sparkline: a line as small as a word, for a row of a table."""

from collections.abc import Sequence

from consumers.charts.line import path
from consumers.charts.palette import fill, stroke
from consumers.charts.scale import Scale
from consumers.charts.svg import AltText, Size, element, frame

SMALL = Size(96, 22)


def sparkline(values: Sequence[float | None], said: AltText, *, size: Size = SMALL) -> str:
    """The values from zero upwards, with a dot on the last one that is known."""
    known = [v for v in values if v is not None]
    x = Scale(0, max(1, len(values) - 1), 3, size.width - 4)
    y = Scale(0, max([*known, 1e-9]), size.height - 3, 3)
    runs: list[list[tuple[float, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x(n), y(value)))
    parts = [element("path", d=path(run), **stroke(0, width=1.4)) for run in runs if len(run) > 1]
    last = [run for run in runs if run]
    if last:
        end_x, end_y = last[-1][-1]
        parts.append(element("circle", cx=end_x, cy=end_y, r=2.2, **fill(0)))
    return frame(said, size, *parts)
