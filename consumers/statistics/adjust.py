"""Randomised visits on a sub-sample: what was before takes noise away (CUPED, ANCOVA).

Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled experiments",
WSDM; Lin (2013), "Agnostic notes on regression adjustments", Annals of Applied Statistics 7:295.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.arrays import (
    CONFIDENCE,
    Estimate,
    Flags,
    Floats,
    Whole,
    cluster_covariance,
    least_squares,
    t_estimate,
)


@dataclass(frozen=True, slots=True, eq=False)
class Cuped:
    """The outcome less what the covariate foretells. Its variance is (1 - ρ²) of the outcome's."""

    adjusted: Floats
    theta: float
    variance_ratio: float


def cuped(outcome: Floats, covariate: Floats) -> Cuped:
    """outcome - θ·(covariate - its mean), θ = cov ÷ var. A constant covariate changes nothing."""
    x = covariate - covariate.mean()
    spread = float(x @ x)
    theta = float(x @ (outcome - outcome.mean())) / spread if spread > 0 else 0.0
    adjusted = outcome - theta * x
    before = float(outcome.var())
    return Cuped(adjusted, theta, float(adjusted.var()) / before if before > 0 else 1.0)


def ancova(
    outcome: Floats,
    treated: Flags,
    covariate: Floats,
    clusters: Whole,
    *,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The mean effect with the covariate and its interaction, clustered (CR1, c - 1 degrees)."""
    d = treated.astype(np.float64)
    x = covariate - covariate.mean()
    columns = [d, np.ones(len(d))]
    if float(np.abs(x).max()) > 0:
        columns += [x, d * x]
    design = np.column_stack(columns)
    fit = least_squares(design, outcome)
    count, n = int(clusters.max()) + 1, len(outcome)
    assert count >= 2, "one cluster has no error"
    correct = count / (count - 1) * (n - 1) / (n - design.shape[1])
    covariance = cluster_covariance(fit, design * fit.residuals[:, None], clusters, correct=correct)
    se = float(np.sqrt(covariance[0, 0]))
    return t_estimate(float(fit.beta[0]), se, count - 1, confidence=confidence)
