"""A measure week by week as small multiples: a panel for each group, all on one scale."""

from datetime import date

from consumers.adoption.question.answer import Answer
from consumers.adoption.question.answer import Cell as Row
from consumers.charts.line import Series, line_chart
from consumers.charts.svg import AltText, Size
from consumers.web.exhibit import Exhibit, chart
from consumers.web.exhibits.trend import trend_point, trend_table
from consumers.web.links import links_of, own_question
from consumers.web.measures import Measure, form_of, tick_of, value_of
from consumers.web.names import group_href, group_name
from consumers.web.view import View

PANEL = Size(328, 150)


def small_trends(view: View, answer: Answer, measure: Measure, *, key: str) -> list[Exhibit]:
    """One panel for each group of a market's or a kind's, in the answer's order."""
    groups = list(dict.fromkeys(row.group for row in answer.rows if row.group))
    by_group = {g: [row for row in answer.rows if row.group == g] for g in groups}
    known = [value_of(row, measure) for row in answer.rows]
    top = max((v.high or v.value or 0.0 for v in known if v.value is not None), default=0.0)
    return [
        _panel(view, answer, measure, by_group[group], key=f"{key}-{group}", top=top)
        for group in groups
    ]


def _panel(
    view: View, answer: Answer, measure: Measure, rows: list[Row], *, key: str, top: float
) -> Exhibit:
    language, name = view.language, group_name(view, rows[0])
    series = Series(name, tuple(trend_point(row, measure) for row in rows))
    note = _note(view, measure, rows)
    said = AltText(f"{key}-chart", f"{view.say(measure.title)}: {name}", note)
    svg = line_chart(
        [series],
        said,
        value=tick_of(measure, language),
        day=language.short_day,
        size=PANEL,
        top=top,
    )
    days: set[date] = {row.first_day for row in rows}
    periods = [period for period in answer.periods if period.first_day in days]
    return Exhibit(
        key=key,
        finding=name,
        finding_href=group_href(view, rows[0]),
        note=note,
        narrow=chart(svg),
        table=trend_table(view, answer, [rows[0].group], measure, periods),
        links=links_of(own_question(answer.question, rows[0].market), language),
    )


def _note(view: View, measure: Measure, rows: list[Row]) -> str:
    """The last complete value and what it was at the beginning, or why there is none."""
    form = form_of(measure, view.language)
    known = [(r, value_of(r, measure)) for r in rows if r.is_complete]
    known = [(r, v) for r, v in known if v.value is not None]
    if not known:
        reasons = [value_of(r, measure).reason for r in rows]
        return view.why(next((reason for reason in reasons if reason), None))
    (first, before), (last, now) = known[0], known[-1]
    if first is last:
        return form(now.value or 0)
    return view.say(
        "%(before)s in the week to %(first)s, %(now)s in that to %(last)s",
        before=form(before.value or 0),
        first=view.language.short_day(first.last_day),
        now=form(now.value or 0),
        last=view.language.short_day(last.last_day),
    )
