"""A provider's notice as an event: numbers become tokens, text becomes a code or nothing. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from producers.subjects import account_token, code_of, payer_token
from producers.webhooks.provider import Malformed, Notice
from schemas.banks import bank_bin
from schemas.calendar import LOCAL
from schemas.cloudevent import TIME_END, TIME_MIN, decode, encode
from schemas.errors import Inadmissible
from schemas.payment import PaymentEvent, payment_event
from schemas.reference import canonical_reference

_NOT_IN_REFERENCE = re.compile(r"[^0-9A-Z]")
_FIELDS = {
    "source_transaction_id": "the transaction's id must be 1 to 128 printable ASCII characters",
    "bank_reference": "the reference must be 1 to 64 characters, a letter or digit first",
    "amount_vnd": "the amount must be at least 1 đồng",
    "balance_after_vnd": "the balance is beyond what a ledger holds",
    "stall_code": "the code must be 1 to 48 letters, digits, dots and hyphens",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where notices come from: the `source` of evidence, and the BIN of its accounts' bank.

    `bank_bin` None: the bank that the notice names, where it names one.
    """

    source: str
    bank_bin: str | None = None


def event_of(notice: Notice, source: Source, *, key: bytes, received_at: datetime) -> PaymentEvent:
    """The evidence. Malformed where the notice cannot be evidence of a payment.

    Free text stays outside: names cannot be found in it reliably. A credit without a reference of
    its bank has one made from the provider's own id, which meets no other channel's.
    """
    if not TIME_MIN <= notice.occurred_at < TIME_END:
        raise Malformed("the time", f"must be from {TIME_MIN:%Y} on and before {TIME_END:%Y}")
    try:
        event = payment_event(
            kind="credited",
            source=source.source,
            source_transaction_id=notice.transaction_id,
            occurred_at=notice.occurred_at,
            account=_account(key, notice.account, "the account"),
            bank_reference=_reference(notice, source),
            amount_vnd=notice.amount_vnd,
            rail_class=notice.rail_class,
            virtual_account=notice.virtual_account
            and _account(key, notice.virtual_account, "the virtual account"),
            stall_code=code_of(notice.code) if notice.code else None,
            payer_token=payer_token(key, notice.payer) if notice.payer else None,
            balance_after_vnd=notice.balance_after_vnd,
            text=None,
        )
        return decode(PaymentEvent, encode(event), received_at)
    except ValidationError as error:
        field = str(error.errors(include_url=False)[0]["loc"][-1])
        raise Malformed(field, _FIELDS.get(field, "is not as described")) from None
    except Inadmissible as error:
        raise Malformed("the event", error.detail) from None
    except ValueError as error:
        raise Malformed("an account or code", str(error)) from None


def _account(key: bytes, number: str, what: str) -> str:
    try:
        return account_token(key, number)
    except ValueError:
        raise Malformed(what, "must be an account number") from None


def _reference(notice: Notice, source: Source) -> str:
    bank = source.bank_bin or (bank_bin(notice.bank) if notice.bank else None)
    found = None
    if notice.reference is not None:
        day = notice.occurred_at.astimezone(LOCAL).date()
        found = canonical_reference(notice.reference, bank_bin=bank, day=day)
    if found is None:
        name = _NOT_IN_REFERENCE.sub("", source.source.upper())
        return f"{name}.{notice.transaction_id.upper()}"
    return found
