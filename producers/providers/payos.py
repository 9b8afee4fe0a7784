"""payOS: one paid link a message, signed over its `data` alone.

Source: payOS's pages on webhooks. What stands outside `data` is not signed and therefore not
believed: a payment succeeded where `data.code` is "00".
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from producers.webhooks.fields import Fields, document, javascript, local_text
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
)
from producers.webhooks.signing import check_hmac, hex_digest

SUCCESS = "00"
# What payOS sends, signed, when an address is entered on its page.
SAMPLE = ("12345678", "TF230204212323")


def verify(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """The signature over `data` as it was received, unknown fields included."""
    try:
        body = document(incoming.body)
    except Malformed as error:
        raise Forged("the body is not JSON, so its signature cannot be checked") from error
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise Forged("the body has no data that could be signed")
    check_hmac(secrets, "sha256", [_signed(body["data"])], str(body.get("signature") or ""))


def _signed(data: Mapping[str, Any]) -> bytes:
    message = "&".join(f"{key}={_value(data[key])}" for key in sorted(data))
    return message.encode("utf-8", "surrogatepass")


def _value(value: Any) -> str:
    if isinstance(value, list):
        ordered = [dict(sorted(each.items())) if isinstance(each, dict) else each for each in value]
        return json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)
    if isinstance(value, dict):
        return "[object Object]"  # what String() makes of it
    text = javascript(value)
    return "" if text in {"null", "undefined"} else text


def read(incoming: Incoming) -> Reading:
    """The credit."""
    fields = Fields(document(incoming.body)).fields("data")
    if fields.text("code") != SUCCESS:
        return Reading((), ("unsuccessful",))
    account, reference = fields.text("accountNumber"), fields.text("reference")
    if (account, reference) == SAMPLE:
        return Reading((), ("test",))
    return Reading(
        (
            Notice(
                transaction_id=f"{fields.text('paymentLinkId')}/{reference}",
                reference=reference,
                occurred_at=fields.local("transactionDateTime"),
                amount_vnd=fields.vnd("amount"),
                account=account,
                virtual_account=fields.text_or_none("virtualAccountNumber"),
                payer=fields.text_or_none("counterAccountNumber"),
                text=fields.text_or_none("description"),
                rail_class="p2p_transfer",
            ),
        )
    )


def sample(secret: Secret, said: Sample) -> Incoming:
    """A paid link."""
    data = {
        "orderCode": 1,
        "amount": said.amount_vnd,
        "description": "",
        "accountNumber": said.account,
        "reference": said.reference,
        "transactionDateTime": local_text(said.at),
        "currency": "VND",
        "paymentLinkId": said.transaction_id,
        "code": SUCCESS,
        "desc": "success",
    }
    signature = hex_digest(secret, "sha256", _signed(data))
    return Incoming({}, "", json.dumps({"data": data, "signature": signature}).encode())


PROVIDER = Provider(
    name="payos",
    title="payOS",
    method="POST",
    verify=verify,
    read=read,
    sample=sample,
    replies={
        "accepted": Reply(200, {"success": True}),
        "forged": Reply(401, {"success": False, "message": "not signed with this source's secret"}),
        "malformed": Reply(422, {"success": False, "message": "not a message as payOS describes"}),
        "unable": Reply(503, {"success": False, "message": "send it again later"}),
    },
)
