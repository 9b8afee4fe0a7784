"""A small city with five weeks behind it, in a database of its own, seen on one fixed morning."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from consumers.alerts.alert import Alert
from consumers.alerts.book import raise_alerts
from consumers.alerts.rules.active_share import WeekEnd, active_share_alerts
from infra.clickhouse import Store
from infra.settings import AlertSettings
from producers.simulator.delivery import Delivery
from producers.simulator.run import simulate
from schemas.message import Count, Day, Message, Value
from tests.engine import Rec, fold_all, land, migrate

START = date(2026, 5, 11)
DAYS = 38
# 08:30 on a Wednesday in Vietnam: the running day and the running week are not over.
MORNING = datetime(2026, 6, 17, 1, 30, tzinfo=UTC)
SCALE = 0.015
SEED = 7
CHUNK_RECORDS = 20_000


def fill(store: Store) -> None:
    """The schema, the registry, and every record that had arrived by the morning, folded."""
    migrate(store)
    city = simulate(seed=SEED, days=DAYS, start=START, scale=SCALE, with_others=True)
    land_all(store, city.registry_deliveries(), shape="registry")
    arrived = (d for d in city.deliveries() if d.deliver_at <= MORNING)
    land_all(store, arrived, shape="payment")
    fold_all(store)
    raise_alerts(store, ALERTS, now=MORNING - timedelta(hours=2))


def land_all(store: Store, deliveries: Iterable[Delivery], *, shape: str, first: int = 0) -> int:
    """Land records in order of arrival; the next offset."""
    offset = first
    for chunk in chunks(iter(deliveries)):
        records = [
            Rec(offset + n, int(d.deliver_at.timestamp() * 1000), d.body)
            for n, d in enumerate(chunk)
        ]
        land(store, records, shape=shape)
        offset += len(records)
    return offset


def chunks(deliveries: Iterator[Delivery]) -> Iterator[list[Delivery]]:
    """Batches as a sink would land them."""
    while found := list(islice(deliveries, CHUNK_RECORDS)):
        yield found


WEEK_ENDS = [
    WeekEnd(market, date(2026, 6, day), active, 20, 28, is_complete=True)
    for market, actives in (("HL1", (12, 8)), ("HL2", (10, 6)))
    for day, active in zip((8, 15), actives, strict=True)
]
SPAN: dict[str, Value] = {"last": Day(date(2026, 6, 7)), "open_days": Count(8), "of": Count(28)}
STOPPED = Message("alert.vendor_stopped", paid=Count(20), **SPAN)
SILENT = Message("alert.source_silent", heard=Count(14), **SPAN)
ALERTS = (
    *active_share_alerts(WEEK_ENDS, AlertSettings(active_vendors_min=20)),
    Alert(date(2026, 6, 8), "vendor_stopped", "HL1", "HL1-V00002", STOPPED),
    Alert(date(2026, 6, 16), "source_silent", "", "/sepay", SILENT),
)
YESTERDAY = MORNING.date() - timedelta(days=1)


@contextmanager
def open_alerts_again(store: Store) -> Iterator[None]:
    """Whatever is acknowledged in between, all alerts are open afterwards."""
    try:
        yield
    finally:
        store.command(
            "ALTER TABLE alert_fact DELETE WHERE fact = 'acknowledged'",
            settings={"mutations_sync": 2},
        )
