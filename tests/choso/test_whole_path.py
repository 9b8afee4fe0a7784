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

import pytest

from producers.simulator.founding import programme_start
from producers.simulator.plans import COMPARISONS, PILOT, MarketPlan
from producers.simulator.run import Simulation, simulate
from producers.simulator.trading import closed_because
from producers.tally import EXIT_SOME_REJECTED
from schemas.calendar import LOCAL
from tests.choso.conftest import Running, running_stack
from tests.parts import obtain_kafka

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
TRIPS = ROOT.parent / "shared" / "data" / "real" / "chicago_taxi_trips.csv"
WEEK = timedelta(weeks=1)
# A Monday. A city is drawn from its first day too: with today's, each day were another experiment.
SEED, FIRST_DAY, DAYS, SCALE = 7, date(2026, 9, 7), 42, 0.05
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


Cell = tuple[str, date]  # market, Monday


def counts_of(simulation: Simulation, vendors: set[str | None] | None = None) -> dict[Cell, int]:
    """Payments that the city knows of, by market and week; of these vendors alone, if given."""
    counts: dict[Cell, int] = defaultdict(int)
    for (day, market, vendor), figures in simulation.expected_vendor_days().items():
        if vendors is None or vendor in vendors:
            counts[market, day - timedelta(days=day.weekday())] += figures["payment_count"]
    return counts


def rate_of(simulation: Simulation, counts: dict[Cell, int], plan: MarketPlan, week: date) -> float:
    """Payments per stall and open day."""
    days = [week + timedelta(days=n) for n in range(7)]
    seed = simulation.city.seed
    is_open = [closed_because(seed, plan.code, plan.kind, day) is None for day in days]
    return counts[plan.code, week] / (plan.stall_count * sum(is_open))


def effect_of(simulation: Simulation, weeks: Sequence[date], start: date) -> float:
    """Payments per stall and open day that the programme brought: those of traders who got their
    code after its start, of whom a comparison market has none. Mean over weeks, then over markets.
    """
    brought = {
        vendor
        for trader in simulation.city.traders
        if trader.life.equipped_on is not None and trader.life.equipped_on >= start
        for vendor in (trader.vendor, trader.successor)
    }
    counts = counts_of(simulation, brought)
    pilots = [plan for plan in simulation.city.plans if not plan.is_comparison]
    return fmean(rate_of(simulation, counts, plan, week) for plan in pilots for week in weeks)


def difference_of(simulation: Simulation, weeks: Sequence[date], start: date) -> float:
    """The difference in differences of what the city knows, without any record of it."""
    counts = counts_of(simulation)
    changes: dict[bool, list[float]] = {True: [], False: []}
    for plan in simulation.city.plans:
        sides: dict[bool, list[float]] = {True: [], False: []}
        for week in weeks:
            sides[week >= start].append(rate_of(simulation, counts, plan, week))
        changes[plan.is_comparison].append(fmean(sides[True]) - fmean(sides[False]))
    return fmean(changes[False]) - fmean(changes[True])


def test_a_known_effect_is_covered_up_to_the_report(stack: Running, tmp_path: Path) -> None:
    words = ("--seed", str(SEED), "--days", str(DAYS), "--start", str(FIRST_DAY))
    stack.choso("simulate", *words, "--scale", str(SCALE), "--with-comparisons", "--publish")
    weeks = [FIRST_DAY + n * WEEK for n in range(DAYS // 7)]
    start = programme_start(FIRST_DAY, DAYS)
    pilots, comparisons = ([plan.code for plan in plans] for plans in (PILOT, COMPARISONS))
    said = judged(stack, tmp_path, "city", weeks, start, pilots, comparisons)
    left_out = set(said["outcome"]["weeks_left_out"])
    used = [week for week in weeks if str(week) not in left_out]
    simulation = simulate(seed=SEED, days=DAYS, start=FIRST_DAY, scale=SCALE, with_comparisons=True)
    found = said["found"]["effect"]
    assert found["value"] == pytest.approx(difference_of(simulation, used, start), abs=1e-9)
    truth = effect_of(simulation, [week for week in used if week >= start], start)
    assert truth > 0.05
    assert found["low"] <= truth <= found["high"], (truth, found)


@pytest.mark.skipif(not TRIPS.exists(), reason=f"the real file is not there: {TRIPS}")
def test_a_pilot_that_never_was_shows_no_effect(stack: Running, tmp_path: Path) -> None:
    """Three areas of nine, drawn by lot, are called the pilot of half of the weeks."""
    weeks = [TAXI_FIRST_WEEK + n * WEEK for n in range(TAXI_WEEKS)]
    trips = tmp_path / "trips.csv"
    companies = trips_between(trips, weeks[0], weeks[-1] + WEEK)
    # Trips of kinds that the map does not know are rejected and told; all others have landed.
    taxi_map = str(ROOT / "examples" / "chicago_taxi.toml")
    stack.choso("import", str(trips), "--map", taxi_map, code=EXIT_SOME_REJECTED)
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
