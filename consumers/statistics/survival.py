"""Time to the first payment, with those who have not paid yet: Kaplan-Meier.

Kaplan and Meier (1958), JASA 53:457; Greenwood (1926) for the variance; the interval on the
log(-log) scale, of Borgan and Liestøl (1990), Scandinavian J. Statistics 17:35.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Flags, Floats, t_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """At each distinct time of an event: at risk, events, share still without, and its interval."""

    time: Floats
    at_risk: Floats
    events: Floats
    share: Floats
    se: Floats
    low: Floats
    high: Floats

    def quantile(self, part: float) -> float | None:
        """The first time at which at least `part` have had the event; None where it never was."""
        reached = np.flatnonzero(1 - self.share >= part - 1e-12)
        return float(self.time[reached[0]]) if len(reached) else None


def kaplan_meier(time: Floats, event: Flags, *, confidence: float = CONFIDENCE) -> Survival:
    """`time` to the event, or to where sight was lost (`event` false); events come first."""
    at = np.unique(time[event])
    at_risk = (time[:, None] >= at).sum(axis=0).astype(np.float64)
    events = ((time[:, None] == at) & event[:, None]).sum(axis=0).astype(np.float64)
    share = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.cumsum(events / (at_risk * (at_risk - events)))
        se = np.where(share > 0, share * np.sqrt(inner), 0.0)
        half = t_quantile(0.5 + confidence / 2, None) * np.sqrt(inner) / np.abs(np.log(share))
        low, high = share ** np.exp(half), share ** np.exp(-half)
    is_zero = share <= 0
    return Survival(
        at,
        at_risk,
        events,
        share,
        se,
        np.where(is_zero, 0.0, low),
        np.where(is_zero, 0.0, high),
    )
