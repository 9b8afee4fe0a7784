"""The rows of any metric: every field as it was computed, with all that a reader must know."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any, cast, get_args

from fastapi import HTTPException, Response

from consumers.adoption.answer import Answer, By, Grain, Metric, Question
from consumers.adoption.answer import Cell as AnswerCell
from consumers.adoption.catalogue import METRICS
from consumers.adoption.rate import Figure, Rate
from consumers.language.language import NOTHING
from consumers.language.mark import mark as _
from consumers.web.access.rules import Rule
from consumers.web.exhibit import Cell, Table
from consumers.web.links import links_of
from consumers.web.site import Page
from consumers.web.state import codes
from consumers.web.view import View
from infra.errors import Refused

ROWS_MAX = 500  # on the page; the downloads have all
COMMON = frozenset({"first_day", "last_day", "group", "group_name", "is_complete", "suppressed"})


def render(view: View) -> Response:
    """The answer to the question that the address asks."""
    metric = METRICS.get(view.path("metric"))
    if metric is None:
        raise HTTPException(404, "no metric has this name")
    question = read_question(view, metric)
    answer = view.site.asker.ask(question)
    return view.render(
        "rows.html",
        answer=answer,
        definition=metric.definition,
        table=rows_table(view, answer),
        left_out=max(0, len(answer.rows) - ROWS_MAX),
        links=links_of(question, view.language)[1:],
    )


def read_question(view: View, metric: Metric) -> Question:
    """Refused: a value that cannot be."""
    state = view.state
    last = state.last_day or view.today
    first = state.first_day or last - timedelta(days=metric.days - 1)
    by = _choice(view, "by", get_args(By), sorted(metric.by), "market")
    grain = _choice(view, "grain", get_args(Grain), sorted(metric.grains), "window")
    return Question(
        metric=metric.definition.id,
        first_day=first,
        last_day=last,
        by=cast(By, by),
        grain=cast(Grain, grain),
        markets=state.markets,
        kinds=state.kinds,
        vendors=codes(view.query.get("vendor", ()), "vendor"),
        is_shared=view.who.is_shared,
    )


def _choice(view: View, name: str, known: tuple[str, ...], allowed: list[str], default: str) -> str:
    values = [value for value in view.query.get(name, ()) if value]
    asked = values[-1] if values else (default if default in allowed else allowed[0])
    if asked not in known or asked not in allowed:
        raise Refused(f"{name}: {asked[:40]!r} is not one of {', '.join(allowed)}")
    return asked


def rows_table(view: View, answer: Answer) -> Table:
    """Names of columns are those of the API."""
    names = [f.name for f in fields(answer.rows[0]) if f.name not in COMMON] if answer.rows else []
    head = [Cell(view.say("Group")), Cell(view.say("Period"))]
    head += [Cell(name, is_number=True) for name in names]
    shown = []
    for row in answer.rows[:ROWS_MAX]:
        cells = [Cell(group_text(view, row)), Cell(_period(view, row))]
        cells += [_cell(view, getattr(row, name)) for name in names]
        shown.append(tuple(cells))
    caption = view.say("Rows of %(title)s", title=view.say(answer.definition.title))
    return Table(caption, tuple(head), tuple(shown))


def group_text(view: View, row: AnswerCell) -> str:
    """What a row is about."""
    return row.group_name or row.group or view.say("without an owner")


def _period(view: View, row: AnswerCell) -> str:
    days = view.language.days(row.first_day, row.last_day)
    return days if row.is_complete else f"{days} · {view.say('incomplete')}"


def _cell(view: View, value: Any) -> Cell:
    language = view.language
    if isinstance(value, Rate):
        if value.value is None:
            return Cell(NOTHING, is_number=True, why=view.say(value.reason or ""))
        interval = language.interval(value.low, value.high)
        counts = f"{language.number(value.numerator)}/{language.number(value.denominator)}"
        return Cell(language.share(value.value), is_number=True, why=f"{interval} ({counts})")
    if isinstance(value, Figure):
        return Cell(_number(view, value.value), is_number=True, why=view.say(value.reason or ""))
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return Cell(NOTHING if value is None else str(value), is_number=True)
    if isinstance(value, date):
        return Cell(language.day(value), is_number=True)
    if isinstance(value, int | float):
        return Cell(_number(view, value), is_number=True)
    return Cell(str(value), is_number=True)


def _number(view: View, value: float | None) -> str:
    return view.language.number(value, 0 if value is None or float(value).is_integer() else 3)


PAGE = Page(path="/figures/{metric}", title=_("Rows"), rule=Rule("figures", "query"), render=render)
