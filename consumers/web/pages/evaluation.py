"""Did the pilot work: the registered evaluations, and each with its verdict and its checks."""

from fastapi import Response

from consumers.evaluation.names import NAMES
from consumers.evaluation.result import Effect
from consumers.web.access.rules import AccessRule
from consumers.web.exhibit import ExhibitTable, TableCell, number_cell
from consumers.web.exhibits.evaluation import (
    beside_table,
    checks_table,
    effect_table,
    event_study,
    interval,
    markets_table,
    refused_table,
    sensitivity_table,
)
from consumers.web.state import path_to
from consumers.web.view import Page, View
from schemas.message import mark as _

DIGEST_SHOWN = 12


def render_list(view: View) -> Response:
    """Every registration, newest first, or how to make one."""
    found = view.site.studies.registrations()
    say, language = view.say, view.language
    rows = tuple(
        (
            TableCell(each.title, href=view.address(path_to("evaluation", each.id), markets=())),
            TableCell(say(NAMES[each.estimator])),
            number_cell(language.moment(each.at)),
            TableCell(
                each.digest[:DIGEST_SHOWN],
                why="" if each.is_binding else say("a later form: the first one binds"),
            ),
        )
        for each in found
    )
    names = (
        TableCell(say("Plan")),
        TableCell(say("Design")),
        TableCell(say("Registered"), is_number=True),
        TableCell(say("Hash")),
    )
    table = ExhibitTable(say("Registered evaluations, newest first"), names, rows)
    return view.render("evaluations.html", table=table)


def render_one(view: View) -> Response:
    """One plan's evaluation, from the verdict down to what was refused."""
    studies = view.site.studies
    plan = studies.registered(view.path("plan"))
    if not studies.has_weeks(plan):
        return view.render("evaluation_waits.html", plan=plan)
    evaluation = studies.evaluation(plan)
    found = evaluation.found
    small = studies.small_markets() if view.audience.is_shared else frozenset()
    designs = (evaluation.design, *evaluation.others)
    return view.render(
        "evaluation.html",
        plan=plan,
        evaluation=evaluation,
        design=view.say(NAMES[evaluation.design.name]),
        proof="" if found is None else _proof(view, found.effect),
        effect=None if found is None else effect_table(view, evaluation, found),
        events=None if found is None else event_study(view, evaluation, found),
        tables=[]
        if found is None
        else [
            table
            for table in (
                checks_table(view, found),
                sensitivity_table(view, found),
                beside_table(view, found),
            )
            if table is not None
        ],
        markets=markets_table(view, evaluation, small),
        refused=refused_table(view, designs),
    )


def _proof(view: View, effect: Effect) -> str:
    return view.say(
        "Effect %(value)s, %(level)s interval %(interval)s, p = %(p)s (%(method)s).",
        value=view.language.leading(effect.value),
        level=view.language.whole_share(effect.confidence),
        interval=interval(view.language, effect.low, effect.high),
        p=view.language.probability(effect.p),
        method=view.say(effect.method),
    )


LIST = Page(
    path="/evaluation",
    title=_("Evaluation"),
    rule=AccessRule("figures", "all"),
    render=render_list,
    in_nav=True,
)
PAGE = Page(
    path="/evaluation/{plan}",
    title=_("Evaluation"),
    rule=AccessRule("figures", "all"),
    render=render_one,
)
