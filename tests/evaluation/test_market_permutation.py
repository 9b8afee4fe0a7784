"""Permutation over markets, its inversion, and the sequence that may be looked at every week."""

from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct

from consumers.statistics.arrays import Flags, Floats, t_quantile
from consumers.statistics.collapsed import changes, collapsed_did, variance_check
from consumers.statistics.contrast import contrasts, event_study, pre_trend
from consumers.statistics.permutation import assignments, permutation_test
from consumers.statistics.power import ALPHA, POWER, detectable_effect
from consumers.statistics.sensitivity import block_weights, relative_magnitudes
from consumers.statistics.sequence import (
    asymptotic_sequence,
    first_rejections,
    permutation_sequence,
)

SEEDS = st.integers(0, 2**32 - 1)


def first(markets: int, treated: int = 3) -> Flags:
    return np.arange(markets) < treated


def slow_p(change: Floats, treated: Flags, effect: float = 0.0) -> float:
    """The definition, one assignment after the other."""
    d = change - effect * treated
    count = int(treated.sum())

    def gap(chosen: tuple[int, ...]) -> float:
        inside = np.isin(np.arange(len(d)), chosen)
        return abs(float(d[inside].mean() - d[~inside].mean()))

    observed = gap(tuple(np.flatnonzero(treated)))
    shown = [gap(choice) for choice in combinations(range(len(d)), count)]
    return sum(value >= observed - 1e-12 for value in shown) / len(shown)


@given(SEEDS, st.integers(5, 9), st.integers(1, 3))
def test_the_exact_p_is_its_definition(seed: int, markets: int, count: int) -> None:
    change = np.random.default_rng(seed).normal(size=markets)
    treated = first(markets, count)
    found = permutation_test(change, treated, assignments(treated, seed=0))
    assert found.is_exact and found.p == pytest.approx(slow_p(change, treated))
    assert found.p >= found.p_min - 1e-12


@given(SEEDS, st.integers(7, 9))
def test_the_interval_is_the_inverted_test(seed: int, markets: int) -> None:
    """A little inside of an end an effect is not rejected by the definition, outside it is."""
    change = np.random.default_rng(seed).normal(size=markets)
    treated = first(markets)
    found = permutation_test(change, treated, assignments(treated, seed=0), confidence=0.9)
    for end, outwards in ((found.low, -1), (found.high, 1)):
        if np.isfinite(end):
            assert slow_p(change, treated, end - outwards * 1e-6) > 0.1
            assert slow_p(change, treated, end + outwards * 1e-6) <= 0.1
    if markets == 7:
        assert np.isfinite([found.low, found.high]).all()


@given(SEEDS)
def test_p_and_interval_never_contradict_each_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    change = rng.normal(size=12) + rng.normal() * 2 * first(12)
    found = permutation_test(change, first(12), assignments(first(12), seed=0))
    assert (found.p <= 0.05) == (found.low > 0 or found.high < 0)


def test_the_p_is_uniform_under_the_null() -> None:
    """Over all assignments of one data set, in turn, the p is exactly uniform on its steps."""
    change = np.random.default_rng(1).normal(size=9)
    choices = assignments(first(9), seed=0)
    p = np.sort([permutation_test(change, row, choices).p for row in choices.members])
    assert p == pytest.approx(np.arange(1, len(p) + 1) / len(p))


def test_with_too_few_markets_nothing_is_ever_rejected() -> None:
    found = permutation_test(
        np.array([9.0, 8, 9, 0, 0, 1]), first(6), assignments(first(6), seed=0)
    )
    assert found.p == pytest.approx(0.1) and found.p_min == pytest.approx(0.1)
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_sampled_assignments_come_near_the_exact_ones() -> None:
    change = np.random.default_rng(4).normal(size=20) + 1.2 * first(20)
    exact = permutation_test(change, first(20), assignments(first(20), seed=0))
    some = assignments(first(20), seed=7, exact_max=100, samples=9_999)
    sampled = permutation_test(change, first(20), some)
    assert not sampled.is_exact and sampled.assignment_count == 10_000
    assert sampled.p == pytest.approx(exact.p, abs=0.01)
    assert (sampled.low, sampled.high) == pytest.approx((exact.low, exact.high), abs=0.1)
    again = assignments(first(20), seed=7, exact_max=100, samples=9_999)
    assert (again.members == some.members).all()
    assert (some.members[0] == first(20)).all()


