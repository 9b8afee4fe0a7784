"""A payment's story and the rejects, on the real store."""

import json
from datetime import date, timedelta
from random import Random

import pytest

from consumers.language.language import in_every_language
from consumers.ledger.payment import payment_show
from consumers.ledger.reasons import best_time
from consumers.ledger.render import render_payment, story_json
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from tests.consumers.adoption.test_daily import AT, REGISTRY, STRAY, A, B, credit, fact
from tests.engine import fold_all, land, records, vendor_days

SAID = (in_every_language, "en")
SETTINGS = FoldSettings()


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
    assert "delivered again" in render_payment([story], "text", *SAID)
    assert json.loads(render_payment([story], "json", *SAID))[0]["payment_id"] == f"{A}:FT1"


def test_a_reference_alone_finds_every_payment_that_has_it(filled: Store) -> None:
    stories = payment_show(filled, " ft1 ", settings=SETTINGS)
    assert [story.account for story in stories] == [A, B]
    [conflict] = payment_show(filled, "FT2", settings=SETTINGS)
    assert [c.measure for c in conflict.counted] == ["conflict"]
    assert "contradiction" in render_payment([conflict], "text", *SAID)
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


def test_a_payment_says_which_others_its_events_name(filled: Store) -> None:
    fold_all(filled)
    [before] = payment_show(filled, f"{B}:FT1", settings=SETTINGS)
    again = [
        event("refunded", "FT9", 5, compensation_reference="RF7", account=STRAY,
              source_transaction_id="refunded-FT1-10000"),
        event("credited", "FT3", 7, account=B, source_transaction_id="credited-FT1-10000"),
    ]  # fmt: skip
    land(filled, records(again, 100, at=AT + timedelta(days=3)))
    fold_all(filled)
    [story] = payment_show(filled, f"{A}:FT1", settings=SETTINGS)
    assert story.merged
    assert story.merged["status"] == "conflict"
    assert {c.measure for c in story.counted} == {"conflict"}
    others = [(r["other_payment_id"], r["other_compensation_reference"]) for r in story.also_named]
    assert set(others) == {(f"{STRAY}:FT9", "RF7"), (f"{B}:FT3", "")}
    text = render_payment([story], "text", *SAID)
    assert f"{B}:FT3: event " in text
    assert "names more than one payment or refund" in text
    assert "since 2026-" in text
    [other] = payment_show(filled, f"{B}:FT3", settings=SETTINGS)
    assert [c.measure for c in other.counted] == ["conflict"]
    [untouched] = payment_show(filled, f"{B}:FT1", settings=SETTINGS)
    assert untouched == before


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        "",
        ":",
        "' OR 1=1 --",
        "FT1' OR ''='",
        "FT1') UNION ALL SELECT account, bank_reference, day, day FROM evidence --",
        "\\'; DROP TABLE evidence; --",
        "{reference:String}",
        "FT1\x00",
        "FT\ud800",
        "%",
        "F" * 10_000,
        "a" * 32 + ":x",
        "a" * 32 + ":",
        "a" * 32 + ":FT1' OR '1'='1",
        f"{B}:FT2",
        "00000000-0000-5000-8000-000000000000",
    ],
)
def test_what_is_not_there_is_refused(filled: Store, text: str) -> None:
    with pytest.raises(Refused, match=r"refused.no_payment"):
        payment_show(filled, text, settings=SETTINGS)


def test_a_reference_may_look_like_an_id(store: Store) -> None:
    names = ["A" * 32 + ":7", "0F8FAD5B-D9CB-469F-A165-70867728950E"]
    land(store, records([event("credited", name, 1 + n) for n, name in enumerate(names)]))
    for name in names:
        [story] = payment_show(store, name.lower(), settings=SETTINGS)
        assert story.bank_reference == name


def test_too_many_payments_of_one_reference_must_be_told_apart(filled: Store) -> None:
    assert len(payment_show(filled, "FT1", settings=SETTINGS, payments_max=2)) == 2
    with pytest.raises(Refused, match=r"several_payments: .*most=1"):
        payment_show(filled, "FT1", settings=SETTINGS, payments_max=1)


def test_a_row_stored_twice_is_one_record(filled: Store) -> None:
    before = [story_json(s) for s in payment_show(filled, "FT1", settings=SETTINGS)]
    for table in ("evidence", "compensation"):
        filled.command(f"INSERT INTO {table} SELECT * FROM {table}")
    assert [story_json(s) for s in payment_show(filled, "FT1", settings=SETTINGS)] == before


