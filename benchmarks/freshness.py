"""How long from the produce call until a query of `market_day` counts the payment?

Sink and fold run as processes of their own on the large store, whose today has 120,000 payments
told twice already. The n-th payment produced is taken for the n-th one counted.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from benchmarks.bench import Bench
from benchmarks.fold_runs import fold_all
from benchmarks.landing import new_group
from benchmarks.large import account_token
from benchmarks.outcome import Aim, Outcome, outcome, quantile
from benchmarks.rig import running_role
from choso.compose import Choso
from infra.clickhouse import Store
from producers.publisher import Publisher, outgoing
from schemas.calendar import LOCAL
from schemas.payment import PaymentEvent, payment_event

GROUP = "freshness"
COUNTED = "SELECT sum(payment_count) FROM market_day WHERE day = {day:Date}"
POLL_S = 0.02
SETTLE_S_MAX = 120.0
WARM_EVENTS = 500


def measure(bench: Bench) -> Iterator[Outcome]:
    """Windows of steady production; p50 and p99 of each."""
    sizes, choso = bench.sizes, bench.large
    today = datetime.now(LOCAL).date()
    middles, tails, acknowledged = [], [], []
    with choso.store() as store:
        fold_all(store)
        with (
            running_role(choso, "sink", CHOSO_SINK__GROUP_ID=new_group()),
            running_role(choso, "fold"),
        ):
            _window(choso, store, today, WARM_EVENTS, sizes.fresh_events_per_s)
            for number in range(sizes.fresh_windows):
                bench.say(f"freshness, window {number + 1} of {sizes.fresh_windows}")
                count = sizes.fresh_window_s * sizes.fresh_events_per_s
                ages, acks = _window(choso, store, today, count, sizes.fresh_events_per_s)
                middles.append(quantile(ages, 0.5))
                tails.append(quantile(ages, 0.99))
                acknowledged.append(quantile(acks, 0.99))
    note = f"{sizes.fresh_events_per_s} events/s, windows of {sizes.fresh_window_s} s"
    yield outcome(GROUP, "produce to market_day: p50", "ms", middles, Aim("<=", 700), note)
    yield outcome(GROUP, "produce to market_day: p99", "ms", tails, Aim("<=", 1_500), note)
    yield outcome(GROUP, "produce to acknowledged: p99", "ms", acknowledged)


def _window(
    choso: Choso, store: Store, today: date, count: int, per_s: int
) -> tuple[list[float], list[float]]:
    """Ages in ms when first counted, and when acknowledged."""
    produced = events(count)
    before = _counted(store, today)
    player = Player(choso, produced, per_s)
    player.start()
    seen_s: list[float] = []
    until = time.monotonic() + count / per_s + SETTLE_S_MAX
    while len(seen_s) < count:
        assert player.error is None, player.error
        assert time.monotonic() < until, f"{len(seen_s)} of {count} payments are counted"
        found = _counted(store, today) - before
        assert found <= count, f"{found} payments counted of {count}"
        now = time.monotonic()
        seen_s += [now] * (found - len(seen_s))
        time.sleep(POLL_S)
    player.join()
    pairs = zip(seen_s, player.due_s, strict=True)
    ages = [(seen - due) * 1000 for seen, due in pairs]
    acks = [(at - due) * 1000 for at, due in zip(player.acknowledged_s, player.due_s, strict=True)]
    return ages, acks


def _counted(store: Store, day: date) -> int:
    [(count,)] = store.query(COUNTED, {"day": day})
    return int(count)


def events(count: int) -> list[PaymentEvent]:
    """Payments of now to 5,000 vendors, none of them produced before."""
    run = time.time_ns()
    now = datetime.now(UTC).replace(microsecond=0)
    return [
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=f"{run}-{number}",
            occurred_at=now,
            account=account_token(number % 5_000),
            bank_reference=f"LIVE{run}N{number}",
            amount_vnd=45_000,
            rail_class="p2p_transfer",
            payer_token=account_token(10_000 + number % 3_000),
        )
        for number in range(count)
    ]


class Player(threading.Thread):
    """Publishes each event when it is due; one that had to wait counts from when it was due."""

    def __init__(self, choso: Choso, events: Sequence[PaymentEvent], per_s: int) -> None:
        super().__init__(name="player", daemon=True)
        self.due_s: list[float] = []
        self.acknowledged_s: list[float] = []
        self.error: Exception | None = None
        self._choso, self._events, self._per_s = choso, events, per_s

    def run(self) -> None:
        publisher = Publisher(self._choso.kafka_config)
        try:
            self._play(publisher)
        except Exception as error:  # asserted upon by the measuring thread
            self.error = error
        finally:
            publisher.close()

    def _play(self, publisher: Publisher) -> None:
        began = time.monotonic() + 0.5
        sent = 0
        while sent < len(self._events):
            wait_s = began + sent / self._per_s - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            due = int((time.monotonic() - began) * self._per_s) + 1
            part = self._events[sent : max(due, sent + 1)]
            report = publisher.publish(
                outgoing(event, topic_prefix=self._choso.prefix) for event in part
            )
            assert report.acknowledged_count == len(part), report.cause
            now = time.monotonic()
            self.due_s += [began + (sent + n) / self._per_s for n in range(len(part))]
            self.acknowledged_s += [now] * len(part)
            sent += len(part)
