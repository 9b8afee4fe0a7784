"""The plan as a what-if: a form whose state is the address, and the plan that follows from it."""

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import Response

from consumers.rollout.names import attribute
from consumers.rollout.site import Candidate
from consumers.web.access.rules import AccessRule
from consumers.web.exhibits.plans import (
    expected,
    ranking_table,
    schedule,
    teams_table,
    unplanned_table,
)
from consumers.web.studies import CANDIDATES, PLAN_TEAMS_MAX, whole_percent
from consumers.web.study_questions import PLAN_TARGET, PLAN_TEAMS, days_of, plan_question, weight_of
from consumers.web.view import Page, View
from infra.errors import Refused
from schemas.message import mark as _

WEIGHT = "w."  # before an attribute's name, as the form sends it


def render(view: View) -> Response:
    """The plan of this address; what contradicts itself is said beside the form."""
    candidates = view.site.studies.candidates()
    if not candidates:
        return view.render("plan_waits.html", file=CANDIDATES)
    attributes = sorted({name for each in candidates for name in each.attributes})
    names = attributes or ["stall_count"]
    first, last = days_of(view.today, view.state.first_day, view.state.last_day)
    percent = whole_percent(view.query.get("target", ()), PLAN_TARGET)
    teams = whole_teams(view.query.get("teams", ()))
    weights = {name: _weight(view, name) for name in names}
    question = plan_question(teams, first, last, percent)
    plan = view.site.studies.plan(question, weights)
    said = [
        *plan.said,
        *([plan.target.said] if plan.target else []),
        plan.one_more_team.said,
        *([plan.price_of_lot.said] if plan.price_of_lot else []),
    ]
    return view.render(
        "plan.html",
        plan=plan,
        teams=teams,
        teams_max=PLAN_TEAMS_MAX,
        percent=percent,
        first_day=first,
        last_day=last,
        weights=weights,
        names={name: view.language.show(attribute(name)) for name in names},
        sentences=[view.say(each) for each in said],
        exhibits=(schedule(view, plan), expected(view, plan)) if plan.sites else (),
        teams_table=teams_table(view, plan),
        ranking=ranking_table(view, plan),
        unplanned=unplanned_table(view, plan),
        pairs=_pairs(teams, first, last, percent, weights),
        candidates=_counted(candidates),
    )


def whole_teams(values: Sequence[str]) -> int:
    """The last of the values as a number of teams. Refused: anything else."""
    text = next((value for value in reversed(values) if value), "")
    if not text:
        return PLAN_TEAMS
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Refused(f"teams: {text[:20]!r} is not a whole number")
    return int(text)


def _weight(view: View, name: str) -> float:
    text = (view.query.get(WEIGHT + name) or [""])[-1]
    return weight_of(name, text) if text else 1.0


def _pairs(
    teams: int, first: date, last: date, percent: int, weights: Mapping[str, float]
) -> list[tuple[str, str]]:
    """The same question to the API."""
    pairs = [("teams", str(teams)), ("from", first.isoformat()), ("to", last.isoformat())]
    pairs += [("target", str(percent))]
    return pairs + [("weight", f"{name}={weight:g}") for name, weight in weights.items()]


def _counted(candidates: Sequence[Candidate]) -> tuple[int, int]:
    return len(candidates), sum(each.stall_count for each in candidates)


PAGE = Page(
    path="/plan",
    title=_("Plan"),
    rule=AccessRule("figures", "all"),
    render=render,
    in_nav=True,
)
