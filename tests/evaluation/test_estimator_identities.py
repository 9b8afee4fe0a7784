"""What must hold for any data: identities that tie estimators to each other and to arithmetic."""

from datetime import date, timedelta
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from consumers.evaluation.season import season_terms
from consumers.statistics.adjust import ancova, cuped
from consumers.statistics.aggregate import Kind, aggregate
from consumers.statistics.arrays import Floats
from consumers.statistics.collapsed import (
    VendorMoments,
    changes,
    collapsed_did,
    vendor_level_test,
)
from consumers.statistics.contrast import event_study
from consumers.statistics.cox import cox, discrete_hazard
from consumers.statistics.group_time import Staggered, group_time, multiplier_bootstrap
from consumers.statistics.interrupted import interrupted, poisson_fit
from consumers.statistics.survival import kaplan_meier
from consumers.statistics.synthetic import simplex_weights, synthetic_control, synthetic_did
from consumers.statistics.two_way import two_way
from schemas.calendar import HUNG_KINGS, TET

SEEDS = st.integers(0, 2**32 - 1)
KINDS: tuple[Kind, ...] = ("simple", "dynamic", "group", "calendar")


def panel(seed: int, markets: int = 9, periods: int = 12) -> Floats:
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(markets, 1)) * 3
    return np.asarray(level + rng.normal(size=(markets, periods)).cumsum(axis=1) * 0.3)


TREATED = np.arange(9) < 3
POST = np.arange(12) >= 7


@given(SEEDS)
def test_cuped_takes_away_the_squared_correlation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=80)
    y = rng.normal() * x + rng.normal(size=80)
    found = cuped(y, x)
    assert found.variance_ratio == pytest.approx(1 - np.corrcoef(x, y)[0, 1] ** 2)
    assert found.adjusted.mean() == pytest.approx(y.mean())


@given(SEEDS)
def test_a_covariate_that_says_nothing_leaves_the_difference_of_means(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, d = rng.normal(size=40), np.arange(40) % 2 == 0
    found = ancova(y, d, np.ones(40), np.arange(40))
    assert found.value == pytest.approx(y[d].mean() - y[~d].mean())
    a, b = y[d], y[~d]
    welch0 = np.sqrt(a.var() / 20 + b.var() / 20)
    assert found.se == pytest.approx(welch0 * np.sqrt(40 / 39 * 39 / 38))


@given(SEEDS)
def test_uniform_weights_make_synthetic_did_a_did(seed: int) -> None:
    y = panel(seed)
    uniform = synthetic_did(
        y, TREATED, POST, unit_weights=np.full(6, 1 / 6), time_weights=np.full(7, 1 / 7)
    )
    did = collapsed_did(changes(y, POST), TREATED).value
    assert uniform.effect == pytest.approx(did, abs=1e-10)


@given(SEEDS)
def test_one_cohort_is_a_difference_of_means(seed: int) -> None:
    """Group-time effects, two-way effects and the event study agree where timing is common."""
    y = panel(seed)
    starts = np.where(TREATED, 7.0, np.inf)
    effects = group_time(Staggered(y, np.arange(12.0), starts), control="never")
    study = event_study(y, TREATED, base=6)
    assert effects.att[effects.is_post] == pytest.approx(study.value[POST], abs=1e-10)
    for kind in KINDS:
        assert aggregate(effects, kind).overall == pytest.approx(study.value[POST].mean())
    unit, time = np.divmod(np.arange(y.size), 12)
    shown = (TREATED[:, None] & POST).astype(float).ravel()
    twfe = two_way(y.ravel(), shown, unit, time, clusters=unit)
    assert twfe.value == pytest.approx(collapsed_did(changes(y, POST), TREATED).value)


@given(SEEDS)
def test_two_periods_are_the_difference_of_mean_changes(seed: int) -> None:
    y = panel(seed, periods=2)
    effects = group_time(
        Staggered(y, np.array([0.0, 1.0]), np.where(TREATED, 1.0, np.inf)), control="never"
    )
    change = y[:, 1] - y[:, 0]
    assert effects.att == pytest.approx([change[TREATED].mean() - change[~TREATED].mean()])
    parts = [change[TREATED].var() / 3, change[~TREATED].var() / 6]
    assert effects.se == pytest.approx([np.sqrt(sum(parts))])


@given(SEEDS)
def test_the_vendor_test_is_a_t_test_over_vendors(seed: int) -> None:

    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 30, 9)
    vendors = [rng.normal(rng.normal(), 1, size) for size in sizes]
    moments = VendorMoments(
        sizes.astype(float),
        np.array([v.mean() for v in vendors]),
        np.array([v.var(ddof=1) for v in vendors]),
    )
    found = vendor_level_test(moments, TREATED)
    expected = stats.ttest_ind(np.concatenate(vendors[:3]), np.concatenate(vendors[3:]))
    assert found.p == pytest.approx(float(expected.pvalue))


