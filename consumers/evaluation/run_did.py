"""The design with pilots and comparison markets: everything that is printed of it. Pure."""

import numpy as np

from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Beside, Effect, EventPoint, Found
from consumers.statistics.arrays import Flags, Floats
from consumers.statistics.collapsed import (
    changes,
    collapsed_did,
    variance_check,
    vendor_level_test,
)
from consumers.statistics.contrast import event_study, pre_trend
from consumers.statistics.permutation import PermutationTest, assignments, permutation_test
from consumers.statistics.power import power_of
from consumers.statistics.sensitivity import relative_magnitudes
from consumers.statistics.synthetic import synthetic_control, synthetic_did_estimate
from schemas.message import Count, Message

DONORS_MIN = 2


def outcome_of(plan: Plan, panel: MarketPanel) -> Floats:
    """Amount by exposure, markets × weeks, on the plan's scale."""
    y = panel.amount / panel.exposure
    return np.log(y) if plan.outcome.scale == "log" else y


def sides_of(plan: Plan, panel: MarketPanel) -> tuple[Flags, Flags]:
    """Which markets are pilots, and which weeks lie after the (common) start."""
    treated = np.array([market in plan.markets.pilots for market in panel.markets])
    start = min(day for m in panel.markets if (day := plan.start_of(m)) is not None)
    return treated, np.array([week >= start for week in panel.weeks])


def run_did(plan: Plan, panel: MarketPanel) -> Found:
    """The panel holds whole weeks only, and the design was judged admissible."""
    y = outcome_of(plan, panel)
    treated, post = sides_of(plan, panel)
    confidence = 1 - plan.thresholds.alpha
    change = changes(y, post)
    choices = assignments(treated, seed=plan.running.seed, samples=plan.running.permutations)
    test = permutation_test(change, treated, choices, confidence=confidence)
    collapsed = collapsed_did(change, treated, confidence=confidence)
    vendor_level = None
    if panel.moments is not None and plan.outcome.scale == "level":
        vendor_level = vendor_level_test(panel.moments, treated, confidence=confidence)
    sd = collapsed.se / float(np.sqrt(1 / treated.sum() + 1 / (~treated).sum()))
    trend = pre_trend(y, post, treated, choices)
    return Found(
        effect=Effect(
            value=collapsed.value,
            low=test.low,
            high=test.high,
            confidence=confidence,
            p=test.p,
            p_min=test.p_min,
            method=_method(test),
            relative=relative(y, treated, post, collapsed.value, plan.outcome.scale == "log"),
        ),
        permutation=test,
        collapsed=collapsed,
        vendor_level=vendor_level,
        power=power_of(
            markets=len(treated),
            treated=int(treated.sum()),
            sd=sd,
            alpha=plan.thresholds.alpha,
        ),
        pre_trend=trend,
        pre_trend_p=None if trend is None else trend.p,
        variance=variance_check(y, post, treated, confidence=confidence),
        sensitivity=relative_magnitudes(
            y, post, treated, block=plan.running.block_weeks, confidence=confidence
        ),
        events=_events(plan, panel, y, treated, post),
        beside=_beside(plan, y, treated, post),
    )


def relative(y: Floats, treated: Flags, post: Flags, effect: float, is_log: bool) -> float | None:
    """The effect over what pilots would have shown without it; None where that is not above 0."""
    if is_log:
        return float(np.expm1(effect))
    without = float(y[treated][:, post].mean()) - effect
    return effect / without if without > 0 else None


def _method(test: PermutationTest) -> Message:
    if test.is_exact:
        return Message("method.all_choices", choices=Count(test.assignment_count))
    return Message("method.random_choices", choices=Count(test.assignment_count - 1))


def _events(
    plan: Plan, panel: MarketPanel, y: Floats, treated: Flags, post: Flags
) -> tuple[EventPoint, ...]:
    base = int(np.flatnonzero(~post)[-1])
    study = event_study(y, treated, base, confidence=1 - plan.thresholds.alpha)
    start = int(np.flatnonzero(post)[0])
    return tuple(
        EventPoint(
            week=week,
            event=number - start,
            value=float(study.value[number]),
            low=float(study.low[number]),
            high=float(study.high[number]),
            is_post=bool(post[number]),
        )
        for number, week in enumerate(panel.weeks)
    )


def _beside(plan: Plan, y: Floats, treated: Flags, post: Flags) -> tuple[Beside, ...]:
    others, before = int((~treated).sum()), int((~post).sum())
    if min(others, before) < DONORS_MIN or not plan.running.placebo_runs:
        return ()
    confidence = 1 - plan.thresholds.alpha
    weighted, error = synthetic_did_estimate(
        y,
        treated,
        post,
        runs=plan.running.placebo_runs,
        seed=plan.running.seed,
        confidence=confidence,
    )
    control = synthetic_control(y, treated, post)
    return (
        Beside(
            "synthetic_did",
            Message("beside.synthetic_did"),
            weighted.effect,
            None if error is None else error.low,
            None if error is None else error.high,
            None if error is None else error.p,
        ),
        Beside(
            "synthetic_control",
            Message("beside.synthetic_control"),
            control.effect,
            None,
            None,
            control.p,
            Message("beside.placebo_rank", rank=Count(control.rank), of=Count(control.of)),
        ),
    )
