"""What a design can show, before any result: smallest p, detectable effect, power.

Bloom (1995), "Minimum detectable effects", Evaluation Review 19:547; Donner and Klar (2000), Design
and Analysis of Cluster Randomization Trials (variance of a cluster mean).
"""

from dataclasses import dataclass
from math import sqrt

from consumers.statistics.arrays import t_quantile
from consumers.statistics.permutation import smallest_p

ALPHA = 0.05
POWER = 0.80


@dataclass(frozen=True, slots=True)
class Power:
    """`detectable` is in units of `sd`, the standard deviation of a market's change.

    `is_possible`: whether the smallest permutation p is at most alpha at all.
    """

    markets: int
    treated: int
    alpha: float
    power: float
    sd: float
    smallest_p: float
    detectable: float
    is_possible: bool


def power_of(
    *, markets: int, treated: int, sd: float = 1.0, alpha: float = ALPHA, power: float = POWER
) -> Power:
    """Needs at least one treated and one other market, three in all."""
    assert 0 < treated < markets and markets >= 3, (markets, treated)
    least = smallest_p(markets, treated)
    return Power(
        markets=markets,
        treated=treated,
        alpha=alpha,
        power=power,
        sd=sd,
        smallest_p=least,
        detectable=detectable_effect(markets, treated, sd=sd, alpha=alpha, power=power),
        is_possible=least <= alpha,
    )


def detectable_effect(
    markets: int, treated: int, *, sd: float = 1.0, alpha: float = ALPHA, power: float = POWER
) -> float:
    """(t of 1 - alpha/2 + t of power, G - 2 degrees) · sd · √(1/treated + 1/others)."""
    df = markets - 2
    reach = t_quantile(1 - alpha / 2, df) + t_quantile(power, df)
    return reach * sd * sqrt(1 / treated + 1 / (markets - treated))


def sd_of_market_change(*, sd_vendor: float, icc: float, vendors: float) -> float:
    """Of a mean over `vendors` whose changes vary by `sd_vendor`, a share `icc` between markets."""
    assert 0 <= icc <= 1 and vendors >= 1 and sd_vendor >= 0, (sd_vendor, icc, vendors)
    return sd_vendor * sqrt(icc + (1 - icc) / vendors)
