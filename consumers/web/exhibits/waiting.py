"""How soon vendors are paid once they have a code: three moments with their intervals."""

from consumers.adoption.metrics.first_payment import FirstPaymentRow
from consumers.adoption.question.answer import Answer
from consumers.adoption.question.rate import Figure
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.svg import AltText, Size
from consumers.language.language import NOTHING
from consumers.web.exhibit import Exhibit, ExhibitTable, TableCell, drawn, head, number_cell
from consumers.web.links import links_of
from consumers.web.view import View

MOMENTS = (7, 14, 30)


def waiting_dots(view: View, answer: Answer, row: FirstPaymentRow) -> Exhibit:
    """Kaplan and Meier's estimates at 7, 14 and 30 open days."""
    language = view.language
    dots = []
    for days in MOMENTS:
        found: Figure = getattr(row, f"paid_within_{days}")
        low: Figure = getattr(row, f"paid_within_{days}_low")
        high: Figure = getattr(row, f"paid_within_{days}_high")
        label = view.say("within %(days)s open days", days=days)
        reason = view.why(found.reason)
        dots.append(Dot(label, found.value, low.value, high.value, reason))
    finding = _finding(view, row)
    note = view.say(
        "Vendors with a first code: %(issued)s; paid since: %(paid)s; not paid as far as they were"
        " followed: %(censored)s.",
        issued=language.number(row.issued_count.value),
        paid=language.number(row.paid_count.value),
        censored=language.number(row.censored_count.value),
    )

    def draw(said: AltText, size: Size) -> str:
        return dot_chart(
            dots,
            said,
            value=language.share,
            tick=language.whole_share,
            size=size,
        )

    return drawn(
        draw,
        key="waiting",
        finding=finding,
        note=note,
        table=_table(view, dots),
        links=links_of(answer.question, language),
    )


def _finding(view: View, row: FirstPaymentRow) -> str:
    median = row.median_open_days
    if median.value is None:
        reason = view.why(median.reason)
        return view.say("How long half of them wait is not known: %(reason)s", reason=reason)
    return view.say(
        "Half of the vendors with a new code are paid within %(days)s open days",
        days=view.language.number(median.value),
    )


def _table(view: View, dots: list[Dot]) -> ExhibitTable:
    language = view.language
    rows = [
        (
            TableCell(dot.label),
            number_cell(language.share(dot.value), why=dot.note if dot.value is None else ""),
            number_cell(language.interval(dot.low, dot.high) or NOTHING),
        )
        for dot in dots
    ]
    names = head(view.say("Moment"), view.say("Already paid"), view.say("95% interval"))
    return ExhibitTable(view.say("Paid after the first code"), names, tuple(rows))
