"""The ladder of adoption in a report: its sentence, its chart, its table. Pure."""

from collections.abc import Iterator
from html import escape

from consumers.adoption.question.answer import Answer, Cell
from consumers.adoption.question.rate import Figure, Rate
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.svg import AltText
from consumers.language.language import languages
from consumers.reports.document import Block, ChartFigure, Table
from consumers.reports.document import Cell as DocumentCell
from consumers.reports.fact import FactTable
from consumers.reports.figures import PAPER
from consumers.reports.metric_facts import Shelf
from consumers.reports.number_format import Lang
from consumers.reports.tables import group_head, group_text
from schemas.message import Message, Ref

STEPS = (
    ("census", Message("ladder.census")),
    ("equipped", Message("ladder.equipped")),
    ("paid_ever", Message("ladder.paid_ever")),
    ("active", Message("ladder.active")),
    ("habitual", Message("ladder.habitual")),
)
SHARES = (
    ("equipped_of_census", Message("ladder.equipped")),
    ("active_of_census", Message("ladder.active")),
    ("active_of_equipped", Message("ladder.active_of_equipped")),
)


def ladder_lead(answer: Answer, facts: FactTable) -> Message:
    """The sentence that a hurried reader takes away: the first group that is best, with its n."""
    shelf = Shelf(answer, facts)
    known = [row for row in answer.rows if _share(row, "active_of_census") is not None]
    if not known:
        return Message("ladder.no_denominator")
    best = max(known, key=lambda row: _share(row, "active_of_census") or 0.0)
    share = shelf.put(best, "active_of_census", "share", decimals=1)
    return Message(
        "ladder.leads",
        group=group_text(best),
        active=shelf.put(best, "active", "count"),
        census=shelf.put(best, "census", "count"),
        share=share,
        low=Ref(share.fact_id, "low"),
        high=Ref(share.fact_id, "high"),
    )


def ladder_blocks(answer: Answer, facts: FactTable) -> Iterator[Block]:
    """The steps as counts, then the shares with their intervals as a chart and a table."""
    shelf = Shelf(answer, facts)
    counts: tuple[tuple[DocumentCell, ...], ...] = tuple(
        (group_text(row), *(shelf.put(row, name, "count") for name, _ in STEPS))
        for row in answer.rows
    )
    yield Table(
        Message("ladder.steps"),
        (group_head(answer), *(title for _, title in STEPS)),
        counts,
    )
    shares: tuple[tuple[DocumentCell, ...], ...] = tuple(
        (group_text(row), *(shelf.put(row, name, "share", decimals=1) for name, _ in SHARES))
        for row in answer.rows
    )
    title = Message("ladder.share_active")

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        dots = []
        for row in answer.rows:
            rate: Rate = row.active_of_census  # type: ignore[attr-defined]
            note = "" if rate.reason is None else language.render(rate.reason)
            label = language.show(group_text(row))
            dots.append(Dot(label, rate.value, rate.low, rate.high, note))
        alt = AltText("ladder", escape(language.show(title)), escape(language.show(title)))
        return dot_chart(dots, alt, value=language.share, tick=language.whole_share, size=PAPER)

    yield ChartFigure(
        title=title,
        alt=Message("ladder.chart"),
        draw=draw,
        table=Table(
            Message("ladder.shares"),
            (group_head(answer), *(title for _, title in SHARES)),
            shares,
        ),
        native="bar",
    )


def _share(row: Cell, name: str) -> float | None:
    said: Rate | Figure = getattr(row, name)
    return said.value
