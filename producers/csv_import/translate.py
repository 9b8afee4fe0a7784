"""One row as a payment event, by the map. Decides only: nothing is sent or counted here."""

from collections.abc import Sequence

from pydantic import ValidationError

from producers.csv_import.column_map import ColumnMap
from producers.csv_import.filled import RowRejected, Templates
from producers.csv_import.identity import Who
from producers.csv_import.judge import Payment
from producers.subjects import account_token, code_of, payer_token
from schemas.cloudevent import inadmissible
from schemas.payment import COMPENSATIONS, PaymentEvent, payment_event
from schemas.text import redact


def translate_row(
    cells: Sequence[str],
    payment: Payment,
    who: Who,
    fields: Templates,
    *,
    column_map: ColumnMap,
    key: bytes,
    row_id: str,
) -> PaymentEvent:
    """The event of a row. `row_id` stands in for references that it lacks."""
    kind, amount, moment, balance = payment
    compensation = None
    if kind in COMPENSATIONS:
        compensation = who.compensation or f"ROW-{row_id.upper()}"
    payer = fields.optional("payer", cells)
    virtual = fields.optional("virtual_account", cells)
    stall = fields.optional("stall_code", cells)
    text = fields.optional("text", cells)
    try:
        tokens = [
            account_token(key, virtual) if virtual else None,
            payer_token(key, payer) if payer else None,
        ]
    except ValueError as error:
        raise RowRejected("account", str(error)) from error
    try:
        return payment_event(
            kind=kind,  # type: ignore[arg-type]  # the model says which kinds there are
            source=column_map.source,
            source_transaction_id=fields.optional("source_transaction_id", cells) or row_id,
            occurred_at=moment.at,
            time_precision=moment.precision,
            account=who.account,
            bank_reference=who.reference or f"ROW-{row_id.upper()}",
            compensation_reference=compensation,
            amount_vnd=amount,
            rail_class=fields.required("rail_class", cells),  # type: ignore[arg-type]
            virtual_account=tokens[0],
            stall_code=code_of(stall) if stall else None,
            payer_token=tokens[1],
            balance_after_vnd=balance,
            text=redact(text) if text else None,
        )
    except ValidationError as error:
        found = inadmissible(error)
        raise RowRejected(found.reason.value, found.detail) from error
