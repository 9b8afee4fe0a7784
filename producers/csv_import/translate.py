"""One row as a payment event, by the map. Decides only: nothing is sent or counted here."""

from pydantic import ValidationError

from producers.csv_import.column_map import ColumnMap
from producers.csv_import.filled import RowRejected, Templates
from producers.csv_import.identity import row_reference
from producers.csv_import.judge import Payment
from producers.csv_import.table import Row
from producers.subjects import account_token, code_of, payer_token
from schemas.cloudevent import inadmissible
from schemas.ids import normalise_reference
from schemas.payment import COMPENSATIONS, PaymentEvent, payment_event
from schemas.text import redact


def translate_row(
    row: Row,
    payment: Payment,
    fields: Templates,
    *,
    column_map: ColumnMap,
    key: bytes,
    identity: bytes,
    number: int,
) -> PaymentEvent:
    """The event of a row. `identity` and `number` stand in for references that it lacks."""
    said, cells = column_map.payment, row.cells
    kind, amount, moment, balance = payment
    reference = fields.optional("bank_reference", cells)
    if said.bank_reference is not None and reference is None:
        raise RowRejected("bank_reference: empty", f"from {said.bank_reference}")
    compensation = None
    if kind in COMPENSATIONS and said.compensation_reference is not None:
        compensation = normalise_reference(fields.required("compensation_reference", cells))
    transaction_id = f"{identity.hex()}-{number}"
    if said.source_transaction_id is not None:
        transaction_id = fields.required("source_transaction_id", cells)
    payer = fields.optional("payer", cells)
    virtual = fields.optional("virtual_account", cells)
    stall = fields.optional("stall_code", cells)
    text = fields.optional("text", cells)
    try:
        return payment_event(
            kind=kind,  # type: ignore[arg-type]  # the model says which kinds there are
            source=column_map.source,
            source_transaction_id=transaction_id,
            occurred_at=moment.at,
            time_precision=moment.precision,
            account=account_token(key, fields.required("account", cells)),
            bank_reference=(
                normalise_reference(reference) if reference else row_reference(identity, number)
            ),
            compensation_reference=compensation,
            amount_vnd=amount,
            rail_class=fields.required("rail_class", cells),  # type: ignore[arg-type]
            virtual_account=account_token(key, virtual) if virtual else None,
            stall_code=code_of(stall) if stall else None,
            payer_token=payer_token(key, payer) if payer else None,
            balance_after_vnd=balance,
            text=redact(text) if text else None,
        )
    except ValidationError as error:
        found = inadmissible(error)
        raise RowRejected(found.reason.value, found.detail) from error
