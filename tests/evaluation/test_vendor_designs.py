"""Designs on vendors: visits drawn by lot, and visits as they came."""

from typing import Any

import numpy as np
import pytest

from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.evaluation.panel import VendorPanel
from consumers.evaluation.plan import Plan
from tests.evaluation.pilots import LEVEL, REGISTERED, panel_of, plan_of, weeks_of

ROWS, SIZE, WEEKS = 20, 15, 20


def vendors(seed: int, *, effect: float, visited: Any, lasting: float = 0.4) -> VendorPanel:
    """Rows of fifteen vendors that share shocks; `visited` is the week of each vendor's visit."""
    rng = np.random.default_rng(seed)
    count = ROWS * SIZE
    row = np.repeat(np.arange(ROWS), SIZE)
    shock = rng.normal(0, lasting, (ROWS, 1)) * (np.arange(WEEKS) >= 10)
    level = rng.gamma(4, 1, (count, 1))
    treated = np.arange(WEEKS)[None, :] >= visited[:, None]
    rate = level + shock[row] + rng.normal(0, 0.5, (count, WEEKS)) + effect * treated
    return VendorPanel(
        markets=("M0",) * count,
        vendors=tuple(f"V{n}" for n in range(count)),
        row=tuple(f"R{n:02d}" for n in row),
        product=("Rau",) * count,
        weeks=weeks_of(WEEKS),
        count=rate * 6,
        open_days=np.full((count, WEEKS), 6.0),
        visits=(np.arange(WEEKS)[None, :] == visited[:, None]).astype(float),
        visited=visited.astype(float),
        first_paid=np.zeros(count),
        cut_off_at=None,
    )


MARKETS = panel_of(LEVEL + np.random.default_rng(0).normal(size=(1, WEEKS)))


def by_lot(seed: int, **changed: Any) -> Plan:
    chosen = np.random.default_rng(seed).random(ROWS * SIZE) < 0.5
    names = [f"V{n}" for n in range(ROWS * SIZE)]
    lot = {
        "how": "drawn by lot",
        "is_randomised": True,
        "seed": seed,
        "treated": tuple(n for n, c in zip(names, chosen, strict=True) if c),
        "control": tuple(n for n, c in zip(names, chosen, strict=True) if not c),
    }
    return plan_of(
        markets=1, treated=1, before=10, after=10, estimator="ancova", assignment=lot | changed
    )


def visits(plan: Plan) -> Any:
    treated = set(plan.assignment.treated)
    return np.array([10 if f"V{n}" in treated else WEEKS for n in range(ROWS * SIZE)])


def test_visits_drawn_by_lot_are_found_and_the_past_takes_noise_away() -> None:
    plan = by_lot(1)
    panel = vendors(2, effect=0.8, visited=visits(plan))
    told = evaluate(plan, PlanFigures(MARKETS, panel), REGISTERED)
    assert told.found is not None and told.verdict.is_success
    effect = told.found.effect
    assert effect.low <= 0.8 <= effect.high
    [plain] = told.found.beside
    assert plain.low is not None and plain.high is not None
    assert (effect.high - effect.low) < 0.5 * (plain.high - plain.low)


def test_visits_drawn_by_lot_err_as_often_as_they_say() -> None:
    rejected = 0
    for seed in range(300):
        plan = by_lot(seed)
        told = evaluate(
            plan, PlanFigures(MARKETS, vendors(seed, effect=0, visited=visits(plan))), REGISTERED
        )
        assert told.found is not None
        rejected += told.found.effect.p <= 0.05
    assert rejected / 300 <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 300)


def test_without_a_lot_the_visits_are_refused() -> None:
    plan = by_lot(1, is_randomised=False)
    told = evaluate(
        plan, PlanFigures(MARKETS, vendors(2, effect=5, visited=visits(plan))), REGISTERED
    )
    assert told.found is None
    assert {r.code for r in told.design.refusals} == {"visits_not_randomised"}


@pytest.mark.parametrize("is_randomised", [False, True])
def test_visits_as_they_came_are_only_described(is_randomised: bool) -> None:
    rng = np.random.default_rng(4)
    visited = rng.choice([6, 9, 12, 15, WEEKS], ROWS * SIZE)
    how = {"how": "as teams had time", "is_randomised": is_randomised, "seed": 3}
    plan = plan_of(markets=1, treated=1, before=6, after=14, estimator="onboarding", assignment=how)
    told = evaluate(plan, PlanFigures(MARKETS, vendors(5, effect=1.0, visited=visited)), REGISTERED)
    assert told.found is not None
    assert told.found.effect.low <= 1.0 <= told.found.effect.high
    assert told.verdict.is_success == is_randomised
    assert told.verdict.key == ("works" if is_randomised else "descriptive_change")
    assert told.design.warnings
    assert {e.event for e in told.found.events if e.is_post} >= set(range(13))


def test_payments_that_begin_with_the_visit_are_refused() -> None:
    visited = np.where(np.arange(ROWS * SIZE) % 3 == 0, 8, WEEKS)
    panel = vendors(5, effect=1.0, visited=visited)
    treated = np.arange(WEEKS)[None, :] >= visited[:, None]
    zeroed = VendorPanel(
        **{
            **{name: getattr(panel, name) for name in panel.__slots__},
            "count": panel.count * treated,
        }
    )
    plan = plan_of(markets=1, treated=1, before=8, after=12, estimator="onboarding")
    told = evaluate(plan, PlanFigures(MARKETS, zeroed), REGISTERED)
    assert told.found is None
    assert [r.code for r in told.design.refusals] == ["zero_before_visit"]
