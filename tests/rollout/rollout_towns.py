"""Towns whose truth is known, made one vendor at a time and otherwise than the forecast supposes.

Kinds, markets and vendors differ; vendors are impatient or slow (gamma frailty); neighbours count
by how many were seen last week; weeks are good and bad with some memory; the year has a season, Tết
closes the market, storms do, and a team that works in the first weeks pushes.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.diffusion.groups import Groups
from consumers.statistics.diffusion.hazard import Weeks

KIND_SHARE = (0.60, 0.10, 0.15, 0.15)
KAPPA_LOGIT = (0.4, 1.2, 0.9, 1.0)
P_LOG = (-4.0, -3.4, -3.6, -3.2)
Q_LOG = (-2.4, -2.3, -2.8, -3.0)
# Elsewhere in Vietnam from 35 to 83 % of stalls were ever paid: towns differ much.
TOWN_SD = (0.6, 0.5, 0.5)
TOWN_KIND_SD = (0.3, 0.25, 0.25)
OWN_SD = (0.5, 0.45, 0.45)
SIZE = ((60, 900), (20, 80), (12, 40), (12, 60))


@dataclass(frozen=True)
class Town:
    weeks: Weeks
    groups: Groups


def towns(*, pools: int, sites: int, weeks: int, seed: int) -> Town:
    """`pools` towns of `sites` sites each over `weeks` weeks."""
    rng = np.random.default_rng(seed)
    total = pools * sites
    pool = np.repeat(np.arange(pools), sites)
    kind = rng.choice(4, size=total, p=KIND_SHARE)
    town_mood = (rng.normal(0, 1, (pools, 3)) * TOWN_SD)[pool]
    kind_mood = (rng.normal(0, 1, (pools, 4, 3)) * TOWN_KIND_SD)[pool, kind]
    own = rng.normal(0, 1, (total, 3)) * OWN_SD
    base = np.stack([np.array(part)[kind] for part in (KAPPA_LOGIT, P_LOG, Q_LOG)], axis=1)
    theta = base + town_mood + kind_mood + own
    low, high = np.array(SIZE)[kind].T
    size = np.round(np.exp(rng.uniform(np.log(low), np.log(high)))).astype(int)
    kappa, p, q = 1 / (1 + np.exp(-theta[:, 0])), np.exp(theta[:, 1]), np.exp(theta[:, 2])

    open_share = np.ones((total, weeks))
    starts = rng.integers(0, 52, total)
    week_of_year = (starts[:, None] + np.arange(weeks)) % 52
    open_share[week_of_year == 5] = 4 / 7  # Tết
    stormy = (rng.random((total, weeks)) < 0.04) & (week_of_year > 26) & (week_of_year < 44)
    open_share[stormy] -= 2 / 7
    amplitude, phase = rng.uniform(0, 0.25, pools)[pool], rng.uniform(0, 52, pools)[pool]
    season = 1 + amplitude[:, None] * np.sin(2 * np.pi * (week_of_year + phase[:, None]) / 52)
    push = 1 + rng.uniform(0, 0.6, total)[:, None] * (np.arange(weeks) < 3)
    luck = np.zeros((total, weeks))
    state = rng.normal(0, 0.3, total)
    for week in range(weeks):
        state = 0.3 * state + rng.normal(0, 0.28, total)
        luck[:, week] = state

    vendors = int(size.max())
    index = np.arange(vendors)
    exists = index < size[:, None]
    willing = exists & (rng.random((total, vendors)) < kappa[:, None])
    patience = rng.gamma(1 / 0.2, 0.2, (total, vendors))
    has = np.zeros((total, vendors), dtype=bool)
    new = np.zeros((total, weeks))
    for week in range(weeks):
        seen = has.sum(axis=1) / np.maximum(1, kappa * size)
        rate = open_share[:, week] * season[:, week] * np.exp(luck[:, week] - 0.05)
        rate = rate * (p * push[:, week] + q * seen)
        hazard = 1 - np.exp(-rate[:, None] * patience)
        fresh = willing & ~has & (rng.random((total, vendors)) < hazard)
        has |= fresh
        new[:, week] = fresh.sum(axis=1)
    known = Weeks(size.astype(float), new, open_share, np.full(total, weeks))
    return Town(known, Groups(kind, pool, 4, pools))
