"""How long from the command until `choso demo` shows its first table? Set-up was done before."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.outcome import Aim, Outcome, outcome

GROUP = "demo"
FIRST_TABLE = "(first table"
STOP_S_MAX = 60.0


def measure(bench: Bench) -> Iterator[Outcome]:
    """Each start has a data directory of its own."""
    seconds = []
    for number in range(bench.sizes.demo_starts):
        bench.say(f"demo, start {number + 1} of {bench.sizes.demo_starts}")
        seconds.append(_first_table_s(bench.root / f"demo-{time.time_ns()}"))
    yield outcome(GROUP, "command to first table", "s", seconds, Aim("<=", 20))


def _first_table_s(data_dir: Path) -> float:
    argv = [sys.executable, "-u", "-m", "choso.main", "--data-dir", str(data_dir), "demo"]
    began = time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith(FIRST_TABLE):
                return time.monotonic() - began
        raise AssertionError(f"the demo ended with {process.wait()} before its first table")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_S_MAX)
