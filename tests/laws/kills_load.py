"""A publisher that never tires: what was not acknowledged it sends again, until it is."""

import gc
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import chain, cycle, islice
from random import Random
from typing import Any

from producers.publisher import Outgoing, Publisher, PublisherLimits
from producers.simulator.delivery import Delivery
from producers.simulator.noise import Noise
from producers.simulator.run import simulate
from schemas.topics import PAYMENTS
from tests.patience import patient

# Two full days: each day costs the fold and verify a third of a second, however little it holds.
DAYS, START, SCALE = 2, date(2026, 3, 2), 0.2
NOISE = Noise(duplicate=0.1, late=0.1, amount_conflict=0.02, content_conflict=0.01, bad=0.02)
FACTS_HELD_BACK = 200  # each such fact of the registry comes late, among the payments
SIZES = (1, 2, 5, 20, 60)
PAUSE_S_MAX = 0.5
PAUSED_S_MAX = patient(90)
LIMITS = PublisherLimits(
    acknowledge_ms_max=2_000, retry_ms_max=4_000, retry_wait_ms_max=200, close_ms_max=500
)


class Load:
    """Publishes a city in a thread of its own. `acknowledged` is what the ledger owes us."""

    def __init__(self, config: Mapping[str, Any], *, prefix: str, seed: int) -> None:
        self.acknowledged: list[Outgoing] = []
        self.sent_again = 0
        self._publisher = Publisher(config, LIMITS)
        self._prefix = prefix
        self._first, self._rest = _records(seed, prefix)
        self._rng = Random(seed)
        self._stop = threading.Event()
        self._run = threading.Event()
        self._idle = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="load")

    def start(self) -> None:
        """Begin to publish; the registry is acknowledged when this returns."""
        self._send(self._first)
        self._run.set()
        self._thread.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Everything that was ever sent is acknowledged, and nothing more is sent meanwhile."""
        self._run.clear()
        try:
            is_idle = self._idle.wait(PAUSED_S_MAX)
            if self._error is not None:
                raise self._error
            assert is_idle, "the publisher got no acknowledgement"
            yield
        finally:
            self._idle.clear()
            self._run.set()

    def stop(self) -> None:
        """End, whatever is unacknowledged."""
        self._stop.set()
        self._run.set()
        if self._thread.ident is not None:
            self._thread.join(PAUSED_S_MAX)
        self._publisher.close()
        gc.collect()  # kafka-python leaves sockets of failed connections to the collector

    def bodies(self) -> tuple[list[bytes], list[bytes]]:
        """The acknowledged bodies: payments, registry facts."""
        payments: list[bytes] = []
        registry: list[bytes] = []
        for outgoing in self.acknowledged:
            is_payment = outgoing.topic == PAYMENTS.full_name(self._prefix)
            (payments if is_payment else registry).append(outgoing.value)
        return payments, registry

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                if not self._run.is_set():
                    self._idle.set()
                    self._run.wait()
                    continue
                self._send(list(islice(self._rest, self._rng.choice(SIZES))))
                self._stop.wait(self._rng.uniform(0, PAUSE_S_MAX))
        except BaseException as error:
            self._error = error
            self._idle.set()

    def _send(self, chunk: list[Outgoing]) -> None:
        while chunk and not self._stop.is_set():
            report = self._publisher.publish(chunk)
            missing = {id(entry.outgoing) for entry in report.unacknowledged}
            self.acknowledged += [record for record in chunk if id(record) not in missing]
            chunk = [record for record in chunk if id(record) in missing]
            self.sent_again += len(chunk)


def _records(seed: int, prefix: str) -> tuple[list[Outgoing], Iterator[Outgoing]]:
    """Most of a city's registry; then its payments for ever, with the other facts among them."""
    simulation = simulate(seed=seed, noise=NOISE, days=DAYS, start=START, scale=SCALE)

    def outgoing(delivery: Delivery) -> Outgoing:
        return Outgoing(delivery.topic.full_name(prefix), delivery.key, delivery.body)

    facts = [outgoing(delivery) for delivery in simulation.registry_deliveries()]
    late_facts = facts[::FACTS_HELD_BACK]
    del facts[::FACTS_HELD_BACK]
    payments = map(outgoing, simulation.deliveries())
    mixed = chain.from_iterable(
        chain(islice(late_facts, number, number + 1), islice(payments, FACTS_HELD_BACK))
        for number in range(1_000)
    )
    return facts, cycle(mixed)
