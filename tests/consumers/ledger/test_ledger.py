"""A payment's story and the rejects, on the real store."""

import json
from datetime import timedelta

import pytest

from consumers.ledger.payment import payment_show
from consumers.ledger.rejected import rejected_list, rejected_show, replay
from consumers.ledger.printable import shown
from consumers.ledger.render import render_payment, story_json
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from tests.consumers.adoption.test_daily import AT, REGISTRY, STRAY, A, B, credit
from tests.engine import TOPIC_ID, fold_all, land, migrate, records, vendor_days

SETTINGS = FoldSettings()
LIMITS = {"batch_records_max": 1_000, "batch_bytes_max": 1 << 20}


def event(kind: str, reference: str, amount_vnd: int, **fields: object) -> bytes:
    given = {
        "source": "/statement/vcb",
        "source_transaction_id": f"{kind}-{reference}-{amount_vnd}",
        "occurred_at": AT + timedelta(hours=1),
        "account": A,
        "rail_class": "p2p_transfer",
        **fields,
    }
    return encode(
        payment_event(kind=kind, bank_reference=reference, amount_vnd=amount_vnd, **given)  # type: ignore[arg-type]
    )


@pytest.fixture
def filled(store: Store) -> Store:
    migrate(store)
    land(store, records(REGISTRY, at=AT), shape="registry", topic_id="R")
    bodies = [
        credit(1, A),
        event("credited", "FT1", 10_000),
        credit(1, A),
        event("refunded", "FT1", 10_000, compensation_reference="RF1"),
        credit(2, A),
        event("credited", "FT2", 20_000),
        credit(1, B),
        credit(9, STRAY),
        event("reversed", "ORPHAN", 5, compensation_reference="RV1"),
        b"{broken",
        b"\xff\x00",
    ]
    land(store, records(bodies, at=AT + timedelta(days=2)))
    return store


def test_a_payment_shows_all_its_evidence_and_where_it_counts(filled: Store) -> None:
    [story] = payment_show(filled, f"{A}:FT1", settings=SETTINGS)
    assert [row["is_duplicate"] for row in story.evidence] == [False, False, True, False]
    assert story.merged
    assert (story.merged["status"], story.merged["amount_vnd"]) == ("settled", 10_000)
    assert story.attribution
    assert (story.attribution.vendor, story.attribution.method) == ("V1", "account")
    assert [(c.measure, c.amount_vnd) for c in story.counted] == [
        ("reversed", 10_000),
        ("refund", 10_000),
    ]
    assert "delivered again" in render_payment([story], "text")
    assert json.loads(render_payment([story], "json"))[0]["payment_id"] == f"{A}:FT1"


def test_a_reference_alone_finds_every_payment_that_has_it(filled: Store) -> None:
    stories = payment_show(filled, " ft1 ", settings=SETTINGS)
    assert [story.account for story in stories] == [A, B]
    [conflict] = payment_show(filled, "FT2", settings=SETTINGS)
    assert [c.measure for c in conflict.counted] == ["conflict"]
    assert "contradiction" in render_payment([conflict], "text")
    [stray] = payment_show(filled, "FT9", settings=SETTINGS)
    assert stray.attribution is None
    [orphan] = payment_show(filled, "ORPHAN", settings=SETTINGS)
    assert orphan.merged is None
    assert [c.measure for c in orphan.counted] == ["refund"]


def test_an_event_id_finds_its_payment(filled: Store) -> None:
    event_id = json.loads(credit(9, STRAY))["id"]
    [story] = payment_show(filled, event_id, settings=SETTINGS)
    assert story.payment_id == f"{STRAY}:FT9"


def test_what_the_story_counts_is_what_the_fold_counts(filled: Store) -> None:
    fold_all(filled)
    told: dict[tuple[object, str, str], dict[str, int]] = {}
    for reference in ("FT1", "FT2", "FT9", "ORPHAN"):
        for story in payment_show(filled, reference, settings=SETTINGS):
            assert story_json(story)["counted"]
            for figure in story.counted:
                row = told.setdefault((figure.day, figure.market, figure.vendor), {})
                name = f"{figure.measure}_count"
                row[name] = row.get(name, 0) + 1
    counts = {
        key: {name: n for name, n in row.items() if name.endswith("_count") and n}
        for key, row in vendor_days(filled).items()
    }
    for row in counts.values():
        row.pop("payer_count", None)
    assert told == counts


@pytest.mark.parametrize("text", ["nothing", "' OR 1=1 --", "{reference:String}", "a" * 32 + ":x"])
def test_what_is_not_there_is_refused(filled: Store, text: str) -> None:
    with pytest.raises(Refused, match="no evidence has this"):
        payment_show(filled, text, settings=SETTINGS)


def test_rejected_records_are_listed_shown_and_stay_when_replayed(filled: Store) -> None:
    listing = rejected_list(filled, limit=10)
    assert sum(count for _, _, count in listing.counts) == 2
    assert "not_json" in "\n".join(listing.lines())
    record = rejected_show(filled, TOPIC_ID, 0, 9)
    assert record.body == b"{broken"
    assert record.explanation()
    with pytest.raises(Refused, match="no record was rejected there"):
        rejected_show(filled, TOPIC_ID, 0, 0)
    outcome = replay(filled, **LIMITS)
    assert outcome.admitted == 0
    assert rejected_list(filled, limit=10).counts == listing.counts


def test_replay_after_a_mended_rule_applies_a_record_once(store: Store) -> None:
    migrate(store)
    [(rule,)] = store.query(
        "SELECT create_table_query FROM system.tables"
        " WHERE name = 'payment_judge' AND database = currentDatabase()"
    )
    too_strict = rule.replace("'/sepay'", "'/sepay'").replace(
        "d.amount_vnd < 1", "d.amount_vnd < 15000"
    )
    assert too_strict != rule
    store.command("DROP TABLE payment_judge")
    store.command(too_strict)
    bodies = [credit(1, A), credit(2, A, amount_vnd=20_000), b"junk"]
    land(store, records(bodies, at=AT + timedelta(days=1)))
    assert store.query("SELECT offset FROM evidence") == [(1,)]
    store.command("DROP TABLE payment_judge")
    store.command(rule)
    outcome = replay(store, **LIMITS)
    assert outcome.admitted == 1
    assert [(r, n) for _, r, n in outcome.still_rejected] == [("not_json", 1)]
    assert replay(store, **LIMITS).admitted == 0
    assert store.query("SELECT offset FROM evidence ORDER BY offset") == [(0,), (1,)]
    [story] = payment_show(store, "FT1", settings=SETTINGS)
    assert len(story.evidence) == 1


def test_bytes_are_shown_without_control_characters() -> None:
    assert shown(b"a\x1b[31m\xff\n") == r"a\x1b[31m\xff\n"
