"""One row as a payment event, by the map. Decides only: nothing is sent or counted here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from producers.csv_import.column_map import ColumnMap, Skip
from producers.csv_import.filled import RowRejected, Templates
from producers.csv_import.identity import row_reference
from producers.csv_import.moment import Moment, TimeColumn
from producers.csv_import.money import MoneyColumn
from producers.csv_import.table import Head, Row
from producers.subjects import account_token, code_of, payer_token
from schemas.cloudevent import inadmissible
from schemas.ids import normalise_reference
from schemas.payment import COMPENSATIONS, PaymentEvent, payment_event
from schemas.text import redact


@dataclass(slots=True)
class Columns:
    """The columns whose form the whole file decides, and the rows that are no payments."""

    templates: Templates
    amount: MoneyColumn
    balance: MoneyColumn
    time: TimeColumn
    skips: tuple[tuple[int, Skip], ...]

    def skip_reason(self, cells: Sequence[str]) -> str | None:
        """The reason of the first filter that this row meets."""
        return next((skip.reason for at, skip in self.skips if _meets(cells[at], skip)), None)

    def amount_vnd(self, row: Row) -> int:
        """RowRejected where the cell is none; Refused where it proves another form."""
        text = self.templates.required("amount", row.cells)
        return self._read("amount", self.amount, text, row)

    def balance_vnd(self, row: Row) -> int | None:
        """The same of the balance, None where there is none."""
        text = self.templates.optional("balance_after", row.cells)
        return None if text is None else self._read("balance_after", self.balance, text, row)

    def moment(self, row: Row) -> Moment:
        """RowRejected where the text is no time; Refused where it proves another order."""
        try:
            return self.time.read(self.templates.required("time", row.cells), f"line {row.line}")
        except ValueError as error:
            raise RowRejected("time", str(error)) from error

    @staticmethod
    def _read(field: str, column: MoneyColumn, text: str, row: Row) -> int:
        try:
            return column.read(text, f"line {row.line}")
        except RowRejected:
            raise
        except ValueError as error:
            raise RowRejected(field, str(error)) from error


def translate_row(
    row: Row,
    columns: Columns,
    *,
    column_map: ColumnMap,
    key: bytes,
    identity: bytes,
    number: int,
) -> PaymentEvent:
    """The event of a row. `identity` and `number` stand in for references that it lacks."""
    said, cells, fields = column_map.payment, row.cells, columns.templates
    kind = fields.required("kind", cells)
    moment = columns.moment(row)
    amount = columns.amount_vnd(row)
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
            balance_after_vnd=columns.balance_vnd(row),
            text=redact(text) if text else None,
        )
    except ValidationError as error:
        found = inadmissible(error)
        raise RowRejected(found.reason.value, found.detail) from error


def ready_columns(column_map: ColumnMap, head: Head, time: TimeColumn) -> Columns:
    """The map's columns for this header."""
    form = column_map.amount
    return Columns(
        Templates(column_map, head),
        MoneyColumn(form.text.strip("{}"), form.decimal, form.thousands, form.scale),
        MoneyColumn(
            (column_map.payment.balance_after or "").strip("{}"),
            form.decimal,
            form.thousands,
            form.scale,
        ),
        time,
        tuple((head.position(skip.column), skip) for skip in column_map.skip),
    )


def _meets(cell: str, skip: Skip) -> bool:
    if skip.empty is not None:
        return (cell == "") is skip.empty
    if skip.equals is not None:
        return cell in skip.equals
    assert skip.matches is not None
    return re.search(skip.matches, cell) is not None
