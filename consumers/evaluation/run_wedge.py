"""The design with a randomised order of starts: group-time effects, permuted as drawn. Pure."""

import numpy as np

from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Beside, Effect, EventPoint, Found
from consumers.evaluation.run_did import outcome_of
from consumers.statistics.aggregate import Aggregate, Kind, aggregate
from consumers.statistics.arrays import Floats, codes_of, t_estimate
from consumers.statistics.group_time import (
    GroupTime,
    Staggered,
    group_time,
    multiplier_bootstrap,
)
from consumers.statistics.order import order_test, orders
from consumers.statistics.two_way import two_way
from schemas.message import Count, Message

AGGREGATES: tuple[tuple[Kind, Message], ...] = (
    ("simple", Message("beside.att_simple")),
    ("dynamic", Message("beside.att_dynamic")),
    ("group", Message("beside.att_group")),
    ("calendar", Message("beside.att_calendar")),
)
BIASED = Message("beside.biased")
ANALYTIC = Message("beside.analytic_error")


def starts_of(plan: Plan, panel: MarketPanel) -> Floats:
    """Each market's first treated week as an index into the weeks; inf where it never starts."""
    found = []
    for market in panel.markets:
        start = plan.start_of(market)
        later = [n for n, week in enumerate(panel.weeks) if start is not None and week >= start]
        found.append(float(later[0]) if later else np.inf)
    return np.array(found)


def run_wedge(plan: Plan, panel: MarketPanel) -> Found:
    """The panel holds whole weeks only, and the design was judged admissible."""
    y, starts = outcome_of(plan, panel), starts_of(plan, panel)
    times = np.arange(len(panel.weeks), dtype=np.float64)
    confidence = 1 - plan.thresholds.alpha
    drawn = orders(
        np.unique(starts, return_inverse=True)[1].astype(np.int64),
        codes_of([plan.assignment.strata.get(market, "") for market in panel.markets]),
        seed=plan.running.seed,
        samples=plan.running.permutations,
    )
    test = order_test(y, starts, drawn, confidence=confidence)
    effects = group_time(Staggered(y, times, starts), control="not_yet")
    before = ~effects.is_post
    simple = aggregate(effects, "simple")
    shown = (times[None, :] >= starts[:, None]).astype(np.float64)
    without = float(y[shown > 0].mean()) - simple.overall
    is_log = plan.outcome.scale == "log"
    plain = simple.overall / without if without > 0 else None
    return Found(
        effect=Effect(
            value=simple.overall,
            low=test.low,
            high=test.high,
            confidence=confidence,
            p=test.p,
            p_min=test.p_min,
            method=Message("method.orders", orders=Count(test.assignment_count)),
            relative=float(np.expm1(simple.overall)) if is_log else plain,
        ),
        permutation=test,
        pre_trend_p=order_test(y, starts, drawn, is_post=False).p if before.any() else None,
        events=_events(plan, aggregate(effects, "dynamic"), confidence),
        beside=(
            *(_aggregate(kind, title, effects, confidence) for kind, title in AGGREGATES),
            _two_way(y, shown, confidence),
        ),
    )


def _events(plan: Plan, dynamic: Aggregate, confidence: float) -> tuple[EventPoint, ...]:
    """One band over all event times, by multiplier bootstrap; pointwise where it has no runs."""
    reach = t_estimate(0.0, 1.0, None, confidence=confidence).high
    if plan.running.bootstrap_runs:
        reach = multiplier_bootstrap(
            dynamic.influence,
            None,
            runs=plan.running.bootstrap_runs,
            seed=plan.running.seed,
            confidence=confidence,
        ).critical
    return tuple(
        EventPoint(
            week=None,
            event=int(at),
            value=float(value),
            low=float(value - reach * se),
            high=float(value + reach * se),
            is_post=bool(at >= 0),
        )
        for at, value, se in zip(dynamic.at, dynamic.att, dynamic.se, strict=True)
    )


def _aggregate(kind: Kind, title: Message, effects: GroupTime, confidence: float) -> Beside:
    found = aggregate(effects, kind)
    error = t_estimate(found.overall, found.overall_se, None, confidence=confidence)
    return Beside(f"att_{kind}", title, error.value, error.low, error.high, error.p, ANALYTIC)


def _two_way(y: Floats, shown: Floats, confidence: float) -> Beside:
    unit, time = np.divmod(np.arange(y.size), y.shape[1])
    found = two_way(y.ravel(), shown.ravel(), unit, time, clusters=unit, confidence=confidence)
    title = Message("beside.two_way")
    return Beside("two_way", title, found.value, found.low, found.high, found.p, BIASED)
