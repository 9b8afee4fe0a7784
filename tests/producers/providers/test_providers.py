"""Law: what a provider signed is taken; what was changed since is refused, or reads the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.providers import PROVIDERS
from producers.webhooks.evidence import Source, event_of
from producers.webhooks.provider import (
    Forged,
    Incoming,
    Malformed,
    Notice,
    Reading,
    Sample,
    Secret,
)
from schemas.cloudevent import encode
from schemas.ids import token
from tests.producers.providers import signers
from tests.producers.providers.signers import Sent

SECRETS = (Secret(b"another", "another"), Secret(signers.KEY.encode(), signers.ACCESS))
TOKENS = b"key of the tokens"
NOW = datetime(2026, 11, 24, 8, 5, 10, tzinfo=UTC)
PAID = datetime(2026, 11, 24, 8, 5, 5, tzinfo=UTC)
CASES: dict[str, tuple[str, Callable[[], Sent]]] = {
    "sepay": ("sepay", lambda: signers.sepay(signers.SEPAY)),
    "sepay hub": ("sepay", lambda: signers.sepay(signers.SEPAY_HUB)),
    "casso raw": ("casso", lambda: signers.casso(signers.CASSO)),
    "casso escaped": ("casso", lambda: signers.casso(signers.CASSO, "python")),
    "casso slashes": ("casso", lambda: signers.casso(signers.CASSO, "php")),
    "payos": ("payos", lambda: signers.payos(signers.PAYOS)),
    "momo": ("momo", lambda: signers.momo(signers.MOMO)),
    "zalopay": ("zalopay", lambda: signers.zalopay(signers.ZALOPAY)),
    "vnpay": ("vnpay", lambda: signers.vnpay(signers.VNPAY)),
}
BY_KEY: dict[str, tuple[str, Callable[[], Sent]]] = {
    "sepay by key": ("sepay", lambda: signers.sepay_by_key(signers.SEPAY)),
    "casso v1": ("casso", lambda: signers.casso_first(signers.CASSO_FIRST)),
}
SENT = {name: make() for name, (_, make) in (CASES | BY_KEY).items()}


def reading(case: str, sent: Sent, secrets: tuple[Secret, ...] = SECRETS) -> Reading:
    provider = PROVIDERS[(CASES | BY_KEY)[case][0]]
    incoming = Incoming(sent.headers, sent.query, sent.body)
    provider.verify(incoming, secrets)
    return provider.read(incoming)


def credit(case: str) -> Notice:
    (notice,) = reading(case, SENT[case]).notices
    return notice


@pytest.mark.parametrize("case", CASES | BY_KEY)
def test_a_signed_message_is_the_payment_that_it_tells(case: str) -> None:
    notice = credit(case)
    assert notice.amount_vnd == 45_000
    assert notice.occurred_at == PAID
    event = event_of(notice, Source("/from-test"), key=TOKENS, received_at=NOW)
    assert event.data.amount_vnd == 45_000
    assert event.time == PAID
    assert event.data.account == token(TOKENS, "account", notice.account)


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=700, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_refused_or_reads_the_same(case: str, data: st.DataObject) -> None:
    sent = SENT[case]
    changed = data.draw(st.sampled_from(parts_of(sent)), label="where")
    wire = sent.query.encode() if changed == "query" else sent.body
    if changed.startswith("header "):
        name = changed.removeprefix("header ")
        text = mutated(data, sent.headers[name].encode()).decode("latin-1")
        forged = replace(sent, headers=sent.headers | {name: text})
    elif changed == "query":
        forged = replace(sent, query=mutated(data, wire).decode("latin-1"))
    else:
        forged = replace(sent, body=mutated(data, wire))
    try:
        told = reading(case, forged)
    except Forged:
        return
    assert told == reading(case, sent)


def parts_of(sent: Sent) -> list[str]:
    wires = ["query"] if sent.query else ["body"]
    return wires + [f"header {name}" for name in sent.headers]


def mutated(data: st.DataObject, wire: bytes) -> bytes:
    at = data.draw(st.integers(0, len(wire) - 1), label="at")
    how = data.draw(st.sampled_from(["flip", "drop", "double", "cut", "digit"]), label="how")
    if how == "flip":
        return wire[:at] + bytes([wire[at] ^ (1 << data.draw(st.integers(0, 7)))]) + wire[at + 1 :]
    if how == "digit":
        return wire[:at] + str(data.draw(st.integers(0, 9))).encode() + wire[at + 1 :]
    if how == "drop":
        return wire[:at] + wire[at + 1 :]
    return wire[: at + 1] + wire[at:] if how == "double" else wire[:at]


@pytest.mark.parametrize("case", CASES | BY_KEY)
@given(key=st.binary(max_size=40), access=st.text(max_size=20))
def test_another_secret_opens_nothing(case: str, key: bytes, access: str) -> None:
    if key == signers.KEY.encode():
        return
    with pytest.raises(Forged):
        reading(case, SENT[case], (Secret(key.hex().encode(), access),))


@pytest.mark.parametrize("case", CASES | BY_KEY)
def test_a_message_without_its_proof_is_forged(case: str) -> None:
    sent = SENT[case]
    with pytest.raises(Forged):
        reading(case, Sent(b"{}", {}, ""))
    if sent.headers:
        with pytest.raises(Forged):
            reading(case, replace(sent, headers={}))


@pytest.mark.parametrize("name", PROVIDERS)
@given(body=st.binary() | st.text().map(str.encode), query=st.text())
def test_whatever_comes_is_answered(name: str, body: bytes, query: str) -> None:
    with pytest.raises(Forged):
        PROVIDERS[name].verify(Incoming({}, query, body), SECRETS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("make", "said", "case"),
    [
        (signers.sepay, signers.SEPAY, "sepay"),
        (signers.sepay, signers.SEPAY_HUB, "sepay hub"),
        (signers.payos, signers.PAYOS, "payos"),
        (signers.zalopay, signers.ZALOPAY, "zalopay"),
    ],
)
@settings(max_examples=300, deadline=None)
@given(data=st.data(), value=JSON)
def test_a_genuine_message_of_another_form_is_malformed_or_a_payment(
    make: Callable[[dict[str, Any]], Sent], said: dict[str, Any], case: str, data: st.DataObject,
    value: Any,
) -> None:  # fmt: skip
    name = data.draw(st.sampled_from(sorted(said)))
    if name == "data":
        odd = said | {
            "data": said["data"] | {data.draw(st.sampled_from(sorted(said["data"]))): value}
        }
    else:
        odd = said | {name: value}
    try:
        told = reading(case, make(odd))
        for notice in told.notices:
            event = event_of(notice, Source("/from-test"), key=TOKENS, received_at=NOW)
            assert encode(event)
            assert event.data.amount_vnd == notice.amount_vnd
    except (Malformed, Forged):
        return


def test_the_published_example_of_payos_holds() -> None:
    data = {
        "orderCode": 123, "amount": 3000, "description": "VQRIO123", "accountNumber": "12345678",
        "reference": "TF230204212323", "transactionDateTime": "2023-02-04 18:25:00",
        "currency": "VND", "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18", "code": "00",
        "desc": "Thành công", "counterAccountBankId": "", "counterAccountBankName": "",
        "counterAccountName": "", "counterAccountNumber": "", "virtualAccountName": "",
        "virtualAccountNumber": "",
    }  # fmt: skip
    key = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"
    signature = "412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03"
    sent = signers.payos({"code": "00", "data": data}, key)
    assert signature.encode() in sent.body
    told = reading("payos", sent, (Secret(key.encode()),))
    assert told == Reading((), ("test",))  # what an address is tried with is no payment


@pytest.mark.parametrize(
    ("case", "sent", "why"),
    [
        ("sepay", signers.sepay(signers.SEPAY | {"transferType": "out"}), "outgoing"),
        ("sepay hub", signers.sepay(signers.SEPAY_HUB | {"transfer_type": "debit"}), "outgoing"),
        ("casso raw", signers.casso({"error": 0, "data": {"id": 0, "amount": 1}}), "test"),
        ("casso raw", signers.casso({"error": 0, "data": {"id": 3, "amount": -5}}), "outgoing"),
        ("payos", signers.payos({"data": signers.PAYOS["data"] | {"code": "01"}}), "unsuccessful"),
        ("momo", signers.momo(signers.MOMO | {"resultCode": 1006}), "unsuccessful"),
        ("vnpay", signers.vnpay(signers.VNPAY | {"vnp_ResponseCode": "24"}), "unsuccessful"),
        ("vnpay", signers.vnpay(signers.VNPAY | {"vnp_TransactionStatus": "02"}), "unsuccessful"),
    ],
)
def test_what_is_no_credit_says_why(case: str, sent: Sent, why: str) -> None:
    assert reading(case, sent) == Reading((), (why,))  # type: ignore[arg-type]


def test_no_name_and_no_number_is_in_the_event() -> None:
    for case in CASES | BY_KEY:
        event = event_of(credit(case), Source("/from-test"), key=TOKENS, received_at=NOW)
        written = encode(event).decode()
        for canary in ("NGUYEN", "TRAN", "Hoà", "0123499999", "88881234", "190123456", "u-77"):
            assert canary not in written, (case, canary)


@pytest.mark.parametrize("name", PROVIDERS)
@given(
    amount=st.integers(1, 10**9),
    reference=st.from_regex(r"[0-9A-Z]{1,20}", fullmatch=True),
    second=st.integers(1_600_000_000, 2_200_000_000),
)
def test_a_sample_is_a_message_of_its_provider(
    name: str, amount: int, reference: str, second: int
) -> None:
    at = datetime.fromtimestamp(second, UTC)
    said = Sample("261124001", reference, at, amount, "0123499999", "VCB")
    secret = Secret(b"of the source", "open half")
    sent = PROVIDERS[name].sample(secret, said)
    PROVIDERS[name].verify(sent, (secret,))
    (notice,) = PROVIDERS[name].read(sent).notices
    assert (notice.amount_vnd, notice.occurred_at, notice.account) == (amount, at, "0123499999")
    with pytest.raises(Forged):
        PROVIDERS[name].verify(sent, (Secret(b"another", "open half"),))


def test_two_channels_of_one_credit_have_one_identity() -> None:
    by_webhook = replace(credit("sepay"), reference="ft26328451290", account="8888-1234")
    casso = credit("casso raw")
    events = [
        event_of(each, Source(name, "970418"), key=TOKENS, received_at=NOW)
        for each, name in ((by_webhook, "/sepay"), (casso, "/casso"))
    ]
    assert len({(each.data.account, each.data.bank_reference) for each in events}) == 1
    assert len({each.id for each in events}) == 2


def test_a_reference_of_vietcombank_carries_its_day() -> None:
    event = event_of(credit("sepay"), Source("/sepay"), key=TOKENS, received_at=NOW)
    assert event.data.bank_reference == "MBVCB.3278907687@2026-11-24"
