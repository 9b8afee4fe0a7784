"""Retention and lifecycle: who stays once he was paid, and who came and went."""

from fastapi import Response

from consumers.web.access.rules import AccessRule
from consumers.web.exhibits.cohorts import cohort_table, lifecycle_columns
from consumers.web.view import Page, View
from schemas.message import mark as _

WEEKS = 18  # twelve weeks of retention for the first cohorts that are shown


def render(view: View) -> Response:
    """Of one market, or of all that the caller sees."""
    first, last = view.weeks(WEEKS)
    whole = {**view.whole(), "first_day": first, "last_day": last}
    questions = {
        "retention": view.question("retention", grain="week", **whole),
        "lifecycle": view.question("lifecycle", grain="week", **whole),
    }
    answers = view.site.asker.ask_all(questions)
    return view.render(
        "cohorts.html",
        answer=answers["lifecycle"],
        retention=cohort_table(view, answers["retention"]),
        lifecycle=lifecycle_columns(view, answers["lifecycle"]),
        chosen=whole["markets"][0] if len(whole["markets"]) == 1 else "",
        first_day=first,
        last_day=last,
    )


PAGE = Page(
    path="/retention",
    title=_("Retention and lifecycle"),
    rule=AccessRule("figures", "query"),
    render=render,
    in_nav=True,
)
