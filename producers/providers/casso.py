"""Casso: v2, one transaction, signed over its sorted JSON; v1, a list, by a token.

Source: Casso's pages on webhooks. Its official samples disagree about how the JSON that is signed
escapes letters and "/": all three ways are taken.
"""

import json
from collections.abc import Sequence
from typing import Any

from producers.webhooks.fields import Fields, document, local_text
from producers.webhooks.provider import (
    Forged,
    Incoming,
    Malformed,
    Notice,
    Provider,
    Reading,
    Reply,
    Sample,
    Secret,
    Skip,
)
from producers.webhooks.signing import check_any, check_hmac, header, hex_digest

PING = "0"
MS_DIGITS_MAX = 14


def verify(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """v2's signature where there is one, else v1's token."""
    if "x-casso-signature" not in incoming.headers:
        check_any(
            header(incoming.headers, "secure-token"),
            [each.key.decode() for each in secrets],
            "the token is not of this source",
        )
        return
    parts = dict(
        part.strip().partition("=")[::2]
        for part in header(incoming.headers, "x-casso-signature").split(",")
    )
    at = parts.get("t", "")
    if not (at.isascii() and at.isdecimal() and len(at) <= MS_DIGITS_MAX):
        raise Forged("the header x-casso-signature must say t=MILLISECONDS,v1=SIGNATURE")
    try:
        body = document(incoming.body)
    except Malformed as error:
        raise Forged("the body is not JSON, so its signature cannot be checked") from error
    messages = [f"{at}.{text}".encode("utf-8", "surrogatepass") for text in _as_signed(body)]
    check_hmac(secrets, "sha512", messages, parts.get("v1", ""))


def _as_signed(body: Any) -> tuple[str, str, str]:
    """The sorted JSON in the three ways in which Casso's samples write it."""
    plain = _whole(body)
    raw = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    escaped = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return raw, escaped, escaped.replace("/", "\\/")


def _whole(value: Any) -> Any:
    """Numbers as JavaScript and PHP write them: 45000.0 is 45000."""
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read(incoming: Incoming) -> Reading:
    """The credits; an amount below zero goes out, id 0 is a ping."""
    fields = Fields(document(incoming.body))
    if fields.text_or_none("error") not in {None, "0"}:
        return Reading((), ("unsuccessful",))
    is_list = fields.is_list("data")
    notices: list[Notice] = []
    skipped: list[Skip] = []
    for each in fields.list_of_fields("data") if is_list else [fields.fields("data")]:
        if each.text("id") == PING:
            skipped.append("test")
        elif each.vnd("amount") < 0:
            skipped.append("outgoing")
        else:
            notices.append(_first(each) if is_list else _second(each))
    return Reading(tuple(notices), tuple(skipped))


def _second(fields: Fields) -> Notice:
    """v2."""
    return Notice(
        transaction_id=fields.text("id"),
        reference=fields.text_or_none("reference"),
        occurred_at=fields.local("transactionDateTime"),
        amount_vnd=fields.vnd("amount"),
        account=fields.text("accountNumber"),
        bank=fields.text_or_none("bankAbbreviation") or fields.text_or_none("bankName"),
        virtual_account=fields.text_or_none("virtualAccountNumber"),
        payer=fields.text_or_none("counterAccountNumber"),
        balance_after_vnd=fields.vnd_or_none("runningBalance"),
        text=fields.text_or_none("description"),
        rail_class="p2p_transfer",
    )


def _first(fields: Fields) -> Notice:
    """v1."""
    return Notice(
        transaction_id=fields.text("id"),
        reference=fields.text_or_none("tid"),
        occurred_at=fields.local("when"),
        amount_vnd=fields.vnd("amount"),
        account=fields.text("bank_sub_acc_id"),
        balance_after_vnd=fields.vnd_or_none("cusum_balance"),
        text=fields.text_or_none("description"),
        rail_class="p2p_transfer",
    )


def sample(secret: Secret, said: Sample) -> Incoming:
    """A message of v2."""
    data = {
        "id": said.transaction_id,
        "reference": said.reference,
        "description": "",
        "amount": said.amount_vnd,
        "runningBalance": None,
        "transactionDateTime": local_text(said.at),
        "accountNumber": said.account,
        "bankAbbreviation": said.bank,
    }
    body, _, _ = _as_signed({"error": 0, "data": data})
    at = str(int(said.at.timestamp() * 1000))
    signature = hex_digest(secret, "sha512", f"{at}.{body}".encode())
    return Incoming({"x-casso-signature": f"t={at},v1={signature}"}, "", body.encode())


PROVIDER = Provider(
    name="casso",
    title="Casso",
    method="POST",
    verify=verify,
    read=read,
    sample=sample,
    replies={
        "accepted": Reply(200, {"success": True}),
        "forged": Reply(401, {"success": False, "message": "not signed with this source's secret"}),
        "malformed": Reply(422, {"success": False, "message": "not a message as Casso describes"}),
        "unable": Reply(503, {"success": False, "message": "send it again later"}),
    },
)
