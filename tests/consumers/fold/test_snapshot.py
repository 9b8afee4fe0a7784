"""A snapshot is taken again when something was written, whatever it is, and only then."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from consumers.fold.fold import Fold
from consumers.fold.snapshot import Snapshots
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.consumers.fold.test_projections import fact, paid
from tests.engine import FixedClock, fold_all, land, records

pytestmark = pytest.mark.real
DAY = date(2026, 4, 30)
ACCOUNT = "a" * 32
# Each of these makes a day dirty, an answer another, or tells a reader something new.
WRITES = (
    "INSERT INTO evidence SELECT * REPLACE (offset + 100 AS offset) FROM evidence LIMIT 1",
    "ALTER TABLE evidence DELETE WHERE offset >= 100 SETTINGS mutations_sync = 1",
    "ALTER TABLE evidence UPDATE amount_vnd = amount_vnd + 1 WHERE 1 SETTINGS mutations_sync = 1",
    "ALTER TABLE day_fold UPDATE payment_vnd = 7 WHERE 1 SETTINGS mutations_sync = 1",
    "ALTER TABLE day_fold DELETE WHERE row_kind = 'state' SETTINGS mutations_sync = 1",
    "ALTER TABLE registry_span DROP PARTITION ''",
    "TRUNCATE TABLE vendor_bits",
    "ALTER TABLE registry_fact DELETE WHERE 1 SETTINGS mutations_sync = 1",
)


@pytest.fixture
def folded(store: Store) -> Store:
    facts = [
        fact(1, "market", market="M", name="Chợ M", market_kind="traditional_market"),
        fact(2, "account_linked", account=ACCOUNT, market="M", vendor="V1"),
    ]
    land(store, records(facts), shape="registry")
    land(store, records([paid(n, ACCOUNT, DAY - timedelta(days=n)) for n in range(3)]))
    fold_all(store)
    return store


def test_whatever_is_written_is_seen(folded: Store) -> None:
    snapshots = Snapshots(folded)
    for write in WRITES:
        before = snapshots.look()
        assert snapshots.look() is before
        folded.command(write)
        assert snapshots.look() is not before, write
    before = snapshots.look()
    land(folded, records([b"a record that is refused"], first=50))
    assert snapshots.look() is not before


def test_a_fold_at_rest_looks_no_further_until_something_is_written(
    folded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold = Fold(store=folded, settings=FoldSettings(), clock=FixedClock(), report=lambda _: None)
    assert fold.tick() == []
    asked: list[str] = []
    query = Store.query

    def heard(self: Store, sql: str, *rest: Any) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return query(self, sql, *rest)

    monkeypatch.setattr(Store, "query", heard)
    assert fold.tick() == []
    assert len(asked) == 1
    late = datetime(2026, 6, 30, 5).astimezone()
    land(folded, records([paid(9, ACCOUNT, DAY)], first=60, at=late))
    assert fold.tick() == [DAY]