def test_the_power_formula_is_that_of_the_non_central_t() -> None:
    for markets in (7, 10, 20, 43):
        law = nct(markets - 2, detectable_effect(markets, 3) / sqrt(1 / 3 + 1 / (markets - 3)))
        bound = t_quantile(1 - ALPHA / 2, markets - 2)
        assert law.sf(bound) + law.cdf(-bound) == pytest.approx(POWER, abs=0.01)


def test_the_robust_p_holds_where_pilots_vary_twice_as_much() -> None:
    """3 of 20, twice the standard deviation: the t rejects one time in five, this one hardly more
    than nominal; with equal variances it stays below."""
    rng = np.random.default_rng(2)
    post = np.arange(40) >= 26
    treated = first(20)
    for scale, robust_max, plain_min in ((2.0, 0.075, 0.15), (1.0, 0.06, 0.03)):
        sd = np.where(treated, scale, 1.0)[:, None]
        plain = robust = 0
        for _ in range(600):
            y = sd * rng.normal(size=(20, 40))
            check = variance_check(y, post, treated)
            assert check is not None
            robust += check.robust.p <= 0.05
            plain += collapsed_did(changes(y, post), treated).p <= 0.05
        assert robust / 600 <= robust_max
        assert plain / 600 >= plain_min


@given(SEEDS)
def test_the_event_study_averages_to_the_contrast(seed: int) -> None:
    y = np.random.default_rng(seed).normal(size=(10, 8))
    study = event_study(y, first(10), base=4)
    assert study.value[4] == 0 and study.se[4] == 0
    weights = np.zeros((8, 1))
    weights[5:, 0], weights[4, 0] = 1 / 3, -1
    assert contrasts(y, first(10), weights).value[0] == pytest.approx(study.value[5:].mean())


def test_a_trend_before_the_start_is_seen() -> None:
    rng = np.random.default_rng(0)
    post = np.arange(30) >= 20
    treated = first(20)
    y = rng.normal(size=(20, 30)) + 0.4 * treated[:, None] * np.arange(30)
    choices = assignments(treated, seed=0)
    found = pre_trend(y, post, treated, choices)
    assert found is not None and found.p <= 0.002 and found.slope == pytest.approx(0.4, abs=0.1)
    assert pre_trend(y[:, 18:], post[18:], treated, choices) is None


@given(SEEDS)
def test_parallel_trends_are_the_least_magnitude(seed: int) -> None:
    """At 0 the set is a point and the interval that of one contrast; both grow with the magnitude,
    and the interval just leaves 0 at the breakdown."""
    rng = np.random.default_rng(seed)
    treated, post = first(15), np.arange(24) >= 16
    y = rng.normal(size=(15, 24)) + rng.uniform(0, 3) * (treated[:, None] & post)
    found = relative_magnitudes(y, post, treated, block=4)
    assert found is not None
    base, later = block_weights(post, 4)
    at_zero = contrasts(y, treated, (later.mean(axis=1) - base[:, -1])[:, None])
    least = found.bounds[0]
    assert least.set_low == least.set_high == pytest.approx(at_zero.value[0])
    assert (least.low, least.high) == pytest.approx((at_zero.low[0], at_zero.high[0]))
    for narrow, wide in zip(found.bounds, found.bounds[1:], strict=False):
        assert wide.low <= narrow.low and narrow.high <= wide.high
        assert wide.low <= wide.set_low <= wide.set_high <= wide.high
    for nudge, excludes in ((-1e-4, True), (1e-4, False)):
        m = found.breakdown + nudge
        if 0 < found.breakdown < 10 and m >= 0:
            bound = relative_magnitudes(y, post, treated, block=4, grid=(m,))
            assert bound is not None
            assert (bound.bounds[0].low > 0 or bound.bounds[0].high < 0) == excludes


