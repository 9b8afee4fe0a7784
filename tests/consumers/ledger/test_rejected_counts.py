"""Whoever counts what is rejected counts the same."""

from datetime import timedelta

from consumers.fold.snapshot import Snapshots
from consumers.ledger.rejected import rejected_list, replay
from consumers.sql import statement
from consumers.web.progress import take_sample
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.consumers.adoption.test_daily import A, credit
from tests.consumers.ledger.test_rejected import LATER, LIMITS, judged_by, strict
from tests.engine import NOW, land, records


def test_every_count_of_what_is_rejected_is_the_same(store: Store) -> None:
    """One was admitted since, one was judged twice, one stays, one row is stored twice."""
    with strict(store):
        land(store, records([credit(1, A), b"junk", credit(2, A)], at=LATER))
    store.command("INSERT INTO rejected SELECT * FROM rejected WHERE offset = 1")
    with strict(store, ("'amount'", "'currency'")):
        land(store, records([credit(2, A)], first=2, at=LATER))
    with judged_by(store, ("d.amount_vnd < 1)", "d.bank_reference = 'FT2')")):
        replay(store, **LIMITS)
    expected = {("payment", "amount"): 1, ("payment", "not_json"): 1}
    sample = take_sample(store, Snapshots(store), {}, at=NOW, settings=FoldSettings())
    assert sample.rejected == expected
    assert {(s, r): n for s, r, n in rejected_list(store, limit=9).counts} == expected
    day = LATER.date()
    span = {"first_day": day, "last_day": day + timedelta(days=1), "known_at": NOW}
    tallied = store.rows(statement("consumers.verify", "tally"), {"slices": 1, "slice": 0})
    assert [
        store.query("SELECT rejected_record_count FROM bi_freshness"),
        store.query(statement("consumers.adoption.question", "rejected_count"), span),
        [(row["rejected_count"],) for row in tallied],
    ] == [[(2,)]] * 3
