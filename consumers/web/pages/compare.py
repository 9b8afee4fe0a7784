"""Compare: one measure, groups beside each other with their intervals."""

from dataclasses import replace

from fastapi import Response

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import By
from consumers.web.access.rules import AccessRule
from consumers.web.exhibits.compared import compared
from consumers.web.measures import MEASURES, Measure, value_of
from consumers.web.view import Page, View
from infra.errors import Refused
from schemas.message import mark as _

GROUPINGS: dict[By, str] = {
    "market": _("by market"),
    "kind": _("by kind"),
    "product": _("by product"),
    "row": _("by row of stalls"),
}


def render(view: View) -> Response:
    """The measure and the grouping that the address names, over 28 complete days by default."""
    measure, by = _measure(view), _by(view)
    asked = view.question(measure.metric, by=by)
    questions = {"groups": asked}
    if "all" in METRICS[measure.metric].by and not (asked.is_shared and asked.markets):
        questions["all"] = replace(asked, by="all")
    answers = view.site.asker.ask_all(questions)
    whole = None
    if "all" in answers and answers["all"].rows:
        whole = value_of(answers["all"].rows[0], measure).value
    return view.render(
        "compare.html",
        answer=answers["groups"],
        exhibit=compared(view, answers["groups"], measure, whole),
        measures=MEASURES,
        measure=measure,
        groupings={b: t for b, t in GROUPINGS.items() if b in _allowed(view, measure)},
        by=by,
        first_day=asked.first_day,
        last_day=asked.last_day,
    )


def _allowed(view: View, measure: Measure) -> frozenset[By]:
    """Groupings that the metric knows, and that a shared answer about some markets may have."""
    known = METRICS[measure.metric].by
    return known & WITHIN if view.audience.is_shared and view.state.markets else known


WITHIN: frozenset[By] = frozenset({"market", "row"})


def _measure(view: View) -> Measure:
    asked = (view.query.get("measure") or [""])[-1] or next(iter(MEASURES))
    if asked not in MEASURES:
        raise Refused(f"measure: {asked[:40]!r} is not one of {', '.join(MEASURES)}")
    return MEASURES[asked]


def _by(view: View) -> By:
    asked = (view.query.get("by") or [""])[-1] or "market"
    if asked not in GROUPINGS:
        raise Refused(f"by: {asked[:40]!r} is not one of {', '.join(GROUPINGS)}")
    return asked


PAGE = Page(
    path="/compare",
    title=_("Compare"),
    rule=AccessRule("figures", "query"),
    render=render,
    in_nav=True,
)
