"""What does it cost that a single broker syncs before it acknowledges?

Pairs of runs in alternating order, through our publisher, as every door publishes: many records at
once (a file), and one at a time (a webhook whose sender waits).
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from benchmarks.bench import Bench
from benchmarks.outcome import Outcome, outcome, ratios
from choso.compose import Choso
from infra.kafka import apply_topics
from producers.publisher import Outgoing, Publisher
from schemas.topics import PAYMENTS

GROUP = "syncing"
SYNC = "flush.messages"
SINGLES = 300


def measure(bench: Bench) -> Iterator[Outcome]:
    """The same records onto topics that differ in nothing else."""
    sizes = bench.sizes
    places = {name: bench.rig.place(f"{GROUP}-{name}", "none") for name in ("synced", "lazy")}
    rates: dict[str, list[float]] = {name: [] for name in places}
    waits_ms: dict[str, list[float]] = {name: [] for name in places}
    for name, choso in places.items():
        make_topics(choso, is_synced=name == "synced")
    for number in range(sizes.repetitions):
        bench.say(f"syncing, repetition {number + 1} of {sizes.repetitions}")
        for name in ("synced", "lazy") if number % 2 else ("lazy", "synced"):
            topic = PAYMENTS.full_name(places[name].prefix)
            records = [Outgoing(topic, *pair) for pair in bench.pairs(sizes.records // 5)]
            publisher = Publisher(places[name].kafka_config)
            publisher.publish(records[:1])  # connected
            rates[name].append(len(records) / _seconds(publisher, records))
            singles = [_seconds(publisher, [record]) for record in records[:SINGLES]]
            waits_ms[name].append(1_000 * median(singles))
            publisher.close()
    yield outcome(GROUP, "publish many, synced", "records/s", rates["synced"])
    yield outcome(GROUP, "publish many, not synced", "records/s", rates["lazy"])
    yield outcome(GROUP, "many: synced ÷ not", "", ratios(rates["synced"], rates["lazy"]))
    yield outcome(GROUP, "publish one and wait, synced, p50", "ms", waits_ms["synced"])
    yield outcome(GROUP, "publish one and wait, not synced, p50", "ms", waits_ms["lazy"])


def make_topics(choso: Choso, *, is_synced: bool) -> None:
    """The topics, as they are, or as they would be if the broker wrote when it likes."""
    specs = choso.topic_specs
    assert all(spec.configs[SYNC] == "1" for spec in specs)
    if not is_synced:
        specs = [
            replace(s, configs={k: v for k, v in s.configs.items() if k != SYNC}) for s in specs
        ]
    apply_topics(choso.kafka_config, specs)


def _seconds(publisher: Publisher, records: list[Outgoing]) -> float:
    began = time.monotonic()
    report = publisher.publish(records)
    assert report.acknowledged_count == len(records), report.cause
    return time.monotonic() - began
