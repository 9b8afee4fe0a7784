"""A plan and its figures become an evaluation: the design is judged, run, and put into a verdict.

Pure: whoever calls has read the panel, the registration and the departures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from consumers.evaluation.design import judge, situation_of
from consumers.evaluation.panel import MarketPanel, VendorPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import (
    Departure,
    Design,
    Evaluation,
    Found,
    MarketFigure,
    MeasuredOutcome,
    Registered,
    Verdict,
)
from consumers.evaluation.run_did import run_did
from consumers.evaluation.run_its import run_its
from consumers.evaluation.run_vendors import run_ancova, run_onboarding, with_vendors
from consumers.evaluation.run_wedge import run_wedge
from consumers.evaluation.verdict import Grounds, verdict
from consumers.statistics.arrays import Flags
from schemas.message import Day, Message, Name, counted

WEEKS_LOST_MAX = 0.2  # of the window: more of it missing is a substantial departure

UNITS = {
    "payments": Message("outcome.payments"),
    "vnd": Message("outcome.vnd"),
    "paying_share": Message("outcome.paying_share"),
}
PER_VENDOR = Message("outcome.payments_per_vendor")
RATIO = Message("outcome.ratio")


@dataclass(frozen=True, slots=True, eq=False)
class PlanFigures:
    """What was read for a plan. `vendors` is there for designs on vendors only."""

    markets: MarketPanel
    vendors: VendorPanel | None = None


def evaluate(
    plan: Plan,
    figures: PlanFigures,
    registered: Registered,
    departures: Sequence[Departure] = (),
) -> Evaluation:
    """Nothing is chosen here: a design that may not be used is refused, not replaced."""
    panel, lost = whole(plan, figures.markets)
    situation = situation_of(plan, panel)
    if figures.vendors is not None:
        situation = with_vendors(situation, plan, figures.vendors)
    designs = judge(situation)
    design = designs[plan.estimator]
    departed = [*departures, *lost]
    found = _run(plan, panel, figures.vendors) if design.is_admissible else None
    is_departed = registered.at is None or any(d.is_substantial for d in departed)
    return Evaluation(
        registered=registered,
        departures=tuple(departed),
        design=design,
        others=tuple(other for other in designs.values() if other.name != design.name),
        outcome=_outcome(plan, figures.markets, panel),
        markets=_markets(plan, panel),
        found=found,
        verdict=_verdict(plan, design, found, is_departed),
    )


def whole(plan: Plan, panel: MarketPanel) -> tuple[MarketPanel, list[Departure]]:
    """Only markets and weeks that have figures, and what was left out for it."""
    lost: list[Departure] = []
    usable: Flags = np.asarray((np.isfinite(panel.amount) & (panel.exposure > 0)).any(axis=1))
    for market in np.array(panel.markets)[~usable].tolist():
        lost.append(
            Departure(Message("departure.no_figures", market=Name(market)), is_substantial=True)
        )
    if not usable.all():
        names, codes = np.array(panel.names, object), np.array(panel.markets, object)
        panel = replace(
            panel,
            markets=tuple(codes[usable]),
            names=tuple(names[usable]),
            amount=panel.amount[usable],
            exposure=panel.exposure[usable],
            moments=None if panel.moments is None else panel.moments.only(usable),
        )
    kept = panel.is_whole
    if not kept.all():
        weeks = [w for w, good in zip(panel.weeks, kept, strict=True) if not good]
        lost.append(
            Departure(
                counted("departure.weeks_left_out", len(weeks), weeks=tuple(map(Day, weeks))),
                len(weeks) > WEEKS_LOST_MAX * len(panel.weeks),
            )
        )
    return panel.only(kept), lost


def first_start(plan: Plan) -> date:
    """The first week in which any pilot is under treatment."""
    return min(day for m in plan.markets.pilots if (day := plan.start_of(m)) is not None)


def _run(plan: Plan, panel: MarketPanel, vendors: VendorPanel | None) -> Found:
    if plan.estimator == "did":
        return run_did(plan, panel)
    if plan.estimator == "stepped_wedge":
        return run_wedge(plan, panel)
    if plan.estimator == "its":
        return run_its(plan, panel)
    assert vendors is not None, "a design on vendors needs their figures"
    return (run_onboarding if plan.estimator == "onboarding" else run_ancova)(plan, vendors)


def _verdict(plan: Plan, design: Design, found: Found | None, is_departed: bool) -> Verdict:
    if found is None:
        return verdict(Grounds(is_refused=True))
    effect, limits = found.effect, plan.thresholds
    is_turned = plan.outcome.direction == "down"
    low, high = (-effect.high, -effect.low) if is_turned else (effect.low, effect.high)
    grounds = Grounds(
        is_descriptive=design.label == "descriptive",
        departed=is_departed,
        is_possible=effect.p_min <= limits.alpha,
        value=-effect.value if is_turned else effect.value,
        low=low,
        high=high,
        p=effect.p,
        alpha=limits.alpha,
        effect_min=_effect_min(plan),
        t_p=found.collapsed.p if found.collapsed else None,
        robust_p=found.variance.robust.p if found.variance else None,
        pre_trend_p=found.pre_trend_p,
        pre_trend_alpha=limits.pre_trend_alpha,
        breakdown=found.sensitivity.breakdown if found.sensitivity else None,
        sensitivity_min=limits.sensitivity_min,
    )
    return verdict(grounds, is_turned=is_turned)


def _effect_min(plan: Plan) -> float:
    """On the scale of the estimate: a ratio less 1 is registered, logarithms are estimated."""
    least = plan.thresholds.effect_min
    if plan.outcome.scale == "log":
        return (
            float(np.log1p(least)) if plan.outcome.direction == "up" else -float(np.log1p(-least))
        )
    return least


def _outcome(plan: Plan, read: MarketPanel, used: MarketPanel) -> MeasuredOutcome:
    first = first_start(plan)
    metric = plan.outcome.metric
    unit = UNITS[metric]
    if plan.estimator == "its":
        unit = RATIO
    elif plan.estimator in ("onboarding", "ancova"):
        unit = PER_VENDOR
    return MeasuredOutcome(
        metric=metric,
        unit=unit,
        source=read.source,
        is_log=plan.outcome.scale == "log",
        first_week=plan.window.first_week,
        start_week=first,
        last_week=plan.window.last_week,
        weeks_before=sum(week < first for week in used.weeks),
        weeks_after=sum(week >= first for week in used.weeks),
        weeks_left_out=tuple(sorted(set(read.weeks) - set(used.weeks))),
        cut_off_at=read.cut_off_at,
    )


def _markets(plan: Plan, panel: MarketPanel) -> tuple[MarketFigure, ...]:
    """Means of the outcome before and after the market's own start, or the first one of all."""
    first = first_start(plan)
    y = panel.amount / panel.exposure
    found = []
    for number, (market, name) in enumerate(zip(panel.markets, panel.names, strict=True)):
        start = plan.start_of(market)
        post = np.array([week >= (start or first) for week in panel.weeks], np.bool_)
        found.append(
            MarketFigure(
                market=market,
                name=name,
                role="comparison" if start is None else "pilot",
                start_week=start,
                before=float(y[number, ~post].mean()) if (~post).any() else None,
                after=float(y[number, post].mean()) if post.any() else None,
            )
        )
    return tuple(found)
