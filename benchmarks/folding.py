"""How long does a day take to fold, with 50 million rows of evidence stored?"""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from benchmarks.bench import Bench
from benchmarks.fold_runs import fold_all, new_fold
from benchmarks.large import account_token, land_line, last_stored_day
from benchmarks.outcome import Aim, Outcome, outcome
from benchmarks.space import AIM as SPACE_AIM
from benchmarks.space import bytes_per_event
from schemas.cloudevent import encode
from schemas.payment import payment_event

GROUP = "fold"


def measure(bench: Bench) -> Iterator[Outcome]:
    """Days are made dirty one by one, by one more payment, while all others stay folded."""
    sizes = bench.sizes
    choso = bench.large
    with choso.store() as store:
        began = time.monotonic()
        days = fold_all(store)
        if days:
            each_ms = (time.monotonic() - began) * 1000 / len(days)
            bench.say(f"fold: {len(days)} days folded at first, {each_ms:.0f} ms each")
        fold = new_fold(store)
        assert fold.tick() == [], "not at rest"
        last = last_stored_day(store)
        step = max(1, (sizes.stored_days - 20) // sizes.folded_days)
        looks, ticks, weeks = [], [], []
        for number in range(sizes.folded_days):
            day = last - timedelta(days=2 + number * step % max(1, sizes.stored_days - 3))
            bench.say(f"fold: {day}")
            began = time.monotonic()
            assert fold.tick() == []
            looks.append((time.monotonic() - began) * 1000)
            land_line(store, number, _one_more(day, number))
            began = time.monotonic()
            folded = fold.tick()
            ticks.append((time.monotonic() - began) * 1000)
            assert folded == [day], folded
            weeks.append(ticks[-1] - looks[-1])
        space = bytes_per_event(store)
        [(rows,)] = store.query("SELECT count() FROM evidence")
    note = f"{rows:,} rows of evidence"
    yield outcome(GROUP, "a day folded", "ms", weeks, Aim("<=", 300), f"tick − look; {note}")
    yield outcome(GROUP, "a look for dirty days that finds none", "ms", looks)
    yield outcome(GROUP, "the tick that looks and folds a day", "ms", ticks)
    yield outcome("space", "the large store, merges at rest", "bytes/event", space, SPACE_AIM, note)


def _one_more(day: date, number: int) -> bytes:
    return encode(
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=f"more-{time.time_ns()}",
            occurred_at=datetime(day.year, day.month, day.day, 5, tzinfo=UTC),
            account=account_token(number),
            bank_reference=f"MORE{time.time_ns()}",
            amount_vnd=45_000,
            rail_class="p2p_transfer",
        )
    )
