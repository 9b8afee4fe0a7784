"""How much memory do sink and store take, and does it grow over ten million events?

The whole backlog is in the log before the sink starts: it reads and lands as fast as it can, while
a fold runs beside it.
"""

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

import clickhouse_connect

from benchmarks.bench import Bench
from benchmarks.bodies import Pair, publish
from benchmarks.landing import new_group
from benchmarks.large import QUARTERS, land_registry, make_reports, quarter_records
from benchmarks.outcome import Aim, Outcome, outcome
from benchmarks.process import STORE_MEMORY, forget_peak, memory
from benchmarks.rig import running_role
from choso.compose import Choso
from choso.status import read_status
from schemas.calendar import LOCAL

GROUP = "memory"
SAMPLE_S = 0.2
LAND_S_MAX = 1_800.0
BODIES = """
SELECT key, body
FROM bench_report(
    day = {day:Date}, quarter = {quarter:UInt8},
    payments = {payments:UInt32}, accounts = {accounts:UInt32})
FORMAT TSVRaw
"""


def measure(bench: Bench) -> Iterator[Outcome]:
    """One long run: memory is sampled all the way."""
    sizes, rig = bench.sizes, bench.rig
    choso = rig.fresh("memory", "memory")
    with choso.store() as store:
        make_reports(store)
        land_registry(store, sizes)
    bench.say(f"memory: publishing {sizes.memory_records:,} records")
    began = time.monotonic()
    published = publish(choso, _written(bench, choso))
    bench.say(f"memory: published {published:,} in {time.monotonic() - began:.0f} s; landing")
    forget_peak(rig.store_pid)
    sink_mb: list[tuple[int, float]] = []
    began = time.monotonic()
    with (
        running_role(choso, "fold") as fold,
        running_role(choso, "sink", CHOSO_SINK__GROUP_ID=new_group()) as sink,
    ):
        done = 0
        while done < published:
            assert sink.poll() is None, "the sink ended"
            assert time.monotonic() - began < LAND_S_MAX, f"{done} of {published}"
            done = read_status(choso.status_file("sink")).get("inserted_total", 0)
            sink_mb.append((done, memory(sink.pid).now_mb))
            time.sleep(SAMPLE_S)
        seconds = time.monotonic() - began
        peaks = _peaks(sink, fold)
    note = f"{published:,} events, {published / seconds:,.0f}/s beside a fold"
    yield outcome(GROUP, "sink, peak", "MB", peaks[0], Aim("<=", 250), note)
    yield outcome(GROUP, "sink, growth", "MB", _growth(sink_mb, published), Aim("<=", 64), note)
    yield outcome(GROUP, "fold, peak", "MB", peaks[1])
    yield outcome(GROUP, "store, peak", "MB", memory(rig.store_pid).peak_mb, STORE_MEMORY, note)
    rig.drop("memory")


def _peaks(*processes: "subprocess.Popen[bytes]") -> list[float]:
    return [memory(process.pid).peak_mb for process in processes]


def _growth(samples: list[tuple[int, float]], total: int) -> float:
    """The mean over the last tenth of the events less that over the second tenth."""
    early = [mb for done, mb in samples if 0.1 * total <= done < 0.2 * total]
    late = [mb for done, mb in samples if done >= 0.9 * total]
    assert early and late, "too quick to see: raise --memory-records"
    return sum(late) / len(late) - sum(early) / len(early)


def _written(bench: Bench, choso: Choso) -> Iterator[Pair]:
    """Records of consecutive days, written by the engine."""
    sizes = bench.sizes
    place = urlsplit(choso.dsn)
    client = clickhouse_connect.get_client(
        host=place.hostname,
        port=place.port,
        username=place.username,
        password=place.password or "",
        database=place.path.strip("/"),
        compress=False,
    )
    days = -(-sizes.memory_records // (QUARTERS * quarter_records(sizes)))
    last = datetime.now(LOCAL).date()
    left = sizes.memory_records
    for number, quarter in product(range(days), range(QUARTERS)):
        text = client.raw_query(
            BODIES,
            parameters={
                "day": last - timedelta(days=days - 1 - number),
                "quarter": quarter,
                "payments": sizes.payments_per_day,
                "accounts": sizes.accounts,
            },
        )
        for line in text.splitlines()[:left]:
            key, _, body = line.partition(b"\t")
            yield key, body
            left -= 1
    client.close()
