"""Every adoption metric, by name: command, API, page, docs and tests go over this one list.

A metric's module ends in `METRIC = Metric(…)`; its name here is its `definition.id`.
"""

from consumers.adoption.metrics import (
    activity,
    cashless_share,
    concentration,
    fees,
    first_payment,
    growth,
    health,
    intensity,
    ladder,
    lifecycle,
    reach,
    retention,
)
from consumers.adoption.question.answer import Metric

_METRICS: tuple[Metric, ...] = (
    ladder.METRIC,
    activity.METRIC,
    retention.METRIC,
    lifecycle.METRIC,
    first_payment.METRIC,
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
