"""How long does a full evaluation of the pilot take on one core, with 9,999 permutations?

The figures are read already: 60 markets with five pilots over a year of weeks, so that the choices
of pilots are sampled; everything is computed that `choso evaluate run` prints.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.bench import Bench
from benchmarks.outcome import Aim, Outcome, outcome
from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.evaluation.live_series import live
from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Registered
from consumers.statistics.collapsed import VendorMoments
from schemas.message import Message

GROUP = "evaluation"
MARKETS, PILOTS, WEEKS, START, VENDORS = 60, 5, 52, 32, 300
PERMUTATIONS = 9_999
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}


def measure(bench: Bench) -> Iterator[Outcome]:
    """In a process of its own with one thread: numpy decides about threads when it is loaded."""
    bench.say("evaluation")
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.evaluation", str(bench.sizes.repetitions)],
        env={**os.environ, **ONE_THREAD},
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(found.stdout)
    yield outcome(
        GROUP, "pilot with 9,999 permutations", "s", said["did"], Aim("<=", 2.0), said["note"]
    )
    yield outcome(GROUP, "randomised order, 9,999 orders", "s", said["stepped_wedge"])
    yield outcome(GROUP, "one week of the live course", "s", said["live"])


def main(repetitions: int) -> None:
    """Print the seconds of each repetition as JSON."""

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    registered = Registered("bench", "A pilot", "0" * 64, datetime(2025, 1, 1, tzinfo=UTC), None)
    panel, plan = _panel(), _plan("did")
    wedge = _plan("stepped_wedge")
    told = evaluate(plan, PlanFigures(panel), registered)
    assert told.found is not None and told.found.permutation is not None
    assert told.found.permutation.assignment_count == PERMUTATIONS + 1
    wedged = evaluate(wedge, PlanFigures(panel), registered)
    assert wedged.found is not None and wedged.found.effect.p <= 1
    print(
        json.dumps(
            {
                "did": _seconds(
                    lambda: evaluate(plan, PlanFigures(panel), registered), repetitions
                ),
                "stepped_wedge": _seconds(
                    lambda: evaluate(wedge, PlanFigures(panel), registered), repetitions
                ),
                "live": _seconds(lambda: live(plan, panel, registered), repetitions),
                "note": f"{MARKETS} markets, {WEEKS} weeks, one core, verdict {told.verdict.key}",
            }
        )
    )


def _seconds(work: Callable[[], object], repetitions: int) -> list[float]:
    found = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def _weeks() -> list[date]:
    return [date(2025, 1, 6) + timedelta(weeks=n) for n in range(WEEKS)]


def _plan(estimator: str) -> Any:

    weeks = _weeks()
    codes = [f"M{n}" for n in range(MARKETS)]
    is_wedge = estimator == "stepped_wedge"
    pilots = codes[: 40 if is_wedge else PILOTS]
    starts = {m: weeks[START - 12 + 4 * (n % 5)] for n, m in enumerate(pilots)} if is_wedge else {}
    return Plan.model_validate(
        {
            "id": "bench",
            "title": "A pilot",
            "estimator": estimator,
            "known_on": datetime(2030, 1, 1, tzinfo=UTC),
            "outcome": {"metric": "payments"},
            "window": {"first_week": weeks[0], "start_week": weeks[START], "last_week": weeks[-1]},
            "markets": {
                "pilots": tuple(pilots),
                "comparisons": tuple(codes[len(pilots) :]),
                "starts": starts,
            },
            "assignment": {"how": "by lot", "is_randomised": True, "seed": 1},
            "thresholds": {"effect_min": 0.1},
            "running": {"permutations": PERMUTATIONS},
        }
    )


def _panel() -> Any:

    rng = np.random.default_rng(7)
    y = 10 + rng.normal(size=(MARKETS, 1)) + rng.normal(0, 0.5, (MARKETS, WEEKS))
    y[:PILOTS, START:] += 0.8
    exposure = np.full(y.shape, VENDORS * 6.0)
    moments = VendorMoments(
        np.full(MARKETS, float(VENDORS)), y[:, START:].mean(axis=1), np.ones(MARKETS)
    )
    codes = tuple(f"M{n}" for n in range(MARKETS))
    panel = MarketPanel(
        markets=codes,
        names=codes,
        weeks=tuple(_weeks()),
        amount=y * exposure,
        exposure=exposure,
        source=Message("source.events"),
        cut_off_at=None,
    )
    return replace(panel, moments=moments)


if __name__ == "__main__":
    main(int(sys.argv[1]))
