"""The demonstration: a stack, a city's history, and evidence that goes on arriving.

Run again on the same data directory it goes on with what is there.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from choso.commands.data import first_day, open_publisher
from choso.compose import Choso
from choso.proof import verifier
from choso.terminal.adoption import render_overview, render_vendors
from choso.up import Stack, running_stack
from consumers.adoption.daily.overview import market_overview, newest_day, vendor_overview
from infra.clickhouse import Store
from infra.embedded.files import write_whole
from infra.errors import ChosoError, Unavailable
from producers.publisher import Outgoing, Publisher
from producers.simulator.delivery import Delivery
from producers.simulator.live import live
from producers.simulator.run import Simulation, simulate
from schemas.calendar import LOCAL

CHUNK_RECORDS = 2_000
TABLE_EACH_S = 2.0
SETTLE_S_MAX = 600.0
SETTLE_LIVE_S_MAX = 30.0  # while evidence goes on arriving there may be no rest at all
VENDORS_SHOWN = 10


@dataclass(frozen=True)
class DemoCity:
    """Which city the data directory holds; `is_published`: its whole history is in the log.

    `with_comparisons`: it has markets outside the pilot, as a city of an older version has not.
    """

    seed: int
    days: int
    scale: float
    start: str
    is_published: bool = False
    with_comparisons: bool = False

    def simulation(self) -> Simulation:
        """The same city, made again."""
        return simulate(
            seed=self.seed,
            days=self.days,
            start=date.fromisoformat(self.start),
            scale=self.scale,
            with_comparisons=self.with_comparisons,
        )


def kept_city(choso: Choso, *, seed: int, days: int, scale: float) -> DemoCity:
    """The data directory's city, or a new one from these arguments."""
    path = _city_file(choso)
    if path.exists():
        return DemoCity(**json.loads(path.read_text()))
    start = first_day(choso, None, days).isoformat()
    city = DemoCity(seed, days, scale, start, with_comparisons=True)
    keep_city(choso, city)
    return city


def keep_city(choso: Choso, city: DemoCity) -> None:
    """Remember the city beside its data."""
    write_whole(_city_file(choso), json.dumps(asdict(city)) + "\n")


def _city_file(choso: Choso) -> Path:
    return choso.data_dir.path / "demo-city.json"


class Player(threading.Thread):
    """Publishes the history, then live evidence, until stopped. Its error ends the demo."""

    def __init__(self, choso: Choso, city: DemoCity, publisher: Publisher, *, rate: float) -> None:
        super().__init__(name="player", daemon=True)
        self.published = 0
        self.history_done = threading.Event()
        self.error: Exception | None = None
        self._choso = choso
        self._city = city
        self._publisher = publisher
        self._rate = rate
        self._halt = threading.Event()

    def stop(self) -> None:
        """End soon, and wait for it."""
        self._halt.set()
        self.join(timeout=20)

    def run(self) -> None:
        try:
            simulation = self._city.simulation()
            if not self._city.is_published:
                self._play_history(simulation)
            self.history_done.set()
            if self._rate > 0 and not self._halt.is_set():
                self._play_live(simulation)
        except Exception as error:  # shown by the main thread, which then stops everything
            self.error = error

    def _play_history(self, simulation: Simulation) -> None:
        timeline = simulation.timeline()
        while chunk := list(islice(timeline, CHUNK_RECORDS)):
            if self._halt.is_set():
                return
            self._publish(chunk)
        keep_city(self._choso, DemoCity(**{**asdict(self._city), "is_published": True}))

    def _play_live(self, simulation: Simulation) -> None:
        for delivery in live(simulation, self._choso.clock.now, self._rate):
            wait_s = (delivery.deliver_at - self._choso.clock.now()).total_seconds()
            if self._halt.wait(max(0.0, wait_s)):
                return
            self._publish([delivery])

    def _publish(self, deliveries: list[Delivery]) -> None:
        records = [
            Outgoing(d.topic.full_name(self._choso.prefix), d.key, d.body) for d in deliveries
        ]
        report = self._publisher.publish(records)
        self.published += report.acknowledged_count
        if report.unacknowledged:
            raise Unavailable(f"demo: the broker did not acknowledge: {report.cause}")


class Ending(threading.Thread):
    """Evaluates, plans and reports once the history is folded, while the tables go on."""

    def __init__(
        self, choso: Choso, city: DemoCity, player: Player, *, address: str | None
    ) -> None:
        super().__init__(name="ending", daemon=True)
        self.lines: list[str] = []
        self.error: Exception | None = None
        self._choso = choso
        self._city = city
        self._player = player
        self._address = address
        self._halt = threading.Event()

    def stop(self) -> None:
        """What fails from now on fails because everything stops."""
        self._halt.set()

    def run(self) -> None:
        try:
            self._player.history_done.wait()
            until = time.monotonic() + SETTLE_LIVE_S_MAX
            with self._choso.store() as store:
                check = verifier(self._choso, store, settle_s_max=0)
                while not check.is_settled() and time.monotonic() < until:
                    if self._halt.wait(0.5):
                        return
            for text in ending(self._choso, self._city, address=self._address):
                self.lines = [*self.lines, text]
        except Exception as error:  # shown by the main thread, which then stops everything
            if not self._halt.is_set():
                self.error = error


