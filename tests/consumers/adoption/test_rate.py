"""Intervals against published values, and their laws; figures have a value or a reason."""

from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.adoption.metrics.cluster import ClusterSums, clustered_rate
from consumers.adoption.metrics.concentration import gini
from consumers.adoption.question.rate import Figure, Rate, no_rate, rate, wilson
from schemas.message import Message

WHY = Message("adoption.no_census")
COUNTS = st.integers(0, 10**9)


# Newcombe (1998), Statistics in Medicine 17:857-872, table I: method 3, score without continuity
# correction, to four decimals.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_has_the_published_values(
    successes: int, trials: int, low: float, high: float
) -> None:
    found = wilson(successes, trials)
    assert [round(bound, 4) for bound in found] == [low, high]


@given(COUNTS, st.integers(1, 10**9))
def test_wilson_holds_the_share_and_mirrors(successes: int, trials: int) -> None:
    successes = min(successes, trials)
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    other_low, other_high = wilson(trials - successes, trials)
    assert isclose(low, 1 - other_high, abs_tol=1e-12)
    assert isclose(high, 1 - other_low, abs_tol=1e-12)


@given(COUNTS, st.none() | COUNTS)
def test_a_rate_has_a_value_or_a_reason(numerator: int, denominator: int | None) -> None:
    found = rate(numerator, denominator, missing=WHY, zero=WHY)
    assert (found.value is None) == (found.reason is not None) == (not denominator)
    assert (found.low is None) == (found.value is None or found.interval_reason is not None)
    if denominator and numerator > denominator:
        assert found.interval_reason is not None


def test_a_null_without_a_reason_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        Figure(None)
    with pytest.raises(AssertionError):
        Figure(1, WHY)
    with pytest.raises(AssertionError):
        Rate(1, 2, None, None, None)
    with pytest.raises(AssertionError):
        Rate(1, 2, 0.5, None, None)
    assert no_rate(WHY).reason == WHY


# Cochran, Sampling Techniques (3rd ed.), example of 6.4 in small: worked by hand from the formula.
# Clusters (q, t): (1, 2), (3, 4), (2, 6): r = 6/12; residuals 0, 1, -1; s = sqrt(2 * 3/2) / 12.
def test_the_clustered_interval_is_the_hand_worked_one() -> None:
    found = clustered_rate(ClusterSums(3, 6, 12, 14, 26, 56), zero=WHY)
    assert found.value == 0.5
    half = 4.302652729911275 * 3**0.5 / 12  # t of 2 degrees of freedom, 97.5 %
    assert found.low == pytest.approx(max(0, 0.5 - half), abs=1e-12)
    assert found.high == pytest.approx(min(1, 0.5 + half), abs=1e-12)
    assert clustered_rate(ClusterSums(1, 1, 2, 1, 2, 4), zero=WHY).interval_reason is not None
    assert clustered_rate(ClusterSums(0, 0, 0, 0, 0, 0), zero=WHY).reason == WHY


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=2, max_size=9))
def test_clustered_rates_of_money_lie_in_their_interval(stalls: list[tuple[int, int]]) -> None:
    pairs = [(cashless, cashless + cash) for cashless, cash in stalls]
    sums = ClusterSums(
        len(pairs),
        sum(q for q, _ in pairs),
        sum(t for _, t in pairs),
        sum(q * q for q, _ in pairs),
        sum(q * t for q, t in pairs),
        sum(t * t for _, t in pairs),
    )
    found = clustered_rate(sums, zero=WHY)
    if found.value is not None:
        assert found.low is not None and found.high is not None
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12))
def test_gini_is_the_mean_difference(amounts: list[int]) -> None:
    amounts.sort()
    n, total = len(amounts), sum(amounts)
    found = gini(n, total, sum(rank * x for rank, x in enumerate(amounts, 1)))
    wanted = sum(abs(a - b) for a in amounts for b in amounts) / (2 * n * total)
    assert found == pytest.approx(wanted, abs=1e-12)
    assert -1e-12 <= found <= (n - 1) / n + 1e-12
