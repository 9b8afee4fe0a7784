"""Adoption from a cut-off on: weeks drawn forward for every draw of the parameters. Pure."""

import numpy as np
from scipy.special import expit

from consumers.statistics.diffusion.hazard import History, beta_shape
from consumers.statistics.diffusion.prior import Floats


def simulate_ahead(
    history: History,
    theta: Floats,
    log_phi: Floats,
    open_share: Floats,
    *,
    drift_sd: float,
    rng: np.random.Generator,
) -> Floats:
    """Adopters at the end of each coming week, (D, S, H).

    theta (D, S, 3), log_phi (D, S), open_share (S, H). Who has not adopted at the cut-off is of the
    adopting kind with the probability that waiting so long leaves; those then adopt week by week,
    each week with luck of its own, under conditions that drift. Never above the ceiling, never
    falling.
    """
    weeks = history.weeks
    draws, sites = theta.shape[:2]
    horizon = open_share.shape[1]
    assert open_share.shape == (sites, horizon), open_share.shape
    ceiling, adopted = weeks.ceiling, weeks.adopted
    logit, p, q = theta[..., 0], np.exp(theta[..., 1]), np.exp(theta[..., 2])
    phi = np.exp(log_phi)
    pull = q / (expit(logit) * ceiling)
    still = expit(logit - p * history.exposed - pull * history.pulled)
    waiting = rng.binomial(np.broadcast_to(ceiling - adopted, still.shape).astype(np.int64), still)
    have = np.broadcast_to(adopted, still.shape).copy()
    mood = np.zeros(still.shape)
    found = np.empty((draws, sites, horizon))
    for week in range(horizon):
        mood += rng.normal(0.0, drift_sd, mood.shape)
        rate = -np.expm1(-open_share[:, week] * np.exp(mood) * (p + pull * have))
        new = rng.binomial(waiting, np.clip(rng.beta(*beta_shape(rate, phi)), 0.0, 1.0))
        new[:, open_share[:, week] == 0] = 0
        waiting = waiting - new
        have = have + new
        found[:, :, week] = have
    return found
