"""One event id of two amounts or payments is seen; repeats, other events and two texts are not."""

from random import Random

import pytest

from infra.clickhouse import Store
from tests.engine import land, records
from tests.schemas.valid import payment, write

pytestmark = pytest.mark.real


def test_conflict_event(store: Store) -> None:
    one, other, refund = (
        payment(Random(n), kind) for n, kind in enumerate(("credited", "credited", "refunded"))
    )
    changed = one | {"data": one["data"] | {"amount_vnd": 777}}
    moved = refund | {"data": refund["data"] | {"account": "a" * 32}}
    retold = other | {"data": other["data"] | {"text": "khác", "balance_after_vnd": None}}
    events = (one, one, changed, other, retold, refund, moved)
    bodies = [write(event).encode() for event in events]
    land(store, records(bodies))
    land(store, records(bodies, len(bodies)))
    found = {row["event_id"]: row for row in store.rows("SELECT * FROM conflict_event")}
    assert set(found) == {one["id"], refund["id"]}
    assert found[one["id"]]["content_count"] == 2
    place = (one["data"]["account"], one["data"]["bank_reference"])
    assert found[one["id"]]["payments"] == [place]
    assert len(found[refund["id"]]["payments"]) == 2
    assert found[refund["id"]]["kind"] == "refunded"
