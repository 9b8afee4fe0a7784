"""Adoption as tables for people: any metric, day by day, markets and vendors at a glance. Pure.

Columns of a metric are named as in JSON and CSV; all else is in the reader's language and locale.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from choso.terminal.table import render_table
from consumers.adoption.daily.daily import DailyRow
from consumers.adoption.daily.overview import MarketRow, VendorRow
from consumers.adoption.question.answer import Answer, Cell, Metric
from consumers.adoption.question.periods import NOTHING as NO_EVIDENCE
from consumers.adoption.question.rate import Figure, Rails, Rate
from consumers.adoption.render.flat import row_type_fields
from consumers.language.language import NOTHING, Language
from schemas.message import Count, Instant, Message, Name, Share

TOLD_APART = ("first_day", "last_day", "market", "is_complete", "suppressed")
MARKET, VENDOR = Message("terminal.market"), Message("terminal.vendor")
NOBODY, INCOMPLETE = Message("terminal.nobody"), Message("terminal.incomplete")
NAME, PAYMENTS = Message("terminal.name"), Message("terminal.payments")
VND, PAID, SHARE = Message("terminal.vnd"), Message("terminal.paid"), Message("terminal.share")


def render_answer_table(answer: Answer, metric: Metric, language: Language) -> str:
    """The rows, and under them what a reader must know."""
    say = language.render
    names = [
        name
        for name, kind in row_type_fields(metric.row)
        if name not in TOLD_APART and kind is not Rails
    ]
    head = (say(Message("terminal.period")), say(MARKET), *names, "")
    table = render_table(head, [_cells(row, names, language) for row in answer.rows])
    under = [f"{say(title)}: {language.show(text)}" for title, text in _under(answer)]
    incomplete = [
        f"{say(INCOMPLETE)} {language.days(p.first_day, p.last_day)}: {say(p.reason)}"
        for p in answer.periods
        if p.reason is not None
    ]
    return "\n".join([table, *under, *incomplete, *map(say, answer.notes)])


def _cells(row: Cell, names: Sequence[str], language: Language) -> list[str]:
    marks = [] if row.is_complete else [language.render(INCOMPLETE)]
    if row.suppressed:
        marks.append(language.render(row.suppressed))
    cells = [cell_text(getattr(row, name), language) for name in names]
    return [language.days(row.first_day, row.last_day), row.market, *cells, ", ".join(marks)]


def cell_text(value: Any, language: Language) -> str:
    """One value for people; a null says why."""
    if isinstance(value, Rate | Figure) and value.reason is not None:
        return f"{NOTHING} ({language.render(value.reason)})"
    if isinstance(value, Rate):
        interval = language.interval(value.low, value.high)
        return language.share(value.value) + (f" [{interval}]" if interval else "")
    if isinstance(value, Figure):
        return cell_text(value.value, language)
    if isinstance(value, date):
        return language.day(value)
    if isinstance(value, int | float):
        return language.number(value, 0 if isinstance(value, int) else 3)
    return str(value)


def _under(answer: Answer) -> list[tuple[Message, Message | Name | Instant]]:
    definition, health = answer.definition, answer.health
    attributed, forged = health.attributed, health.forged
    return [
        (
            Message("terminal.cut_off"),
            Instant(answer.cut_off_at) if answer.cut_off_at else NO_EVIDENCE,
        ),
        (
            Message("terminal.label.definition"),
            Message(
                "terminal.metric",
                id=Name(definition.id),
                version=Count(definition.version),
                text=Message(definition.text),
            ),
        ),
        (Message("terminal.thresholds"), Name(answer.question.thresholds.version)),
        (
            Message("terminal.health"),
            Message(
                "terminal.evidence",
                received=Count(health.received),
                duplicate=Count(health.duplicate),
                late=Count(health.late),
                rejected=Count(health.rejected),
                conflict=Count(health.conflict),
                attributed=attributed.reason or Share(attributed.value),
                forged=forged.reason or Count(int(forged.value or 0)),
            ),
        ),
    ]


def render_daily_table(rows: Sequence[DailyRow], language: Language) -> str:
    """A line for each market or vendor on each day."""
    say, number = language.render, language.number
    head = (
        Message("terminal.day"),
        MARKET,
        VENDOR,
        PAYMENTS,
        VND,
        Message("terminal.payers"),
        PAID,
        Message("terminal.stalls"),
        SHARE,
    )
    cells = []
    for row in rows:
        everybody = Message("terminal.everybody") if row.market else NOBODY
        marks = [] if row.is_open else [say(Message("terminal.closed"))]
        marks += [] if row.is_complete else [say(INCOMPLETE)]
        cells.append(
            (
                language.day(row.day),
                row.market or say(NOBODY),
                row.vendor or say(everybody),
                number(row.payment_count),
                number(row.payment_vnd),
                number(row.payer_count),
                number(row.paid_vendor_count),
                number(row.stall_count),
                _share(row.paid_share, row.share_reason, language),
                ", ".join(marks),
            )
        )
    return render_table([*map(say, head), ""], cells)


def render_vendors(rows: Sequence[VendorRow], language: Language) -> str:
    """The vendors as a table."""
    say, number = language.render, language.number
    head = (MARKET, VENDOR, NAME, PAYMENTS, VND, Message("terminal.days"))
    cells = [
        (
            row.market or say(NOBODY),
            row.vendor or say(NOBODY),
            row.name,
            number(row.payment_count),
            number(row.payment_vnd),
            number(row.day_count),
        )
        for row in rows
    ]
    return render_table([*map(say, head)], cells)


def render_overview(rows: Sequence[MarketRow], language: Language) -> str:
    """The markets as a table."""
    say, number = language.render, language.number
    active = (
        Message("terminal.active"), Message("terminal.of_vendors"), Message("terminal.active_share")
    )  # fmt: skip
    head = (MARKET, NAME, PAYMENTS, VND, PAID, *active, Message("terminal.today"))
    cells = [
        (
            row.market or say(NOBODY),
            row.name,
            number(row.payment_count),
            number(row.payment_vnd),
            number(row.paid_vendor_count),
            *_active(row.active, language),
            number(row.today_count),
        )
        for row in rows
    ]
    return render_table([*map(say, head)], cells)


def _active(rate: Rate | None, language: Language) -> tuple[str, str, str]:
    if rate is None:
        return NOTHING, NOTHING, NOTHING
    counts = language.number(rate.numerator), language.number(rate.denominator)
    return *counts, _share(rate.value, rate.reason, language)


def _share(value: float | None, reason: Message | None, language: Language) -> str:
    why = "" if reason is None else f" ({language.render(reason)})"
    return language.share(value) + why
