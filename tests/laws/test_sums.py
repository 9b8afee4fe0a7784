"""Law L8: vendors sum to markets, and a real file through the whole stack to its own sums."""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.kafka import TopicSpec, apply_topics
from producers.csv_import import import_csv, read_map
from producers.csv_import.report import ImportReport
from producers.publisher import Publisher
from schemas.calendar import LOCAL
from schemas.topics import TOPICS
from tests.consumers.sink.sinking import config
from tests.laws.proving import World, new_world, told
from tests.producers.parts import KEY, StandingClock

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]
TRIPS = ROOT.parent / "shared" / "data" / "real" / "chicago_taxi_trips.csv"
PREFIX = "taxi"
WEEKS = 5
Sums = dict[tuple[str, str, date], tuple[int, int, int, int]]
SUMMED = (
    "payment_count", "payment_vnd", "cash_count", "cash_vnd", "refund_count", "refund_vnd",
    "reversed_count", "conflict_count", "failed_count", "small_count", "payerless_count",
)  # fmt: skip


def sums_of(path: Path) -> Sums:
    """(market, company, local day) → card trips, their fares, cash trips, their fares."""
    found: Sums = defaultdict(lambda: (0, 0, 0, 0))
    with path.open(newline="") as lines:
        for trip in csv.DictReader(lines):
            amount = int(Decimal(trip["fare"]) * 100)
            if trip["payment_type"] in {"No Charge", "Unknown", "Dispute"} or amount == 0:
                continue
            day = datetime.fromtimestamp(int(trip["trip_start_timestamp"]), LOCAL).date()
            area = trip["pickup_community_area"] or "unknown"
            key = (f"Community area {area}", trip["company"] or "no company", day)
            cards, card_sum, cash, cash_sum = found[key]
            if trip["payment_type"] == "Cash":
                found[key] = (cards, card_sum, cash + 1, cash_sum + amount)
            else:
                found[key] = (cards + 1, card_sum + amount, cash, cash_sum)
    return dict(found)


def sums_stored(store: Store) -> Sums:
    """The same from the folded figures, with the names of the registry."""
    known = "(known_at = '2100-01-01 00:00:00')"
    rows = store.query(
        "SELECT m.name, v.name, d.day, d.payment_count, d.payment_vnd, d.cash_count, d.cash_vnd"
        " FROM vendor_day AS d"
        f" LEFT JOIN registry_market{known} AS m ON m.market = d.market"
        f" LEFT JOIN registry_vendor{known} AS v ON v.vendor = d.vendor"
    )
    return {
        (market, vendor, day): (cards, int(card_sum), cash, int(cash_sum))
        for market, vendor, day, cards, card_sum, cash, cash_sum in rows
    }


def imported(world: World, path: Path) -> ImportReport:
    publisher = Publisher(config(world.bootstrap))
    try:
        return import_csv(
            path,
            read_map(ROOT / "examples" / "chicago_taxi.toml"),
            publisher=publisher,
            key=KEY,
            topic_prefix=PREFIX,
            clock=StandingClock(),
        )
    finally:
        publisher.close()


def of_busiest_weeks(path: Path) -> tuple[Path, Path]:
    """The file's trips of its busiest weeks, as a file, and a shorter copy of that one.

    The whole file names 203 weeks, each folded at once in about a third of a second: too long here.
    """
    header, *lines = TRIPS.read_text(encoding="utf-8").splitlines(keepends=True)
    at = header.rstrip().split(",").index("trip_start_timestamp")
    weeks = [week_of(int(row[at])) for row in csv.reader(lines)]
    busiest = {week for week, _ in Counter(weeks).most_common(WEEKS)}
    kept = [line for line, week in zip(lines, weeks, strict=True) if week in busiest]
    whole, shorter = path / "trips.csv", path / "shorter.csv"
    whole.write_text(header + "".join(kept), encoding="utf-8")
    shorter.write_text(header + "".join(kept[: len(kept) // 2]), encoding="utf-8")
    return whole, shorter


def week_of(second: int) -> date:
    """The Monday of a moment's local week."""
    day = datetime.fromtimestamp(second, LOCAL).date()
    return day - timedelta(days=day.weekday())


@pytest.mark.skipif(not TRIPS.exists(), reason=f"the real file is not there: {TRIPS}")
def test_a_real_file_goes_through_the_whole_stack(
    store_dsn: str, broker: Broker, tmp_path: Path
) -> None:
    """First a shorter copy, then the whole file, then the whole file again."""
    whole, shorter = of_busiest_weeks(tmp_path)
    with new_world(store_dsn, "taxi", broker) as world:
        names = [topic.full_name(PREFIX) for topic in TOPICS]
        counts = (4, 1, 1)
        specs = [TopicSpec(name, count, 1) for name, count in zip(names, counts, strict=True)]
        apply_topics(config(broker.bootstrap), specs)
        world.payments, world.registry, world.deliveries = names
        for path in (shorter, whole, whole):
            imported(world, path)
            world.sink()
            world.fold()
            assert sums_stored(world.store) == sums_of(path)
            vendors_sum_to_markets(world.store)
        assert told(world.verify()) == []


def vendors_sum_to_markets(store: Store) -> None:
    """Every figure that adds up."""
    sums = ", ".join(f"sum({name})" for name in SUMMED)
    by_vendor = store.query(
        f"SELECT day, market, {sums} FROM vendor_day GROUP BY day, market ORDER BY day, market"
    )
    by_market = store.query(
        f"SELECT day, market, {', '.join(SUMMED)} FROM market_day ORDER BY day, market"
    )
    assert by_vendor == by_market
    assert by_vendor