@given(SEEDS, st.floats(0, 2))
def test_simplex_weights_are_optimal(seed: int, ridge: float) -> None:
    """Karush-Kuhn-Tucker: no weight can be moved to another column at a gain."""
    rng = np.random.default_rng(seed)
    columns, target = rng.normal(size=(8, 5)), rng.normal(size=8)
    w = simplex_weights(columns, target, ridge=ridge)
    assert w.min() >= 0 and w.sum() == pytest.approx(1)
    slope = columns.T @ (columns @ w - target) + ridge * w
    least = slope.min()
    assert (slope[w > 1e-9] <= least + 1e-7 * (1 + abs(least))).all()


def test_synthetic_control_finds_a_market_that_is_a_mixture() -> None:
    rng = np.random.default_rng(5)
    others = rng.normal(size=(8, 30)).cumsum(axis=1)
    mine = 0.3 * others[1] + 0.7 * others[4]
    post = np.arange(30) >= 20
    mine[post] += 4.0
    found = synthetic_control(np.vstack([mine, others]), np.arange(9) == 0, post)
    assert found.weights[[1, 4]] == pytest.approx([0.3, 0.7], abs=1e-6)
    assert found.effect == pytest.approx(4.0, abs=1e-6)
    assert (found.rank, found.of) == (1, 9)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=40))
