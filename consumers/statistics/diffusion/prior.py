"""What is believed before any data: the stated prior of the forecast, in one place. Pure.

A site has three parameters, on scales where a normal distribution is fair: `logit κ` (share of the
census that ever takes a cashless payment), `log p` (weekly pull of teams and notices) and `log q`
(weekly pull of neighbours who already have). Sites of one kind lie around their kind's mean with a
standard deviation τ that has a half-normal prior; kinds lie around a common mean. Two or three
sites hardly tell τ, so its prior matters and is printed with every forecast. `φ`, the variance of a
week's luck, is common to all sites. After the cut-off conditions drift, week by week.

Where the numbers come from: elsewhere in Vietnam 70 % of stalls had a code and half of those had
been paid, and another province reports 83 % that accept: κ about 0.6, from 0.25 to 0.9. p and q are
wide around values with which half of the adopters come within four months.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NAMES = ("kappa", "p", "q")
DIMS = len(NAMES)

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Prior:
    """Means and standard deviations by parameter, in the order of NAMES, on their scales.

    `mean`, `mean_sd`: the common mean of all kinds. `kind_sd`: of kinds around it. `tau_scale`:
    scale of the half-normal prior of the standard deviation τ between sites of one kind.
    `phi_mean`, `phi_sd`: of log φ. `drift_sd`: of log-hazards from one coming week to the next.
    """

    mean: Triple = (log(0.6 / 0.4), log(0.02), log(0.08))
    mean_sd: Triple = (0.8, 0.8, 0.8)
    kind_sd: Triple = (0.5, 0.4, 0.4)
    tau_scale: Triple = (0.5, 0.5, 0.5)
    phi_mean: float = log(0.1)
    phi_sd: float = 0.7
    drift_sd: float = 0.05

    def widths(self) -> Floats:
        """Standard deviation of one site's parameters before any data, shape (3,).

        E τ² of a half-normal is its scale squared.
        """
        parts = (np.array(self.mean_sd), np.array(self.kind_sd), np.array(self.tau_scale))
        return np.asarray(np.sqrt(sum(part**2 for part in parts)))
