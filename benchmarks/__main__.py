"""Measure the numbers of the spine: `python -m benchmarks [NAME…]`, `--help` for sizes.

The table goes to standard output, progress to standard error, everything as JSON to `--out`.
"""

import importlib
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.bench import Bench
from benchmarks.machine import machine
from benchmarks.outcome import Outcome, outcome, table
from benchmarks.process import STORE_MEMORY, forget_peak, memory
from benchmarks.rig import clean_environment, running_rig
from benchmarks.sizes import arguments
from infra.log import configure

Measure = Callable[[Bench], Iterator[Outcome]]

# Modules with a `measure` each, in this order: what needs the large store comes late.
MEASURES = (
    "throughput",
    "syncing",
    "poison",
    "importing",
    "space",
    "year",
    "evaluation",
    "rollout",
    "reports",
    "adoption",
    "folding",
    "freshness",
    "pages",
    "flat",
    "footprint",
    "demo",
)
# Those in which nothing but choso's own roles uses the store.
LANDING = ("poison", "folding", "freshness", "flat")


def main(argv: Sequence[str]) -> int:
    """Run the measures; 0 also where an aim was missed: that is a result. 1: a measure failed."""
    given = arguments(argv, MEASURES)
    clean_environment()
    configure("WARNING", "console")
    report: dict[str, Any] = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(["python -m benchmarks", *argv]),
        "machine": machine(),
        "sizes": asdict(given.sizes),
    }
    began = time.monotonic()
    outcomes: list[Outcome] = []
    failed: list[str] = []
    with ExitStack() as stack:
        root = given.directory
        if root is None:
            root = Path(stack.enter_context(TemporaryDirectory(prefix="choso-bench-")))
        root.mkdir(parents=True, exist_ok=True)
        rig = stack.enter_context(running_rig(root))
        bench = Bench(root, rig, given.sizes)
        for name in MEASURES:
            if given.names and name not in given.names:
                continue
            try:
                for each in _measured(bench, name):
                    outcomes.append(each)
            except Exception:  # what the others measured is not lost for it
                traceback.print_exc()
                failed.append(name)
    report["seconds"] = round(time.monotonic() - began)
    report["outcomes"] = [each.as_json() for each in outcomes]
    if given.out is not None:
        given.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    sys.stdout.write(table(outcomes) + "\n")
    if failed:
        sys.stderr.write(f"failed, see above: {', '.join(failed)}\n")
    return 1 if failed else 0


def _measured(bench: Bench, name: str) -> Iterator[Outcome]:
    """The measure's outcomes, and what the store took at most meanwhile."""
    measure: Measure = importlib.import_module(f"benchmarks.{name}").measure
    forget_peak(bench.rig.store_pid)
    yield from measure(bench)
    if name in LANDING:
        peak = memory(bench.rig.store_pid).peak_mb
        yield outcome("memory", f"store, peak during {name}", "MB", peak, STORE_MEMORY)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
