"""A measure week by week: its points with their intervals, and its table."""

from collections.abc import Sequence
from datetime import date

from consumers.adoption.question.answer import Answer, Cell, Period
from consumers.charts.line import Point
from consumers.language.language import NOTHING
from consumers.web.exhibit import ExhibitTable, TableCell, head, number_cell
from consumers.web.measures import Measure, form_of, value_of
from consumers.web.names import group_name
from consumers.web.view import View


def trend_point(row: Cell, measure: Measure) -> Point:
    """The measure of a period as a point of a line."""
    found = value_of(row, measure)
    return Point(row.first_day, found.value, found.low, found.high, row.is_complete)


def trend_table(
    view: View,
    answer: Answer,
    groups: Sequence[str],
    measure: Measure,
    periods: Sequence[Period],
) -> ExhibitTable:
    """A row for each period, newest first; a column for each group."""
    language, form = view.language, form_of(measure, view.language)
    cells: dict[tuple[date, str], Cell] = {(r.first_day, r.group): r for r in answer.rows}
    names = [group_name(view, next(r for r in answer.rows if r.group == g)) for g in groups]
    rows = []
    for period in reversed(periods):
        when = language.days(period.first_day, period.last_day)
        shown = [TableCell(when, why=view.why(period.reason))]
        for group in groups:
            row = cells.get((period.first_day, group))
            found = value_of(row, measure) if row else None
            if found is None or found.value is None:
                reason = view.why(found.reason) if found and len(groups) == 1 else ""
                shown.append(number_cell(NOTHING, why=reason))
            else:
                interval = language.interval(found.low, found.high) if len(groups) == 1 else ""
                shown.append(number_cell(form(found.value), why=interval))
        rows.append(tuple(shown))
    caption = view.say(measure.title)
    return ExhibitTable(caption, head(view.say("Period"), *names), tuple(rows), is_long=True)
