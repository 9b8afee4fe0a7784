"""The weekly report, of all markets or of some: a complete week and the weeks around it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from consumers.adoption.question.answer import Answer
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.svg import AltText
from consumers.language.language import languages
from consumers.reports.document import (
    Block,
    Bullets,
    ChartFigure,
    Document,
    Heading,
    Paragraph,
    Table,
)
from consumers.reports.fact import FactTable
from consumers.reports.figures import PAPER
from consumers.reports.ladder import ladder_blocks, ladder_lead
from consumers.reports.metric_facts import Shelf
from consumers.reports.number_format import Lang
from consumers.reports.tables import group_text, metric_table
from schemas.message import Message, Name, Ref

TITLES: Mapping[str, Message] = {
    "intensity": Message("weekly.intensity"),
    "growth": Message("weekly.growth"),
    "reach": Message("weekly.reach"),
    "cashless-share": Message("weekly.cashless_share"),
    "fees": Message("weekly.fees"),
    "concentration": Message("weekly.concentration"),
}


def weekly_report(
    answers: Mapping[str, Answer],
    *,
    kind: str,
    week: date,
    issuer: Name,
    place: Name,
    day: date,
    params: dict[str, str],
) -> Document:
    """The document. `answers`: one for each metric in TITLES, and `ladder`."""
    facts = FactTable()
    last = answers["intensity"].question.last_day
    markets = answers["intensity"].question.markets
    of = Message("weekly.all_markets")
    if markets:
        of = Message("weekly.some_markets", markets=tuple(map(Name, markets)))
    return Document(
        kind=kind,
        title=Message("weekly.title", of=of, first=Ref("week.first"), last=Ref("week.last")),
        issuer=issuer,
        place=place,
        day=day,
        params=params,
        blocks=tuple(_blocks(answers, facts, week, last)),
        facts=facts,
    )


def _blocks(
    answers: Mapping[str, Answer], facts: FactTable, week: date, last: date
) -> Iterator[Block]:
    ladder = answers["ladder"]
    shelf = Shelf(ladder, facts)
    for name, day in (("week.first", week), ("week.last", last)):
        shelf.say(name, day.isoformat(), "date")
    yield Heading(Message("report.summary"))
    yield Paragraph(ladder_lead(ladder, facts), style="lead")
    yield Paragraph(Message("weekly.week", first=Ref("week.first"), last=Ref("week.last")))
    yield from _incomplete(answers)
    yield Heading(Message("weekly.ladder"))
    yield from ladder_blocks(ladder, facts)
    yield Heading(Message("weekly.activity"))
    for name, title in TITLES.items():
        answer = answers[name]
        rows = [row for row in answer.rows if getattr(row, "against", "previous") == "previous"]
        table = metric_table(answer, facts, title, rows)
        yield _growth_figure(answer, table) if name == "growth" and rows else table
    yield Heading(Message("weekly.health"))
    yield _health(answers["intensity"], facts)
    yield Heading(Message("weekly.definitions"))
    yield Bullets(tuple(_definition(answer) for answer in answers.values()))


def _incomplete(answers: Mapping[str, Answer]) -> Iterator[Block]:
    reasons = {
        period.reason for answer in answers.values() for period in answer.periods if period.reason
    }
    if reasons:
        told = tuple(sorted(reasons, key=lambda reason: reason.id))
        yield Paragraph(Message("weekly.incomplete", reasons=told))


def _growth_figure(answer: Answer, table: Table) -> ChartFigure:
    title = Message("weekly.growth_title")

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        dots = [
            Dot(
                language.show(group_text(row)),
                figure.value,
                note="" if figure.reason is None else language.render(figure.reason),
            )
            for row in answer.rows
            if getattr(row, "against", "") == "previous"
            for figure in (row.growth_count_all,)  # type: ignore[attr-defined]
        ]
        return dot_chart(
            dots,
            AltText("growth", language.show(title), language.show(title)),
            value=language.share,
            tick=language.whole_share,
            size=PAPER,
        )

    return ChartFigure(
        title=title,
        alt=Message("weekly.growth_chart"),
        draw=draw,
        table=table,
        native="bar",
    )


def _health(answer: Answer, facts: FactTable) -> Table:
    health, shelf = answer.health, Shelf(answer, facts)
    attributed = health.attributed
    named = (
        ("received", Message("evidence.received"), health.received),
        ("duplicate", Message("evidence.duplicate"), health.duplicate),
        ("late", Message("evidence.late"), health.late),
        ("conflict", Message("evidence.conflict"), health.conflict),
        ("rejected", Message("evidence.rejected"), health.rejected),
    )
    rows = [(title, shelf.say(f"health.{name}", count, "count")) for name, title, count in named]
    if attributed.value is not None:
        share = shelf.say("health.attributed", attributed.value, "share", decimals=1)
        rows.append((Message("evidence.attributed"), share))
    return Table(
        Message("evidence.table"),
        (Message("column.evidence_kind"), Message("column.count")),
        tuple(rows),
    )


def _definition(answer: Answer) -> Message:
    """What a metric means, in the words of the catalogue of metrics."""
    title, text = Message(answer.definition.title), Message(answer.definition.text)
    return Message("weekly.definition", title=title, text=text)