def test_kaplan_meier_without_loss_is_the_empirical_share(times: list[int]) -> None:
    t = np.array(times, float)
    found = kaplan_meier(t, np.ones(len(t), np.bool_))
    assert found.share == pytest.approx([(t > at).mean() for at in found.time])
    assert found.se == pytest.approx(np.sqrt(found.share * (1 - found.share) / len(t)))
    assert found.quantile(0.5) == np.sort(t)[-(-len(t) // 2) - 1]


def test_kaplan_meier_by_hand() -> None:
    """Six vendors: first payments in weeks 1, 3, 3 and losses in weeks 2, 3, 5."""
    time = np.array([1.0, 3, 3, 2, 3, 5])
    event = np.array([True, True, True, False, False, False])
    found = kaplan_meier(time, event)
    assert list(found.at_risk) == [6, 4] and list(found.events) == [1, 2]
    assert found.share == pytest.approx([5 / 6, 5 / 6 / 2])
    assert found.quantile(0.9) is None
    assert ((found.low < found.share) & (found.share < found.high)).all()


@given(SEEDS)
def test_a_hazard_of_weeks_alone_is_kaplan_meier(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 4, 60)
    event = rng.random(60) < 0.7
    event[:6], time[:6] = [True, False] * 3, [1, 1, 2, 2, 3, 3]
    person = np.repeat(np.arange(60), time)
    week = np.concatenate([np.arange(1, t + 1) for t in time])
    x = (week[:, None] == np.arange(1, 4)).astype(float)
    happened = (week == time[person]) & event[person]
    expected = kaplan_meier(time.astype(float), event)
    hazards = expected.events / expected.at_risk
    logit = discrete_hazard(happened, x, person, link="logit")
    assert 1 / (1 + np.exp(-logit.beta)) == pytest.approx(hazards, abs=1e-6)
    cloglog = discrete_hazard(happened, x, person, link="cloglog")
    assert -np.expm1(-np.exp(cloglog.beta)) == pytest.approx(hazards, abs=1e-6)


def test_cox_with_one_group_indicator_is_the_logrank_maximum() -> None:
    """Without ties Efron is Breslow: the likelihood of each event's own choice, by hand."""
    time, event = np.array([1.0, 2, 3, 4]), np.array([True, True, False, True])
    x = np.array([[1.0], [0.0], [1.0], [0.0]])
    found = cox(time, event, x)
    b = float(found.beta[0])
    r = np.exp(b)
    # Events at 1 (at risk: 1, 0, 1, 0), 2 (0, 1, 0) and 4 (0 alone).
    slope = 1 - 2 * r / (2 * r + 2) - r / (r + 2)
    assert slope == pytest.approx(0, abs=1e-9)


@given(SEEDS)
def test_poisson_of_a_step_is_a_ratio_of_rates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    exposure = rng.uniform(50, 150, 30)
    count = rng.poisson(exposure * 0.8).astype(float)
    step = (np.arange(30) >= 18).astype(float)
    beta, fitted = poisson_fit(count, exposure, np.column_stack([np.ones(30), step]))
    late = step > 0
    rates = count[late].sum() / exposure[late].sum(), count[~late].sum() / exposure[~late].sum()
    assert np.exp(beta[1]) == pytest.approx(rates[0] / rates[1])
    assert fitted.sum() == pytest.approx(count.sum())


def test_an_interrupted_series_finds_its_planted_step() -> None:
    weeks = tuple(date(2022, 1, 3) + timedelta(weeks=n) for n in range(156))
    rng = np.random.default_rng(3)
    turn = 2 * np.pi * np.arange(156) / 52.18
    exposure = np.full(156, 2_000.0)
    rate = 0.5 * np.exp(0.2 * np.arange(156) / 52 + 0.3 * np.sin(turn))
    post, season = np.arange(156) >= 120, season_terms(weeks)
    misses = 0
    for _ in range(100):
        shock = np.zeros(156)
        for week in range(156):
            shock[week] = 0.5 * shock[week - 1] + rng.normal(0, 0.19)
        mean = exposure * rate * np.where(post, 1.5, 1.0) * np.exp(shock)
        count = rng.poisson(mean).astype(float)
        found = interrupted(count, exposure, weeks, post, season=season)
        assert found.dispersion > 5
        misses += not found.low <= 0.5 <= found.high
        assert found.excess_low < found.excess < found.excess_high
    assert misses <= 12  # of 100 at 95 %; a Newey-West band alone misses 16


def test_multiplier_bootstrap_agrees_with_the_analytic_error() -> None:
    rng = np.random.default_rng(0)
    influence = rng.normal(size=(400, 3)) * [1.0, 2.0, 0.5]
    found = multiplier_bootstrap(influence, None, runs=4_000, seed=1, confidence=0.95)
    assert found.se == pytest.approx(np.sqrt((influence**2).sum(axis=0)) / 400, rel=0.06)
    # Three independent normal values: the band's value is between the single and Bonferroni's.
    assert 1.96 < found.critical < 2.60
    clusters = np.arange(400) // 20
    by_cluster = multiplier_bootstrap(influence, clusters, runs=4_000, seed=1, confidence=0.95)
    sums = influence.reshape(20, 20, 3).sum(axis=1)
    assert by_cluster.se == pytest.approx(np.sqrt((sums**2).sum(axis=0)) / 400, rel=0.12)


def test_the_hung_kings_day_is_the_tenth_of_the_third_month() -> None:
    """Two lunar months and nine days after Tết, or three where a month is leap."""
    for tet, day in zip(TET, HUNG_KINGS, strict=False):
        assert (day - tet).days in {67, 68, 69, 97, 98}, day


def test_combinations_are_what_they_should_be() -> None:
    assert comb(20, 3) == 1_140 and comb(43, 3) == 12_341
