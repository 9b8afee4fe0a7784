"""How fast is a bank's file understood, and then read again as events? And in how much memory?"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.bench import SEED, Bench
from benchmarks.outcome import Aim, Outcome, outcome

GROUP = "payment files"
MAP = """\
source = "/statement/bench"
[payment]
kind = "credited"
rail_class = "p2p_transfer"
account = "0011000000001"
bank_reference = "{Số CT}"
balance_after = "{Số dư}"
text = "{Nội dung}"
[amount]
text = "{Ghi có}"
outgoing = "{Ghi nợ}"
[time]
text = "{Ngày GD}"
formats = ["%d/%m/%Y %H:%M:%S"]
"""
# In a process of its own, so that its memory is that of an import and of nothing else.
RUN = """\
import json, resource, sys, time
from pathlib import Path
from infra.clock import SystemClock
from producers.csv_import import import_csv, read_map
told, began = [], time.perf_counter()
report = import_csv(Path(sys.argv[1]), read_map(Path(sys.argv[2])), publisher=None, key=bytes(32),
    topic_prefix="bench", clock=SystemClock(), tell=lambda _: told.append(time.perf_counter()))
ended = time.perf_counter()
print(json.dumps({"first_s": told[0] - began, "second_s": ended - told[-1],
    "events": report.event_count, "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""


def measure(bench: Bench) -> Iterator[Outcome]:
    """A statement with references and balances, understood and then tried, some times over."""
    count = bench.sizes.records
    file, map_file = bench.root / "statement.csv", bench.root / "map.toml"
    bench.say(f"payment files: writing {count:,} rows")
    map_file.write_text(MAP, encoding="utf-8")
    write(file, count)
    found = []
    for number in range(bench.sizes.repetitions):
        bench.say(f"payment files, repetition {number + 1} of {bench.sizes.repetitions}")
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(file), str(map_file)],
            check=True,
            capture_output=True,
        )
        found.append(json.loads(done.stdout))
        assert found[-1]["events"] == count, found[-1]
    firsts = [count / each["first_s"] for each in found]
    wholes = [count / (each["first_s"] + each["second_s"]) for each in found]
    peaks = [each["peak_kib"] * 1024 / 1_000_000 for each in found]
    yield outcome(GROUP, "understood", "rows/s", firsts, Aim(">=", 50_000))
    yield outcome(GROUP, "understood and made into events", "rows/s", wholes, Aim(">=", 25_000))
    yield outcome(
        GROUP, "memory at its highest", "MB", peaks, Aim("<=", 250), note=f"{count:,} rows"
    )


def write(path: Path, count: int) -> None:
    """Rows of one account, oldest first."""
    rng = Random(SEED)
    balance = 0
    with path.open("w", encoding="utf-8") as lines:
        lines.write("SAO KÊ TÀI KHOẢN\nNgày GD;Số CT;Ghi nợ;Ghi có;Số dư;Nội dung\n")
        for at in range(count):
            amount = rng.randrange(1, 400) * 500
            balance += amount
            day, second = 1 + at * 28 // count, at % 86_400
            moment = f"{day:02}/10/2025 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            money = f"{amount:,};{balance:,}".replace(",", ".")
            lines.write(f"{moment};FT{at:08};;{money};mua rau sạp {at % 300}\n")
