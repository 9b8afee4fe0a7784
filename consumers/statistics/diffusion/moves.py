"""How the chains move: Metropolis steps of sites and whole kinds, Gibbs steps of means and τ. Pure.

In each sweep every site steps twice (from its Laplace approximation under the present means, and
near where it is), means are drawn from their normal distributions and τ on a grid. Then whole kinds
or pools shift together with their sites, τ stretches together with the sites' distances, and φ
steps: without these moves in the other parametrisation little data would mix slowly.
Source: Yu and Meng 2011 (JCGS 20:531) for moving in two parametrisations; Hastings 1970.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.diffusion.groups import Groups
from consumers.statistics.diffusion.hazard import History, log_likelihood
from consumers.statistics.diffusion.laplace import Mode
from consumers.statistics.diffusion.prior import DIMS, Bools, Floats, Ints, Prior

TAU_CELLS = 48
TAU_MIN, TAU_MAX = 0.02, 4.0  # in scales of its prior
WALKS = np.array([0.4, 1.0, 2.5])  # sizes of a random step, in deviations of the approximation
WIDEN = 0.6  # share of the likelihood's curvature that proposals believe: their tails are wider
STRETCHES = np.array([0.15, 0.6])  # sizes of a step of log τ
PHI_STEPS = np.array([0.1, 0.4])  # sizes of a step of log φ


@dataclass(slots=True)
class ChainState:
    """Where the chains are. Leading axis: chain. Arrays are replaced, never changed."""

    theta: Floats  # (C, S, 3)
    value: Floats  # (C, S): log-likelihood of each site
    kind_mean: Floats  # (C, groups, 3)
    mean: Floats  # (C, pools, 3)
    tau: Floats  # (C, pools, 3)
    log_phi: Floats  # (C, pools)


@dataclass(frozen=True, slots=True)
class Units:
    """Sites that move together: of one kind, or of one pool.

    `precision` and `factor` describe the normal approximation of where they would go together.
    """

    index: Ints  # (S,): the unit of each site
    count: int
    order: Ints  # sites, unit by unit
    first: Ints  # where in `order` each unit begins that has a site
    present: Ints  # those units
    precision: Floats  # (count, 3, 3)
    factor: Floats

    @classmethod
    def of(cls, index: Ints, count: int, information: Floats, sd: Floats) -> "Units":
        """`information` (S, 3, 3) of the sites, `sd` (3,) of the unit's own prior."""
        order = np.argsort(index, kind="stable")
        present, first = np.unique(index[order], return_index=True)
        precision = np.tile(np.diag(sd**-2.0), (count, 1, 1))
        np.add.at(precision, index, information)
        factor = np.linalg.cholesky(np.linalg.inv(precision))
        return cls(index, count, order, first, present, precision, factor)

    def sum(self, values: Floats) -> Floats:
        """Sums over the sites of each unit: (C, S, k) → (C, count, k)."""
        found = np.zeros((len(values), self.count, values.shape[2]))
        found[:, self.present] = np.add.reduceat(values[:, self.order], self.first, axis=1)
        return found


