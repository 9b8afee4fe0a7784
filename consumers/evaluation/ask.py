"""A plan's answer from the store: what the command, the page and the reports call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from consumers.evaluation.design import judge, situation_of
from consumers.evaluation.dose import Dose, dose
from consumers.evaluation.evaluate import PlanFigures, evaluate, whole
from consumers.evaluation.live_series import LiveSeries, live
from consumers.evaluation.panel_reader import read_markets, reading, with_moments
from consumers.evaluation.plan import Plan
from consumers.evaluation.registration import compare, read_log, registered_plan
from consumers.evaluation.result import Departure, Evaluation, Registered
from consumers.evaluation.vendor_reader import read_vendors
from consumers.evaluation.whom import By, Whom, whom
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings

FOLDER = "evaluation"  # of the data directory


@dataclass(frozen=True, slots=True)
class StudyContext:
    """Where registrations are kept, what time it is, and the fold's rules."""

    store: Store
    folder: Path
    now: datetime
    fold: FoldSettings


def logged(store: Store, plan_id: str) -> list[tuple[str, datetime]]:
    """The hashes that the ledger's log holds of a plan, with their times, first ones first."""
    rows = store.query(statement(__package__, "logged_plans"), {"plan": plan_id})
    return [(digest, at) for digest, at in rows]


def binding(scene: StudyContext, plan: Plan) -> tuple[Registered, list[Departure]]:
    """Which registration binds the plan, and how it departs from it."""
    return compare(scene.folder, plan, now=scene.now, logged=logged(scene.store, plan.id))


def registered_plans(folder: Path) -> Sequence[Plan]:
    """Every plan that binds: the first one registered under each id, in that order."""
    found: dict[str, Plan] = {}
    for entry in read_log(folder):
        if entry.id not in found:
            found[entry.id] = registered_plan(folder, entry)
    return tuple(found.values())


def answer(scene: StudyContext, plan: Plan) -> Evaluation:
    """The evaluation. Unavailable: no week of the window is over."""
    registered, departures = binding(scene, plan)
    with reading(scene.store, plan, now=scene.now, fold=scene.fold) as reader:
        panel = read_markets(reader)
        if plan.estimator == "did":
            panel = with_moments(reader, panel)
        needs_vendors = plan.estimator in ("onboarding", "ancova")
        vendors = read_vendors(reader) if needs_vendors else None
    return evaluate(plan, PlanFigures(panel, vendors), registered, departures)


def answer_live(scene: StudyContext, plan: Plan) -> LiveSeries:
    """The effect over the weeks that are over now."""
    registered, departures = binding(scene, plan)
    with reading(scene.store, plan, now=scene.now, fold=scene.fold) as reader:
        panel = read_markets(reader)
    # That the plan's cut-off is still to come is what it means to look at live figures.
    return live(plan, panel, registered, tuple(d for d in departures if not d.is_early))


def answer_whom(scene: StudyContext, plan: Plan, by: By) -> Whom:
    """Effects by group. Causal where the comparison markets' stalls send events too."""
    with reading(scene.store, plan, now=scene.now, fold=scene.fold) as reader:
        panel, _ = whole(plan, read_markets(reader))
        design = judge(situation_of(plan, panel))["did"]
        causal = plan.outcome.source == "events" and design.is_admissible
        markets = plan.markets.pilots + plan.markets.comparisons if causal else plan.markets.pilots
        vendors = read_vendors(reader, markets)
        kinds = {
            market: fact.kind for market, fact in reader.facts.on(plan.window.last_week).items()
        }
    groups = {
        "product": vendors.product,
        "row": tuple(f"{m}/{r}" for m, r in zip(vendors.markets, vendors.row, strict=True)),
        "kind": tuple(kinds.get(market, "") for market in vendors.markets),
    }[by]
    return whom(plan, vendors, groups, by, causal=causal)


def answer_dose(scene: StudyContext, plan: Plan) -> Dose:
    """Visits and first payments in the pilots."""
    with reading(scene.store, plan, now=scene.now, fold=scene.fold) as reader:
        return dose(plan, read_vendors(reader))