def ending(choso: Choso, city: DemoCity, *, address: str | None) -> Iterator[str]:
    """The verdict, the plan and the reports of the city, with the addresses of their pages."""
    from choso.demo_end import end_of_history  # noqa: PLC0415  the first table need not wait

    yield ""
    start = date.fromisoformat(city.start)
    yield from end_of_history(choso, start=start, days=city.days, address=address)


def run_demo(
    choso: Choso, *, once: bool, seed: int, days: int, scale: float, rate: float, say: Any
) -> None:
    """Run it; `once` loads the history, prints the tables and ends. Its pages need no sign-in."""
    started = time.monotonic()
    choso = without_sign_in(choso)
    city = kept_city(choso, seed=seed, days=days, scale=scale)
    say(f"starting broker, store and roles in {choso.data_dir.path} …")
    with running_stack(choso, attach=False) as stack, open_publisher(choso) as publisher:
        say(f"running after {time.monotonic() - started:.1f} s; playing {city.days} days")
        player = Player(choso, city, publisher, rate=0 if once else rate)
        player.start()
        end = None if once else Ending(choso, city, player, address=stack.address.web)
        if end:
            end.start()
        try:
            _show(choso, stack, player, end, city=city, started=started, say=say)
        finally:
            if end:
                end.stop()
            player.stop()
    error = player.error or (end.error if end else None)
    if error:
        raise error if isinstance(error, ChosoError) else RuntimeError(error)


def without_sign_in(choso: Choso) -> Choso:
    """The same, with open pages: run_web then listens on loopback alone."""
    web = choso.settings.web.model_copy(update={"sign_in": False})
    return Choso(choso.settings.model_copy(update={"web": web}), choso.clock)


def _show(
    choso: Choso,
    stack: Stack,
    player: Player,
    end: Ending | None,
    *,
    city: DemoCity,
    started: float,
    say: Any,
) -> None:
    """Tables until something ends it; without an `end` of its own, the history's end does."""
    next_table = time.monotonic() + 0.5
    is_first = True

    def each() -> bool:
        nonlocal next_table, is_first
        if player.error is not None or (end is not None and end.error is not None):
            return True
        if end is None and player.history_done.is_set():
            return True
        if time.monotonic() < next_table:
            return False
        next_table = time.monotonic() + TABLE_EACH_S
        for text in [*screen(choso, stack, player), *(end.lines if end else ())]:
            say(text)
        if is_first:
            say(f"(first table {time.monotonic() - started:.1f} s after the start)")
            is_first = False
        return False

    stack.run(each=each)
    if end is None and player.error is None:
        until = time.monotonic() + SETTLE_S_MAX
        with choso.store() as store:
            check = verifier(choso, store, settle_s_max=0)
            while not check.is_settled() and time.monotonic() < until:
                stack.supervisor.tick()
                time.sleep(0.1)
            for text in final_tables(choso, store):
                say(text)
        for text in ending(choso, city, address=None):
            say(text)


def screen(choso: Choso, stack: Stack, player: Player) -> Iterator[str]:
    """What a person sees every two seconds."""
    now = choso.clock.now()
    try:
        with choso.store() as store:
            today = newest_day(store, today=now.astimezone(LOCAL).date())
            rows = market_overview(store, today=today, now=now, fold=choso.settings.fold)
    except Unavailable as trouble:
        yield f"(store: {trouble})"
        return
    state = "live" if player.history_done.is_set() else "history"
    yield ""
    yield f"{player.published} records published ({state}); the 28 days before {today}, and {today}"
    yield render_overview(rows, choso.language)
    yield f"Pages {stack.address.web}/   gateway {stack.address.gateway}   Ctrl-C stops"


def final_tables(choso: Choso, store: Store) -> Iterator[str]:
    """The tables of `choso demo --once`: markets, and the vendors with most payments."""
    now = choso.clock.now()
    today = now.astimezone(LOCAL).date()
    yield "Markets, last 28 days"
    markets = market_overview(store, today=today, now=now, fold=choso.settings.fold)
    yield render_overview(markets, choso.language)
    yield f"Vendors with most payments, last 28 days (first {VENDORS_SHOWN})"
    vendors = vendor_overview(store, today=today, limit=VENDORS_SHOWN)
    yield render_vendors(vendors, choso.language)
