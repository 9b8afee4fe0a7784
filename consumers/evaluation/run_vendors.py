"""Designs on vendors inside the pilot: staggered visits, and visits drawn by lot. Pure."""

from dataclasses import replace

import numpy as np

from consumers.evaluation.design import Situation
from consumers.evaluation.panel import VendorPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Beside, Effect, EventPoint, Found
from consumers.statistics.adjust import ancova, cuped
from consumers.statistics.aggregate import aggregate
from consumers.statistics.arrays import Flags, Whole, codes_of, t_estimate
from consumers.statistics.group_time import (
    Staggered,
    group_time,
    multiplier_bootstrap,
    pre_test,
)
from schemas.message import Count, Message, Share


def with_vendors(situation: Situation, plan: Plan, panel: VendorPanel) -> Situation:
    """The situation with what is known of vendors, for the plan's own design."""
    if plan.estimator == "ancova":
        treated, control = _drawn(plan, panel)
        rows = len(set(_rows(panel)[treated | control].tolist()))
        sizes = int(treated.sum()), int(control.sum())
        return replace(situation, treated_vendors=sizes[0], control_vendors=sizes[1], clusters=rows)
    kept = panel.visited >= 0
    visited = kept & (panel.visited < len(panel.weeks))
    earlier = np.arange(len(panel.weeks))[None, :] < panel.visited[:, None]
    paid_before = bool((panel.count[visited] * earlier[visited]).sum() > 0)
    return replace(
        situation,
        treated_vendors=int(visited.sum()),
        # Whoever is visited last has nobody to be compared with but those never visited.
        control_vendors=int(kept.sum()) - int((panel.visited == panel.visited[kept].min()).sum())
        if kept.any()
        else 0,
        clusters=len(set(_rows(panel)[kept].tolist())),
        paid_before_visit=paid_before,
    )


def run_onboarding(plan: Plan, panel: VendorPanel) -> Found:
    """Payments per open day of each vendor, by the week of his first visit, rows as clusters."""
    weeks = _open_weeks(panel)
    place = np.searchsorted(np.flatnonzero(weeks), panel.visited)
    starts = np.where(panel.visited >= len(panel.weeks), np.inf, place.astype(np.float64))
    kept = panel.visited >= 0
    y = (panel.count / np.maximum(panel.open_days, 1))[kept][:, weeks]
    times = np.arange(int(weeks.sum()), dtype=np.float64)
    effects = group_time(
        Staggered(y, times, starts[kept], clusters=codes_of(_rows(panel)[kept])),
        control="not_yet",
    )
    simple, dynamic = aggregate(effects, "simple"), aggregate(effects, "dynamic")
    confidence = 1 - plan.thresholds.alpha
    columns = np.column_stack([simple.overall_influence, dynamic.influence])
    drawn = multiplier_bootstrap(
        columns,
        effects.clusters,
        runs=max(plan.running.bootstrap_runs, 199),
        seed=plan.running.seed,
        confidence=confidence,
    )
    found = t_estimate(simple.overall, float(drawn.se[0]), None, confidence=confidence)
    wald = pre_test(effects)
    events = tuple(
        EventPoint(
            week=None,
            event=int(at),
            value=float(value),
            low=float(value - drawn.critical * se),
            high=float(value + drawn.critical * se),
            is_post=bool(at >= 0),
        )
        for at, value, se in zip(dynamic.at, dynamic.att, drawn.se[1:], strict=True)
    )
    treated_mean = float(y[times[None, :] >= starts[kept][:, None]].mean()) - simple.overall
    return Found(
        effect=Effect(
            value=found.value,
            low=found.low,
            high=found.high,
            confidence=confidence,
            p=found.p,
            p_min=0.0,
            method=Message("method.bootstrap", runs=Count(drawn.runs)),
            relative=found.value / treated_mean if treated_mean > 0 else None,
        ),
        pre_trend_p=None if wald is None else wald.p,
        events=events,
    )


def run_ancova(plan: Plan, panel: VendorPanel) -> Found:
    """Payments per open day after the start, adjusted for those before it, rows as clusters."""
    treated, control = _drawn(plan, panel)
    used = treated | control
    post = np.array([week >= plan.window.start_week for week in panel.weeks])
    before, after = (
        panel.count[:, side].sum(axis=1) / np.maximum(panel.open_days[:, side].sum(axis=1), 1)
        for side in (~post, post)
    )
    confidence = 1 - plan.thresholds.alpha
    rows = codes_of(_rows(panel)[used])
    found = ancova(after[used], treated[used], before[used], rows, confidence=confidence)
    plain = ancova(
        after[used], treated[used], np.zeros(int(used.sum())), rows, confidence=confidence
    )
    spared = cuped(after[used], before[used]).variance_ratio
    base = float(after[control].mean())
    return Found(
        effect=Effect(
            value=found.value,
            low=found.low,
            high=found.high,
            confidence=confidence,
            p=found.p,
            p_min=0.0,
            method=Message(
                "method.covariance",
                vendors=Count(int(used.sum())),
                rows=Count(int(rows.max()) + 1),
            ),
            relative=found.value / base if base > 0 else None,
        ),
        beside=(
            Beside(
                "difference_of_means",
                Message("beside.difference_of_means"),
                plain.value,
                plain.low,
                plain.high,
                plain.p,
                Message("beside.variance_left", share=Share(spared)),
            ),
        ),
    )


def _open_weeks(panel: VendorPanel) -> Flags:
    """Weeks in which every market was open on some day: others are nobody's failure."""
    return np.asarray((panel.open_days > 0).all(axis=0))


def _rows(panel: VendorPanel) -> Whole:
    return codes_of([f"{m}/{r}" for m, r in zip(panel.markets, panel.row, strict=True)])


def _drawn(plan: Plan, panel: VendorPanel) -> tuple[Flags, Flags]:
    treated, control = set(plan.assignment.treated), set(plan.assignment.control)
    return (
        np.array([vendor in treated for vendor in panel.vendors], np.bool_),
        np.array([vendor in control for vendor in panel.vendors], np.bool_),
    )
