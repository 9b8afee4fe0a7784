"""Visits of teams and first payments: who was visited more often, and who paid when. Pure.

Descriptive unless the visits were drawn by lot: teams go where they are wanted.
"""

from dataclasses import dataclass

import numpy as np

from consumers.evaluation.panel import VendorPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Label
from consumers.statistics.arrays import Flags, Floats, Whole, codes_of, t_quantile
from consumers.statistics.cox import cox, discrete_hazard
from consumers.statistics.survival import Survival, kaplan_meier
from schemas.message import Message, Value, leading

DOSE_MAX = 3  # three visits and more are one dose
EVENTS_MIN = 10  # first payments for each coefficient


@dataclass(frozen=True, slots=True)
class DoseRow:
    """Weeks of vendors who had had so many visits, and first payments in them."""

    visits: int
    vendor_weeks: int
    first_payments: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of hazards with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Course:
    """Kaplan-Meier of one side: week, share that has paid by its end, and its interval."""

    name: Message
    vendors: int
    week: tuple[int, ...]
    paid: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    median_week: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """`per_visit` is the ratio for each further visit (discrete hazard, weeks and markets in the
    model); `by_lot` that of the two sides of a lot (Cox). None where there are too few events."""

    label: Label
    rows: tuple[DoseRow, ...]
    per_visit: Ratio | None
    by_lot: Ratio | None
    courses: tuple[Course, ...]
    sentence: Message


def dose(plan: Plan, panel: VendorPanel) -> Dose:
    """Of vendors who had not been paid before the window."""
    fresh = panel.first_paid >= 0
    weeks = len(panel.weeks)
    time = np.minimum(panel.first_paid + 1, weeks)[fresh]
    event = (panel.first_paid < weeks)[fresh]
    person = np.repeat(np.flatnonzero(fresh), time.astype(np.int64))
    week = np.concatenate([np.arange(int(t), dtype=np.int64) for t in [0.0, *time]])
    had = np.cumsum(panel.visits, axis=1) - panel.visits + (panel.visited < 0)[:, None]
    level = np.minimum(had[person, week], DOSE_MAX)  # of the weeks before this one
    happened = panel.first_paid[person] == week
    rows = tuple(_row(n, level, happened) for n in range(DOSE_MAX + 1))
    per_visit = _per_visit(panel, person, week, level, happened)
    treated, control = set(plan.assignment.treated), set(plan.assignment.control)
    by_lot, label = None, "descriptive"
    sides: list[tuple[Message, Flags]] = []
    if plan.assignment.is_randomised and treated and control:
        label = "causal"
        names = [vendor for vendor, keep in zip(panel.vendors, fresh, strict=True) if keep]
        first = np.array([name in treated for name in names], np.bool_)
        other = np.array([name in control for name in names], np.bool_)
        by_lot = _by_lot(time, event, first, other)
        sides = [
            (Message("dose.side.drawn"), first),
            (Message("dose.side.not_drawn"), other),
        ]
    else:
        early = (panel.visited < 0)[fresh]
        sides = [
            (Message("dose.side.visited_before"), early),
            (Message("dose.side.not_visited_before"), ~early),
        ]
    courses = tuple(_course(name, time[side], event[side]) for name, side in sides if side.any())
    return Dose(
        label="causal" if label == "causal" else "descriptive",
        rows=rows,
        per_visit=per_visit,
        by_lot=by_lot,
        courses=courses,
        sentence=_sentence(per_visit, by_lot),
    )


def _row(visits: int, level: Floats, happened: Flags) -> DoseRow:
    chosen = level == visits
    weeks, events = int(chosen.sum()), int(happened[chosen].sum())
    return DoseRow(visits, weeks, events, events / weeks if weeks else None)


def _per_visit(
    panel: VendorPanel, person: Whole, week: Whole, level: Floats, happened: Flags
) -> Ratio | None:
    """Complementary log-log with a cubic course of time and a level for each market."""
    markets = codes_of(panel.markets) if panel.markets else np.zeros(0, np.int64)
    if not len(person) or len(np.unique(level)) < 2:
        return None
    place = markets[person]
    kept = np.unique(place[happened])  # a market without any event has no level of its own
    inside = np.isin(place, kept)
    clock = week[inside] / max(1, len(panel.weeks) - 1)
    columns = [level[inside], *(clock**n for n in (1, 2, 3))]
    columns += [(place[inside] == m).astype(np.float64) for m in kept]
    x = np.column_stack(columns)
    if int(happened[inside].sum()) < EVENTS_MIN * 2 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    rows = codes_of([f"{m}/{r}" for m, r in zip(panel.markets, panel.row, strict=True)])
    clusters = codes_of(rows[person[inside]])
    try:
        found = discrete_hazard(happened[inside], x, clusters)
    except (ArithmeticError, np.linalg.LinAlgError):
        return None
    return _ratio(float(found.beta[0]), float(found.se[0]))


def _by_lot(time: Floats, event: Flags, first: Flags, other: Flags) -> Ratio | None:
    used = first | other
    if int(event[first].sum()) < EVENTS_MIN or int(event[other].sum()) < EVENTS_MIN:
        return None
    found = cox(time[used], event[used], first[used].astype(np.float64)[:, None])
    return _ratio(float(found.beta[0]), float(found.se[0]))


def _ratio(beta: float, se: float) -> Ratio:
    reach = t_quantile(0.975, None) * se
    return Ratio(*(float(np.exp(b)) for b in (beta, beta - reach, beta + reach)))


def _course(name: Message, time: Floats, event: Flags) -> Course:
    if not event.any():
        return Course(name, len(time), (), (), (), (), None)
    found: Survival = kaplan_meier(time, event)
    return Course(
        name=name,
        vendors=len(time),
        week=tuple(int(t) for t in found.time),
        paid=tuple(float(1 - s) for s in found.share),
        low=tuple(float(1 - s) for s in found.high),
        high=tuple(float(1 - s) for s in found.low),
        median_week=found.quantile(0.5),
    )


def _sentence(per_visit: Ratio | None, by_lot: Ratio | None) -> Message:
    if by_lot is not None:
        return Message("dose.by_lot", **_figures(by_lot))
    if per_visit is None:
        return Message("dose.too_few")
    return Message("dose.per_visit", **_figures(per_visit))


def _figures(ratio: Ratio) -> dict[str, Value]:
    return {
        "value": leading(ratio.value),
        "low": leading(ratio.low),
        "high": leading(ratio.high),
    }