class Sampler:
    """Holds what does not change during the sweeps, and the random numbers."""

    def __init__(
        self,
        history: History,
        groups: Groups,
        prior: Prior,
        mode: Mode,
        rng: np.random.Generator,
    ) -> None:
        self.history, self.groups, self.prior, self.rng = history, groups, prior, rng
        self.mode = Mode(mode.at, WIDEN * mode.information, mode.score)
        self.m, self.s = np.array(prior.mean), np.array(prior.mean_sd)
        self.omega, self.scale = np.array(prior.kind_sd), np.array(prior.tau_scale)
        cells = np.exp(np.linspace(np.log(TAU_MIN), np.log(TAU_MAX), TAU_CELLS))
        self.cells = cells[:, None] * self.scale
        self.pool, self.group, self.group_pool = groups.pool, groups.group, groups.group_pool
        self.kinds = Units.of(self.group, len(self.group_pool), self.mode.information, self.omega)
        self.pools = Units.of(self.pool, groups.pool_count, self.mode.information, self.s)
        self.in_kind = np.bincount(self.group, minlength=self.kinds.count)[:, None]
        self.in_pool = np.bincount(self.pool, minlength=self.pools.count)[:, None]
        self.sweeps = 0

    def start(self, chains: int) -> ChainState:
        """Chains begin apart: half a prior's deviation around the modes."""
        rng, pools = self.rng, self.groups.pool_count
        shape = (chains, len(self.pool), DIMS)
        theta = self.mode.at + 0.5 * self.prior.widths() * rng.standard_normal(shape)
        mean = self.m + 0.5 * self.s * rng.standard_normal((chains, pools, DIMS))
        tau = np.broadcast_to(self.scale, (chains, pools, DIMS))
        log_phi = self.prior.phi_mean + 0.5 * self.prior.phi_sd * rng.standard_normal(
            (chains, pools)
        )
        value = log_likelihood(self.history, theta, log_phi[:, self.pool])
        return ChainState(theta, value, mean[:, self.group_pool], mean, tau, log_phi)

    def sweep(self, state: ChainState) -> None:
        """Move everything once; whole kinds and pools, and τ and φ, in turn."""
        self.move_sites(state)
        self.draw_means(state)
        self.draw_tau(state)
        turn = self.sweeps % 2
        (self.shift_kinds, self.shift_pools)[turn](state)
        (self.stretch, self.move_phi)[turn](state)
        self.sweeps += 1

    def move_sites(self, state: ChainState) -> None:
        """One step from the Laplace approximation, one near."""
        mode, rng = self.mode, self.rng
        loose = state.tau[:, self.pool] ** -2.0
        precision = mode.information + loose[..., None] * np.eye(DIMS)
        factor = np.linalg.cholesky(np.linalg.inv(precision))
        pull = mode.score + loose * (state.kind_mean[:, self.group] - mode.at)
        centre = mode.at + turned(factor, turned(factor.swapaxes(-1, -2), pull))

        step = turned(factor, rng.standard_normal(state.theta.shape))
        log_ratio = distance(precision, step) - distance(precision, state.theta - centre)
        self.accept_sites(state, centre + step, log_ratio)
        size = rng.choice(WALKS, state.value.shape)[..., None]
        step = size * turned(factor, rng.standard_normal(state.theta.shape))
        self.accept_sites(state, state.theta + step, np.zeros(state.value.shape))

    def accept_sites(self, state: ChainState, tried: Floats, log_ratio: Floats) -> None:
        """Take or leave each site's step. `log_ratio`: of the proposals, back ÷ forth."""
        value = log_likelihood(self.history, tried, state.log_phi[:, self.pool])
        centre, tau = state.kind_mean[:, self.group], state.tau[:, self.pool]
        gain = value - state.value + log_ratio
        gain += normal_log(tried - centre, tau) - normal_log(state.theta - centre, tau)
        self.keep(state, np.log(self.rng.random(gain.shape)) < gain, tried, value)

    def draw_means(self, state: ChainState) -> None:
        """Means of kinds given their sites, the common mean given the kinds: both normal."""
        rng, tight = self.rng, self.omega**-2.0
        precision = state.tau[:, self.group_pool] ** -2.0
        narrow = self.in_kind * precision + tight
        centre = self.kinds.sum(state.theta) * precision + state.mean[:, self.group_pool] * tight
        noise = rng.standard_normal(state.kind_mean.shape)
        state.kind_mean = centre / narrow + noise / np.sqrt(narrow)
        narrow = self.groups.kind_count * tight + self.s**-2.0
        by_pool = state.kind_mean.reshape(*state.mean.shape[:2], -1, DIMS).sum(axis=2)
        centre = by_pool * tight + self.m * self.s**-2.0
        state.mean = centre / narrow + rng.standard_normal(state.mean.shape) / np.sqrt(narrow)

    def draw_tau(self, state: ChainState) -> None:
        """τ on its grid, given how far sites are from their kinds."""
        away = (state.theta - state.kind_mean[:, self.group]) ** 2
        squares = self.pools.sum(away)[..., None, :]  # (C, P, 1, 3)
        sites = self.in_pool[..., None]
        cells = self.cells
        # The grid is even in log τ: the density of τ times τ.
        mass = -0.5 * (cells / self.scale) ** 2 + np.log(cells)
        mass = mass - sites * np.log(cells) - squares / (2 * cells**2)
        # The largest of mass + Gumbel noise is a draw by mass.
        chosen = (mass + self.rng.gumbel(size=mass.shape)).argmax(axis=-2)
        state.tau = np.take_along_axis(cells[None, None], chosen[..., None, :], axis=-2)[..., 0, :]

    def shift_kinds(self, state: ChainState) -> None:
        """Move each kind's mean together with its sites."""
        apart = state.kind_mean - state.mean[:, self.group_pool]
        step, log_ratio = self.shift(state, self.kinds, apart, self.omega)
        gain = log_ratio + normal_log(apart + step, self.omega) - normal_log(apart, self.omega)
        tried = state.theta + step[:, self.group]
        taken = self.accept_units(state, self.kinds, tried, state.log_phi, gain)
        state.kind_mean = np.where(taken[..., None], state.kind_mean + step, state.kind_mean)

    def shift_pools(self, state: ChainState) -> None:
        """Move the common mean together with all kinds and sites."""
        apart = state.mean - self.m
        step, log_ratio = self.shift(state, self.pools, apart, self.s)
        gain = log_ratio + normal_log(apart + step, self.s) - normal_log(apart, self.s)
        tried = state.theta + step[:, self.pool]
        taken = self.accept_units(state, self.pools, tried, state.log_phi, gain)
        state.mean = np.where(taken[..., None], state.mean + step, state.mean)
        of_kind = taken[:, self.group_pool, None]
        new = state.kind_mean + step[:, self.group_pool]
        state.kind_mean = np.where(of_kind, new, state.kind_mean)

    def shift(
        self, state: ChainState, units: Units, apart: Floats, sd: Floats
    ) -> tuple[Floats, Floats]:
        """A common step of the sites of each unit, and the log-ratio of proposing it back ÷ forth.

        In turn it is drawn from the normal approximation of where all of them would go, and a step
        of that shape from where they are.
        """
        mode, precision, factor = self.mode, units.precision, units.factor
        noise = turned(factor, self.rng.standard_normal(apart.shape))
        if self.sweeps % 4 < 2:
            size = self.rng.choice(WALKS, apart.shape[:-1])[..., None]
            return size * noise, np.zeros(apart.shape[:-1])
        slope = units.sum(mode.score - turned(mode.information, state.theta - mode.at))
        pull = slope - apart * sd**-2.0
        centre = turned(factor, turned(factor.swapaxes(-1, -2), pull))
        return centre + noise, distance(precision, noise) - distance(precision, centre)

    def stretch(self, state: ChainState) -> None:
        """Scale one parameter's τ together with the sites' distances from their kinds."""
        rng, shape = self.rng, state.log_phi.shape
        which = np.arange(DIMS) == rng.integers(0, DIMS, shape)[..., None]
        step = (rng.choice(STRETCHES, shape) * rng.standard_normal(shape))[..., None] * which
        tau = state.tau * np.exp(step)
        centre = state.kind_mean[:, self.group]
        tried = centre + (state.theta - centre) * np.exp(step)[:, self.pool]
        gain = (0.5 * (state.tau**2 - tau**2) / self.scale**2 + step).sum(axis=-1)
        taken = self.accept_units(state, self.pools, tried, state.log_phi, gain)
        state.tau = np.where(taken[..., None], tau, state.tau)

    def move_phi(self, state: ChainState) -> None:
        """A random step of each pool's φ."""
        shape = state.log_phi.shape
        tried = state.log_phi + self.rng.choice(PHI_STEPS, shape) * self.rng.standard_normal(shape)
        m, s = self.prior.phi_mean, self.prior.phi_sd
        gain = 0.5 * (((state.log_phi - m) / s) ** 2 - ((tried - m) / s) ** 2)
        taken = self.accept_units(state, self.pools, state.theta, tried, gain)
        state.log_phi = np.where(taken, tried, state.log_phi)

    def accept_units(
        self, state: ChainState, units: Units, tried: Floats, log_phi: Floats, gain: Floats
    ) -> Bools:
        """Take or leave a move of all sites of each unit: whether it was taken, (C, units)."""
        value = log_likelihood(self.history, tried, log_phi[:, self.pool])
        gain = gain + units.sum((value - state.value)[..., None])[..., 0]
        taken = np.log(self.rng.random(gain.shape)) < gain
        self.keep(state, taken[:, units.index], tried, value)
        return np.asarray(taken)

    @staticmethod
    def keep(state: ChainState, taken: Bools, tried: Floats, value: Floats) -> None:
        """The sites (C, S) that take what they tried."""
        state.theta = np.where(taken[..., None], tried, state.theta)
        state.value = np.where(taken, value, state.value)


def turned(matrix: Floats, vector: Floats) -> Floats:
    """Matrix times vector over leading axes."""
    return np.asarray(np.matmul(matrix, vector[..., None])[..., 0])


def distance(precision: Floats, away: Floats) -> Floats:
    """Half the squared Mahalanobis distance."""
    return np.asarray(0.5 * (away * turned(precision, away)).sum(axis=-1))


def normal_log(away: Floats, sd: Floats) -> Floats:
    """Log-density of independent normals of the same `sd` on both sides of a comparison."""
    return np.asarray(-0.5 * ((away / sd) ** 2).sum(axis=-1))
