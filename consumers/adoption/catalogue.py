"""Every adoption metric, by name: command, API, page, docs and tests go over this one list.

A metric's module ends in `METRIC = Metric(…)`; its name here is its `definition.id`.
"""

from consumers.adoption import (
    cashless_share,
    concentration,
    fees,
    growth,
    health,
    intensity,
    reach,
)
from consumers.adoption.answer import Metric

_METRICS: tuple[Metric, ...] = (
    intensity.METRIC,
    reach.METRIC,
    concentration.METRIC,
    cashless_share.METRIC,
    fees.METRIC,
    growth.METRIC,
    health.METRIC,
)

METRICS: dict[str, Metric] = {metric.definition.id: metric for metric in _METRICS}
assert len(METRICS) == len(_METRICS), "two metrics have one name"
