"""The plan as a what-if: a form whose state is the address, and the plan that follows from it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fastapi import Response

from consumers.language.mark import mark as _
from consumers.web.access.rules import Rule
from consumers.web.exhibits.evaluation import told
from consumers.web.exhibits.plans import (
    expected,
    ranking_table,
    schedule,
    teams_table,
    unplanned_table,
)
from consumers.web.site import Page
from consumers.web.studies import CANDIDATES, PLAN_TEAMS_MAX, whole_percent
from consumers.web.view import View
from infra.errors import Refused

if TYPE_CHECKING:
    from consumers.rollout.plan_question import PlanQuestion
    from consumers.rollout.site import Candidate

WEEKS_DEFAULT = 26
TEAMS_DEFAULT = 3
TARGET_DEFAULT = 40
WEIGHT = "w."  # before an attribute's name, as the form sends it


def render(view: View) -> Response:
    """The plan of this address; what contradicts itself is said beside the form."""
    candidates = view.site.studies.candidates()
    if not candidates:
        return view.render("plan_waits.html", file=CANDIDATES)
    attributes = sorted({name for each in candidates for name in each.attributes})
    names = attributes or ["stall_count"]
    first, last = days_of(view.today, view.state.first_day, view.state.last_day)
    percent = whole_percent(view.query.get("target", ()), TARGET_DEFAULT)
    teams = whole_teams(view.query.get("teams", ()))
    weights = {name: _weight(view, name) for name in names}
    question = question_of(teams, first, last, percent)
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
        sentences=[told(view, each) for each in said],
        exhibits=(schedule(view, plan), expected(view, plan)) if plan.sites else (),
        teams_table=teams_table(view, plan),
        ranking=ranking_table(view, plan),
        unplanned=unplanned_table(view, plan),
        pairs=_pairs(teams, first, last, percent, weights),
        candidates=_counted(candidates),
    )


def question_of(teams: int, first: date, last: date, percent: int) -> "PlanQuestion":
    """The question that page and API ask; every other rule has the command's default."""
    from consumers.rollout.plan_question import PlanQuestion

    return PlanQuestion(teams=teams, first_day=first, last_day=last, target_share=percent / 100)


def days_of(today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """What is asked, or half a year from the next Monday on."""
    start = first or today + timedelta(days=7 - today.weekday())
    return start, last or start + timedelta(weeks=WEEKS_DEFAULT) - timedelta(days=1)


def whole_teams(values: Sequence[str]) -> int:
    """The last of the values as a number of teams. Refused: anything else."""
    text = next((value for value in reversed(values) if value), "")
    if not text:
        return TEAMS_DEFAULT
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Refused(f"teams: {text[:20]!r} is not a whole number")
    return int(text)


def weight_of(name: str, text: str) -> float:
    """A weight. Refused: it is no number."""
    try:
        return float(text)
    except ValueError:
        raise Refused(f"weight of {name!r}: {text[:20]!r} is not a number") from None


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


def _counted(candidates: "Sequence[Candidate]") -> tuple[int, int]:
    return len(candidates), sum(each.stall_count for each in candidates)


PAGE = Page(
    path="/plan",
    title=_("Plan"),
    rule=Rule("figures", "all"),
    render=render,
    in_nav=True,
)
