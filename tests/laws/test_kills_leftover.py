"""L2: what a killed fold has sent still runs in the store; the next fold must not fold into it."""

import threading
import time
from contextlib import suppress
from datetime import date

from consumers.fold.fold import Fold
from infra.clickhouse import Store
from infra.errors import Unavailable
from infra.settings import FoldSettings
from producers.simulator.run import simulate
from tests.engine import FixedClock, land, records
from tests.parts import store_client

MONDAY, DAYS = date(2026, 3, 2), 10
# A statement of the dead fold, on a store that is slow: a row for each of two weeks, at last.
LEFTOVER = """
INSERT INTO day_fold_staging (day, row_kind, rule_version)
SELECT {day:Date} + 7 * (number % 2), 'state', sleepEachRow(0.5) FROM numbers(4)
SETTINGS max_block_size = 1
"""
IS_RUNNING = "SELECT count() FROM system.processes WHERE query LIKE '%sleepEachRow(0.5) FROM%'"


def test_a_statement_that_outlived_its_fold_doubles_nothing(
    store: Store, store_database_dsn: str
) -> None:
    city = simulate(seed=3, days=DAYS, start=MONDAY, scale=0.01)
    land(store, records(fact.body for fact in city.registry_deliveries()), shape="registry")
    land(store, records(payment.body for payment in city.deliveries()))
    leftover = threading.Thread(target=_leftover, args=(store_database_dsn,))
    leftover.start()
    while store.query(IS_RUNNING) < [(2,)]:  # itself is one
        time.sleep(0.02)
    fold = Fold(store=store, settings=FoldSettings(), clock=FixedClock(), report=lambda _: None)
    assert len(fold.tick()) >= DAYS
    assert store.query("SELECT day FROM fold_state GROUP BY day HAVING count() != 1") == []
    leftover.join()
    assert fold.tick() == []


def _leftover(dsn: str) -> None:
    with store_client(dsn) as client, suppress(Unavailable):  # it was stopped
        client.command(LEFTOVER, {"day": MONDAY})
