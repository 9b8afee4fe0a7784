"""Groups beside each other: dots with intervals, largest first."""

from collections.abc import Sequence

from consumers.adoption.question.answer import Answer, Cell
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.svg import AltText, Size
from consumers.language.language import NOTHING
from consumers.web.exhibit import Exhibit, ExhibitTable, TableCell, drawn, head, number_cell
from consumers.web.links import links_of
from consumers.web.measures import Measure, form_of, tick_of, value_of
from consumers.web.names import group_href, group_name
from consumers.web.view import View

DOTS_MAX = 40


def compared(view: View, answer: Answer, measure: Measure, whole: float | None) -> Exhibit:
    """The measure of each group; `whole` is that of all together, drawn as a line."""
    language = view.language
    rows = sorted(answer.rows, key=lambda row: _order(row, measure))
    form, title = form_of(measure, language), view.say(measure.title)
    dots = []
    for row in rows[:DOTS_MAX]:
        found = value_of(row, measure)
        note = view.why(found.reason)
        dots.append(Dot(group_name(view, row), found.value, found.low, found.high, note))
    text = _text(view, rows, measure)
    label = "" if whole is None else view.say("all: %(value)s", value=form(whole))

    def draw(said: AltText, size: Size) -> str:
        return dot_chart(
            dots,
            said,
            value=form,
            tick=tick_of(measure, language),
            reference=whole,
            reference_label=label,
            size=size,
        )

    return drawn(
        draw,
        key="compare",
        finding=title,
        note=text,
        table=_table(view, rows, measure),
        links=links_of(answer.question, language),
    )


def _order(row: Cell, measure: Measure) -> tuple[bool, float]:
    found = value_of(row, measure).value
    return found is None, -(found or 0.0)


def _text(view: View, rows: Sequence[Cell], measure: Measure) -> str:
    known = [(group_name(view, r), value_of(r, measure).value) for r in rows]
    known = [(name, value) for name, value in known if value is not None]
    if not known:
        return view.say("There is no figure for any group.")
    form = form_of(measure, view.language)
    (high, top), (low, bottom) = known[0], known[-1]
    if len(known) == 1:
        return view.say("%(name)s: %(value)s", name=high, value=form(top or 0))
    return view.say(
        "Highest: %(high)s with %(top)s; lowest: %(low)s with %(bottom)s.",
        high=high,
        top=form(top or 0),
        low=low,
        bottom=form(bottom or 0),
    )


def _table(view: View, rows: Sequence[Cell], measure: Measure) -> ExhibitTable:
    language, form = view.language, form_of(measure, view.language)
    shown = []
    for row in rows:
        found = value_of(row, measure)
        count = ""
        if found.numerator is not None and found.denominator is not None:
            count = f"{language.number(found.numerator)}/{language.number(found.denominator)}"
        shown.append(
            (
                TableCell(group_name(view, row), href=group_href(view, row)),
                number_cell(
                    NOTHING if found.value is None else form(found.value),
                    why=view.why(found.reason),
                ),
                number_cell(language.interval(found.low, found.high) or NOTHING),
                number_cell(count or NOTHING),
            )
        )
    names = (view.say("Group"), view.say(measure.title), view.say("95% interval"), view.say("n"))
    return ExhibitTable(view.say(measure.title), head(*names), tuple(shown))
