"""Errors of the vocabulary: what was said cannot be an event.

ValueError
└── Inadmissible      subject, fact and cause, with a reason from the closed list `Reason`
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a record is not evidence. Engine and edge use the same words."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNKNOWN_TYPE = "unknown_type"
    NOT_CANONICAL = "not_canonical"
    SPECVERSION = "specversion"
    ID = "id"
    SOURCE = "source"
    SOURCE_TRANSACTION_ID = "source_transaction_id"
    TIME = "time"
    ACCOUNT = "account"
    BANK_REFERENCE = "bank_reference"
    COMPENSATION_REFERENCE = "compensation_reference"
    AMOUNT = "amount"
    CURRENCY = "currency"
    TIME_PRECISION = "time_precision"
    RAIL_CLASS = "rail_class"
    VIRTUAL_ACCOUNT = "virtual_account"
    STALL_CODE = "stall_code"
    PAYER_TOKEN = "payer_token"  # noqa: S105  # a field's name
    BALANCE = "balance"
    TEXT = "text"
    FIELDS = "fields"
    CODE = "code"
    COUNT = "count"


class Inadmissible(ValueError):
    """A record that cannot be evidence: `reason` from the closed list, `detail` for a person."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
