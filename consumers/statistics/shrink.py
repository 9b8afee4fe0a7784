"""Many groups at once: estimates drawn towards their mean, and p that allow for how many there are.

Morris (1983), "Parametric empirical Bayes inference", JASA 78:47; DerSimonian and Laird (1986),
Controlled Clinical Trials 7:177, for the variance between groups; Holm (1979), Scandinavian J.
Statistics 6:65, valid however the groups hang together.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from consumers.statistics.arrays import CONFIDENCE, Floats, t_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """`value` with its interval for each group; `mean` and `tau`, the spread of true effects, over
    all; `same_p` is that of all effects being the same (Cochran's Q)."""

    value: Floats
    low: Floats
    high: Floats
    mean: float
    mean_se: float
    tau: float
    same_p: float


def shrink(value: Floats, se: Floats, *, confidence: float = CONFIDENCE) -> Shrunk:
    """Needs at least one group, all errors above 0."""
    assert len(value) >= 1 and (se > 0).all()
    weight = 1 / se**2
    centre = float(weight @ value / weight.sum())
    q = float(weight @ (value - centre) ** 2)
    free = len(value) - 1
    spare = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (q - free) / spare) if spare > 0 else 0.0
    total = 1 / (se**2 + tau2)
    mean = float(total @ value / total.sum())
    # Morris (1983), section 5: the spread itself is estimated, so lean on the mean a little less,
    # and allow for it in the error. With three groups or fewer nothing is known of the spread.
    lean = (free - 2) / free * se**2 * total if free > 2 else np.zeros(len(value))
    from_spread = 2 / (free - 2) * (lean * (value - mean)) ** 2 if free > 2 else 0.0
    evenness = (float((se**2).mean()) + tau2) * total
    spread = np.sqrt(se**2 * (1 - free / len(value) * lean) + from_spread * evenness)
    half = t_quantile(0.5 + confidence / 2, None) * spread
    drawn = value - lean * (value - mean)
    return Shrunk(
        value=drawn,
        low=drawn - half,
        high=drawn + half,
        mean=mean,
        mean_se=float(np.sqrt(1 / total.sum())),
        tau=float(np.sqrt(tau2)),
        same_p=float(special.chdtrc(free, q)) if free else 1.0,
    )


def holm(p: Floats) -> Floats:
    """Adjusted p: rejecting those at most alpha errs anywhere with chance alpha at most."""
    order = np.argsort(p)
    steps = p[order] * (len(p) - np.arange(len(p)))
    adjusted = np.minimum(1.0, np.maximum.accumulate(steps))
    found = np.empty(len(p))
    found[order] = adjusted
    return found
