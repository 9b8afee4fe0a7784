"""A week of which any part could not be staged is not shown, whichever part it was."""

from datetime import date, timedelta
from typing import Any

import pytest

from consumers.fold.fold import Fold
from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Unavailable
from infra.settings import FoldSettings
from tests.consumers.fold.test_projections import fact, paid
from tests.engine import FixedClock, fold_all, land, records, vendor_days

pytestmark = pytest.mark.real
DAY = date(2026, 4, 30)
ACCOUNT = "a" * 32
REPORTS = "SELECT * FROM report_day ORDER BY ALL"


def _folded(store: Store) -> dict[tuple[date, str, str], dict[str, int]]:
    """Three days of one vendor, as they were folded."""
    facts = [
        fact(1, "market", market="M", name="Chợ M", market_kind="traditional_market"),
        fact(2, "account_linked", account=ACCOUNT, market="M", vendor="V1"),
    ]
    land(store, records(facts), shape="registry")
    land(store, records([paid(n, ACCOUNT, DAY - timedelta(days=n)) for n in range(3)]))
    fold_all(store)
    return vendor_days(store)


@pytest.mark.parametrize("part", ["stage_days", "stage_reports", "stage_rest", "replace_week"])
def test_a_part_that_cannot_be_staged_leaves_the_week_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    before = _folded(store)
    land(store, records([paid(9, ACCOUNT, DAY)], first=20))
    text, command = statement("consumers.fold", part), Store.command

    def failing(self: Store, sql: str, *given: Any, **more: Any) -> None:
        if sql == text:
            raise Unavailable("the store is away")
        command(self, sql, *given, **more)

    fold = Fold(store=store, settings=FoldSettings(), clock=FixedClock(), report=lambda _: None)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "command", failing)
        with pytest.raises(Unavailable):
            fold.tick()
    assert vendor_days(store) == before
    assert fold.tick() == [DAY]
    after = vendor_days(store)
    assert after.keys() == before.keys()
    assert after[DAY, "M", "V1"]["payment_count"] == before[DAY, "M", "V1"]["payment_count"] + 1


@pytest.mark.parametrize("part", ["stage_days", "stage_reports"])
def test_a_projection_that_is_emptied_meanwhile_gives_no_figures(
    store: Store, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """As `choso rebuild` does while a fold works."""
    before, reports = _folded(store), store.query(REPORTS)
    text, command = statement("consumers.fold", part), Store.command

    def emptying(self: Store, sql: str, *given: Any, **more: Any) -> None:
        if sql == text:
            command(self, "TRUNCATE TABLE registry_span")
        command(self, sql, *given, **more)

    store.command("TRUNCATE TABLE day_fold")
    fold = Fold(store=store, settings=FoldSettings(), clock=FixedClock(), report=lambda _: None)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "command", emptying)
        fold.tick()
    fold_all(store)
    assert vendor_days(store) == before
    assert store.query(REPORTS) == reports
