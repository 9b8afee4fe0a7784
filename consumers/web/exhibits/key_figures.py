"""The figures of one group as a table: value, interval, n, and where each is defined."""

from collections.abc import Mapping

from consumers.adoption.question.answer import Answer, Cell
from consumers.language.language import NOTHING
from consumers.web.exhibit import ExhibitTable, TableCell, number_cell
from consumers.web.links import definition_address, rows_address
from consumers.web.measures import MEASURES, Measure, form_of, value_of
from consumers.web.view import View

SHOWN = (
    "active",
    "habitual",
    "payers",
    "repeat",
    "per-day",
    "ticket",
    "top",
    "gini",
    "cashless-count",
    "cashless-money",
    "fees",
    "growth",
    "growth-same",
)
METRICS_ASKED = tuple(dict.fromkeys(MEASURES[n].metric for n in SHOWN if n in MEASURES))


def key_figures(view: View, answers: Mapping[str, Answer], group: str) -> ExhibitTable:
    """`answers` by metric, each with a row of the group."""
    rows = []
    for name in SHOWN:
        measure = MEASURES.get(name)
        answer = answers.get(measure.metric) if measure else None
        if measure is None or answer is None:
            continue
        row = next((r for r in answer.rows if r.group == group), None)
        if row is not None:
            rows.append(_row(view, measure, answer, row))
    names = (
        TableCell(view.say("Figure")),
        TableCell(view.say("Value"), is_number=True),
        TableCell(view.say("95% interval"), is_number=True),
        TableCell(view.say("n"), is_number=True),
        TableCell(view.say("Definition")),
    )
    return ExhibitTable(view.say("Key figures of the last 28 complete days"), names, tuple(rows))


def _row(view: View, measure: Measure, answer: Answer, row: Cell) -> tuple[TableCell, ...]:
    language, found = view.language, value_of(row, measure)
    count = NOTHING
    if found.numerator is not None and found.denominator is not None:
        count = f"{language.number(found.numerator)}/{language.number(found.denominator)}"
    shown = NOTHING if found.value is None else form_of(measure, language)(found.value)
    return (
        TableCell(view.say(measure.title), href=rows_address(answer.question)),
        number_cell(shown, why=view.why(found.reason)),
        number_cell(language.interval(found.low, found.high) or NOTHING),
        number_cell(count),
        TableCell(view.say("Definition"), href=definition_address(measure.metric)),
    )
