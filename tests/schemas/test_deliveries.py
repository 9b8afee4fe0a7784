"""Evidence names its delivery beside its bytes; what deliveries say, and which are retracted."""

from datetime import timedelta
from random import Random

import pytest

from infra.clickhouse import Store
from schemas.cloudevent import encode
from schemas.delivery import Outcome, delivered, delivery_id, retracted
from tests.engine import NOW, Rec, land, records
from tests.schemas.valid import payment, write

pytestmark = pytest.mark.real
RNG = Random(7)
BODIES = [write(payment(RNG, kind)).encode() for kind in ("credited", "refunded", "failed")]
FIRST, SECOND = delivery_id("/bank", "a"), delivery_id("/bank", "b")


def told_by(delivery: bytes, first: int) -> list[Rec]:
    stamp = int(NOW.timestamp() * 1000)
    return [
        Rec(first + n, stamp, body, (("trace", b"x"), ("delivery", delivery)))
        for n, body in enumerate(BODIES)
    ]


def test_one_fact_told_by_two_deliveries_is_one_fact(store: Store) -> None:
    for number, delivery in enumerate((FIRST, SECOND, "not a delivery", "")):
        land(store, told_by(delivery.encode(), 10 * number))
    land(store, records([*BODIES, b"junk"], 100))
    rows = store.query(
        "SELECT delivery, count(), uniqExact(table) FROM delivery_evidence GROUP BY 1"
    )
    assert sorted(rows) == sorted([(FIRST, 3, 2), (SECOND, 3, 2)])
    facts = "SELECT uniqExact(digest), uniqExact(bank_reference) FROM evidence"
    assert store.query(facts) == [(2, 2)]
    assert store.query("SELECT * FROM conflict_event") == []


def test_what_is_rejected_keeps_its_delivery(store: Store) -> None:
    stamp = int(NOW.timestamp() * 1000)
    land(store, [Rec(0, stamp, b"junk", (("delivery", FIRST.encode()),))])
    assert store.query("SELECT delivery, reason FROM open_rejection") == [(FIRST, "not_json")]


def test_the_first_retraction_holds_and_is_known_from_then_on(store: Store) -> None:
    said = delivered(
        delivery=FIRST,
        source="/bank",
        ends_at=NOW,
        name="sao kê.csv",
        outcomes=(
            Outcome(
                outcome="published",
                reason=None,
                row_count=3,
                line_count=3,
                in_vnd=5,
                out_vnd=0,
                change_vnd=5,
                unread_count=0,
            ),
        ),
    )
    back = [
        retracted(delivery=FIRST, source="/deliveries", stated_at=NOW, who=who, why="sai tài khoản")
        for who in ("Mai", "Nam")
    ]
    hour = timedelta(hours=1)
    land(store, records([encode(said)], 0, NOW), shape="delivery")
    land(store, records([encode(back[0])], 1, NOW + hour), shape="delivery")
    land(store, records([encode(back[1])], 2, NOW + 2 * hour), shape="delivery")
    view = "retracted_delivery(known_at = {at:DateTime64(3)})"
    ask = f"SELECT delivery, retracted_at, retracted_by FROM {view}"
    assert store.query(ask, {"at": NOW}) == []
    assert store.query(ask, {"at": NOW + 3 * hour}) == [(FIRST, NOW + hour, "Mai")]
    ask = "SELECT delivery, name, outcomes.in_vnd FROM delivery(known_at = {at:DateTime64(3)})"
    assert store.query(ask, {"at": NOW}) == [(FIRST, "sao kê.csv", [5])]
