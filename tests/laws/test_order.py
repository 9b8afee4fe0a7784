"""Law L1: however the same evidence is ordered, repeated and cut, the figures are the same.

Compared are the merged payments, the figures of vendors and markets day by day, and the reading of
the same ledger in plain Python.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.clickhouse import Store
from tests.engine import fold_all, land, vendor_days
from tests.laws.drawn import DAYS, Told, ledgers
from tests.reference import FIGURES, figures_from_events

LATER = timedelta(hours=1)
TABLES = (
    "evidence",
    "compensation",
    "registry_fact",
    "rejected",
    "day_fold",
    "registry_span",
    "vendor_bits",
    "event_seen",
    "event_conflict",
)
Figures = dict[tuple[date, str, str], dict[str, int]]


@st.composite
def deliveries(draw: st.DrawFn, ledger: Sequence[Told]) -> list[list[Told]]:
    """The records in another order, some again, cut into batches.

    Of facts of the registry the log's order says which one holds: they keep it.
    """
    evidence = [told for told in ledger if told.shape == "payment"]
    again = draw(st.lists(st.sampled_from(evidence), max_size=8))
    later = [replace(told, recorded_at=told.recorded_at + LATER) for told in again]
    facts = (told for told in ledger if told.shape == "registry")
    repeated = [
        next(facts) if told.shape == "registry" else told
        for told in draw(st.permutations([*ledger, *later]))
    ]
    cuts = sorted(draw(st.sets(st.integers(1, len(repeated) - 1), max_size=4)))
    bounds = [0, *cuts, len(repeated)]
    return [repeated[a:b] for a, b in pairwise(bounds)]


ledgers_twice = ledgers.flatmap(lambda told: st.tuples(st.just(told), deliveries(told)))


def reference(told: Sequence[Told]) -> Figures:
    of = {
        shape: [(t.body, t.recorded_at) for t in told if t.shape == shape]
        for shape in ("payment", "registry")
    }
    return figures_from_events(of["payment"], of["registry"])


@given(ledgers_twice)
def test_the_reference_itself_depends_on_no_order(
    both: tuple[list[Told], list[list[Told]]],
) -> None:
    ledger, batches = both
    assert reference([told for batch in batches for told in batch]) == reference(ledger)


def land_batches(store: Store, batches: Sequence[Sequence[Told]]) -> None:
    """Land batches, payments on two partitions, folding after every other one and at the end."""
    offset = 0
    for number, batch in enumerate(batches):
        for shape in ("payment", "registry"):
            recs = [told.rec(offset + n) for n, told in enumerate(batch) if told.shape == shape]
            if recs:
                partition = number % 2 if shape == "payment" else 0
                land(store, recs, shape=shape, topic_id=f"log-{shape}", partition=partition)
        offset += len(batch)
        if number % 2:
            fold_all(store)
    fold_all(store)


def outcome(store: Store) -> dict[str, Any]:
    """Everything that may not depend on the order of evidence."""
    span = f"first_day = toDate('{DAYS[0]}'), last_day = toDate('{DAYS[-1]}'), window_days = 15"
    known = "known_at = '2100-01-01 00:00:00'"
    return {
        "payments": store.query(
            f"SELECT * FROM payment({span}, {known}) ORDER BY account, bank_reference"
        ),
        "compensations": store.query(f"SELECT * FROM payment_compensation({known}) ORDER BY ALL"),
        "vendors": store.query("SELECT * FROM vendor_day ORDER BY day, market, vendor"),
        "markets": store.query("SELECT * FROM market_day ORDER BY day, market"),
        "links": store.query("SELECT day, link_days, link_hashes FROM fold_state ORDER BY day"),
        "bits": store.query("SELECT * FROM vendor_bits WHERE row_kind = 'vendor' ORDER BY ALL"),
        "registry": store.query(
            "SELECT * EXCEPT (fact_count, fact_hash) FROM registry_span ORDER BY ALL"
        ),
    }


FIGURE_COLUMNS = """day, toString(row_kind) AS kind, market, vendor, payment_count, payment_vnd,
    payer_count, payers, tickets, cash_vnd, refund_vnd, reversed_count, conflict_count,
    method_count, paid_vendor_count, last_at, link_days, link_hashes, paid_hash"""


def day_by_day(store: Store) -> list[tuple[Any, ...]]:
    """The figures of each day, asked alone; the fold asks consecutive days of a week at once."""
    rows = []
    for day in DAYS:
        rows += store.query(
            f"SELECT {FIGURE_COLUMNS} FROM day_figures(first_day = toDate('{day}'),"
            f" last_day = toDate('{day}'), window_days = 15, amount_vnd_min = 1,"
            " known_at = '2100-01-01 00:00:00') ORDER BY day, kind, market, vendor"
        )
    return rows


@pytest.mark.real
def test_the_figures_depend_on_no_order(store: Store) -> None:

    @settings(
        max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    @given(ledgers_twice)
    def hold(both: tuple[list[Told], list[list[Told]]]) -> None:
        ledger, batches = both
        found = []
        for parts in ([ledger], batches):
            for table in TABLES:
                store.command(f"TRUNCATE TABLE {table}")
            land_batches(store, parts)
            found.append(outcome(store))
        for what, value in found[0].items():
            assert found[1][what] == value, what
        folded = store.query(
            f"SELECT {FIGURE_COLUMNS} FROM day_fold WHERE row_kind != 'reports'"
            " ORDER BY day, kind, market, vendor"
        )
        assert [row for row in day_by_day(store) if row[0] in {r[0] for r in folded}] == folded
        engine = {
            where: {name: row[name] for name in FIGURES}
            for where, row in vendor_days(store).items()
        }
        known = {where: row for where, row in reference(ledger).items() if any(row.values())}
        assert engine == known

    hold()
