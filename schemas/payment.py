"""Payment evidence: what a provider, a bank or an operator says happened to one payment.

A payment's identity is (`account`, `bank_reference`): the payee's account token and the bank's
reference in normal form. Amount and time are never an identity.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.cloudevent import (
    AMOUNT_VND_MAX,
    CloudEvent,
    Code,
    Data,
    Reference,
    Source,
    SourceTransactionId,
    Text,
    Token,
)
from schemas.ids import event_id_text

PREFIX = "vn.choso.payment."
KINDS = ("credited", "cash_sale_reported", "failed", "refunded", "reversed")
COMPENSATIONS = ("refunded", "reversed")
RAIL_CLASSES = ("p2m_payment", "p2p_transfer", "wallet", "card", "cash_reported", "unknown")

Kind = Literal["credited", "cash_sale_reported", "failed", "refunded", "reversed"]
RailClass = Literal["p2m_payment", "p2p_transfer", "wallet", "card", "cash_reported", "unknown"]
TimePrecision = Literal["instant", "day"]


class PaymentData(Data):
    """One report about one payment. Amounts are whole đồng.

    `compensation_reference` is the refund's or reversal's own bank reference and null for all else;
    a compensation's `account` and `bank_reference` name the payment that it compensates.
    `time_precision` "day" says that the source knew the day only (`time` is then its local noon).
    """

    account: Token
    bank_reference: Reference
    compensation_reference: Reference | None
    amount_vnd: Annotated[int, Field(ge=1, le=AMOUNT_VND_MAX)]
    currency: Literal["VND"]
    time_precision: TimePrecision
    rail_class: RailClass
    virtual_account: Token | None
    stall_code: Code | None
    payer_token: Token | None
    balance_after_vnd: Annotated[int, Field(ge=-AMOUNT_VND_MAX, le=AMOUNT_VND_MAX)] | None
    text: Text | None


class PaymentEvent(CloudEvent):
    """Evidence about a payment, version 1: `vn.choso.payment.KIND.v1`."""

    TYPES: ClassVar[frozenset[str]] = frozenset(f"{PREFIX}{kind}.v1" for kind in KINDS)

    data: PaymentData

    @model_validator(mode="after")
    def _check_compensation(self) -> Self:
        if (self.kind in COMPENSATIONS) != (self.data.compensation_reference is not None):
            raise ValueError(
                "compensation_reference must be set for a refund or reversal and null for all else"
            )
        return self


def payment_event(
    *,
    kind: Kind,
    source: Source,
    source_transaction_id: SourceTransactionId,
    occurred_at: datetime,
    account: Token,
    bank_reference: Reference,
    amount_vnd: int,
    rail_class: RailClass,
    compensation_reference: Reference | None = None,
    time_precision: TimePrecision = "instant",
    virtual_account: Token | None = None,
    stall_code: Code | None = None,
    payer_token: Token | None = None,
    balance_after_vnd: int | None = None,
    text: Text | None = None,
) -> PaymentEvent:
    """An event with its derived id. Raises pydantic's ValidationError where a rule is broken."""
    return PaymentEvent(
        id=event_id_text(source, source_transaction_id, kind),
        source=source,
        type=f"{PREFIX}{kind}.v1",
        time=occurred_at,
        data=PaymentData(
            source_transaction_id=source_transaction_id,
            account=account,
            bank_reference=bank_reference,
            compensation_reference=compensation_reference,
            amount_vnd=amount_vnd,
            currency="VND",
            time_precision=time_precision,
            rail_class=rail_class,
            virtual_account=virtual_account,
            stall_code=stall_code,
            payer_token=payer_token,
            balance_after_vnd=balance_after_vnd,
            text=text,
        ),
    )
