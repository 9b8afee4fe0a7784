"""Likelihood of weekly first payments: a grouped discrete hazard, the census its ceiling. Pure.

Every one of N stalls (the census: never estimated) is with probability κ of the kind that ever
adopts. One that is and has not yet does so in week t with probability
`h_t = 1 − exp(−e_t (p + q A_{t−1} / κN))`, where A is how many have already paid and e_t the share
of the week's days on which the site was open. Who is still waiting is then of the adopting kind
with probability `r_t = κ S_{t−1} / (1 − κ + κ S_{t−1})`, S being the survival so far, and the new
adopters of a week are beta-binomial: of N − A_{t−1}, with mean `λ_t = r_t h_t` and the variance of
a multiplicative shock of variance φ. This is the likelihood of the vendors' own first-payment
times, grouped by week and censored at the cut-off.
Source: Bass 1969 (Management Science 15:215) for p and q; mixture cure model, Farewell 1982
(Biometrics 38:1041); a fixed ceiling because an estimated one is about the last observed value,
Van den Bulte and Lilien 1997 (Marketing Science 16:338).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln

from consumers.statistics.diffusion.prior import Bools, Floats, Ints

OPEN_SHARE_MIN = 1 / 7  # where somebody adopted, the site was open for a day at least
RATE_MIN, RATE_MAX = 1e-8, 1 - 1e-9
BETA_MIN = 1e-3


@dataclass(frozen=True, slots=True)
class Weeks:
    """What is known of S sites over up to T weeks since their start.

    `ceiling` (S,): census stalls. `new` (S, T): first payments in each week. `open_share` (S, T):
    share of the week's days that were open, 0 where nothing is known. `length` (S,): weeks known.
    """

    ceiling: Floats
    new: Floats
    open_share: Floats
    length: Ints

    def __post_init__(self) -> None:
        sites, weeks = self.new.shape
        assert self.open_share.shape == (sites, weeks), self.open_share.shape
        assert self.ceiling.shape == self.length.shape == (sites,), self.ceiling.shape
        assert (self.length <= weeks).all() and (self.length >= 0).all()
        assert (self.new >= 0).all() and (self.new.sum(axis=1) <= self.ceiling).all()
        assert (self.new[~self.known] == 0).all()

    @property
    def known(self) -> Bools:
        """Which weeks are known, (S, T)."""
        return np.asarray(np.arange(self.new.shape[1]) < self.length[:, None])

    @property
    def adopted(self) -> Floats:
        """How many have adopted at the end of what is known, (S,)."""
        return np.asarray(self.new.sum(axis=1))

    def exposure(self) -> Floats:
        """`open_share` of the known weeks, not below a day where somebody adopted, (S, T)."""
        least = np.where(self.new > 0, OPEN_SHARE_MIN, 0.0)
        return np.asarray(np.where(self.known, np.maximum(self.open_share, least), 0.0))

    def until(self, length: int) -> "Weeks":
        """The same as it was known after `length` weeks."""
        return Weeks(
            self.ceiling,
            self.new[:, :length],
            self.open_share[:, :length],
            np.minimum(self.length, length),
        )


@dataclass(frozen=True, slots=True)
class History:
    """What the likelihood needs of every week that tells something: arrays (n,), site by site."""

    weeks: Weeks
    site: Ints  # the site of each row
    first: Ints  # the first row of each site that has any
    present: Ints  # those sites
    exposure: Floats
    new: Floats
    before: Floats  # A_{t−1}
    exposed_before: Floats  # Σ e over earlier weeks
    pulled_before: Floats  # Σ e A over earlier weeks
    exposed: Floats  # (S,) Σ e over all weeks
    pulled: Floats  # (S,) Σ e A over all weeks

    @classmethod
    def of(cls, weeks: Weeks) -> "History":
        """Sums over earlier weeks; weeks in which a site was closed say nothing."""
        exposure = weeks.exposure()
        before = np.cumsum(weeks.new, axis=1) - weeks.new
        pulled = exposure * before
        on = exposure > 0
        site = np.nonzero(on)[0]
        present, first = np.unique(site, return_index=True)
        return cls(
            weeks=weeks,
            site=site,
            first=first,
            present=present,
            exposure=exposure[on],
            new=weeks.new[on],
            before=before[on],
            exposed_before=(np.cumsum(exposure, axis=1) - exposure)[on],
            pulled_before=(np.cumsum(pulled, axis=1) - pulled)[on],
            exposed=exposure.sum(axis=1),
            pulled=pulled.sum(axis=1),
        )


def log_likelihood(history: History, theta: Floats, log_phi: Floats) -> Floats:
    """Log-likelihood of each site: theta (…, S, 3), log_phi (…, S) → (…, S)."""
    found = np.zeros(theta.shape[:-1])
    if len(history.site) == 0:
        return found
    logit, p, q = theta[..., 0], np.exp(theta[..., 1]), np.exp(theta[..., 2])
    pull = q / (expit(logit) * history.weeks.ceiling)
    site = history.site
    logit, p, pull = logit[..., site], p[..., site], pull[..., site]
    still = expit(logit - p * history.exposed_before - pull * history.pulled_before)
    rate = still * -np.expm1(-history.exposure * (p + pull * history.before))
    waiting = history.weeks.ceiling[site] - history.before
    rows = beta_binomial(history.new, waiting, rate, np.exp(log_phi)[..., site])
    found[..., history.present] = np.add.reduceat(rows, history.first, axis=-1)
    return found


def beta_shape(rate: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Beta(a, b) with this mean and the variance `rate² φ (1 − rate)` of a shock of variance φ."""
    mean = np.clip(rate, RATE_MIN, RATE_MAX)
    a = np.maximum((1 - mean * phi) / phi, BETA_MIN)
    return a, a * (1 - mean) / mean


def beta_binomial(new: Floats, waiting: Floats, rate: Floats, phi: Floats) -> Floats:
    """Log-probability of `new` of `waiting`, without the term that no parameter is in."""
    a, b = beta_shape(rate, phi)
    return np.asarray(
        gammaln(new + a)
        + gammaln(waiting - new + b)
        - gammaln(waiting + a + b)
        - gammaln(a)
        - gammaln(b)
        + gammaln(a + b)
    )
