"""The real file against plain Python over the same rows: counts and sums, to the unit."""

import csv
import json
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from producers.csv_import import read_map
from schemas.calendar import LOCAL
from tests.producers.importing import run_import
from tests.producers.parts import Kept

ROOT = Path(__file__).parents[2]
TRIPS = ROOT.parent / "shared" / "data" / "real" / "chicago_taxi_trips.csv"
Sums = dict[tuple[str, str, str, str], tuple[int, int]]


def sums_of_the_file() -> Sums:
    found: Sums = defaultdict(lambda: (0, 0))
    with TRIPS.open(newline="") as lines:
        for trip in csv.DictReader(lines):
            tender = {"Cash": "cash"}.get(trip["payment_type"], "card")
            amount = int(Decimal(trip["fare"]) * 100)
            if trip["payment_type"] in {"No Charge", "Unknown", "Dispute"} or amount == 0:
                continue
            at = datetime.fromtimestamp(int(trip["trip_start_timestamp"]), LOCAL)
            area = trip["pickup_community_area"] or "unknown"
            place = (f"Community area {area}", trip["company"] or "no company")
            key = (*place, f"{at:%Y-%m-%d}", tender)
            count, total = found[key]
            found[key] = (count + 1, total + amount)
    return dict(found)


def sums_of_the_events(kept: Kept) -> Sums:
    names: dict[tuple[str, str], str] = {}
    links: dict[str, tuple[str, str]] = {}
    found: Sums = defaultdict(lambda: (0, 0))
    for record in kept.records:
        event = json.loads(record.value)
        kind, data = event["type"].split(".")[3], event["data"]
        if kind in {"market", "vendor"}:
            names[kind, data[kind]] = data["name"]
        elif kind == "account_linked":
            assert data["account"] not in links
            links[data["account"]] = (data["market"], data["vendor"])
        elif kind in {"credited", "cash_sale_reported"}:
            market, vendor = links[data["account"]]
            at = datetime.fromisoformat(event["time"]).astimezone(UTC).astimezone(LOCAL)
            tender = {"credited": "card", "cash_sale_reported": "cash"}[kind]
            place = (names["market", market], names["vendor", vendor])
            key = (*place, f"{at:%Y-%m-%d}", tender)
            count, total = found[key]
            found[key] = (count + 1, total + data["amount_vnd"])
    return dict(found)


@pytest.mark.skipif(not TRIPS.exists(), reason=f"the real file is not there: {TRIPS}")
def test_every_trip_is_counted_once_in_its_place() -> None:
    kept = Kept()
    report = run_import(TRIPS, read_map(ROOT / "examples" / "chicago_taxi.toml"), kept)
    assert report.skipped.counts() == {"Dispute": 4, "No Charge": 81, "Unknown": 29}
    assert report.refused.counts() == {"amount": 20}
    assert report.contradictions.total == 0
    assert (report.understood.whole.row_count, report.event_count) == (15_003, 14_868)
    assert sums_of_the_events(kept) == sums_of_the_file()
