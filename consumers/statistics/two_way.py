"""Two-way fixed effects, for display beside the right estimate: biased under staggered timing.

Goodman-Bacon (2021), J. Econometrics 225:254, says why; the standard error is clustered (Liang and
Zeger 1986) with the usual small-sample factor.
"""

import numpy as np

from consumers.statistics.arrays import (
    CONFIDENCE,
    Estimate,
    Floats,
    Whole,
    cluster_covariance,
    least_squares,
    t_estimate,
)


def two_way(
    y: Floats,
    treated: Floats,
    unit: Whole,
    time: Whole,
    *,
    clusters: Whole,
    weights: Floats | None = None,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The coefficient of `treated` in y on unit and time effects; rows are observations.

    `unit`, `time` and `clusters` are numbered from 0. The factor is c/(c - 1) · (n - 1)/(n - k),
    where k counts every effect (Stata's `areg`, R's dummies); t has c - 1 degrees of freedom.
    """
    n, units, times = len(y), int(unit.max()) + 1, int(time.max()) + 1
    dummies = np.zeros((n, units + times - 1))
    dummies[np.arange(n), unit] = 1
    later = time > 0
    dummies[np.flatnonzero(later), units + time[later] - 1] = 1
    design = np.column_stack([treated, dummies])
    fit = least_squares(design, y, weights)
    rows = fit.residuals if weights is None else fit.residuals * weights
    count = int(clusters.max()) + 1
    correct = count / (count - 1) * (n - 1) / (n - units - times)
    covariance = cluster_covariance(fit, design * rows[:, None], clusters, correct=correct)
    return t_estimate(
        float(fit.beta[0]), float(np.sqrt(covariance[0, 0])), count - 1, confidence=confidence
    )
