"""A measure week by week, as lines with the bands of their intervals."""

from collections.abc import Sequence
from datetime import date

from consumers.adoption.question.answer import Answer, Period
from consumers.adoption.question.answer import Cell as Row
from consumers.charts.line import Point, Series, Span, line_chart
from consumers.charts.svg import NARROW, WIDE, Said
from consumers.language.language import NOTHING
from consumers.web.exhibit import Cell, Exhibit, Table, Text, chart, head, number_cell
from consumers.web.links import links_of
from consumers.web.measures import Measure, form_of, tick_of, value_of
from consumers.web.names import group_name
from consumers.web.view import View

LINES_MAX = 6


def trend(
    view: View,
    answer: Answer,
    measure: Measure,
    *,
    key: str,
    finding: Text,
    note: str = "",
    spans: Sequence[Span] = (),
) -> Exhibit:
    """One line for each group, at most six; the others stand in the table."""
    language = view.language
    groups = list(dict.fromkeys(row.group for row in answer.rows if row.group or row.market))
    groups = groups or list(dict.fromkeys(row.group for row in answer.rows))
    lines = [
        Series(
            group_name(view, next(r for r in answer.rows if r.group == group)),
            tuple(trend_point(r, measure) for r in answer.rows if r.group == group),
        )
        for group in groups[:LINES_MAX]
    ]
    text = note or view.say(measure.title)

    def draw(name: str) -> str:
        return line_chart(
            lines,
            Said(f"{key}-{name}", str(finding), text),
            value=tick_of(measure, language),
            day=language.short_day,
            size=WIDE if name == "wide" else NARROW,
            spans=spans,
        )

    return Exhibit(
        key=key,
        finding=finding,
        note=note,
        wide=chart(draw("wide")),
        narrow=chart(draw("narrow")),
        table=trend_table(view, answer, groups, measure, answer.periods),
        links=links_of(answer.question, language),
    )


def trend_point(row: Row, measure: Measure) -> Point:
    """The measure of a period as a point of a line."""
    found = value_of(row, measure)
    return Point(row.first_day, found.value, found.low, found.high, row.is_complete)


def trend_table(
    view: View,
    answer: Answer,
    groups: Sequence[str],
    measure: Measure,
    periods: Sequence[Period],
) -> Table:
    """A row for each period, newest first; a column for each group."""
    language, form = view.language, form_of(measure, view.language)
    cells: dict[tuple[date, str], Row] = {(r.first_day, r.group): r for r in answer.rows}
    names = [group_name(view, next(r for r in answer.rows if r.group == g)) for g in groups]
    rows = []
    for period in reversed(periods):
        when = language.days(period.first_day, period.last_day)
        shown = [Cell(when, why="" if period.is_complete else view.say_reason(period.reason or ""))]
        for group in groups:
            row = cells.get((period.first_day, group))
            found = value_of(row, measure) if row else None
            if found is None or found.value is None:
                reason = view.say_reason(found.reason or "") if found and len(groups) == 1 else ""
                shown.append(number_cell(NOTHING, why=reason))
            else:
                interval = language.interval(found.low, found.high) if len(groups) == 1 else ""
                shown.append(number_cell(form(found.value), why=interval))
        rows.append(tuple(shown))
    caption = view.say(measure.title)
    return Table(caption, head(view.say("Period"), *names), tuple(rows), is_long=True)
