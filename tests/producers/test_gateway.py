"""The gateway's answers: lenient in form, strict in content, an answer for each event."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from infra.errors import Refused, Unavailable
from infra.settings import GatewaySettings
from producers.gateway import gateway_app
from producers.gateway.answers import EXAMPLE_EVENT
from producers.gateway.translate import Untranslatable, translate
from schemas.calendar import LOCAL
from schemas.cloudevent import decode, encode
from schemas.ids import event_id, token
from schemas.payment import PaymentEvent
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock

SETTINGS = GatewaySettings(keys=SecretStr("k1,k2"), body_bytes_max=20_000, events_per_request_max=3)
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
ID = str(event_id("/sepay", "92704", "credited"))


def event(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.dumps(EXAMPLE_EVENT))
    said["data"] |= {name[5:]: value for name, value in changes.items() if name.startswith("data_")}
    return said | {name: value for name, value in changes.items() if not name.startswith("data_")}


def client(
    kept: Kept,
    settings: GatewaySettings = SETTINGS,
    keys: str = "k1,k2",
    token_key: Callable[[], bytes] = lambda: KEY,
) -> httpx.AsyncClient:
    app = gateway_app(
        kept.as_publisher(),
        settings,
        keys=keys.split(","),
        clock=StandingClock(),
        topic_prefix=PREFIX,
        token_key=token_key,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")


def translated(said: Any, *, received_at: datetime = NOW) -> PaymentEvent:
    return translate(said, received_at=received_at, token_key=lambda: KEY)


async def post(
    body: Any, *, kept: Kept | None = None, kind: str = ONE, key: str = "k2"
) -> httpx.Response:
    async with client(kept or Kept()) as http:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": kind, "Authorization": f"Bearer {key}"}
        return await http.post("/v1/events", content=content, headers=headers)


async def test_one_event_is_published_in_canonical_form() -> None:
    kept = Kept()
    answer = await post(event(), kept=kept)
    assert answer.status_code == 202
    assert answer.json() == {"results": [{"index": 0, "id": ID, "status": "accepted"}]}
    (record,) = kept.records
    said = decode(PaymentEvent, record.value, NOW)
    assert (record.topic, record.key) == ("choso.payments.v1", said.data.account.encode())
    assert said.id == ID
    assert kept.retry_ms_max == SETTINGS.acknowledge_timeout_ms
    again = await post(event(id=ID), kept=kept)
    assert again.json() == answer.json()
    assert kept.records[0] == kept.records[1]


async def test_each_event_of_a_batch_has_its_answer() -> None:
    kept = Kept()
    answer = await post([event(), event(data_amount_vnd=0), event(id="x")], kept=kept, kind=BATCH)
    assert answer.status_code == 207
    first, second, third = answer.json()["results"]
    assert first == {"index": 0, "id": ID, "status": "accepted"}
    assert (second["index"], second["status"]) == (1, "error")
    assert [(e["path"], e["reason"]) for e in second["errors"]] == [("data.amount_vnd", "amount")]
    assert [(e["path"], e["reason"]) for e in third["errors"]] == [("id", "id")]
    assert len(kept.records) == 1
    assert (await post([event(id="x")], kind="application/json")).status_code == 422
    assert (await post([], kind=BATCH)).status_code == 202


@pytest.mark.parametrize(
    ("time", "wanted"),
    [
        ("2026-11-24T15:05:05+07:00", "2026-11-24T08:05:05.000Z"),
        ("2026-11-24t08:05:05.123456789z", "2026-11-24T08:05:05.123Z"),
        ("2026-11-24 08:05:05.1Z", "2026-11-24T08:05:05.100Z"),
        ("2026-11-23T20:05-12:00", "2026-11-24T08:05:00.000Z"),
    ],
)
def test_times_may_be_written_in_other_ways(time: str, wanted: str) -> None:
    assert json.loads(encode(translated(event(time=time), received_at=NOW)))["time"] == wanted


def test_what_is_harmless_is_mended() -> None:
    said = event(
        datacontenttype="application/json",
        data_bank_reference=" ft 26328 451290 ",
        data_text="mua\u0000 rau  cua 0912345678",
    )
    found = translated(dict(reversed(said.items())), received_at=NOW).data
    assert found.bank_reference == "FT26328451290"
    assert found.text == "mua rau cua •••"


def test_numbers_in_clear_become_the_tokens_that_other_channels_make() -> None:
    """Of a statement, a webhook and this door: one account is one token."""
    said = event(
        data_account_number="0123 456-789",
        data_payer_account_number="190.123.456",
        data_virtual_account_number="VQRQ0001",
    )
    found = translated(said).data
    assert found.account == token(KEY, "account", "0123456789")
    assert found.payer_token == token(KEY, "payer", "190123456")
    assert found.virtual_account == token(KEY, "account", "VQRQ0001")
    written = encode(translated(said)).decode()
    assert not [each for each in ("456789", "190123456", "VQRQ", "_number") if each in written]
    of_token = event(data_account_number=None, data_account=found.account)
    assert translated(of_token).data.account == found.account


async def test_without_the_key_of_tokens_it_is_to_be_sent_again() -> None:
    def away() -> bytes:
        raise Unavailable("store: away")

    async with client(kept := Kept(), token_key=away) as http:
        headers = {"Content-Type": ONE, "Authorization": "Bearer k1"}
        answer = await http.post("/v1/events", content=json.dumps(event()), headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert not kept.records
        ready = event(data_account_number=None, data_account="5f" * 16)
        answer = await http.post("/v1/events", content=json.dumps(ready), headers=headers)
        assert answer.status_code == 202  # tokens need no key


REFERENCED = event(data_compensation_reference="R1")


def test_a_bank_that_uses_references_again_is_named_and_not_kept() -> None:
    said = event(data_bank_bin="970436", data_bank_reference="5078.5089")
    found = translated(said, received_at=NOW)
    assert found.data.bank_reference == f"5078.5089@{found.time.astimezone(LOCAL).date()}"
    refund = event(type="vn.choso.payment.refunded.v1", data_compensation_reference="R1")
    refund["data"] |= {"bank_bin": "970436", "bank_reference": "5078.5089@2026-11-01"}
    assert translated(refund, received_at=NOW).data.bank_reference == "5078.5089@2026-11-01"
    refund["data"] |= {"bank_reference": "5078.5089"}
    with pytest.raises(Untranslatable, match="again on other days"):
        translated(refund, received_at=NOW)
    with pytest.raises(Untranslatable, match="six digits"):
        translated(event(data_bank_bin=970436), received_at=NOW)


@pytest.mark.parametrize(
    ("said", "path", "reason"),
    [
        (event(data_amount_vnd=45000.0), "data.amount_vnd", "amount"),
        (event(data_amount_vnd="45000"), "data.amount_vnd", "amount"),
        (event(data_amount_vnd=True), "data.amount_vnd", "amount"),
        (event(data_amount_vnd=10**20), "data.amount_vnd", "amount"),
        (event(data_currency="USD"), "data.currency", "currency"),
        (event(data_more=1), "data.more", "fields"),
        (event(more=1), "more", "fields"),
        (event(**{"\ud800": 1}), "", "fields"),
        (event(time="2026-11-24T15:05:05"), "time", "time"),
        (event(time=1), "time", "time"),
        (event(time="2026-11-26T00:00:00Z"), "time", "time"),
        (event(time="0001-01-01T00:00:00+07:00"), "time", "time"),
        (event(time="1999-01-01T00:00:00Z"), "time", "time"),
        (event(id="6a3e0f6e-0e5b-5d0c-9a0b-0d5a5a5f0d3c"), "id", "id"),
        (event(id=None), "id", "id"),
        (event(type="vn.choso.registry.market.v1"), "type", "unknown_type"),
        (event(type="vn.choso.payment.credited.v2"), "type", "unknown_type"),
        (event(type=["x"]), "type", "unknown_type"),
        (event(specversion="0.3"), "specversion", "specversion"),
        (REFERENCED, "data.compensation_reference", "compensation_reference"),
        (event(source="sepay"), "source", "source"),
        (event(data=None), "data", "fields"),
        (event(data_account="5f" * 16), "data.account_number", "account"),
        (event(data_account_number=123456789), "data.account_number", "account"),
        (event(data_account_number="1.9E+13"), "data.account_number", "account"),
        (event(data_account_number="số 1"), "data.account_number", "account"),
        (event(data_account_number=None), "data.account", "account"),
        (event(data_payer_account_number="x" * 35), "data.payer_account_number", "payer_token"),
        ([], "", "fields"),
        (None, "", "fields"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_path(said: Any, path: str, reason: str) -> None:
    with pytest.raises(Untranslatable) as caught:
        translated(said, received_at=NOW)
    assert (path, reason) in [(each.path, each.reason) for each in caught.value.problems]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = [*EXAMPLE_EVENT, "id", *(f"data_{name}" for name in EXAMPLE_EVENT["data"])]


@given(values, st.sampled_from(names))
def test_whatever_is_sent_is_canonical_or_refused(value: Any, name: str) -> None:
    try:
        found = translated(event(**{name: value}), received_at=NOW)
    except Untranslatable as error:
        assert error.problems  # noqa: PT017
    else:
        assert decode(PaymentEvent, encode(found), NOW) == found


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not_json"),
        (b"\xff", "not_json"),
        (b'{"a":NaN}', "not_json"),
        (b"{} {}", "not_json"),
        (b"[" * 9_000, "not_json"),
        (b'{"specversion":"1.0","specversion":"1.0"}', "not_canonical"),
        (b'{"data":{"text":"a","text":"b"}}', "not_canonical"),
        (json.dumps([EXAMPLE_EVENT]).encode(), "fields"),
    ],
)
async def test_bodies_that_are_no_events(body: bytes, reason: str) -> None:
    answer = await post(body)
    assert answer.status_code == 422
    assert answer.json()["results"][0]["errors"][0]["reason"] == reason


async def test_the_door_is_kept() -> None:
    for key in ("k3", "", "k1,k2", "k"):
        answer = await post(event(), key=key)
        assert answer.status_code == 401, key
        assert answer.headers["www-authenticate"] == "Bearer"
    async with client(Kept()) as http:
        assert (await http.post("/v1/events", json=[event()])).status_code == 401
        assert (await http.get("/healthz")).json() == {"status": "ok"}
    async with client(Kept(), keys="") as http:  # open, on loopback only, under its own names
        own = {"Host": "localhost"}
        assert (await http.post("/v1/events", json=[event()], headers=own)).status_code == 202
    with pytest.raises(Refused, match="no key is set"):
        client(Kept(), GatewaySettings(host="0.0.0.0"), keys="")  # noqa: S104


async def test_limits() -> None:
    assert (await post([event()] * 4, kind=BATCH)).status_code == 413
    assert (await post(b" " * 20_001)).status_code == 413
    assert (await post(event(), kind="text/plain")).status_code == 415

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 1_000

    async with client(Kept()) as http:
        headers = {"Content-Type": ONE, "Authorization": "Bearer k1"}
        answer = await http.post("/v1/events", content=pieces(), headers=headers)
        assert answer.status_code == 413


async def test_nothing_is_accepted_while_the_log_is_away() -> None:
    answer = await post(
        [event(), event(data_amount_vnd=0)], kept=Kept(acknowledged_max=0), kind=BATCH
    )
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "accepted" not in answer.text


async def test_the_document_has_examples_that_work() -> None:
    async with client(Kept()) as http:
        document = (await http.get("/openapi.json")).json()
    operation = document["paths"]["/v1/events"]["post"]
    for kind, form in operation["requestBody"]["content"].items():
        assert (await post(form["example"], kind=kind)).status_code == 202
    assert {"202", "207", "401", "413", "415", "422", "503"} <= set(operation["responses"])
