"""How long does `adoption daily` take over a year of 5,000 vendors?

The function behind command and HTTP API is timed, without the start of a Python process.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.bench import SEED, Bench
from benchmarks.large import MARKETS, land_registry
from benchmarks.outcome import Aim, Outcome, outcome, quantile
from consumers.adoption.daily.daily import DailyRow, daily
from infra.clock import SystemClock
from schemas.calendar import LOCAL

GROUP = "adoption daily"
AIM = Aim("<=", 50)
FIGURES = Path(__file__).with_name("year.sql")
WINDOWS = 5


def measure(bench: Bench) -> Iterator[Outcome]:
    """p95 over many calls, in windows, so that the spread is seen."""
    sizes = bench.sizes
    bench.say("adoption daily: a year of figures")
    choso = bench.rig.fresh("year", "year")
    last = datetime.now(LOCAL).date() - timedelta(days=1)
    first = last - timedelta(days=sizes.year_days - 1)
    rng = Random(SEED)
    with choso.store() as store:
        land_registry(store, sizes)
        for week in range(0, sizes.year_days, 7):
            days = min(7, sizes.year_days - week)
            wanted = {"first_day": first + timedelta(days=week), "days": days}
            store.command(FIGURES.read_text(), {**wanted, "vendors": sizes.year_vendors})

        def ask(market: str | None, vendor: str | None) -> list[DailyRow]:
            return daily(
                store,
                market=market,
                vendor=vendor,
                first_day=first,
                last_day=last,
                by="vendor" if vendor else "market",
                clock=SystemClock(),
            )

        def one_vendor() -> str:
            return f"V{rng.randrange(sizes.year_vendors):05d}"

        assert len(ask(None, None)) == sizes.year_days * len(MARKETS)
        assert len(ask(None, one_vendor())) == sizes.year_days
        questions: dict[str, Callable[[], list[DailyRow]]] = {
            "all markets": lambda: ask(None, None),
            "one market": lambda: ask(rng.choice(MARKETS), None),
            "one vendor": lambda: ask(None, one_vendor()),
        }
        for name, question in questions.items():
            bench.say(f"adoption daily: {name}")
            windows = []
            for _ in range(WINDOWS):
                windows.append(quantile([_ms(question) for _ in range(sizes.year_queries)], 0.95))
            yield outcome(
                GROUP,
                f"a year, {name}: p95",
                "ms",
                windows,
                AIM,
                f"{sizes.year_queries} calls each",
            )
    bench.rig.drop("year")


def _ms(question: Callable[[], list[DailyRow]]) -> float:
    began = time.monotonic()
    question()
    return (time.monotonic() - began) * 1000
