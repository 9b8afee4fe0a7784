"""Law V8: from Kafka to a report that can be signed, where the truth is known.

A simulated city, whose pilot's effect is known to the payment; and a real file, in which nobody
piloted anything. Both go through the commands that a user types, on a stack of their own.
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from producers.simulator.founding import programme_start
from producers.simulator.plans import COMPARISONS, PILOT
from producers.simulator.run import Simulation, simulate
from producers.simulator.trading import closed_because
from tests.choso.conftest import Running, running_stack
from tests.parts import obtain_kafka

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
TRIPS = ROOT.parent / "shared" / "data" / "real" / "chicago_taxi_trips.csv"
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
WEEK = timedelta(weeks=1)
SEED, DAYS, SCALE = 7, 42, 0.05
TAXI_FIRST_WEEK, TAXI_WEEKS = date(2014, 3, 24), 14  # the weeks with most trips
AREAS = ("8", "32", "76", "6", "28", "7", "56", "24", "33")  # with a card trip in half of its weeks
PLAN = """
id = "{id}"
title = "{id}: the whole path"
estimator = "did"
known_on = {known_on}
outcome = {{ metric = "payments" }}
window = {{ first_week = {first}, start_week = {start}, last_week = {last} }}
markets = {{ pilots = {pilots}, comparisons = {comparisons} }}
assignment = {{ how = "drawn for this test" }}
thresholds = {{ effect_min = 0.05 }}
running = {{ placebo_runs = 20, bootstrap_runs = 99 }}
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    obtain_kafka()
    with running_stack(tmp_path_factory.mktemp("path") / "data") as running:
        yield running


def judged(
    stack: Running,
    folder: Path,
    name: str,
    weeks: Sequence[date],
    start: date,
    pilots: Sequence[str],
    comparisons: Sequence[str],
) -> dict[str, Any]:
    """The evaluation after its plan was registered, its report written in every form, and every
    number of the one to be signed derived again from the ledger."""
    path = folder / f"{name}.toml"
    text = PLAN.format(
        id=name,
        known_on=(datetime.now(UTC) + timedelta(seconds=1)).isoformat(timespec="seconds"),
        first=weeks[0],
        start=start,
        last=weeks[-1],
        pilots=json.dumps(list(pilots)),
        comparisons=json.dumps(list(comparisons)),
    )
    path.write_text(text, encoding="utf-8")
    assert "the hash is in the log" in stack.choso("evaluate", "register", str(path))
    stack.choso("verify", "--quick")
    said: dict[str, Any] = json.loads(stack.choso("evaluate", "run", str(path), "--format", "json"))
    assert said["found"] is not None, said
    out = folder / name
    stack.choso("report", "pilot", str(path), "--out", str(out))
    written = sorted(out.iterdir())
    assert {file.suffix for file in written} == {".pdf", ".docx", ".xlsx", ".html"}
    stack.choso("report", "verify", str(out / f"pilot-{name}.vi.pdf"))
    return said


def effect_of(simulation: Simulation, weeks: Sequence[date], start: date) -> float:
    """Payments per stall and open day that the programme brought: those of traders who got their
    code after its start, of whom a comparison market has none. Mean over weeks, then over markets.
    """
    city = simulation.city
    brought = {
        vendor
        for trader in city.traders
        if trader.life.equipped_on is not None and trader.life.equipped_on >= start
        for vendor in (trader.vendor, trader.successor)
    }
    counts: dict[tuple[str, date], int] = defaultdict(int)
    for (day, market, vendor), figures in simulation.expected_vendor_days().items():
        if vendor in brought:
            counts[market, day - timedelta(days=day.weekday())] += figures["payment_count"]
    effects = []
    for plan in city.plans:
        if plan.is_comparison:
            continue
        for week in weeks:
            days = [week + timedelta(days=n) for n in range(7)]
            is_open = [closed_because(city.seed, plan.code, plan.kind, d) is None for d in days]
            effects.append(counts[plan.code, week] / (plan.stall_count * sum(is_open)))
    return fmean(effects)


def test_a_known_effect_is_covered_up_to_the_report(stack: Running, tmp_path: Path) -> None:
    first_day = datetime.now(LOCAL).date() - timedelta(days=DAYS)
    words = ("--seed", str(SEED), "--days", str(DAYS), "--start", str(first_day))
    stack.choso("simulate", *words, "--scale", str(SCALE), "--with-comparisons", "--publish")
    first_week = first_day + timedelta(days=-first_day.weekday() % 7)
    count = (first_day + timedelta(days=DAYS) - first_week).days // 7
    weeks = [first_week + n * WEEK for n in range(count)]
    start = programme_start(first_day, DAYS)
    pilots, comparisons = ([plan.code for plan in plans] for plans in (PILOT, COMPARISONS))
    said = judged(stack, tmp_path, "city", weeks, start, pilots, comparisons)
    left_out = set(said["outcome"]["weeks_left_out"])
    after = [week for week in weeks if week >= start and str(week) not in left_out]
    simulation = simulate(seed=SEED, days=DAYS, start=first_day, scale=SCALE, with_comparisons=True)
    truth = effect_of(simulation, after, start)
    found = said["found"]["effect"]
    assert truth > 0.05
    assert found["low"] <= truth <= found["high"], (truth, found)


@pytest.mark.skipif(not TRIPS.exists(), reason=f"the real file is not there: {TRIPS}")
def test_a_pilot_that_never_was_shows_no_effect(stack: Running, tmp_path: Path) -> None:
    """Three areas of nine, drawn by lot, are called the pilot of half of the weeks."""
    weeks = [TAXI_FIRST_WEEK + n * WEEK for n in range(TAXI_WEEKS)]
    trips = tmp_path / "trips.csv"
    companies = trips_between(trips, weeks[0], weeks[-1] + WEEK)
    stack.choso("import", str(trips), "--map", str(ROOT / "examples" / "chicago_taxi.toml"))
    census = tmp_path / "census.csv"
    lines = [f"census_taken,{area},{companies[area]},2013-01-01" for area in AREAS]
    census.write_text("\n".join(["kind,market,stall_count,effective_from", *lines]) + "\n")
    stack.choso("registry", "import", str(census))
    drawn = random.Random(2014).sample(AREAS, len(AREAS))  # a lot, not a secret
    said = judged(stack, tmp_path, "taxi", weeks, weeks[TAXI_WEEKS // 2], drawn[:3], drawn[3:])
    assert said["verdict"]["key"] in {"nothing_worth_having", "no_effect_shown"}, said["verdict"]
    assert said["verdict"]["sentence"]["en"].startswith("No effect is shown")


def trips_between(path: Path, first_day: date, end: date) -> dict[str, int]:
    """Write the trips of these local days of our areas; area → companies with trips in it."""
    companies: dict[str, set[str]] = defaultdict(set)
    with TRIPS.open(newline="") as lines, path.open("w", newline="") as kept:
        trips = csv.DictReader(lines)
        assert trips.fieldnames is not None
        table = csv.DictWriter(kept, trips.fieldnames)
        table.writeheader()
        for trip in trips:
            day = datetime.fromtimestamp(int(trip["trip_start_timestamp"]), LOCAL).date()
            if first_day <= day < end and trip["pickup_community_area"] in AREAS:
                table.writerow(trip)
                companies[trip["pickup_community_area"]].add(trip["company"])
    return {area: len(names) for area, names in companies.items()}
