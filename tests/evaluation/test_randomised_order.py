"""A randomised order of starts: the quick statistic, its permutation, and the whole design."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.statistics.aggregate import aggregate
from consumers.statistics.group_time import Staggered, group_time
from consumers.statistics.order import order_test, orders, simple_weights
from schemas.message import Message
from tests.evaluation.pilots import LEVEL, REGISTERED, panel_of, plan_of

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
def test_the_weights_are_those_of_group_time_effects(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = rng.choice([np.inf, 0.0, 2.0, 3.0, 5.0], 14)
    starts[:3] = np.inf, 2.0, 5.0
    y = rng.normal(size=(14, 7))
    effects = group_time(Staggered(y, np.arange(7.0), starts), control="not_yet")
    weights, cohort = simple_weights(starts, 7)
    means = np.array([y[cohort == c].mean(axis=0) for c in range(int(cohort.max()) + 1)])
    assert float((weights * means).sum()) == pytest.approx(aggregate(effects, "simple").overall)
    before, _ = simple_weights(starts, 7, is_post=False)
    early = ~effects.is_post
    expected = np.average(effects.att[early], weights=effects.share[early])
    assert float((before * means).sum()) == pytest.approx(expected)
    assert weights.sum(axis=1) == pytest.approx(np.zeros(len(weights)), abs=1e-12)


def test_orders_are_counted_inside_strata() -> None:
    cohort = np.array([0, 0, 1, 1, 2, 2, 2])
    one = orders(cohort, np.zeros(7, np.int64), seed=1, samples=99)
    assert one.is_exact and len(one.cohorts) == comb(7, 2) * comb(5, 2)
    assert len(np.unique(one.cohorts, axis=0)) == len(one.cohorts)
    strata = np.array([0, 0, 0, 0, 1, 1, 1])
    two = orders(cohort, strata, seed=1, samples=99)
    assert len(two.cohorts) == comb(4, 2)
    assert (np.sort(two.cohorts[:, :4], axis=1) == [0, 0, 1, 1]).all()
    some = orders(cohort, strata, seed=1, samples=99, exact_max=3)
    assert not some.is_exact and len(some.cohorts) == 100
    assert (some.cohorts[0] == cohort).all() and (some.cohorts[:, 4:] == 2).all()


def test_the_p_is_uniform_over_all_orders() -> None:
    """Each order in turn taken for the real one: the p takes each of its steps once."""
    rng = np.random.default_rng(3)
    y = rng.normal(size=(7, 6))
    kinds = np.array([2.0, 4.0, np.inf])
    drawn = orders(np.array([0, 0, 1, 1, 2, 2, 2]), np.zeros(7, np.int64), seed=0, samples=99)
    p = np.sort([order_test(y, kinds[row], drawn).p for row in drawn.cohorts])
    assert p == pytest.approx(np.arange(1, len(p) + 1) / len(p))


@given(SEEDS)
def test_p_and_interval_agree_under_an_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    starts = np.array([3.0, 3, 5, 5, 7, 7, np.inf, np.inf])
    treated = np.arange(9) >= starts[:, None]
    y = rng.normal(size=(8, 9)) + rng.normal() * treated
    cohort = np.unique(starts, return_inverse=True)[1]
    drawn = orders(cohort, np.zeros(8, np.int64), seed=0, samples=99)
    found = order_test(y, starts, drawn)
    assert (found.p <= 0.05) == (found.low > 0 or found.high < 0)
    # A constant effect moves the interval as a whole, and nothing else.
    moved = order_test(y + 2.5 * treated, starts, drawn)
    assert (moved.low, moved.high) == pytest.approx((found.low + 2.5, found.high + 2.5))


def test_the_whole_design_finds_a_planted_effect_and_shows_the_biased_one_beside() -> None:
    """Effects that grow with time: two-way effects miss them, group-time effects do not."""
    rng = np.random.default_rng(12)
    markets, before, after = 16, 6, 20
    plan = plan_of(markets=markets, treated=12, before=before, after=after)
    weeks = panel_of(np.ones((1, before + after))).weeks
    start = {f"M{n}": before + 5 * (n % 3) for n in range(12)}
    plan = plan.model_copy(
        update={
            "estimator": "stepped_wedge",
            "markets": plan.markets.model_copy(
                update={"starts": {m: weeks[s] for m, s in start.items()}}
            ),
            "assignment": plan.assignment.model_copy(update={"is_randomised": True, "seed": 5}),
            "running": plan.running.model_copy(update={"permutations": 1_999}),
        }
    )
    since = np.array([[w - start.get(f"M{n}", 999) for w in range(26)] for n in range(markets)])
    effect = np.where(since >= 0, 0.5 + 0.3 * since, 0.0)
    y = LEVEL + rng.normal(0, 0.3, (markets, 26)) + rng.normal(0, 1, 26) + effect
    told = evaluate(plan, PlanFigures(panel_of(y)), REGISTERED)
    assert told.found is not None and told.design.label == "causal"
    truth = float(effect[since >= 0].mean())
    # The last cohort's time has only the four sites that never start for comparison.
    assert told.found.effect.value == pytest.approx(truth, abs=0.35)
    assert told.found.effect.low <= truth <= told.found.effect.high
    assert told.verdict.is_success and told.found.effect.p <= 0.01
    beside = {b.name: b for b in told.found.beside}
    assert beside["two_way"].value < 0.8 * truth and beside["two_way"].note == Message(
        "beside.biased"
    )
    assert beside["att_simple"].value == pytest.approx(told.found.effect.value)
    events = {e.event: e for e in told.found.events}
    assert events[8].low <= 0.5 + 0.3 * 8 <= events[8].high
    assert all(e.low <= 0 <= e.high for e in told.found.events if not e.is_post)