def test_the_story_says_why(filled: Store) -> None:
    late = AT + timedelta(days=20)
    bodies = [
        event("failed", "W1", 7_000, source="/a"),
        event("credited", "W1", 7_000, source="/b", time_precision="day", text="cà phê \\ 1"),
        event("credited", "W1", 7_000, source="/c", occurred_at=AT + timedelta(hours=5)),
        event("credited", "W1", 7_000, source="/d", occurred_at=AT + timedelta(hours=4)),
        event("credited", "W2", 7_000),
        event("credited", "W2", 7_000, text="khác"),  # the same event id says another text
        event("credited", "W3", 7_000),
        event("credited", "W3", 7_000, source="/late", occurred_at=late),
        event("failed", "W4", 7_000),
        event("credited", "W5", 7_000),
        event("refunded", "W5", 3_000, compensation_reference="RF5"),
        event("refunded", "W5", 4_000, compensation_reference="RF5"),
        event("credited", "W6", 7_000),
        event("cash_sale_reported", "W6", 7_000, source="/till"),
    ]
    land(filled, records(bodies, first=100, at=late))
    text = {
        name: render_payment(
            payment_show(filled, name, settings=SETTINGS), "text", in_every_language, "en"
        )
        for name in ("W1", "W2", "W3", "W4", "W5", "W6")
    }
    assert "settled evidence goes before failed; an instant goes before a day" in text["W1"]
    assert "the earliest of 2 times goes before later ones" in text["W1"]
    assert r"text cà phê \\ 1" in text["W1"]
    assert "settled: 7,000 đồng on 2026-06-10 (2026-06-10T06:00:00.000Z)" in text["W1"]
    assert "by account (valid from 2026-01-01)" in text["W1"]
    assert "settled: 7,000 đồng" in text["W2"]
    assert "contradict" not in text["W2"]
    assert "more than 15 days apart" in text["W3"]
    assert "all evidence says that it failed" in text["W4"]
    assert "RF5 was told in two ways" in text["W5"]
    assert "it was told as a credit and as cash" in text["W6"]


KINDS = ("credited", "credited", "cash_sale_reported", "failed")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stories_count_what_the_fold_counts_whatever_is_said(store: Store, seed: int) -> None:
    """Over random evidence: each story's figures, summed, are the vendors' figures of the fold."""
    chance = Random(seed)
    virtual = "d" * 32
    facts = [
        fact(1, "account_linked", account=A, market="HL1", vendor="V1"),
        fact(2, "account_linked", account=virtual, market="HL1", vendor="V9"),
        fact(3, "account_unlinked", day=date(2026, 6, 12), account=virtual),
        fact(4, "vendor", market="CD", stall="S1", vendor="V3"),
    ]
    land(store, records(facts, at=AT), shape="registry", topic_id="R")
    bodies = []
    names = [f"P{n}" for n in range(12)]
    for number in range(50):
        gives_back = number % 4 == 3
        kind = chance.choice(("refunded", "reversed")) if gives_back else chance.choice(KINDS)
        bodies.append(
            event(
                kind,
                chance.choice(names),
                chance.choice((500, 9_000, 9_000, 9_000)),
                source=chance.choice(("/a", "/b")),
                source_transaction_id=str(number // 2),
                account=chance.choice((A, STRAY)),
                occurred_at=AT + timedelta(hours=chance.randrange(96)),
                time_precision=chance.choice(("instant", "day")),
                virtual_account=chance.choice((None, None, virtual)),
                stall_code=chance.choice((None, "S1")),
                compensation_reference=f"C{number % 6}" if gives_back else None,
            )
        )
    land(store, records(bodies, at=AT + timedelta(days=6)))
    settings = FoldSettings(amount_vnd_min=1_000)
    fold_all(store, settings)
    told: dict[tuple[object, str, str], dict[str, int]] = {}
    for name in names:
        for story in (
            payment_show(store, name, settings=settings) if name_known(store, name) else ()
        ):
            if story.merged:
                credits_ = [r for r in story.evidence if r["compensation_reference"] is None]
                assert best_time(credits_)[0] == story.merged["occurred_at"]
            for figure in story.counted:
                row = told.setdefault((figure.day, figure.market, figure.vendor), {})
                for unit, amount in (("count", 1), ("vnd", figure.amount_vnd)):
                    field = f"{figure.measure}_{unit}"
                    row[field] = row.get(field, 0) + amount
    folded = vendor_days(store)
    assert told.keys() == folded.keys()
    for key, row in folded.items():
        row.pop("payer_count")
        assert {field: told[key].get(field, 0) for field in row} == row, key


def name_known(store: Store, name: str) -> bool:
    asked = "SELECT 1 FROM {table} WHERE bank_reference = {{name:String}}"
    return any(
        store.query(asked.format(table=table), {"name": name})
        for table in ("evidence", "compensation")
    )
