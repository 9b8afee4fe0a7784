"""Identifiers: derived, stable, and apart where the facts are apart."""

import re
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevent import CloudEvent, decode, encode
from schemas.ids import NAMESPACE, event_id, token
from schemas.payment import KINDS as PAYMENT_KINDS
from schemas.payment import PaymentEvent
from schemas.reference import normalise_reference
from schemas.registry import KINDS as REGISTRY_KINDS
from schemas.registry import RegistryEvent
from tests.schemas.valid import RECORDED_AT, payment, registry, write

_printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
_fact = st.tuples(_printable, _printable, st.sampled_from(PAYMENT_KINDS))


@given(_fact, _fact)
def test_ids_are_equal_where_the_facts_are(
    one: tuple[str, str, str], two: tuple[str, str, str]
) -> None:
    assert (event_id(*one) == event_id(*two)) == (one == two)
    assert event_id(*one).version == 5
    assert event_id(*one) == uuid5(NAMESPACE, "\n".join(one)), "RFC 9562"


def test_an_id_is_for_ever() -> None:
    found = event_id("/sepay", "92704", "credited")
    assert found == UUID("1e112a7d-67d4-5352-b743-1b0cb2a2d218"), "ids may never change"


@given(st.binary(min_size=1), st.binary(min_size=1), st.text(max_size=30), st.text(max_size=30))
def test_tokens(key: bytes, other_key: bytes, one: str, two: str) -> None:
    found = token(key, "account", one)
    assert re.fullmatch(r"[0-9a-f]{32}", found)
    assert found == token(key, "account", one)
    assert found != token(key, "payer", one)
    assert (found == token(key, "account", two)) == (one == two)
    if key.rstrip(b"\0") != other_key.rstrip(b"\0"):  # HMAC pads keys with zero bytes
        assert found != token(other_key, "account", one)


@given(st.text(max_size=60))
def test_a_normal_reference_stays(text: str) -> None:
    normal = normalise_reference(text)
    assert normal == normalise_reference(normal)
    assert normal == normalise_reference(f" {text}\t")
    assert not re.search(r"\s", normal)


def test_channels_that_print_one_reference_differently_agree() -> None:
    assert normalise_reference("ft26 060-12a\n") == normalise_reference("FT26060-12A")


@given(st.integers(0, 2**32), st.sampled_from(PAYMENT_KINDS))
def test_payment_round_trip(seed: int, kind: str) -> None:
    body = write(payment(Random(seed), kind)).encode()
    assert encode(decode(PaymentEvent, body, RECORDED_AT)) == body


@given(st.integers(0, 2**32), st.sampled_from(REGISTRY_KINDS))
def test_registry_round_trip(seed: int, kind: str) -> None:
    body = write(registry(Random(seed), kind)).encode()
    event: CloudEvent = decode(RegistryEvent, body, RECORDED_AT)
    assert encode(event) == body
    assert event.kind == kind


@given(st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1)))  # noqa: DTZ001  # made aware below
def test_times_are_written_with_milliseconds(moment: datetime) -> None:
    event = payment(Random(1), "credited")
    aware = moment.replace(tzinfo=UTC)
    aware -= timedelta(microseconds=aware.microsecond % 1000)
    stamp = f"{aware:%Y-%m-%dT%H:%M:%S}.{aware.microsecond // 1000:03d}Z"
    decoded = decode(PaymentEvent, write(event | {"time": stamp}).encode(), RECORDED_AT)
    assert decoded.time == aware
