"""MoMo: the instant payment notification, version 3.

Source: MoMo's pages on IPN. Its own sample signs a field too many; the rule of its pages holds.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from producers.webhooks.fields import Fields, document, javascript
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
from producers.webhooks.signing import UNSIGNED, check_any, hex_digest

SIGNED = (
    "amount",
    "extraData",
    "message",
    "orderId",
    "orderInfo",
    "orderType",
    "partnerCode",
    "payType",
    "requestId",
    "responseTime",
    "resultCode",
    "transId",
)
SUCCESS = "0"


def verify(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """The signature over the named fields in their order, the access key first."""
    try:
        body = document(incoming.body)
    except Malformed as error:
        raise Forged("the body is not JSON, so its signature cannot be checked") from error
    if not isinstance(body, dict):
        raise Forged("the body is not an object that could be signed")
    wanted = [hex_digest(each, "sha256", _signed(each, body)) for each in secrets]
    check_any(str(body.get("signature") or "").strip().lower(), wanted, UNSIGNED)


def _signed(secret: Secret, body: Mapping[str, Any]) -> bytes:
    fields = "".join(f"&{name}={javascript(body.get(name))}" for name in SIGNED)
    return f"accessKey={secret.access}{fields}".encode("utf-8", "surrogatepass")


def read(incoming: Incoming) -> Reading:
    """The payment, where its resultCode is 0."""
    fields = Fields(document(incoming.body))
    if fields.text("resultCode") != SUCCESS:
        return Reading((), ("unsuccessful",))
    return Reading(
        (
            Notice(
                transaction_id=fields.text("transId"),
                reference=fields.text("transId"),
                occurred_at=fields.epoch_ms("responseTime"),
                amount_vnd=fields.vnd("amount"),
                account=fields.text("partnerCode"),
                text=fields.text_or_none("orderInfo"),
                rail_class="wallet",
            ),
        )
    )


def sample(secret: Secret, said: Sample) -> Incoming:
    """A payment by wallet."""
    body = dict.fromkeys(SIGNED, "") | {
        "amount": said.amount_vnd,
        "partnerCode": said.account,
        "responseTime": int(said.at.timestamp() * 1000),
        "resultCode": 0,
        "transId": said.transaction_id,
    }
    signature = hex_digest(secret, "sha256", _signed(secret, body))
    return Incoming({}, "", json.dumps(body | {"signature": signature}).encode())


PROVIDER = Provider(
    name="momo",
    title="MoMo",
    method="POST",
    verify=verify,
    read=read,
    sample=sample,
    replies={
        "accepted": Reply(204, None),
        "forged": Reply(401, {"message": "not signed with this source's secret"}),
        "malformed": Reply(422, {"message": "not a message as MoMo describes"}),
        "unable": Reply(503, {"message": "send it again later"}),
    },
)
