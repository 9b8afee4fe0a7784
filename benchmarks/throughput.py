"""How fast is the whole sink, against the sum of its unavoidable parts, and against a plain loop?

L_seq = 1 / (1 / read + 1 / insert): aiokafka reads the same bytes and does nothing with them; in
sequence with raw JSONEachRow inserts of the same bytes into an evidence-shaped table.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.landing import Landing, land
from benchmarks.outcome import Aim, Outcome, outcome, ratios
from choso.compose import Choso
from infra.settings import SinkSettings
from schemas.topics import PAYMENTS

GROUP = "throughput"
RAW_TABLE = Path(__file__).with_name("raw_evidence.sql")


def measure(bench: Bench) -> Iterator[Outcome]:
    """One repetition runs all of them, one after the other."""
    sizes, choso = bench.sizes, bench.city
    read, durable, lossy, plain = [], [], [], []
    landings: list[Landing] = []
    for number in range(sizes.repetitions):
        bench.say(f"throughput, repetition {number + 1} of {sizes.repetitions}")
        bench.rig.fresh("city", "city")
        read.append(sizes.records / _read_s(choso, sizes.records))
        durable.append(sizes.records / _insert_s(bench, choso, is_durable=True))
        lossy.append(sizes.records / _insert_s(bench, choso, is_durable=False))
        landings.append(land(bench.rig, bench.rig.fresh("city", "city"), sizes.records))
        plain.append(sizes.plain_records / _plain_s(choso, sizes.plain_records))
    rates = [landing.rate for landing in landings]
    sequence = [1 / (1 / r + 1 / i) for r, i in zip(read, durable, strict=True)]
    lossy_sequence = [1 / (1 / r + 1 / i) for r, i in zip(read, lossy, strict=True)]
    yield outcome(GROUP, "aiokafka reads and does nothing", "records/s", read)
    yield outcome(GROUP, "raw JSONEachRow insert, durable", "rows/s", durable)
    yield outcome(GROUP, "raw JSONEachRow insert, no fsync", "rows/s", lossy)
    yield outcome(GROUP, "L_seq of the two", "records/s", sequence)
    yield outcome(GROUP, "the whole sink", "records/s", rates, note=_cost(landings))
    yield outcome(
        GROUP, "sink ÷ L_seq", "", ratios(rates, sequence), Aim(">=", 0.7), "as an aim 1.0"
    )
    yield outcome(GROUP, "sink ÷ L_seq without fsync", "", ratios(rates, lossy_sequence))
    yield outcome(GROUP, "plain loop", "records/s", plain)
    yield outcome(GROUP, "sink ÷ plain loop", "", ratios(rates, plain), Aim(">=", 5))


def _cost(landings: list[Landing]) -> str:
    def each(seconds: list[float]) -> str:
        return f"{median(seconds):.1f}"

    per_million = [1_000_000 / landing.records for landing in landings]
    parts = {
        "sink": [x.sink_cpu_s * f for x, f in zip(landings, per_million, strict=True)],
        "store": [x.store_cpu_s * f for x, f in zip(landings, per_million, strict=True)],
        "broker": [x.broker_cpu_s * f for x, f in zip(landings, per_million, strict=True)],
    }
    said = ", ".join(f"{name} {each(seconds)}" for name, seconds in parts.items())
    size = median(x.records / x.batches for x in landings)
    return f"CPU s for a million: {said}; {size:,.0f} records a batch"


def _read_s(choso: Choso, records: int) -> float:
    partitions = choso.settings.kafka.partition_count
    return _seconds("benchmarks.reading", choso.bootstrap, _topic(choso), partitions, records)


def _plain_s(choso: Choso, records: int) -> float:
    return _seconds("benchmarks.plain_loop", choso.bootstrap, _topic(choso), choso.dsn, records)


def _topic(choso: Choso) -> str:
    return PAYMENTS.full_name(choso.prefix)


def _seconds(module: str, *words: str | int) -> float:
    argv = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(argv, cwd=Path(__file__).parents[1], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    return float(done.stdout)


def _insert_s(bench: Bench, choso: Choso, *, is_durable: bool) -> float:
    """Seconds of the inserts alone: reading the file of bodies is not counted."""
    sql = RAW_TABLE.read_text()
    if not is_durable:
        sql = re.sub(r"fsync_(\w+) = 1", r"fsync_\1 = 0", sql)
    seconds = 0.0
    with choso.store() as store:
        store.command(sql)
        pairs = bench.pairs(bench.sizes.records)
        while bodies := [body for _, body in islice(pairs, SinkSettings().batch_records_max)]:
            block = b"\n".join(bodies)
            began = time.monotonic()
            store.insert_raw("raw_evidence", block, "JSONEachRow")
            seconds += time.monotonic() - began
        [(count,)] = store.query("SELECT count() FROM raw_evidence")
        assert count == bench.sizes.records, count
        store.command("DROP TABLE raw_evidence SYNC")
    return seconds
