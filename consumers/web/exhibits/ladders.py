"""The ladder of a market: a panel on a scale that all panels share."""

from itertools import pairwise

from consumers.adoption.metrics.ladder import LadderRow
from consumers.adoption.question.answer import Question
from consumers.adoption.question.rate import Figure, Rate, no_rate
from consumers.charts.ladder import Step, ladder_chart
from consumers.charts.svg import AltText
from consumers.language.language import NOTHING
from consumers.web.exhibit import Exhibit, ExhibitTable, TableCell, chart, head, number_cell
from consumers.web.links import links_of, own_question
from consumers.web.names import group_href, group_name
from consumers.web.view import View
from schemas.message import Message
from schemas.message import mark as _

WHOLE = Message("adoption.whole")  # why it has no interval
# Field of the count, field of its share of the census, what the step is called.
STEPS = (
    ("census", "", _("Stalls of the census")),
    ("equipped", "equipped_of_census", _("with an account or code")),
    ("paid_ever", "paid_ever_of_census", _("ever paid")),
    ("active", "active_of_census", _("active")),
    ("habitual", "habitual_of_census", _("with the habit")),
)


def ladder_panel(view: View, question: Question, row: LadderRow, *, heading: str = "") -> Exhibit:
    """One market. Its title is its name; the largest loss between two steps is its note."""
    language = view.language
    name = heading or group_name(view, row)
    note = _largest_loss(view, row)
    steps = []
    for field, share_field, title in STEPS:
        count: Figure = getattr(row, field)
        found = _share(row, share_field)
        steps.append(
            Step(
                view.say(title),
                None if count.value is None else int(count.value),
                found.value,
                found.low,
                found.high,
            )
        )
    key = f"ladder-{row.market or row.group or 'all'}"
    said = AltText(f"{key}-chart", view.say("The ladder of %(name)s", name=name), _text(view, row))
    svg = ladder_chart(steps, said, count=language.number, share=language.whole_share)
    return Exhibit(
        key=key,
        finding=name,
        finding_href=group_href(view, row),
        note=note,
        narrow=chart(svg),
        table=_table(view, row, name),
        links=links_of(own_question(question, row.market), language),
    )


def _share(row: LadderRow, field: str) -> Rate:
    if field:
        found: Rate = getattr(row, field)
        return found
    if row.census.value is None:
        assert row.census.reason is not None, row
        return no_rate(row.census.reason)
    return Rate(int(row.census.value), int(row.census.value), 1.0, None, None, None, WHOLE)


def _largest_loss(view: View, row: LadderRow) -> str:
    """Between which two steps most stalls are lost, in a sentence."""
    if row.suppressed:
        return view.why(row.suppressed)
    names = [title for _field, _share_field, title in STEPS]
    counts = [getattr(row, field).value for field, _share_field, _title in STEPS]
    losses = [
        (before - after, names[n], names[n + 1])
        for n, (before, after) in enumerate(pairwise(counts))
        if before is not None and after is not None
    ]
    if not losses or max(losses)[0] <= 0:
        return view.why(row.census.reason)
    lost, before_name, after_name = max(losses, key=lambda loss: loss[0])
    return view.say(
        "Most are lost between “%(before)s” and “%(after)s”: %(count)s stalls",
        before=view.say(before_name),
        after=view.say(after_name),
        count=view.language.number(lost),
    )


def _text(view: View, row: LadderRow) -> str:
    parts = []
    for field, share_field, title in STEPS:
        count = view.language.number(getattr(row, field).value)
        share = view.language.share(_share(row, share_field).value)
        parts.append(f"{view.say(title)}: {count} ({share})")
    return "; ".join(parts)


def _table(view: View, row: LadderRow, caption: str) -> ExhibitTable:
    language = view.language
    shown = []
    for field, share_field, title in STEPS:
        count: Figure = getattr(row, field)
        found = _share(row, share_field)
        shown.append(
            (
                TableCell(view.say(title)),
                number_cell(language.number(count.value), why=view.why(count.reason)),
                number_cell(language.share(found.value)),
                number_cell(language.interval(found.low, found.high) or NOTHING),
            )
        )
    names = (
        view.say("Step"),
        view.say("Stalls"),
        view.say("of the census"),
        view.say("95% interval"),
    )
    return ExhibitTable(caption, head(*names), tuple(shown), is_long=True)
