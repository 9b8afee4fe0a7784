"""One small ledger for all tests of evaluation: they take away whatever they put into it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from consumers.evaluation.panel_reader import PanelReader, reading
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.evaluation.ledger import KNOWN_ON, LATER, WEEK, Ledger, fill, plan
from tests.parts import store_client


@pytest.fixture(scope="session")
def ledger_dsn(store_dsn: str) -> Iterator[str]:
    """The database of the ledger."""
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE evaluation_reading")
        yield store_dsn.removesuffix("/default") + "/evaluation_reading"
        root.command("DROP DATABASE evaluation_reading")


@pytest.fixture(scope="session")
def filled(ledger_dsn: str) -> Iterator[tuple[Store, Ledger]]:
    """The store with the ledger, and what it must answer."""
    with store_client(ledger_dsn) as store:
        yield store, fill(store)


@pytest.fixture(scope="module")
def readings(filled: tuple[Store, Ledger]) -> Iterator[dict[datetime, PanelReader]]:
    """One reading as known at the cut-off, one as known now: any outcome may be read from them."""
    store, _ = filled
    fold = FoldSettings()
    with (
        reading(store, plan(KNOWN_ON), now=LATER, fold=fold) as early,
        reading(store, plan(LATER), now=LATER, fold=fold) as late,
    ):
        assert early.weeks == late.weeks == WEEK
        yield {KNOWN_ON: early, LATER: late}
