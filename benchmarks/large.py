"""The large store: 50 million rows of evidence, judged and routed as the sink's are.

The engine writes the bodies itself (report_body.sql) and sends them through the same intake: what
is stored differs from landed records in nothing but the way that they came.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from itertools import product
from pathlib import Path

from benchmarks.rig import Rig
from benchmarks.sizes import Sizes
from choso.compose import Choso
from consumers.sink.landing import Piece, landing_table
from infra.clickhouse import ONE_BLOCK, Store
from schemas.calendar import LOCAL
from schemas.cloudevent import CloudEvent, encode
from schemas.registry import registry_event

HERE = Path(__file__).parent
HISTORY_TOPIC_ID = "00000000-0000-4000-8000-00000000be7c"
REGISTRY_TOPIC_ID = "00000000-0000-4000-8000-00000000be7d"
MARKETS = ("HL1", "HL2", "CD1")
QUARTERS = 4
FILLERS = 2  # inserts at once: one for each core
TOLD_AND_PAID = "SELECT count(), uniqExact(payment_hash) FROM evidence WHERE day = {day:Date}"
SINGLE = {**ONE_BLOCK, "max_threads": 1}
MERGES_S_MAX = 600.0


class Line:
    """A record that needs no log."""

    def __init__(self, offset: int, timestamp: int, value: bytes) -> None:
        self.offset, self.timestamp, self.value = offset, timestamp, value
        self.headers: list[tuple[str, bytes]] = []


def fill(rig: Rig, sizes: Sizes) -> tuple[Choso, float]:
    """The store `large`, filled unless it is there already, and the seconds that it took."""
    choso = rig.place("large", "large")
    wanted = sizes.stored_days * QUARTERS * (quarter_records(sizes) - quarter_refunds(sizes))
    with rig.place("large", "default").store() as root:
        is_there = root.query("SELECT 1 FROM system.databases WHERE name = 'large'")
    if is_there:
        rig.topics(choso)
        with choso.store() as store:
            [(count,)] = store.query("SELECT count() FROM evidence")
        if count >= wanted:
            return choso, 0.0
    choso = rig.fresh("large", "large")
    began = time.monotonic()
    with choso.store() as store:
        make_reports(store)
        land_registry(store, sizes)
        last_day = datetime.now(LOCAL).date()
        days = [last_day - timedelta(days=n) for n in reversed(range(sizes.stored_days))]
        with ThreadPoolExecutor(FILLERS) as pool:
            for _ in pool.map(
                lambda place: _land_quarter(store, sizes, *place),
                enumerate(product(days, range(QUARTERS))),
            ):
                pass
        [(count,)] = store.query("SELECT count() FROM evidence")
        [(rejected,)] = store.query("SELECT count() FROM rejected")
        assert (count, rejected) == (wanted, 0), (count, wanted, rejected)
        [(told, paid)] = store.query(TOLD_AND_PAID, {"day": days[len(days) // 2]})
        assert told == 2 * paid, f"{told} records tell {paid} payments of a day: not each twice"
        wait_for_merges(store)
    return choso, time.monotonic() - began


def make_reports(store: Store) -> None:
    """The view that writes bodies."""
    store.command((HERE / "report_body.sql").read_text())


def quarter_refunds(sizes: Sizes) -> int:
    """Refunds among the records of a quarter of a day."""
    return sizes.payments_per_day // QUARTERS // 166


def quarter_records(sizes: Sizes) -> int:
    """Records that arrive in a quarter of a day: each payment twice, and refunds."""
    return 2 * (sizes.payments_per_day // QUARTERS) + quarter_refunds(sizes)


def _land_quarter(store: Store, sizes: Sizes, number: int, place: tuple[date, int]) -> None:
    day, quarter = place
    records = quarter_records(sizes)
    store.command(
        (HERE / "fill.sql").read_text(),
        {
            "topic_id": HISTORY_TOPIC_ID,
            "first_offset": number * -(-records // 4),
            "records": records,
            "day": day,
            "quarter": quarter,
            "payments": sizes.payments_per_day,
            "accounts": sizes.accounts,
        },
        SINGLE,
    )


def account_token(number: int) -> str:
    """As report_body.sql writes it."""
    return md5(f"account {number}".encode(), usedforsecurity=False).hexdigest()


def registry(sizes: Sizes) -> Iterator[CloudEvent]:
    """Three markets; a vendor has two accounts; a stall for each vendor."""
    stated_at = datetime(2020, 1, 1, tzinfo=UTC)
    since = date(2020, 1, 1)

    def fact(kind: str, told_as: str, **fields: object) -> CloudEvent:
        return registry_event(
            kind=kind,
            source="/bench",
            source_transaction_id=told_as,
            stated_at=stated_at,
            effective_from=since,
            **fields,
        )

    for market in MARKETS:
        yield fact("market", market, market=market, name=market, market_kind="traditional_market")
        yield fact("census_taken", market, market=market, stall_count=sizes.accounts // 2)
    for number in range(sizes.accounts):
        vendor, market = f"V{number // 2:05d}", MARKETS[number // 2 % len(MARKETS)]
        if number % 2 == 0:
            yield fact("vendor", vendor, vendor=vendor, market=market, name=vendor)
        yield fact(
            "account_linked",
            str(number),
            account=account_token(number),
            market=market,
            vendor=vendor,
        )


def land_registry(store: Store, sizes: Sizes) -> None:
    """All facts in one batch."""
    stamp = int(datetime(2020, 1, 2, tzinfo=UTC).timestamp() * 1000)
    lines = [Line(n, stamp, encode(event)) for n, event in enumerate(registry(sizes))]
    piece = Piece(REGISTRY_TOPIC_ID, 0, 0, len(lines), lines)
    store.insert_arrow("registry_intake", landing_table([piece]))
    [(count,)] = store.query("SELECT count() FROM registry_fact")
    assert count == len(lines), store.query("SELECT reason, count() FROM rejected GROUP BY 1")


def wait_for_merges(store: Store) -> None:
    """Until nothing is being merged in this database, at most a set time."""
    until = time.monotonic() + MERGES_S_MAX
    quiet = 0
    while quiet < 3 and time.monotonic() < until:
        [(running,)] = store.query(
            "SELECT count() FROM system.merges WHERE database = currentDatabase()"
        )
        quiet = 0 if running else quiet + 1
        time.sleep(0.5)


def land_line(store: Store, offset: int, body: bytes) -> None:
    """One more payment record, now."""
    line = Line(offset, int(time.time() * 1000), body)
    piece = Piece(f"one more {time.time_ns()}", 0, offset, 1, [line])
    store.insert_arrow("payment_intake", landing_table([piece]))


def last_stored_day(store: Store) -> date:
    """The last local day of the history."""
    [(day,)] = store.query(
        "SELECT max(day) FROM evidence WHERE topic_id = {id:String}", {"id": HISTORY_TOPIC_ID}
    )
    assert isinstance(day, date)
    return day
