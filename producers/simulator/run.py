"""A simulation from end to end: its registry facts, its records in order of arrival, its truth.

Founding is cheap; records are made day by day while they are read, so a long history costs no
memory beyond what is still on its way.
"""

import csv
import heapq
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from producers.simulator.city import City
from producers.simulator.delivery import Delivery
from producers.simulator.evidence import day_deliveries
from producers.simulator.fees import FeeMonth, expected_fees
from producers.simulator.founding import found_city
from producers.simulator.noise import Noise
from producers.simulator.plans import plans
from producers.simulator.registry import registry_deliveries
from producers.simulator.trading import midnight
from producers.simulator.truth import FIGURES, VendorDay, expected_vendor_days
from schemas.cloudevent import write_time

FEE_SUMS = ("due_vnd", "paid_cashless_vnd", "paid_cash_vnd")
DEMO_SCALE = 0.08  # about 2,000 records a day


@dataclass(frozen=True, slots=True)
class Simulation:
    """A city and how untidy its providers are."""

    city: City
    noise: Noise

    def registry_deliveries(self) -> list[Delivery]:
        """All registry facts in order of arrival."""
        return registry_deliveries(self.city)

    def deliveries(self) -> Iterator[Delivery]:
        """All payment records in order of arrival; some arrive after the city's last day."""
        on_the_way: dict[int, list[Delivery]] = {}
        origin = midnight(self.city.start)
        for number in range(self.city.days):
            day = self.city.start + timedelta(days=number)
            for delivery in day_deliveries(self.city, self.noise, day):
                on_the_way.setdefault((delivery.deliver_at - origin).days, []).append(delivery)
            yield from sorted(on_the_way.pop(number, ()), key=_deliver_at)
        for number in sorted(on_the_way):
            yield from sorted(on_the_way[number], key=_deliver_at)

    def timeline(self) -> Iterator[Delivery]:
        """Registry facts and payment records together, in order of arrival."""
        return heapq.merge(self.registry_deliveries(), self.deliveries(), key=_deliver_at)

    def expected_vendor_days(self) -> dict[VendorDay, dict[str, int]]:
        """The figures that must come out when all has arrived."""
        return expected_vendor_days(self.city, self.noise)

    def expected_fees(self) -> dict[FeeMonth, tuple[int, int, int]]:
        """Market fees: đồng due, paid cashless, paid in cash, by market, stall and month."""
        return expected_fees(self.city)

    def write(self, path: Path) -> tuple[int, Path]:
        """Write the timeline as JSON lines, and the truth beside it; (records, truth's path).

        A line has `topic`, `key`, `deliver_at` and `body`, or `body_base64` where the body is not
        UTF-8. The truth is a CSV with a row for each day, market and vendor; that of market fees is
        a CSV of its own. A file that was there is replaced whole.
        """
        count = 0
        unfinished = path.with_name(path.name + ".part")
        with unfinished.open("w", encoding="utf-8", newline="\n") as lines:
            for delivery in self.timeline():
                lines.write(_line(delivery))
                count += 1
        unfinished.replace(path)
        truth_path = truth_path_of(path)
        figures = (
            (*where, *(row[name] for name in FIGURES))
            for where, row in self.expected_vendor_days().items()
        )
        _write_table(truth_path, ("day", "market", "vendor", *FIGURES), figures)
        fees = ((*where, *sums) for where, sums in self.expected_fees().items())
        _write_table(fees_path_of(path), ("market", "stall", "month", *FEE_SUMS), fees)
        return count, truth_path


def simulate(
    *,
    seed: int,
    days: int,
    start: date,
    scale: float = DEMO_SCALE,
    with_others: bool = False,
    with_comparisons: bool = False,
    noise: Noise | None = None,
) -> Simulation:
    """The simulation of `days` local days from `start`.

    `scale` 1.0 is a city of the pilot's 3,000 stalls; `with_others` adds a supermarket, convenience
    stores and a service centre, `with_comparisons` five markets outside the pilot. Raises
    ValueError where a number cannot be. Choose `start` so that the last day is over: records name
    no time after it, and later ones would be refused as future.
    """
    chosen = plans(scale=scale, with_others=with_others, with_comparisons=with_comparisons)
    return Simulation(found_city(seed=seed, start=start, days=days, plans=chosen), noise or Noise())


def truth_path_of(path: Path) -> Path:
    """Where the truth stands beside a file of records."""
    return path.with_name(f"{path.stem}.truth.csv")


def fees_path_of(path: Path) -> Path:
    """Where the truth of market fees stands beside a file of records."""
    return path.with_name(f"{path.stem}.fees.csv")


def _write_table(path: Path, head: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8", newline="") as rows:
        table = csv.writer(rows, lineterminator="\n")
        table.writerow(head)
        table.writerows(lines)
    unfinished.replace(path)


def _deliver_at(delivery: Delivery) -> datetime:
    return delivery.deliver_at


def _line(delivery: Delivery) -> str:
    said = {
        "topic": delivery.topic.name,
        "key": delivery.key.decode(),
        "deliver_at": write_time(delivery.deliver_at),
    }
    try:
        said["body"] = delivery.body.decode()
    except UnicodeDecodeError:
        said["body_base64"] = b64encode(delivery.body).decode()
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"
