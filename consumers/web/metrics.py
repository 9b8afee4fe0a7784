"""What Prometheus scrapes: a closed vocabulary of names, built from the last sample."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from consumers.web.progress import Progress

PREFIX = "choso_"


def render_metrics(
    progress: Progress, statuses: Mapping[str, Mapping[str, Any]], *, now_s: float
) -> bytes:
    """The text of /metrics. `statuses`: role -> what its status file says."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(PREFIX + name, text, labels, registry=registry)

    sample = progress.last
    lag = gauge("lag_records", "Records in the log that are not stored", "topic", "partition")
    rejected = gauge("rejected_records", "Rejected records", "shape", "reason")
    if sample is not None:
        for (topic, partition), count in sample.lag.items():
            lag.labels(topic, str(partition)).set(count)
        for (shape, reason), count in sample.rejected.items():
            rejected.labels(shape, reason).set(count)
        age = gauge("oldest_unprocessed_age_seconds", "How long the oldest waiting record waits")
        since = progress.oldest_waiting_since()
        age.set(max(0.0, now_s - since.timestamp()) if since else 0.0)
        gauge("dirty_days", "Days that wait to be folded").set(sample.days_dirty)
        if sample.newest_folded_at is not None:
            folded = gauge("fold_age_seconds", "Age of the newest folded day's figures")
            folded.set(max(0.0, now_s - sample.newest_folded_at.timestamp()))
        gauge("sample_age_seconds", "Age of this sample").set(now_s - sample.at.timestamp())
    for name, text, role, key in STATUS_GAUGES:
        value = statuses.get(role, {}).get(key)
        if isinstance(value, bool | int | float):
            gauge(name, text).set(float(value))
    return generate_latest(registry)


STATUS_GAUGES = (
    ("sink_batch_records", "Records of the last batch", "sink", "batch_records"),
    ("sink_batch_milliseconds", "Time of the last batch", "sink", "batch_ms"),
    ("sink_batches", "Batches since the sink started", "sink", "batches_total"),
    ("sink_inserted_records", "Records since the sink started", "sink", "inserted_total"),
    ("fold_milliseconds", "Time of the last fold", "fold", "fold_ms"),
    ("fold_days", "Days of the last fold", "fold", "fold_days"),
    ("verify_ok", "1 where the last verify found nothing", "verify", "ok"),
    ("verify_findings", "Findings of the last verify", "verify", "findings"),
)
