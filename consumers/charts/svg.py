"""SVG as text: elements, escaped text, and the frame that every chart stands in.

Colours are presentation attributes, so that a chart stands alone in a file or a printed report;
each also has a class, and a style sheet may repaint by it (dark mode, print). No style sheets.
"""

from dataclasses import dataclass
from html import escape

FONT = "'Source Sans 3', 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
FONT_PX = 12.5
NAMESPACE = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class AltText:
    """What a chart says to who cannot see it. `key` is unique on its page, and stable."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in CSS pixels."""

    width: int
    height: int


WIDE = Size(960, 300)
NARROW = Size(328, 240)


def number(value: float) -> str:
    """A coordinate: at most two decimals, never `-0`."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element. `class_` means class; `_` in a name means `-`; None leaves it out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, int | float) else escape(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{shown}"')
    head = " ".join(parts)
    return f"<{head}>{''.join(children)}</{name}>" if children else f"<{head}/>"


def words(
    text: str,
    x: float,
    y: float,
    *,
    anchor: str | None = None,
    paint: dict[str, str] | None = None,
    size: float | None = None,
    weight: str | None = None,
) -> str:
    """A line of text at its baseline."""
    return element(
        "text",
        escape(text),
        x=x,
        y=y,
        text_anchor=anchor,
        font_size=size,
        font_weight=weight,
        **(paint or {}),
    )


def frame(said: AltText, size: Size, *children: str) -> str:
    """A whole chart: an image with a title and a description."""
    title, text = f"{said.key}-t", f"{said.key}-d"
    return element(
        "svg",
        element("title", escape(said.title), id=title),
        element("desc", escape(said.text), id=text),
        *children,
        xmlns=NAMESPACE,
        class_="chart",
        role="img",
        aria_labelledby=f"{title} {text}",
        viewBox=f"0 0 {size.width} {size.height}",
        width=size.width,
        height=size.height,
        font_family=FONT,
        font_size=FONT_PX,
    )


def text_width(text: str, size: float = FONT_PX) -> float:
    """About how wide a text is, in pixels: enough to keep labels apart, without a font."""
    narrow = sum(1 for sign in text if sign in " .,:;|il1'()/-–·")
    return size * (0.56 * (len(text) - narrow) + 0.3 * narrow)


def shortened(text: str, width: float, size: float = FONT_PX) -> str:
    """The text, or its beginning with an ellipsis where it is too wide."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
