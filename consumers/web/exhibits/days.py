"""Payments day by day, as columns: closed days have a mark, the running day is an outline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from consumers.charts.bars import Bar, bar_chart
from consumers.charts.svg import WIDE, AltText, Size
from consumers.web.exhibit import Exhibit, ExhibitTable, Link, TableCell, drawn, head, number_cell
from consumers.web.view import View

NARROW_DAYS = 42  # more columns than this are too thin on a small screen


@dataclass(frozen=True, slots=True)
class DayTable:
    """One day: how many payments, how much money."""

    day: date
    payment_count: float | None  # None: withheld
    payment_vnd: float | None
    is_open: bool
    is_complete: bool


def day_columns(
    view: View, days: Sequence[DayTable], *, key: str, finding: str, links: tuple[Link, ...]
) -> Exhibit:
    """A column for each day of the range, in its order."""
    language = view.language
    text = view.say(
        "Valid payments a day. × marks a day on which the market was closed; an outline is a day"
        " that is not over or not complete yet."
    )
    columns = [
        Bar(d.day, (d.payment_count,), d.is_complete, d.is_open or bool(d.payment_count))
        for d in days
    ]

    def draw(said: AltText, size: Size) -> str:
        shown = columns if size == WIDE else columns[-NARROW_DAYS:]
        return bar_chart(
            shown, said, value=language.short_number, day=language.short_day, size=size
        )

    return drawn(
        draw,
        key=key,
        finding=finding,
        note=text,
        table=_table(view, days, finding),
        links=links,
    )


def _table(view: View, days: Sequence[DayTable], caption: str) -> ExhibitTable:
    language = view.language
    rows = [
        (
            TableCell(language.day(d.day)),
            number_cell(language.number(d.payment_count)),
            number_cell(language.money(d.payment_vnd)),
            TableCell(_marks(view.say, d)),
        )
        for d in reversed(days)
    ]
    names = (view.say("Day"), view.say("Payments"), view.say("Money"), "")
    return ExhibitTable(caption, (*head(*names[:3]), TableCell("")), tuple(rows), is_long=True)


def _marks(say: Callable[[str], str], day: DayTable) -> str:
    marks = [] if day.is_open else [say("closed")]
    return ", ".join(marks if day.is_complete else [*marks, say("incomplete")])
