"""The rows of any metric: every field as it was computed, with all that a reader must know."""

from dataclasses import fields
from datetime import date
from typing import Any

from fastapi import HTTPException, Response

from consumers.adoption.ask import thresholds_of
from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Answer, Cell, Question
from consumers.adoption.question.rate import Figure, Rails, Rate
from consumers.language.language import NOTHING
from consumers.web.access.rules import AccessRule
from consumers.web.exhibit import ExhibitTable, TableCell
from consumers.web.links import links_of
from consumers.web.names import group_name
from consumers.web.pages.definitions import with_names
from consumers.web.site import RAILS
from consumers.web.state import codes
from consumers.web.view import Page, View
from schemas.message import mark as _

ROWS_MAX = 500  # on the page; the downloads have all
AGAINST = {"previous": _("the period before"), "year": _("a year before")}
COMMON = frozenset({"first_day", "last_day", "group", "group_name", "is_complete", "suppressed"})


def render(view: View) -> Response:
    """The answer to the question that the address asks."""
    name = view.path("metric")
    if name not in METRICS:
        raise HTTPException(404, "no metric has this name")
    question = read_question(view, name)
    answer = view.site.asker.ask(question)
    return view.render(
        "rows.html",
        answer=answer,
        definition=METRICS[name].definition,
        text=with_names(view.say(METRICS[name].definition.text)),
        table=rows_table(view, answer),
        left_out=max(0, len(answer.rows) - ROWS_MAX),
        links=links_of(question, view.language)[1:],
    )


def read_question(view: View, name: str) -> Question:
    """Refused: a value that cannot be, or a question that the metric cannot answer."""
    state = view.state
    return view.audience.question(
        name,
        now=view.now,
        first_day=state.first_day,
        last_day=state.last_day,
        by=_last(view, "by"),
        grain=_last(view, "grain"),
        markets=state.markets,
        kinds=state.kinds,
        vendors=codes(view.query.get("vendor", ()), "vendor"),
        thresholds=thresholds_of(view.query.get("threshold", ())),
    )


def _last(view: View, name: str) -> str | None:
    values = [value for value in view.query.get(name, ()) if value]
    return values[-1] if values else None


def rows_table(view: View, answer: Answer) -> ExhibitTable:
    """Names of columns are those of the API."""
    names = [f.name for f in fields(answer.rows[0]) if f.name not in COMMON] if answer.rows else []
    head = [TableCell(view.say("Group")), TableCell(view.say("Period"))]
    head += [TableCell(name, is_number=True) for name in names]
    shown = []
    for row in answer.rows[:ROWS_MAX]:
        cells = [TableCell(group_name(view, row)), TableCell(_period(view, row))]
        cells += [_cell(view, getattr(row, name)) for name in names]
        shown.append(tuple(cells))
    caption = view.say("Rows of %(title)s", title=view.say(answer.definition.title))
    return ExhibitTable(caption, tuple(head), tuple(shown))


def _period(view: View, row: Cell) -> str:
    days = view.language.days(row.first_day, row.last_day)
    return days if row.is_complete else f"{days} · {view.say('incomplete')}"


def _cell(view: View, value: Any) -> TableCell:
    language = view.language
    if isinstance(value, Rate):
        if value.value is None:
            return TableCell(NOTHING, is_number=True, why=view.why(value.reason))
        interval = language.interval(value.low, value.high)
        counts = f"{language.number(value.numerator)}/{language.number(value.denominator)}"
        return TableCell(language.share(value.value), is_number=True, why=f"{interval} ({counts})")
    if isinstance(value, Figure):
        return TableCell(_number(view, value.value), is_number=True, why=view.why(value.reason))
    if isinstance(value, Rails):
        rails = [
            f"{view.say(RAILS[each.rail_class])} {language.number(each.payment_count)}"
            for each in value.figures or ()
        ]
        return TableCell(", ".join(rails) or NOTHING, why=view.why(value.reason))
    if value in AGAINST:
        return TableCell(view.say(AGAINST[value]), is_number=True)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return TableCell(NOTHING if value is None else str(value), is_number=True)
    if isinstance(value, date):
        return TableCell(language.day(value), is_number=True)
    if isinstance(value, int | float):
        return TableCell(_number(view, value), is_number=True)
    return TableCell(str(value), is_number=True)


def _number(view: View, value: float | None) -> str:
    return view.language.number(value, 0 if value is None or float(value).is_integer() else 3)


PAGE = Page(
    path="/figures/{metric}", title=_("Rows"), rule=AccessRule("figures", "query"), render=render
)
