"""A figure on a page: its finding, its chart in two widths, its table, and where it leads. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from consumers.charts.svg import NARROW, WIDE, AltText, Size

Text = str | Markup
NO_CHART = Markup()


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table: what it shows, and whether it is a number; `href` makes it a link."""

    text: Text
    is_number: bool = False
    href: str | None = None
    why: str = ""  # why there is no figure


@dataclass(frozen=True, slots=True)
class ExhibitTable:
    """A table with a head; the first cell of a row is its heading."""

    caption: str
    head: tuple[TableCell, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    is_long: bool = False  # folded away until it is asked for


@dataclass(frozen=True, slots=True)
class Link:
    """Where a figure leads."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """`finding` is the title: what the figure says, not what it is called. `wide` and `narrow` are
    SVG of our own; where they are empty the table alone shows the figure."""

    key: str
    finding: Text
    finding_href: str | None = None
    note: Text = ""
    wide: Markup = NO_CHART
    narrow: Markup = NO_CHART
    table: ExhibitTable | None = None
    links: tuple[Link, ...] = ()


def chart(svg: str) -> Markup:
    """SVG that `consumers.charts` made: it has escaped every word in it."""
    assert svg.startswith("<svg "), svg[:20]
    return Markup(svg)  # noqa: S704


def drawn(
    draw: Callable[[AltText, Size], str],
    *,
    key: str,
    finding: str,
    note: str,
    table: ExhibitTable,
    links: tuple[Link, ...] = (),
) -> Exhibit:
    """An exhibit whose chart is drawn in both widths."""
    wide, narrow = (
        chart(draw(AltText(f"{key}-{name}", finding, note), size))
        for name, size in (("wide", WIDE), ("narrow", NARROW))
    )
    return Exhibit(
        key=key, finding=finding, note=note, wide=wide, narrow=narrow, table=table, links=links
    )


def number_cell(text: str, *, why: str = "") -> TableCell:
    """A number, to the right."""
    return TableCell(text, is_number=True, why=why)


def head(*names: str, numbers_from: int = 1) -> tuple[TableCell, ...]:
    """Headings; those from `numbers_from` on stand over numbers."""
    return tuple(TableCell(name, is_number=n >= numbers_from) for n, name in enumerate(names))


def rows(cells: Sequence[Sequence[TableCell]]) -> tuple[tuple[TableCell, ...], ...]:
    """Rows of a table."""
    return tuple(tuple(row) for row in cells)
