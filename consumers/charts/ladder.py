"""The ladder of one market: steps of use as shares of the census, on a scale of 0 to 100 %.

Panels of several markets stand beside each other on this one scale, so lengths may be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.charts.palette import GRID_LINE, INK, INK_WORDS, MUTED_WORDS, PAPER, ladder
from consumers.charts.scale import Format, Scale
from consumers.charts.svg import FONT_PX, AltText, Size, element, frame, shortened, words

PANEL = Size(328, 178)
ROW_PX = 32.0
BAR_PX = 11.0


@dataclass(frozen=True, slots=True)
class Step:
    """A step: how many, and which share of the census. None: withheld, or no census."""

    label: str
    count: int | None
    share: float | None
    low: float | None = None
    high: float | None = None


def ladder_chart(
    steps: Sequence[Step], said: AltText, *, count: Format, share: Format, size: Size = PANEL
) -> str:
    """One bar for each step under its name; its interval is a thin line at its end."""
    height = int(ROW_PX * len(steps) + 16)
    x = Scale(0, 1, 0, size.width)
    parts = [
        element("line", x1=x(at), x2=x(at), y1=0, y2=height - 14, **GRID_LINE)
        for at in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    parts += [_step(n, step, x, count, share) for n, step in enumerate(steps)]
    for at, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        parts.append(words(share(at), x(at), height - 2, anchor=anchor, paint=MUTED_WORDS, size=11))
    return frame(said, Size(size.width, height), *parts)


def _step(n: int, step: Step, x: Scale, count: Format, share: Format) -> str:
    top = n * ROW_PX
    base = top + FONT_PX + 1
    shown = "–" if step.count is None else count(step.count)
    said = shown if step.share is None else f"{shown} · {share(step.share)}"
    room = x.last_px - 9.0 * len(said)
    parts = [
        words(shortened(step.label, room), 0, base, paint=INK_WORDS),
        words(said, x.last_px, base, anchor="end", paint=INK_WORDS, weight="600"),
    ]
    bar = {"x": 0.0, "y": top + 18, "height": BAR_PX}
    if step.share is None:
        line = top + 18 + BAR_PX / 2
        parts.append(
            element("line", x1=0, x2=x(1), y1=line, y2=line, stroke_dasharray="2 4", **GRID_LINE)
        )
        return "".join(parts)
    parts.append(element("rect", **bar, width=max(1.0, x(min(1.0, step.share))), **ladder(n)))
    if step.low is not None and step.high is not None:
        line = top + 18 + BAR_PX / 2
        ends = {"x1": x(step.low), "x2": x(min(1.0, step.high)), "y1": line, "y2": line}
        # A halo keeps the line visible on the deepest bar.
        parts.append(element("line", **ends, stroke=PAPER, class_="halo", stroke_width="4"))
        parts.append(element("line", **ends, stroke=INK, class_="whisker", stroke_width="1.5"))
    return "".join(parts)
