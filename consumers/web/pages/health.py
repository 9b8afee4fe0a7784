"""Data health: what came, what became of it, what waits, and what evidence says is missing."""

from dataclasses import dataclass

from fastapi import Response

from consumers.adoption.metrics.health import HealthRow
from consumers.adoption.question.answer import Answer
from consumers.adoption.question.rate import Figure
from consumers.language.language import NOTHING
from consumers.web.access.rules import AccessRule
from consumers.web.exhibit import ExhibitTable, TableCell, head, number_cell
from consumers.web.links import links_of
from consumers.web.names import group_href, group_name
from consumers.web.view import Page, View
from schemas.message import Message
from schemas.message import mark as _


@dataclass(frozen=True, slots=True)
class Lag:
    """How far sink and fold are behind."""

    records: int
    days: int
    troubles: tuple[Message, ...]


def render(view: View) -> Response:
    """All see the sums beside every rate; who may see persons, the evidence of each market too."""
    asked = view.question("intensity")
    answers = {"beside": view.site.asker.ask(asked)}
    table, links = None, links_of(asked, view.language)
    if not view.audience.is_shared:
        question = view.question("health")
        answers["health"] = view.site.asker.ask(question)
        table = market_table(view, answers["health"])
        links = links_of(question, view.language)
    sample = view.site.progress.last
    waiting = Lag(
        records=sum(sample.lag.values()) if sample else 0,
        days=sample.days_dirty if sample else 0,
        troubles=tuple(view.site.progress.troubles(view.now)),
    )
    return view.render(
        "health.html",
        answer=answers.get("health", answers["beside"]),
        health=answers["beside"].health,
        table=table,
        links=links,
        waiting=waiting,
        rejected=_rejected(view) if view.audience.may("operate") else None,
    )


def market_table(view: View, answer: Answer) -> ExhibitTable:
    """Each market's records and payments."""
    language = view.language
    rows = []
    for row in answer.rows:
        assert isinstance(row, HealthRow), row
        counts = (
            row.report_count,
            row.duplicate_count,
            row.late_count,
            row.payment_count,
            row.conflict_count,
            row.failed_count,
            row.reversed_count,
        )
        cells = [TableCell(group_name(view, row), href=group_href(view, row))]
        cells += [number_cell(language.number(count)) for count in counts]
        cells += [_figure(view, row.gap_count), _figure(view, row.missing_vnd, is_money=True)]
        rows.append(tuple(cells))
    names = (
        view.say("Market"),
        view.say("Reports"),
        view.say("Said before"),
        view.say("Late"),
        view.say("Valid payments"),
        view.say("Contradicted"),
        view.say("Failed"),
        view.say("Given back"),
        view.say("Gaps"),
        view.say("Missing money"),
    )
    return ExhibitTable(
        view.say("What was reported and what became of it"), head(*names), tuple(rows)
    )


def _figure(view: View, figure: Figure, *, is_money: bool = False) -> TableCell:
    if figure.value is None:
        return number_cell(NOTHING, why=view.why(figure.reason))
    form = view.language.money if is_money else view.language.number
    return number_cell(form(figure.value))


def _rejected(view: View) -> ExhibitTable:
    sample = view.site.progress.last
    found = sample.rejected if sample else {}
    rows = [
        (TableCell(shape), TableCell(reason), number_cell(view.language.number(count)))
        for (shape, reason), count in sorted(found.items(), key=lambda item: -item[1])
    ]
    names = head(view.say("Topic"), view.say("Reason"), view.say("Records"), numbers_from=2)
    return ExhibitTable(view.say("Records that are no evidence, by reason"), names, tuple(rows))


PAGE = Page(
    path="/health",
    title=_("Data health"),
    rule=AccessRule("figures", "query"),
    render=render,
    in_nav=True,
)
