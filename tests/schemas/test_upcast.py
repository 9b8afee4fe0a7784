"""An old version becomes today's, is the same event, and is refused where it never was one."""

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import generate
from schemas.cloudevent import decode
from schemas.errors import Inadmissible, Reason
from schemas.payment import KINDS, PaymentEvent
from schemas.upcast import UPCASTERS, upcast, upcast_body
from tests.schemas.valid import RECORDED_AT, payment, write

OLD = Path(generate.__file__).parent / "examples" / "old"
V0 = (
    "source_transaction_id", "account", "bank_reference", "compensation_reference", "amount_vnd",
    "currency", "rail_class", "payer_token", "balance_after_vnd", "text",
)  # fmt: skip


def v0(event: dict[str, Any]) -> dict[str, Any]:
    """The event as version 0 would have said it."""
    data = {k: v for k, v in event["data"].items() if k in V0}
    data = {("amount" if k == "amount_vnd" else k): v for k, v in data.items()}
    return event | {"type": event["type"].removesuffix("1") + "0", "data": data}


def test_example() -> None:
    old = (OLD / "payment.credited.v0.json").read_bytes()
    event = decode(PaymentEvent, upcast_body(PaymentEvent, old), datetime(2026, 4, 1, tzinfo=UTC))
    assert event.type == "vn.choso.payment.credited.v1"
    assert event.id == json.loads(old)["id"]
    assert event.data.amount_vnd == 45_000
    assert event.data.time_precision == "instant"


@given(st.integers(0, 2**32), st.sampled_from(KINDS))
def test_old_and_new_are_one_event(seed: int, kind: str) -> None:
    new = payment(Random(seed), kind)
    event = decode(PaymentEvent, upcast_body(PaymentEvent, write(v0(new)).encode()), RECORDED_AT)
    lost = dict.fromkeys(new["data"].keys() - set(V0)) | {"time_precision": "instant"}
    assert event.model_dump(mode="json") == new | {"data": new["data"] | lost}


@given(st.integers(0, 2**32), st.sampled_from(KINDS))
def test_todays_version_stays(seed: int, kind: str) -> None:
    event = payment(Random(seed), kind)
    assert upcast(event) == event
    assert upcast_body(PaymentEvent, write(event).encode()) == write(event).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": None}, Reason.FIELDS),
        ({"data": {"amount_vnd": 5}}, Reason.FIELDS),
        ({"data": {"stall_code": "A"}}, Reason.FIELDS),
        ({"data": {}}, Reason.SOURCE_TRANSACTION_ID),
        ({"type": "vn.choso.payment.lent.v0"}, Reason.UNKNOWN_TYPE),
        ({"id": "1e112a7d-67d4-5352-b743-1b0cb2a2d218"}, Reason.ID),
    ],
)
def test_what_was_never_version_0(change: dict[str, Any], reason: Reason) -> None:
    old = v0(payment(Random(1), "credited")) | change
    with pytest.raises(Inadmissible) as refusal:
        upcast_body(PaymentEvent, write(old).encode())
    assert refusal.value.reason == reason


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"5", b'{"type":["x"]}'])
def test_no_event_at_all(body: bytes) -> None:
    with pytest.raises(Inadmissible):
        upcast_body(PaymentEvent, body)


def test_every_upcaster_leads_to_a_known_type() -> None:
    for old_type in UPCASTERS:
        assert upcast({"type": old_type, "data": {}})["type"] in PaymentEvent.TYPES
