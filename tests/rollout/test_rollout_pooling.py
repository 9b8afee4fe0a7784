"""The sampler is right where the model is right: parameters lie in their bands as often as said."""

import numpy as np
import pytest

from consumers.statistics.diffusion.groups import Groups
from consumers.statistics.diffusion.hazard import History, Weeks
from consumers.statistics.diffusion.laplace import derivatives, find_mode
from consumers.statistics.diffusion.pooling import fit, r_hat
from consumers.statistics.diffusion.prior import Floats, Prior
from consumers.statistics.diffusion.simulate import simulate_ahead

PRIOR = Prior()


def world(pools: int, sites: int, weeks: int, seed: int) -> tuple[Weeks, Groups, Floats]:
    """Sites drawn from the prior itself, their weeks from the model; and their true parameters."""
    rng = np.random.default_rng(seed)
    pool = np.repeat(np.arange(pools), sites)
    kind = rng.integers(0, 2, pools * sites)
    mean = rng.normal(PRIOR.mean, PRIOR.mean_sd, (pools, 3))
    kind_mean = rng.normal(mean[:, None], PRIOR.kind_sd, (pools, 2, 3))
    tau = np.abs(rng.normal(0, PRIOR.tau_scale, (pools, 3)))
    theta = rng.normal(kind_mean[pool, kind], tau[pool])
    log_phi = rng.normal(PRIOR.phi_mean, PRIOR.phi_sd, pools)[pool]
    ceiling = rng.integers(80, 600, len(pool)).astype(np.float64)
    empty = np.zeros((len(pool), 0))
    nothing = Weeks(ceiling, empty, empty, np.zeros(len(pool), dtype=np.int64))
    share = np.ones((len(pool), weeks))
    adopted = simulate_ahead(
        History.of(nothing), theta[None], log_phi[None], share, drift_sd=1e-9, rng=rng
    )[0]
    new = np.diff(adopted, axis=1, prepend=0)
    length = np.full(len(pool), weeks, dtype=np.int64)
    return Weeks(ceiling, new, share, length), Groups(kind, pool, 2, pools), theta


def test_parameters_lie_in_their_bands_as_often_as_said() -> None:
    """Simulation-based calibration (Talts et al. 2018): 240 sites, three parameters each."""
    weeks, groups, theta = world(60, 4, 6, seed=3)
    draws = fit(History.of(weeks), groups, PRIOR, draws=400, seed=1)
    rank = (draws.theta < theta).mean(axis=0)
    for number, name in enumerate(("kappa", "p", "q")):
        inside = np.abs(rank[:, number] - 0.5) < 0.4
        # Sites of one pool share a draw: about 60 to 240 independent ones, sd 0.026 to 0.05.
        assert 0.70 <= inside.mean() <= 0.90, (name, inside.mean())
        assert 0.42 <= rank[:, number].mean() <= 0.58, (name, rank[:, number].mean())


def test_a_small_pool_converges_and_repeats_exactly() -> None:
    weeks, groups, _ = world(1, 4, 8, seed=5)
    history, draws = History.of(weeks), 200
    first, second = (fit(history, groups, PRIOR, draws=draws, seed=9) for _ in range(2))
    assert first.r_hat < 1.15
    assert (first.theta == second.theta).all()
    other = fit(history, groups, PRIOR, draws=draws, seed=10)
    assert not (first.theta == other.theta).all()
    # Another seed is another chain of the same posterior.
    assert np.abs(first.theta.mean(axis=0) - other.theta.mean(axis=0)).max() < 0.4


def test_without_sites_the_draws_are_the_prior() -> None:
    nothing = Weeks(np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0, dtype=np.int64))
    none = np.zeros(0, dtype=np.int64)
    draws = fit(History.of(nothing), Groups(none, none, 4, 1), PRIOR, draws=8_000, seed=2)
    assert draws.theta.shape == (8_000, 0, 3)
    assert draws.kind_mean[:, 0].mean(axis=0) == pytest.approx(PRIOR.mean, abs=0.05)
    wide = np.hypot(PRIOR.mean_sd, PRIOR.kind_sd)
    assert draws.kind_mean[:, 1].std(axis=0) == pytest.approx(wide, rel=0.05)
    assert (draws.tau[:, 0] ** 2).mean(axis=0) == pytest.approx(np.square(PRIOR.tau_scale), rel=0.1)


def test_derivatives_of_a_quadratic_are_exact() -> None:
    matrix = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, -0.2], [0.5, -0.2, 1.0]])
    slope = np.array([1.0, -2.0, 0.5])

    def density(theta: Floats) -> Floats:
        return np.asarray(theta @ slope - 0.5 * (theta @ matrix * theta).sum(axis=-1))

    at = np.array([[0.3, -0.1, 2.0], [1.0, 1.0, 1.0]])
    value, gradient, hessian = derivatives(density, at)
    assert value == pytest.approx(density(at))
    assert gradient == pytest.approx(slope - at @ matrix)
    assert hessian == pytest.approx(np.stack([-matrix, -matrix]), abs=1e-6)


def test_the_mode_is_a_mode() -> None:
    weeks, _, _ = world(6, 3, 10, seed=8)
    mean, sd = np.array(PRIOR.mean), PRIOR.widths()
    mode = find_mode(History.of(weeks), mean, sd, PRIOR.phi_mean)
    # There the likelihood's slope and the prior's pull cancel.
    assert np.abs((mode.score - (mode.at - mean) / sd**2) * sd).max() < 0.02
    assert (np.linalg.eigvalsh(mode.information) > -1e-9).all()


def test_r_hat_sees_chains_that_disagree() -> None:
    rng = np.random.default_rng(1)
    same = rng.normal(0, 1, (4, 400, 1))
    assert float(r_hat(same)[0]) < 1.02
    assert float(r_hat(same + np.arange(4)[:, None, None])[0]) > 1.5
    trend = same + np.linspace(0, 4, 400)[:, None]
    assert float(r_hat(trend)[0]) > 1.25
