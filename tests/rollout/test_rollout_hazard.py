"""The likelihood is that of vendors' own first-payment times; the simulation draws from it."""

from math import comb, exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.statistics.diffusion.hazard import (
    History,
    Weeks,
    beta_binomial,
    beta_shape,
    log_likelihood,
)
from consumers.statistics.diffusion.prior import Floats
from consumers.statistics.diffusion.simulate import simulate_ahead

NO_LUCK = log(1e-7)  # φ so small that weeks have no luck of their own


def weeks_of(ceiling: int, new: list[int], open_share: list[float]) -> Weeks:
    return Weeks(
        np.array([float(ceiling)]),
        np.array([new], float),
        np.array([open_share], float),
        np.array([len(new)]),
    )


def vendor_by_vendor(
    ceiling: int, new: list[int], open_share: list[float], kappa: float, p: float, q: float
) -> float:
    """Each vendor's own likelihood: adopted in a week, or still waiting at the end."""
    total, survival, adopted = 0.0, 1.0, 0
    for count, share in zip(new, open_share, strict=True):
        e = max(share, 1 / 7) if count else share
        hazard = 1 - exp(-e * (p + q * adopted / (kappa * ceiling)))
        total += count * log(kappa * survival * hazard) if count else 0.0
        survival *= 1 - hazard
        adopted += count
    return total + (ceiling - adopted) * log(1 - kappa + kappa * survival)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([0.0, 2 / 7, 1.0])), max_size=8),
    st.integers(50, 90),
    st.floats(0.2, 0.95),
    st.floats(0.005, 0.3),
    st.floats(0.01, 1.0),
)
def test_grouped_weeks_say_what_single_vendors_say(
    weeks: list[tuple[int, float]], ceiling: int, kappa: float, p: float, q: float
) -> None:
    new, share = [n for n, _ in weeks], [s for _, s in weeks]
    found = log_likelihood(
        History.of(weeks_of(ceiling, new, share)),
        np.array([[log(kappa / (1 - kappa)), log(p), log(q)]]),
        np.array([NO_LUCK]),
    )
    # The grouped form leaves out how many ways there are to name the adopters.
    assert found[0] == pytest.approx(vendor_by_vendor(ceiling, new, share, kappa, p, q), abs=2e-3)


@settings(deadline=None)
@given(st.integers(1, 40), st.floats(0.001, 0.95), st.floats(0.01, 1.0))
def test_a_weeks_probabilities_sum_to_one(waiting: int, rate: float, phi: float) -> None:
    new = np.arange(waiting + 1.0)
    ways = np.log([float(comb(waiting, int(n))) for n in new])
    probability = np.exp(
        ways + beta_binomial(new, np.array(waiting), np.array(rate), np.array(phi))
    )
    assert probability.sum() == pytest.approx(1)
    a, b = beta_shape(np.array(rate), np.array(phi))
    assert (a / (a + b)) == pytest.approx(rate)
    assert (probability * new).sum() == pytest.approx(waiting * rate)


def draws(
    weeks: Weeks, theta: list[float], share: Floats, count: int = 4_000, drift: float = 1e-9
) -> Floats:
    return simulate_ahead(
        History.of(weeks),
        np.tile(np.array(theta), (count, 1, 1)),
        np.full((count, 1), log(0.05)),
        share,
        drift_sd=drift,
        rng=np.random.default_rng(1),
    )[:, 0]


def test_the_simulation_starts_where_the_likelihood_stands() -> None:
    """The first coming week's mean and zero share are those of the likelihood's terms."""
    known = weeks_of(80, [3, 5, 8], [1, 1, 1])
    theta = [log(0.6 / 0.4), log(0.05), log(0.2)]
    found = draws(known, theta, np.ones((1, 1)), count=40_000)[:, 0] - 16
    terms = []
    for n in range(65):
        more = weeks_of(80, [3, 5, 8, n], [1, 1, 1, 1])
        args = np.array([theta]), np.array([log(0.05)])
        term = log_likelihood(History.of(more), *args) - log_likelihood(History.of(known), *args)
        terms.append(float(np.exp(term[0])) * comb(64, n))
    assert sum(terms) == pytest.approx(1, abs=1e-6)
    mean = sum(n * term for n, term in enumerate(terms))
    assert found.mean() == pytest.approx(mean, rel=0.02)
    assert (found == 0).mean() == pytest.approx(terms[0], abs=0.005)


@settings(deadline=None, max_examples=25)
@given(
    st.integers(10, 300),
    st.floats(-3, 4),
    st.floats(-6, 0),
    st.floats(-6, 1),
    st.lists(st.sampled_from([0.0, 3 / 7, 1.0]), min_size=1, max_size=20),
)
def test_adopters_never_fall_nor_exceed_the_census(
    ceiling: int, logit: float, log_p: float, log_q: float, share: list[float]
) -> None:
    known = weeks_of(ceiling, [2, 3], [1, 1])
    found = draws(known, [logit, log_p, log_q], np.array([share]), count=50, drift=0.3)
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found >= 5).all()
    assert (found <= ceiling).all()
    closed = np.flatnonzero(np.array(share[1:]) == 0)
    assert (np.diff(found, axis=1)[:, closed] == 0).all()
