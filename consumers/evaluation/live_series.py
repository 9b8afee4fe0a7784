"""The effect week by week, to be looked at as often as one likes. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from consumers.evaluation.design import judge, situation_of
from consumers.evaluation.evaluate import whole
from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Departure, Refusal, Registered
from consumers.evaluation.run_did import outcome_of, sides_of
from consumers.statistics.arrays import CONFIDENCE, Floats, t_quantile
from consumers.statistics.interrupted import hac
from consumers.statistics.permutation import assignments
from consumers.statistics.sequence import asymptotic_sequence, permutation_sequence
from schemas.message import Count, Message, Value, leading

ASSIGNMENTS_MAX = 2_000  # each is looked at again for four hundred effects at every week
WEEKS_BEFORE_MIN = 8  # to know how far single weeks scatter
LAG = 4


@dataclass(frozen=True, slots=True)
class LivePoint:
    """All complete weeks since the start, up to this one. `here_low` to `here_high` bound the mean
    gap among these very markets, and say nothing about other ones."""

    week: date
    value: float
    low: float
    high: float
    here_low: float | None
    here_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSeries:
    """`points` is empty where the design was refused. `horizon` is the number of weeks planned."""

    registered: Registered
    departures: tuple[Departure, ...]
    refusals: tuple[Refusal, ...]
    points: tuple[LivePoint, ...]
    horizon: int
    confidence: float
    cut_off_at: datetime | None
    sentence: Message


def live(
    plan: Plan,
    panel: MarketPanel,
    registered: Registered,
    departures: tuple[Departure, ...] = (),
) -> LiveSeries:
    """For the design with comparison markets; other designs are refused by its rules."""
    used, lost = whole(plan, panel)
    design = judge(situation_of(plan, used))["did"]
    horizon = (plan.window.last_week - plan.window.start_week).days // 7 + 1
    points = _points(plan, used, horizon) if design.is_admissible else ()
    return LiveSeries(
        registered=registered,
        departures=(*departures, *lost),
        refusals=design.refusals,
        points=points,
        horizon=horizon,
        confidence=1 - plan.thresholds.alpha,
        cut_off_at=panel.cut_off_at,
        sentence=_sentence(points, horizon),
    )


def _points(plan: Plan, panel: MarketPanel, horizon: int) -> tuple[LivePoint, ...]:
    y = outcome_of(plan, panel)
    treated, post = sides_of(plan, panel)
    choices = assignments(
        treated, seed=plan.running.seed, exact_max=ASSIGNMENTS_MAX, samples=ASSIGNMENTS_MAX - 1
    )
    confidence = 1 - plan.thresholds.alpha
    found = permutation_sequence(y, post, treated, choices, horizon=horizon, confidence=confidence)
    gaps = y[treated].mean(axis=0) - y[~treated].mean(axis=0)
    here = gap_here(gaps[~post], gaps[post], best_at=horizon, confidence=confidence)
    weeks = [week for week, after in zip(panel.weeks, post, strict=True) if after]
    return tuple(
        LivePoint(
            week=week,
            value=float(found.value[n]),
            low=float(found.low[n]),
            high=float(found.high[n]),
            here_low=None if here is None else float(here[0][n]),
            here_high=None if here is None else float(here[1][n]),
        )
        for n, week in enumerate(weeks)
    )


def gap_here(
    before: Floats, after: Floats, *, best_at: int, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats] | None:
    """Bounds of the mean gap since the start, less the one before, at every week together.

    The scatter of weeks, and how they hang together, is that of the weeks before the start; half of
    the error is spent on the mean before it. None with too few weeks before.
    """
    if len(before) < WEEKS_BEFORE_MIN:
        return None
    centred = before - before.mean()
    long_run = float(hac(centred[:, None], LAG)[0, 0]) / (len(before) - 1)
    sd = float(np.sqrt(max(long_run, centred @ centred / (len(before) - 1))))
    half = 1 - (1 - confidence) / 2
    course = asymptotic_sequence(
        after - before.mean(), best_at=best_at, confidence=half, sd=np.full(len(after), sd)
    )
    base = t_quantile(0.5 + half / 2, len(before) - 1) * sd / float(np.sqrt(len(before)))
    return course.low - base, course.high + base


def _sentence(points: tuple[LivePoint, ...], horizon: int) -> Message:
    if not points:
        return Message("live.nothing")
    last = points[-1]
    said: dict[str, Value] = {
        "weeks": Count(len(points)),
        "of": Count(horizon),
        "value": leading(last.value),
        "low": leading(last.low),
        "high": leading(last.high),
    }
    if last.low > 0 or last.high < 0:
        return Message("live.excludes_zero", **said)
    return Message("live.holds_zero", **said)