def test_the_identified_set_by_hand() -> None:
    """Two blocks before (they differ by 0.5), two after: at M̄ the mean of the later bias is at most
    M̄ · 0.5 · (1 + 2) / 2."""
    y = np.zeros((8, 4))
    y[:3] = [0.0, 0.5, 2.5, 3.5]
    found = relative_magnitudes(y, np.arange(4) >= 2, first(8), block=1, grid=(0.0, 1.0))
    assert found is not None and found.largest_before == pytest.approx(0.5)
    zero, one = found.bounds
    assert zero.set_low == pytest.approx(2.5)
    assert (one.set_low, one.set_high) == pytest.approx((2.5 - 0.75, 2.5 + 0.75))
    # Without any noise the interval is the set, and 0 is reached at 2.5 = M̄ · 0.75.
    assert (one.low, one.high) == pytest.approx((one.set_low, one.set_high))
    assert found.breakdown == pytest.approx(10 / 3, abs=1e-5)


def test_blocks_are_counted_from_the_start() -> None:
    base, later = block_weights(np.arange(12) >= 7, 3)
    assert [list(np.flatnonzero(column)) for column in base.T] == [[1, 2, 3], [4, 5, 6]]
    assert [list(np.flatnonzero(column)) for column in later.T] == [[7, 8, 9], [10, 11]]
    assert relative_magnitudes(np.zeros((6, 4)), np.arange(4) >= 1, first(6), block=1) is None


def test_a_sequence_may_be_looked_at_every_week() -> None:
    """Market shocks that last: a fixed interval looked at each week misses far too often at some
    week, the sequence does not."""
    rng = np.random.default_rng(11)
    treated, weeks, runs = first(20), 12, 400
    choices = assignments(treated, seed=0)
    post = np.arange(8 + weeks) >= 8
    missed = missed_fixed = 0
    for _ in range(runs):
        shock = rng.normal(size=(20, 1)) * 0.3 * post + rng.normal(size=(20, 20))
        y = shock + 1.0 * (treated[:, None] & post)
        at = first_rejections(np.array([1.0]), y, post, treated, choices, horizon=weeks)
        missed += bool(at[0] < weeks)
        for week in range(1, weeks + 1):
            seen = np.arange(20) < 8 + week
            fixed = collapsed_did(changes(y[:, seen], post[seen]), treated)
            if not fixed.low <= 1.0 <= fixed.high:
                missed_fixed += 1
                break
    assert missed / runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)
    assert missed_fixed / runs >= 0.15


def test_the_last_look_of_a_sequence_is_hardly_wider_than_one_look() -> None:
    rng = np.random.default_rng(3)
    treated, post = first(20), np.arange(20) >= 8
    y = rng.normal(size=(20, 20)) + rng.normal(size=(20, 1)) * post
    choices = assignments(treated, seed=0)
    found = permutation_sequence(y, post, treated, choices, horizon=12)
    single = permutation_test(changes(y, post), treated, choices)
    # What the ends say is what the test says of effects beside them.
    for end, is_rejected in (
        (found.low[-1], True),
        (found.high[-1], True),
        (found.value[-1], False),
    ):
        at = first_rejections(np.array([end]), y, post, treated, choices, horizon=12)
        assert (at[0] < 12) == is_rejected
    assert (np.diff(found.low) >= 0).all() and (np.diff(found.high) <= 0).all()
    assert found.value[-1] == pytest.approx(collapsed_did(changes(y, post), treated).value)
    assert (found.high[-1] - found.low[-1]) <= 1.35 * (single.high - single.low)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_running_mean_is_covered_at_every_count(is_known: bool) -> None:
    rng = np.random.default_rng(8)
    missed = 0
    for _ in range(400):
        x = rng.normal(size=500)
        sd = np.ones(500) if is_known else None
        found = asymptotic_sequence(x, best_at=100, sd=sd)
        outside = (found.low > 0) | (found.high < 0)
        missed += bool(outside[0 if is_known else 30 :].any())
    assert missed / 400 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)
