"""L2 says that all is proven after each kill; so verify must not accuse a fold that catches up."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from consumers.sql import statement
from consumers.verify.findings import VerifyReport
from consumers.verify.folded import Folded
from infra.clickhouse import PINNED, Store
from infra.dsn import parse_dsn
from infra.settings import FoldSettings, StoreSettings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from tests.engine import fold_all, land, records

WRONG_FIGURES = statement("consumers.verify", "wrong_figures")


class LookedAt(Store):
    """A client beside which the fold does its work, right after the first look at its figures."""

    folded = False

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, str | int] | None = None,
    ) -> list[tuple[Any, ...]]:
        rows = super().query(sql, params, settings)
        if sql == WRONG_FIGURES and not self.folded:
            self.folded = True
            fold_all(self)
        return rows


@pytest.fixture
def looked_at(store_database_dsn: str) -> Iterator[LookedAt]:
    client = LookedAt(parse_dsn(store_database_dsn, pinned=PINNED), settings=StoreSettings())
    yield client
    client.close()


def credit(number: int) -> bytes:
    return encode(
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=str(number),
            occurred_at=datetime(2026, 1, 5, 2, 0, tzinfo=UTC),
            account="0" * 32,
            bank_reference=f"FT{number}",
            amount_vnd=1_000,
            rail_class="p2p_transfer",
        )
    )


def test_a_day_that_is_folded_while_verify_looks_is_looked_at_again(
    store: Store, looked_at: LookedAt
) -> None:
    land(store, records([credit(1)]))
    fold_all(store)
    land(store, records([credit(2)], first=1))
    report = VerifyReport()
    found = Folded(looked_at, FoldSettings(), settle_s_max=1.0).check(report, stale=set())
    assert looked_at.folded
    assert found == []
    assert report.days_checked == 1
