"""The schema in a database, and records in its intake as the sink would land them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from consumers.fold.fold import Fold
from consumers.sink.landing import Piece, landing_table
from infra.clickhouse import Store
from infra.migrations import Migration, apply
from infra.settings import FoldSettings
from schemas.migrations import migration_texts

NOW = datetime(2026, 6, 30, 3, 0, tzinfo=UTC)
TOPIC_ID = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class Rec:
    """A record of the log: offset, the broker's time in ms, bytes."""

    offset: int
    timestamp: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


def migrate(store: Store) -> None:
    """All migrations, in an empty database."""
    apply(store, [Migration(*text) for text in migration_texts()], NOW)


def records(bodies: Iterable[bytes], first: int = 0, at: datetime = NOW) -> list[Rec]:
    """Records with ascending offsets, all at one time."""
    stamp = int(at.timestamp() * 1000)
    return [Rec(first + n, stamp, body) for n, body in enumerate(bodies)]


def land(
    store: Store,
    recs: Sequence[Rec],
    *,
    shape: str = "payment",
    topic_id: str = TOPIC_ID,
    partition: int = 0,
) -> None:
    """One batch, as the sink lands it. Offsets must ascend."""
    first = recs[0].offset
    piece = Piece(topic_id, partition, first, recs[-1].offset + 1 - first, recs)
    store.insert_arrow(f"{shape}_intake", landing_table([piece]))


def new_fold(store: Store, settings: FoldSettings | None = None) -> Fold:
    """A fold that has just started."""
    return Fold(
        store=store,
        settings=settings or FoldSettings(),
        clock=FixedClock(),
        report=lambda _: None,
    )


def fold_all(store: Store, settings: FoldSettings | None = None) -> list[date]:
    """Fold until nothing is dirty; returns the days in the order folded."""
    return come_to_rest(new_fold(store, settings))


def come_to_rest(fold: Fold) -> list[date]:
    """The same with a fold that may have folded before."""
    done: list[date] = []
    for _ in range(50):
        days = fold.tick()
        if not days:
            return done
        done.extend(days)
    raise AssertionError(f"the fold does not come to rest: {done[-10:]}")


VENDOR_DAYS = """
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd,
    refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count
FROM vendor_day ORDER BY day, market, vendor
"""
MARKET_DAYS = (
    VENDOR_DAYS.replace("vendor_day", "market_day")
    .replace(" vendor,", "")
    .replace("market, vendor", "market")
)


def vendor_days(store: Store) -> dict[tuple[date, str, str], dict[str, int]]:
    """All vendor figures by (day, market, vendor), without rows that are all zero."""
    found = {}
    for row in store.rows(VENDOR_DAYS):
        key = (row.pop("day"), row.pop("market"), row.pop("vendor"))
        if any(row.values()):
            found[key] = row
    return found
