"""Rejected records: how they are listed and shown, and what a replay does, on the real store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.ledger.printable import excerpt, shown, shown_json
from consumers.ledger.rejected import rejected_list, rejected_show, replay
from consumers.sql import statement
from consumers.verify.verify import Verifier
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from producers.gateway.translate import translate
from schemas import generate
from schemas.cloudevent import encode
from tests.consumers.adoption.test_daily import AT, REGISTRY, A, B, credit
from tests.consumers.ledger.test_ledger import event
from tests.engine import NOW, TOPIC_ID, fold_all, land, records, vendor_days

LIMITS = {"batch_records_max": 1_000, "batch_bytes_max": 1 << 20}
OLD = Path(generate.__file__).parent / "examples" / "old" / "payment.credited.v0.json"
LATER = AT + timedelta(days=2)
STORED = "SELECT * FROM {table} ORDER BY topic_id, partition, offset"


@contextmanager
def judged_by(store: Store, *changes: tuple[str, str], shape: str = "payment") -> Iterator[None]:
    """The judge with other words in its rule, for a while."""
    [(rule,)] = store.query(
        "SELECT create_table_query FROM system.tables"
        " WHERE name = {name:String} AND database = currentDatabase()",
        {"name": f"{shape}_judge"},
    )
    other = rule
    for old, new in changes:
        assert old in other
        other = other.replace(old, new)
    store.command(f"DROP TABLE {shape}_judge")
    store.command(other)
    yield
    store.command(f"DROP TABLE {shape}_judge")
    store.command(rule)


STRICT = ("d.amount_vnd < 1)", "d.amount_vnd < 15000)")


def strict(store: Store, *changes: tuple[str, str]) -> Any:
    return judged_by(store, STRICT, *changes)


@pytest.fixture
def laid(store: Store) -> Store:
    for topic_id, shape in ((TOPIC_ID, "payment"), ("R", "registry")):
        place = {"topic_id": topic_id, "topic": shape, "shape": shape, "now": NOW}
        store.command(
            "INSERT INTO topic_log (topic_id, topic, shape, seen_at)"
            " VALUES ({topic_id:String}, {topic:String}, {shape:String}, {now:DateTime64(3)})",
            place,
        )
    land(store, records(REGISTRY, at=AT), shape="registry", topic_id="R")
    return store


def problems(store: Store) -> list[str]:
    verifier = Verifier(store=store, settings=FoldSettings(), logs=None, settle_s_max=0)
    return [str(finding) for finding in verifier.run().findings]


def reasons(store: Store) -> dict[str, int]:
    return {reason: count for _, reason, count in rejected_list(store, limit=10).counts}


def test_records_are_listed_shown_and_stay_when_nothing_was_mended(laid: Store) -> None:
    land(laid, records([credit(1, A), b"{broken", b"\xff\x00"], at=LATER))
    listing = rejected_list(laid, limit=10)
    assert listing.counts == [("payment", "not_json", 2)]
    assert [record.offset for record in listing.newest] == [2, 1]
    assert [record.offset for record in rejected_list(laid, limit=1).newest] == [2]
    record = rejected_show(laid, TOPIC_ID, 0, 1)
    assert (record.body, record.recorded_at) == (b"{broken", LATER)
    assert record.explanation()
    assert rejected_show(laid, TOPIC_ID, 0, 2).body == b"\xff\x00"
    outcome = replay(laid, **LIMITS)
    assert (outcome.admitted, outcome.still_rejected) == (0, [("payment", "not_json", 2)])
    assert rejected_list(laid, limit=10) == listing
    fold_all(laid)
    assert problems(laid) == []


def test_a_mended_rule_admits_once_and_touches_no_neighbour(laid: Store) -> None:
    bodies = [
        credit(1, A),
        credit(2, A, amount_vnd=20_000),
        b"junk",
        event("refunded", "FT2", 5_000, compensation_reference="RF2"),
        credit(3, B, amount_vnd=30_000),
        credit(1, A),  # delivered again
    ]
    with strict(laid):
        land(laid, records(bodies, at=LATER))
    fold_all(laid)
    assert reasons(laid) == {"amount": 3, "not_json": 1}
    neighbours = laid.query(STORED.format(table="evidence"))
    outcome = replay(laid, **LIMITS)
    assert (outcome.admitted, outcome.still_rejected) == (3, [("payment", "not_json", 1)])
    after = laid.query(STORED.format(table="evidence"))
    assert [row for row in after if row in neighbours] == neighbours
    assert len(after) == 4
    again = replay(laid, **LIMITS)
    assert (again.admitted, again.still_rejected) == (0, outcome.still_rejected)
    assert laid.query(STORED.format(table="evidence")) == after
    assert rejected_show(laid, TOPIC_ID, 0, 0).is_admitted
    assert not rejected_show(laid, TOPIC_ID, 0, 2).is_admitted
    assert fold_all(laid)
    assert problems(laid) == []
    figures = vendor_days(laid)
    at_once_in_another_place(laid, bodies)
    assert figures == vendor_days(laid)


def at_once_in_another_place(store: Store, bodies: list[bytes]) -> None:
    """The same records, emptied and landed under the rule of today."""
    for table in ("evidence", "compensation", "rejected", "day_fold"):
        store.command(f"TRUNCATE TABLE {table}")
    land(store, records(bodies, at=LATER))
    fold_all(store)


@pytest.mark.parametrize("shape", ["payment", "registry"])
def test_both_shapes_go_through_their_own_door(laid: Store, shape: str) -> None:
    change = ("'1.0', 'specversion'", "'2.0', 'specversion'")
    bodies = {"payment": [credit(1, A), credit(2, B)], "registry": REGISTRY}[shape]
    with judged_by(laid, change, shape=shape):
        land(laid, records(bodies, first=50, at=LATER), shape=shape, topic_id=f"{shape}-2")
    assert replay(laid, **LIMITS).admitted == len(bodies)
    assert rejected_list(laid, limit=5).lines() == ["no record is rejected"]


@pytest.mark.parametrize(("first", "later"), [("account", "text"), ("text", "account")])
@pytest.mark.parametrize("is_merged", [False, True])
def test_the_later_reason_counts(laid: Store, first: str, later: str, is_merged: bool) -> None:
    with strict(laid, ("'amount'", f"'{first}'")):
        land(laid, records([credit(n, A) for n in range(3)], at=LATER))
    with strict(laid, ("'amount'", f"'{later}'")):
        assert replay(laid, **LIMITS).still_rejected == [("payment", later, 3)]
    if is_merged:
        laid.command("OPTIMIZE TABLE rejected FINAL")
    assert reasons(laid) == {later: 3}
    assert rejected_show(laid, TOPIC_ID, 0, 1).reason == later
    assert {record.reason for record in rejected_list(laid, limit=9).newest} == {later}
    with strict(laid, ("'amount'", f"'{first}'")):
        replay(laid, **LIMITS)
    assert reasons(laid) == {first: 3}
    fold_all(laid)
    assert problems(laid) == []
    assert replay(laid, **LIMITS).admitted == 3


@pytest.mark.parametrize(
    "limits",
    [
        {"batch_records_max": 1, "batch_bytes_max": 1 << 20},
        {"batch_records_max": 3, "batch_bytes_max": 1 << 20},
        {"batch_records_max": 1_000, "batch_bytes_max": 1},
        {"batch_records_max": 1_000, "batch_bytes_max": 900},
    ],
)
def test_batches_are_limited_and_change_nothing(laid: Store, limits: dict[str, int]) -> None:
    bodies = [credit(n, A, amount_vnd=10_000 if n % 3 else 20_000) for n in range(10)]
    with strict(laid):
        for partition in range(2):
            land(laid, records(bodies, at=LATER), partition=partition)
    laid.command("INSERT INTO rejected SELECT * FROM rejected")  # a row stored twice
    runs = laid.rows(statement("consumers.ledger", "rejected_open"), limits)
    assert sum(run["record_count"] for run in runs) == 12
    assert max(run["record_count"] for run in runs) <= limits["batch_records_max"]
    if limits["batch_bytes_max"] == 1:
        assert len(runs) == 12
    assert replay(laid, **limits).admitted == 12
    assert laid.query("SELECT count() FROM evidence") == [(20,)]


def test_a_replay_that_was_cut_short_is_finished_by_the_next(laid: Store) -> None:
    with strict(laid):
        land(laid, records([credit(n, A) for n in range(6)], at=LATER))
    limits = {"batch_records_max": 2, "batch_bytes_max": 1 << 20}
    run, *_ = laid.rows(statement("consumers.ledger", "rejected_open"), limits)
    del run["record_count"]
    laid.command(statement("consumers.ledger", "replay"), {"intake": "payment_intake", **run})
    assert reasons(laid) == {"amount": 4}
    assert replay(laid, **limits).admitted == 4
    assert laid.query("SELECT count(), uniqExact(offset) FROM evidence") == [(6, 6)]


@pytest.mark.parametrize("slices", [1, 7])
def test_verify_tallies_an_admitted_record_once(laid: Store, slices: int) -> None:
    """However many slices: a record that was rejected first is received once."""
    with strict(laid):
        land(laid, records([credit(n, A) for n in range(5)] + [b"junk"], at=LATER))
    replay(laid, **LIMITS)
    rows = [
        laid.query(statement("consumers.verify", "tally"), {"slices": slices, "slice": n})[0]
        for n in range(slices)
    ]
    facts = len(REGISTRY)
    assert [sum(column) for column in zip(*rows, strict=True)] == [
        6 + facts,
        5 + facts,
        5 + facts,
        0,
        1,
    ]


def test_an_old_version_shows_what_to_publish(laid: Store) -> None:
    land(laid, records([OLD.read_bytes()], at=LATER))
    record = rejected_show(laid, TOPIC_ID, 0, 0)
    assert record.reason == "unknown_type"
    newest = record.upcast_body()
    assert newest
    assert encode(translate(json.loads(newest), received_at=LATER, token_key=bytes)) == newest
    assert json.loads(newest)["id"] == json.loads(OLD.read_bytes())["id"]
    text = "\n".join(record.lines())
    assert "POST /v1/events" in text
    assert json.loads(text.splitlines()[-1]) == json.loads(newest)
    land(laid, records([newest], first=1, at=LATER))
    assert laid.query("SELECT count() FROM evidence") == [(1,)]
    assert replay(laid, **LIMITS).admitted == 0  # the kept bytes stay what they are


def test_a_record_of_today_shows_no_other_words(laid: Store) -> None:
    land(laid, records([json.dumps(json.loads(credit(1, A))).encode(), b'{"type":"x"}'], at=LATER))
    for offset, reason in enumerate(("not_canonical", "unknown_type")):
        record = rejected_show(laid, TOPIC_ID, 0, offset)
        assert (record.reason, record.upcast_body()) == (reason, None)


@pytest.mark.parametrize(
    ("topic_id", "partition", "offset"),
    [
        (TOPIC_ID, 0, 0),
        (TOPIC_ID, 1, 1),
        (TOPIC_ID, 0, -1),
        (TOPIC_ID, 0, 1 << 64),
        (TOPIC_ID, 70_000, 1),
        ("' OR 1=1 --", 0, 1),
    ],
)
def test_where_nothing_was_rejected(
    laid: Store, topic_id: str, partition: int, offset: int
) -> None:
    land(laid, records([credit(1, A), b"junk"], at=LATER))
    with pytest.raises(Refused, match="none_rejected"):
        rejected_show(laid, topic_id, partition, offset)


def test_bodies_are_listed_by_their_bytes(laid: Store) -> None:
    long = "Chợ Hạ Long ".encode() * 40
    land(laid, records([long, b"x" * 2_000_000], at=LATER))
    lines = rejected_list(laid, limit=5).lines()
    assert any("  Chợ Hạ Long Chợ" in line and "bytes more" in line for line in lines)
    big = rejected_show(laid, TOPIC_ID, 0, 1)
    assert len(big.body) == 2_000_000
    assert "1,934,464 bytes more" in "\n".join(big.lines())


def test_bytes_are_shown_readably_and_without_control() -> None:
    assert shown(b"a\x1b[31m\xff\n\\xff") == r"a\x1b[31m\xff\n\\xff"
    assert shown("chợ\u202ehạ\u2028".encode()) == r"chợ\u202ehạ\u2028"
    assert excerpt(b"abcdef", bytes_max=2) == "ab … and 4 bytes more"


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_what_is_shown_is_printable_and_tells_bytes_apart(one: bytes, other: bytes) -> None:
    assert shown(one).isprintable()
    assert (shown(one) == shown(other)) == (one == other)


@given(st.text(max_size=60))
def test_a_document_can_be_copied_from_the_terminal(text: str) -> None:
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    assert shown_json(body).isprintable()
    assert json.loads(shown_json(body)) == {"text": text}
