"""A ratio of sums over clusters with its linearised interval. Pure; whole numbers until the end."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from consumers.adoption.question.rate import CONFIDENCE, Rate
from consumers.statistics.arrays import t_quantile
from schemas.message import Message

ONE_STALL = Message("adoption.one_stall")


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Over clusters: Σq, Σt, Σq², Σqt and Σt², of numerators q and denominators t."""

    clusters: int
    q: int
    t: int
    qq: int
    qt: int
    tt: int


def clustered_rate(sums: ClusterSums, *, zero: Message, confidence: float = CONFIDENCE) -> Rate:
    """Σq ÷ Σt with the interval of the ratio estimator, clusters being the sampled units.

    Standard error √(n/(n−1) · Σ(qᵢ − r·tᵢ)²) ÷ Σt (Cochran, Sampling Techniques, 3rd ed., 6.3,
    without finite population correction), Student's t with n − 1 degrees of freedom, cut to [0, 1].
    """
    if sums.t == 0:
        return Rate(sums.q, 0, None, None, None, zero)
    value = sums.q / sums.t
    if sums.clusters < 2:
        return Rate(sums.q, sums.t, value, None, None, None, ONE_STALL)
    ratio = Fraction(sums.q, sums.t)
    residual = sums.qq - 2 * ratio * sums.qt + ratio * ratio * sums.tt
    assert residual >= 0, sums
    n = sums.clusters
    error = sqrt(residual * n / (n - 1)) / sums.t
    half = t_quantile(0.5 + confidence / 2, n - 1) * error
    return Rate(sums.q, sums.t, value, max(0.0, value - half), min(1.0, value + half))
