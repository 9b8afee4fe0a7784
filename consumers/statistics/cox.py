"""Who pays first sooner: Cox's proportional hazards (Efron's ties) and the discrete hazard.

Cox (1972), JRSS B 34:187; Efron (1977), JASA 72:557; discrete time: Prentice and Gloeckler (1978),
Biometrics 34:57 (complementary log-log) and Singer and Willett (1993) (logit).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from consumers.statistics.arrays import Flags, Floats, Whole

STEPS_MAX = 50
GAIN_MIN = 1e-12  # of the log-likelihood, relative


@dataclass(frozen=True, slots=True, eq=False)
class Hazard:
    """Coefficients (logarithms of hazard or odds ratios), their covariance, log-likelihood."""

    beta: Floats
    covariance: Floats
    log_likelihood: float

    @property
    def se(self) -> Floats:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def cox(time: Floats, event: Flags, x: Floats) -> Hazard:
    """Newton's method on Efron's partial likelihood. x is subjects × covariates."""
    assert event.any(), "nobody had the event"
    centre = x.mean(axis=0)
    order = np.argsort(-time, kind="stable")
    t, d, z = time[order], event[order], x[order] - centre
    beta = np.zeros(x.shape[1])
    value, slope, curve = _efron(t, d, z, beta)
    for _ in range(STEPS_MAX):
        step = np.linalg.solve(curve, slope)
        tried = _efron(t, d, z, beta + step)
        while tried[0] < value - 1e-9 * abs(value):
            step = step / 2
            tried = _efron(t, d, z, beta + step)
        gain, beta = tried[0] - value, beta + step
        value, slope, curve = tried
        if abs(gain) <= GAIN_MIN * abs(value):
            return Hazard(beta, np.asarray(np.linalg.inv(curve)), value)
    raise ArithmeticError(f"cox: no maximum in {STEPS_MAX} steps: a covariate separates the events")


def _efron(t: Floats, d: Flags, z: Floats, beta: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood, gradient and information; subjects in descending order of time."""
    score = z @ beta
    weight = np.exp(score)
    sum0 = np.cumsum(weight)
    sum1 = np.cumsum(weight[:, None] * z, axis=0)
    sum2 = np.cumsum(weight[:, None, None] * z[:, :, None] * z[:, None, :], axis=0)
    value, slope, curve = 0.0, np.zeros(z.shape[1]), np.zeros((z.shape[1], z.shape[1]))
    for moment in np.unique(t[d]):
        last = int(np.searchsorted(-t, -moment, side="right")) - 1
        tied = np.flatnonzero(d & (t == moment))
        w, v = weight[tied], z[tied]
        own0, own1 = w.sum(), w @ v
        own2 = (w[:, None, None] * v[:, :, None] * v[:, None, :]).sum(axis=0)
        value += score[tied].sum()
        slope += v.sum(axis=0)
        for number in range(len(tied)):
            part = number / len(tied)
            total = sum0[last] - part * own0
            mean = (sum1[last] - part * own1) / total
            value -= float(np.log(total))
            slope -= mean
            curve += (sum2[last] - part * own2) / total - np.outer(mean, mean)
    return float(value), slope, curve


def discrete_hazard(
    happened: Flags,
    x: Floats,
    clusters: Whole,
    *,
    link: Literal["logit", "cloglog"] = "cloglog",
) -> Hazard:
    """One row for each period in which somebody could have had the event; x with its intercepts.

    Maximum likelihood by Fisher scoring; the covariance is the sandwich over clusters (c/(c - 1)).
    """
    y = happened.astype(np.float64)
    beta = np.zeros(x.shape[1])
    value = -np.inf
    for _ in range(STEPS_MAX):
        mean, slope = _inverse_link(x @ beta, link)
        weight = slope**2 / (mean * (1 - mean))
        score = slope / (mean * (1 - mean)) * (y - mean)
        information = (x * weight[:, None]).T @ x
        step = np.linalg.solve(information, x.T @ score)
        beta = beta + step
        mean, slope = _inverse_link(x @ beta, link)
        new = float(np.log(np.where(happened, mean, 1 - mean)).sum())
        gain, value = new - value, new
        if abs(gain) <= GAIN_MIN * abs(value):
            bread = np.linalg.inv(information)
            sums = np.zeros((int(clusters.max()) + 1, x.shape[1]))
            np.add.at(sums, clusters, x * (slope / (mean * (1 - mean)) * (y - mean))[:, None])
            count = len(sums)
            meat = sums.T @ sums * (count / max(1, count - 1))
            return Hazard(beta, bread @ meat @ bread, value)
    raise ArithmeticError(
        f"hazard: no maximum in {STEPS_MAX} steps: a covariate separates the events"
    )


def _inverse_link(eta: Floats, link: str) -> tuple[Floats, Floats]:
    """The chance and its slope, kept off 0 and 1."""
    if link == "logit":
        mean = np.clip(1 / (1 + np.exp(-np.clip(eta, -35, 35))), 1e-15, 1 - 1e-15)
        return mean, mean * (1 - mean)
    rate = np.exp(np.clip(eta, -35, 3.5))
    mean = np.clip(-np.expm1(-rate), 1e-15, 1 - 1e-15)
    return mean, np.maximum(rate * np.exp(-rate), 1e-300)
