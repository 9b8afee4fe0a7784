"""What sites teach each other: partial pooling by kind, and the loop that draws from it. Pure.

θ_s ~ N(μ_kind, τ²), μ_kind ~ N(μ, ω²), μ ~ N(m, s²), τ half-normal; see prior.py for the numbers
and moves.py for how the chains move. The seed is an argument: the same data, the same draws. Chains
go side by side, and so do pools that know nothing of each other (an origin of a backtest each).
Source: Gelman 2006 (Bayesian Analysis 1:515) for the half-normal; Vehtari et al. 2021 (Bayesian
Analysis 16:667) for R-hat.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.diffusion.groups import Groups
from consumers.statistics.diffusion.hazard import History
from consumers.statistics.diffusion.laplace import find_mode
from consumers.statistics.diffusion.moves import Sampler
from consumers.statistics.diffusion.prior import DIMS, Floats, Prior

CHAINS = 4
SWEEPS_FIRST = 200  # then twice as many each time; the first half is thrown away
R_HAT_MAX = 1.1  # above it the chains go on …
EFFORT_MAX = 6_000_000  # … unless that would take more of rows × chains × sweeps than this
SWEEPS_MAX = 1_600


@dataclass(frozen=True, slots=True)
class Draws:
    """D draws: of sites `theta` (D, S, 3), of kinds `kind_mean` (D, groups, 3), of pools `tau`
    (D, pools, 3) and `log_phi` (D, pools).

    `r_hat`: the worst ratio of between- to within-chain spread of any parameter; near 1 is good.
    """

    theta: Floats
    kind_mean: Floats
    tau: Floats
    log_phi: Floats
    r_hat: float
    sweeps: int


def fit(
    history: History,
    groups: Groups,
    prior: Prior,
    *,
    draws: int,
    seed: int,
    effort_max: int = EFFORT_MAX,
) -> Draws:
    """`draws` posterior draws (a multiple of the chains) of all parameters."""
    assert draws % CHAINS == 0, draws
    rng = np.random.default_rng(seed)
    if len(groups.kind) == 0:
        return draw_prior(groups, prior, draws=draws, rng=rng)
    mode = find_mode(history, np.array(prior.mean), prior.widths(), prior.phi_mean)
    sampler = Sampler(history, groups, prior, mode, rng)
    state = sampler.start(CHAINS)
    kept: list[tuple[Floats, ...]] = []
    rows = max(1, len(history.site)) * CHAINS
    wanted = SWEEPS_FIRST
    while True:
        while len(kept) < wanted:
            sampler.sweep(state)
            kept.append((state.theta, state.kind_mean, state.tau, state.log_phi))
        parts = [np.stack(part, axis=1) for part in zip(*kept[wanted // 2 :], strict=True)]
        worst = max(float(r_hat(part).max(initial=1.0)) for part in parts)
        if worst <= R_HAT_MAX or 2 * wanted > min(SWEEPS_MAX, effort_max / rows):
            break
        wanted *= 2
    each = draws // CHAINS
    chosen = np.linspace(0, parts[0].shape[1] - 1, each).round().astype(int)
    flat = [part[:, chosen].reshape(draws, *part.shape[2:]) for part in parts]
    return Draws(flat[0], flat[1], flat[2], flat[3], r_hat=worst, sweeps=wanted)


def draw_prior(groups: Groups, prior: Prior, *, draws: int, rng: np.random.Generator) -> Draws:
    """What is believed without any site."""
    shape = (draws, groups.pool_count, DIMS)
    mean = np.array(prior.mean) + np.array(prior.mean_sd) * rng.standard_normal(shape)
    of_kinds = mean[:, groups.group_pool]
    kind_mean = of_kinds + np.array(prior.kind_sd) * rng.standard_normal(of_kinds.shape)
    tau = np.array(prior.tau_scale) * np.abs(rng.standard_normal(shape))
    log_phi = prior.phi_mean + prior.phi_sd * rng.standard_normal(shape[:2])
    return Draws(np.empty((draws, 0, DIMS)), kind_mean, tau, log_phi, r_hat=1.0, sweeps=0)


def r_hat(draws: Floats) -> Floats:
    """Split R-hat of (chains, draws, …): the parameters' shape."""
    half = draws.shape[1] // 2
    halves = np.concatenate([draws[:, :half], draws[:, half : 2 * half]])
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    between = halves.mean(axis=1).var(axis=0, ddof=1)
    return np.asarray(np.sqrt((half - 1) / half + between / np.maximum(within, 1e-12)))
