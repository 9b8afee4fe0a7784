"""Files, bad records, live records and limits of the simulation."""

import csv
import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.simulator.bad import SPOILERS
from producers.simulator.delivery import Delivery
from producers.simulator.fees import FeeMonth
from producers.simulator.live import BEHIND_MAX, live
from producers.simulator.noise import Noise
from producers.simulator.run import (
    fees_path_of,
    simulate,
    truth_path_of,
)
from producers.simulator.truth import FIGURES, VendorDay
from schemas.cloudevent import decode
from schemas.errors import Inadmissible
from schemas.payment import PaymentEvent
from schemas.topics import TOPICS
from tests.reference import figures_from_events

START = date(2026, 5, 4)
BEGUN = datetime(2026, 5, 20, 3, 0, 0, 123_456, tzinfo=UTC)


def test_a_written_file_holds_the_timeline_and_its_truth(tmp_path: Path) -> None:
    simulation = simulate(seed=3, days=5, start=START, scale=0.004, noise=Noise(bad=0.1))
    path = tmp_path / "city.jsonl"
    count, truth_path = simulation.write(path)
    read = list(read_deliveries(path))
    assert len(read) == count > 100
    assert [item[:4] for item in read] == [item[:4] for item in simulation.timeline()]
    assert truth_path == truth_path_of(path) == tmp_path / "city.truth.csv"
    assert read_truth(truth_path) == simulation.expected_vendor_days()
    assert read_fees(fees_path_of(path)) == simulation.expected_fees()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "city.fees.csv",
        "city.jsonl",
        "city.truth.csv",
    ]
    before = path.read_bytes()
    simulation.write(path)
    assert path.read_bytes() == before


def test_bad_records_are_beside_the_good_ones_and_never_admitted() -> None:
    noise = Noise(bad=0.3)
    simulation = simulate(seed=5, days=6, start=START, scale=0.006, noise=noise)
    arrived = list(simulation.deliveries())
    bad = [delivery for delivery in arrived if not delivery.is_good]
    assert len(bad) > 20
    reasons = set()
    for delivery in bad:
        with pytest.raises(Inadmissible) as refused:
            decode(PaymentEvent, delivery.body, delivery.deliver_at)
        reasons.add(refused.value.reason)
    assert len(reasons) >= 5
    facts = [(item.body, item.deliver_at) for item in simulation.registry_deliveries()]
    found = figures_from_events(((item.body, item.deliver_at) for item in arrived), facts)
    assert found == simulation.expected_vendor_days()


@pytest.mark.parametrize("sort", SPOILERS)
def test_every_way_to_spoil_a_record_spoils_it(sort: str) -> None:
    simulation = simulate(seed=5, days=3, start=START, scale=0.003)
    for delivery in simulation.deliveries():
        with pytest.raises(Inadmissible):
            decode(PaymentEvent, SPOILERS[sort](delivery.body), delivery.deliver_at)


class Ticking:
    """A clock that goes on by a fixed step at every look."""

    def __init__(self, begin: datetime, step: timedelta) -> None:
        self.moment, self.step = begin, step

    def __call__(self) -> datetime:
        self.moment += self.step
        return self.moment


def test_live_records_carry_the_time_of_the_clock_and_repeat_with_it() -> None:
    simulation = simulate(seed=7, days=10, start=START, scale=0.02)
    step = timedelta(milliseconds=50)
    first, second = (
        list(islice(live(simulation, Ticking(BEGUN, step), 20.0), 200)) for _ in range(2)
    )
    assert first == second
    dues = [delivery.deliver_at for delivery in first]
    assert {later - sooner for sooner, later in pairwise(dues)} == {step}
    for delivery in first:
        event = decode(PaymentEvent, delivery.body, delivery.deliver_at)
        assert timedelta(0) <= delivery.deliver_at - event.time < timedelta(seconds=1)
    history = {delivery.body for delivery in simulation.deliveries()}
    other = islice(live(simulation, Ticking(BEGUN + step, step), 20.0), 200)
    references = {decode(PaymentEvent, item.body, BEGUN).data.bank_reference for item in first}
    assert not history & {delivery.body for delivery in first}
    assert not references & {
        decode(PaymentEvent, item.body, BEGUN).data.bank_reference for item in other
    }


def test_a_live_reader_that_fell_behind_does_not_catch_up() -> None:
    simulation = simulate(seed=7, days=10, start=START, scale=0.02)
    step = BEHIND_MAX * 3
    clock = Ticking(BEGUN, step)
    for delivery in islice(live(simulation, clock, 10.0), 5):
        assert clock.moment - delivery.deliver_at <= BEHIND_MAX


@given(
    st.sampled_from(
        (
            {"days": 0},
            {"days": 100_000},
            {"scale": 0.0},
            {"scale": -1.0},
            {"scale": 1_000.0},
        )
    )
)
def test_numbers_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    arguments = {"seed": 1, "days": 5, "start": START, "scale": 0.01} | wrong
    with pytest.raises(ValueError, match=next(iter(wrong))):
        simulate(**arguments)  # type: ignore[arg-type]


def test_a_noise_beyond_one_is_refused() -> None:
    with pytest.raises(ValueError, match="noise late"):
        Noise(late=1.5)


def test_the_city_is_the_same_on_every_machine() -> None:
    """Change the digest only where the city is meant to change: old seeds then differ."""
    simulation = simulate(seed=7, days=8, start=START, scale=0.005, with_others=True)
    digest = sha256()
    for delivery in simulation.timeline():
        digest.update(f"{delivery.deliver_at.isoformat()}\n".encode() + delivery.body)
    assert digest.hexdigest() == "5b44e78f47cd041e001f8df548d8f0a8ab4c813af397f00059d86db49b67fc59"


def read_deliveries(path: Path) -> Iterator[Delivery]:
    """The deliveries in a file that `Simulation.write` wrote (`is_good` is not kept)."""
    topics = {topic.name: topic for topic in TOPICS}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            said = json.loads(line)
            body = (
                b64decode(said["body_base64"]) if "body_base64" in said else said["body"].encode()
            )
            deliver_at = datetime.fromisoformat(said["deliver_at"])
            yield Delivery(deliver_at, topics[said["topic"]], said["key"].encode(), body)


def read_truth(path: Path) -> dict[VendorDay, dict[str, int]]:
    """The truth in a file that `Simulation.write` wrote."""
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            (date.fromisoformat(row["day"]), row["market"], row["vendor"]): {
                name: int(row[name]) for name in FIGURES
            }
            for row in csv.DictReader(rows)
        }


def read_fees(path: Path) -> dict[FeeMonth, tuple[int, int, int]]:
    """The market fees in a file that `Simulation.write` wrote beside its truth."""
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            (market, stall, date.fromisoformat(month)): (int(due), int(cashless), int(cash))
            for market, stall, month, due, cashless, cash in list(csv.reader(rows))[1:]
        }
