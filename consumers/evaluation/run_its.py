"""The design without comparison markets: the pilots' sum as an interrupted series. Pure."""

import numpy as np

from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Beside, Effect, EventPoint, Found
from consumers.evaluation.run_did import sides_of
from consumers.evaluation.season import season_terms
from consumers.statistics.interrupted import interrupted
from schemas.message import Message, leading


def run_its(plan: Plan, panel: MarketPanel) -> Found:
    """The effect is relative. The panel holds whole weeks; comparison markets are left aside."""
    treated, post = sides_of(plan, panel)
    confidence = 1 - plan.thresholds.alpha
    count = panel.amount[treated].sum(axis=0)
    exposure = panel.exposure[treated].sum(axis=0)
    fit = interrupted(
        count, exposure, panel.weeks, post, season=season_terms(panel.weeks), confidence=confidence
    )
    start = int(np.flatnonzero(post)[0])
    gap = count / fit.expected - 1
    return Found(
        effect=Effect(
            value=fit.ratio,
            low=fit.low,
            high=fit.high,
            confidence=confidence,
            p=fit.p,
            p_min=0.0,
            method=Message("method.interrupted_series", rho=leading(fit.rho)),
            relative=fit.ratio,
        ),
        events=tuple(
            EventPoint(week, n - start, float(gap[n]), float(gap[n]), float(gap[n]), bool(post[n]))
            for n, week in enumerate(panel.weeks)
        ),
        beside=(
            Beside(
                "excess",
                Message("beside.excess"),
                fit.excess,
                fit.excess_low,
                fit.excess_high,
                None,
            ),
        ),
    )
