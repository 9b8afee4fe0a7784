"""What changed: growth of each group as sentences, the largest change first."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from consumers.adoption.metrics.growth_row import GrowthRow
from consumers.adoption.question.answer import Answer
from consumers.web.names import group_href, group_name
from consumers.web.view import View

Way = Literal["up", "down", ""]
CHANGE_MIN = 0.005  # what rounds to nothing is no change


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence, what stands behind it, and its page."""

    sentence: Markup
    detail: str
    href: str | None
    way: Way


def changes(view: View, answer: Answer) -> list[Change]:
    """Of an answer of `growth`: against the period before, money per open day."""
    rows = [
        row
        for row in answer.rows
        if isinstance(row, GrowthRow) and row.against == "previous" and (row.group or row.market)
    ]
    rows.sort(key=lambda row: -abs(row.growth_vnd_per_open_day.value or 0))
    return [_change(view, row) for row in rows]


def _change(view: View, row: GrowthRow) -> Change:
    language, name = view.language, group_name(view, row)
    growth = row.growth_vnd_per_open_day
    href = group_href(view, row)
    before = language.days(row.before_first_day, row.before_last_day)
    if growth.value is None:
        sentence = view.say_strong("%(name)s: no comparison", name=name)
        return Change(sentence, view.why(growth.reason), href, "")
    share = language.share(abs(growth.value))
    if abs(growth.value) < CHANGE_MIN:
        sentence, way = view.say_strong("%(name)s: money per open day as before", name=name), ""
    elif growth.value > 0:
        sentence, way = (
            view.say_strong("%(name)s: money per open day up by %(share)s", name=name, share=share),
            "up",
        )
    else:
        sentence, way = (
            view.say_strong(
                "%(name)s: money per open day down by %(share)s", name=name, share=share
            ),
            "down",
        )
    same = row.growth_vnd_same.value
    detail = view.say(
        "against %(before)s; vendors paid in both: %(same)s; started %(started)s,"
        " stopped %(stopped)s",
        before=before,
        same="–" if same is None else ("+" if same > 0 else "") + language.share(same),
        started=language.number(row.started_vendor_count.value),
        stopped=language.number(row.stopped_vendor_count.value),
    )
    return Change(sentence, detail, href, "up" if way == "up" else "down" if way else "")
