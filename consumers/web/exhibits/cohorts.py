"""Retention as a table of cohorts, lifecycle as columns: who came, stayed, came back and went."""

from consumers.adoption.metrics.lifecycle import LifecycleRow
from consumers.adoption.metrics.retention import WEEK_NAMES, RetentionRow
from consumers.adoption.question.answer import Answer
from consumers.adoption.question.rate import Rate, rate
from consumers.charts.bars import Bar, bar_chart
from consumers.charts.heat import HeatRow, heat_chart
from consumers.charts.svg import AltText, Size
from consumers.language.language import NOTHING
from consumers.web.exhibit import Exhibit, ExhibitTable, TableCell, drawn, head, number_cell
from consumers.web.links import links_of
from consumers.web.view import View
from schemas.message import Message

WEEK_POOLED = 4
COHORTS_MAX = 26


def cohort_table(view: View, answer: Answer) -> Exhibit:
    """A row for each week of first payments that had any."""
    language = view.language
    rows = [row for row in answer.rows if isinstance(row, RetentionRow)]
    rows = [row for row in rows if row.vendor_count.value != 0][-COHORTS_MAX:]
    names = [str(n + 1) for n in range(len(WEEK_NAMES))]
    pooled = pooled_rate(answer, WEEK_POOLED)
    finding = view.say("No cohort is old enough yet")
    if pooled.value is not None:
        finding = view.say(
            "%(share)s of vendors are paid again in the fourth week after their first payment",
            share=language.whole_share(pooled.value),
        )
    note = view.say(
        "Each row: vendors first paid in that week, how many they were, and which percentage of"
        " them was paid in the first, second, … open week after it. A blank is not known yet."
    )
    if pooled.value is not None:
        note += " " + view.say(
            "Fourth week of all cohorts: %(interval)s (95%% interval), n = %(n)s.",
            interval=language.interval(pooled.low, pooled.high),
            n=language.number(pooled.denominator),
        )
    cohorts = [
        HeatRow(
            language.short_day(row.first_day),
            None if row.vendor_count.value is None else int(row.vendor_count.value),
            tuple(getattr(row, name).value for name in WEEK_NAMES),
        )
        for row in rows
    ]

    def draw(said: AltText, size: Size) -> str:
        return heat_chart(
            cohorts,
            names,
            said,
            count=language.number,
            percent=lambda share: language.number(share * 100),
            size=size,
        )

    return drawn(
        draw,
        key="retention",
        finding=finding,
        note=note,
        table=_cohort_rows(view, rows),
        links=links_of(answer.question, language),
    )


def pooled_rate(answer: Answer, week: int) -> Rate:
    """The rate of one week over all cohorts that know it."""
    found = [getattr(row, f"w{week}") for row in answer.rows if isinstance(row, RetentionRow)]
    known = [r for r in found if r.value is not None and r.denominator]
    there = sum(r.denominator for r in known)
    return rate(sum(r.numerator for r in known), there or None, missing=NONE, zero=NONE)


NONE = Message("adoption.no_cohort_is_old_enough")


def _cohort_rows(view: View, rows: list[RetentionRow]) -> ExhibitTable:
    language = view.language
    shown = []
    for row in reversed(rows):
        cells = [
            TableCell(language.days(row.first_day, row.last_day)),
            number_cell(language.number(row.vendor_count.value)),
        ]
        for name in WEEK_NAMES:
            found: Rate = getattr(row, name)
            cells.append(number_cell(NOTHING if found.value is None else _of(view, found)))
        shown.append(tuple(cells))
    weeks = [view.say("week %(n)s", n=n + 1) for n in range(len(WEEK_NAMES))]
    names = head(view.say("First paid in"), view.say("Vendors"), *weeks)
    return ExhibitTable(view.say("Retention by cohort"), names, tuple(shown), is_long=True)


def _of(view: View, found: Rate) -> str:
    return f"{view.language.number(found.numerator)}/{view.language.number(found.denominator)}"


def lifecycle_columns(view: View, answer: Answer) -> Exhibit:
    """A column for each period: above the line who was active, below it who went."""
    language = view.language
    rows = [row for row in answer.rows if isinstance(row, LifecycleRow)]
    labels = [
        view.say("stayed"),
        view.say("came back"),
        view.say("new"),
        view.say("went dormant"),
        view.say("on leave"),
    ]
    columns = [
        Bar(
            row.first_day,
            (
                row.returning.value,
                row.resurrected.value,
                row.new.value,
                None if row.dormant.value is None else -row.dormant.value,
                row.on_leave.value,
            ),
            row.is_complete,
        )
        for row in rows
    ]
    finding = _lifecycle_finding(view, rows)
    note = view.say(
        "Vendors by week. Active now = active before + new + came back − went dormant. An outlined"
        " week is not complete: who seems dormant in it may still be paid."
    )

    def draw(said: AltText, size: Size) -> str:
        return bar_chart(
            columns,
            said,
            value=language.number,
            day=language.short_day,
            step_days=7,
            labels=labels,
            size=size,
        )

    return drawn(
        draw,
        key="lifecycle",
        finding=finding,
        note=note,
        table=_lifecycle_rows(view, rows, labels),
        links=links_of(answer.question, language),
    )


def _lifecycle_finding(view: View, rows: list[LifecycleRow]) -> str:
    complete = [row for row in rows if row.is_complete and row.active.value is not None]
    if not complete:
        return view.say("No complete week yet")
    last, number = complete[-1], view.language.number
    return view.say(
        "%(active)s active vendors in the last complete week: %(new)s new, %(back)s came back,"
        " %(dormant)s went dormant",
        active=number(last.active.value),
        new=number(last.new.value),
        back=number(last.resurrected.value),
        dormant=number(last.dormant.value),
    )


def _lifecycle_rows(view: View, rows: list[LifecycleRow], labels: list[str]) -> ExhibitTable:
    language = view.language
    shown = []
    for row in reversed(rows):
        figures = (
            row.active_before,
            row.returning,
            row.resurrected,
            row.new,
            row.dormant,
            row.on_leave,
            row.active,
        )
        why = "" if row.is_complete else view.say("incomplete")
        cells = [TableCell(language.days(row.first_day, row.last_day), why=why)]
        cells += [number_cell(language.number(figure.value)) for figure in figures]
        shown.append(tuple(cells))
    names = head(
        view.say("Week"), view.say("active before"), *labels, view.say("active"), numbers_from=1
    )
    return ExhibitTable(view.say("Lifecycle by week"), names, tuple(shown), is_long=True)
