"""ZaloPay: the callback, version 2. Only successes are sent; the answer is always HTTP 200.

Source: ZaloPay's pages on callbacks. The mac is over the text of `data` as it was sent.
"""

import json
from collections.abc import Sequence

from producers.webhooks.fields import Fields, document
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


def verify(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """The mac over the text in `data`."""
    try:
        body = document(incoming.body)
    except Malformed as error:
        raise Forged("the body is not JSON, so its mac cannot be checked") from error
    if not isinstance(body, dict) or not isinstance(body.get("data"), str):
        raise Forged("the body has no data that could be signed")
    plain = body["data"].encode("utf-8", "surrogatepass")
    check_hmac(secrets, "sha256", [plain], str(body.get("mac") or ""))


def read(incoming: Incoming) -> Reading:
    """The payment."""
    fields = Fields(document(Fields(document(incoming.body)).text("data")), "data")
    return Reading(
        (
            Notice(
                transaction_id=fields.text("zp_trans_id"),
                reference=fields.text("zp_trans_id"),
                occurred_at=fields.epoch_ms("server_time"),
                amount_vnd=fields.vnd("amount"),
                account=fields.text("app_id"),
                payer=fields.text_or_none("merchant_user_id"),
                rail_class="wallet",
            ),
        )
    )


def sample(secret: Secret, said: Sample) -> Incoming:
    """A callback."""
    data = json.dumps(
        {
            "app_id": said.account,
            "amount": said.amount_vnd,
            "zp_trans_id": said.transaction_id,
            "server_time": int(said.at.timestamp() * 1000),
        }
    )
    mac = hex_digest(secret, "sha256", data.encode())
    return Incoming({}, "", json.dumps({"data": data, "mac": mac, "type": 1}).encode())


PROVIDER = Provider(
    name="zalopay",
    title="ZaloPay",
    method="POST",
    verify=verify,
    read=read,
    sample=sample,
    replies={
        "accepted": Reply(200, {"return_code": 1, "return_message": "success"}),
        "forged": Reply(200, {"return_code": -1, "return_message": "mac not equal"}),
        "malformed": Reply(200, {"return_code": 0, "return_message": "not as ZaloPay describes"}),
        "unable": Reply(200, {"return_code": 0, "return_message": "send it again later"}),
    },
)
