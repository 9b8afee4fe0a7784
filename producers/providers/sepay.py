"""SePay: one transaction a message; by API key, or signed over time and body.

Source: SePay's pages on webhooks, and its bank hub's, which names the same fields otherwise.
"""

import json
from collections.abc import Sequence

from producers.webhooks.fields import Fields, document, local_text
from producers.webhooks.provider import (
    Forged,
    Incoming,
    Notice,
    Provider,
    Reading,
    Reply,
    Sample,
    Secret,
)
from producers.webhooks.signing import check_any, check_hmac, header, hex_digest
from schemas.message import Message

SCHEME = "apikey"
SIGNATURE_PREFIX = "sha256="
SECONDS_DIGITS_MAX = 11


def verify(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """The signature where there is one, else the API key."""
    if "x-sepay-signature" in incoming.headers:
        _check_signature(incoming, secrets)
        return
    scheme, _, given = header(incoming.headers, "authorization").partition(" ")
    if scheme.lower() != SCHEME:
        raise Forged("the header authorization must say: Apikey KEY")
    check_any(
        given.strip(), [each.key.decode() for each in secrets], "the API key is not of this source"
    )


def _check_signature(incoming: Incoming, secrets: Sequence[Secret]) -> None:
    at = header(incoming.headers, "x-sepay-timestamp")
    given = header(incoming.headers, "x-sepay-signature")
    if not (at.isascii() and at.isdecimal() and len(at) <= SECONDS_DIGITS_MAX):
        raise Forged("the header x-sepay-timestamp must be seconds since 1970")
    if not given.startswith(SIGNATURE_PREFIX):
        raise Forged(f"the header x-sepay-signature must begin with {SIGNATURE_PREFIX}")
    message = at.encode() + b"." + incoming.body
    check_hmac(secrets, "sha256", [message], given.removeprefix(SIGNATURE_PREFIX))


def read(incoming: Incoming) -> Reading:
    """The credit, in the names of webhooks or of the bank hub."""
    fields = Fields(document(incoming.body))
    if fields.text_or_none("transaction_id") is not None:
        return _hub(fields)
    if fields.text("transferType") != "in":
        return Reading((), ("outgoing",))
    return Reading(
        (
            Notice(
                transaction_id=fields.text("id"),
                reference=fields.text_or_none("referenceCode"),
                occurred_at=fields.local("transactionDate"),
                amount_vnd=fields.vnd("transferAmount"),
                account=fields.text("accountNumber"),
                bank=fields.text_or_none("gateway"),
                virtual_account=fields.text_or_none("subAccount"),
                balance_after_vnd=fields.vnd_or_none("accumulated"),
                code=fields.text_or_none("code"),
                text=fields.text_or_none("content"),
                rail_class="p2p_transfer",
            ),
        )
    )


def _hub(fields: Fields) -> Reading:
    if fields.text("transfer_type") != "credit":
        return Reading((), ("outgoing",))
    return Reading(
        (
            Notice(
                transaction_id=fields.text("transaction_id"),
                reference=fields.text_or_none("reference_code"),
                occurred_at=fields.local("transaction_date"),
                amount_vnd=fields.vnd("amount"),
                account=fields.text("account_number"),
                virtual_account=fields.text_or_none("va"),
                balance_after_vnd=fields.vnd_or_none("accumulated"),
                code=fields.text_or_none("payment_code"),
                text=fields.text_or_none("content"),
                rail_class="p2p_transfer",
            ),
        )
    )


def sample(secret: Secret, said: Sample) -> Incoming:
    """A webhook, signed over time and body."""
    body = json.dumps(
        {
            "id": said.transaction_id,
            "gateway": said.bank,
            "transactionDate": local_text(said.at),
            "accountNumber": said.account,
            "subAccount": None,
            "code": None,
            "content": "",
            "transferType": "in",
            "description": "",
            "transferAmount": said.amount_vnd,
            "referenceCode": said.reference,
            "accumulated": None,
        }
    ).encode()
    at = str(int(said.at.timestamp()))
    signature = hex_digest(secret, "sha256", at.encode() + b"." + body)
    headers = {"x-sepay-timestamp": at, "x-sepay-signature": SIGNATURE_PREFIX + signature}
    return Incoming(headers, "", body)


PROVIDER = Provider(
    name="sepay",
    title="SePay",
    method="POST",
    verify=verify,
    read=read,
    sample=sample,
    advice=Message("provider.advice_sepay"),
    replies={
        "accepted": Reply(200, {"success": True}),
        "forged": Reply(401, {"success": False, "message": "not signed with this source's secret"}),
        "malformed": Reply(422, {"success": False, "message": "not a message as SePay describes"}),
        "unable": Reply(503, {"success": False, "message": "send it again later"}),
    },
)
