"""One row as a payment event, by the map. Decides only: nothing is sent or counted here."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from producers.csv_import.column_map import COLUMN, ColumnMap, Skip
from producers.csv_import.identity import row_reference
from producers.csv_import.moment import parse_moment
from producers.csv_import.money import parse_money
from producers.subjects import account_token, code_of, payer_token
from schemas.cloudevent import AHEAD_MAX, inadmissible
from schemas.ids import normalise_reference
from schemas.payment import COMPENSATIONS, PaymentEvent, payment_event
from schemas.text import redact


class RowRefused(ValueError):
    """A row that cannot be an event: `reason` is one of few, `detail` is for a person."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def skip_reason(cells: dict[str, str], skips: tuple[Skip, ...]) -> str | None:
    """The reason of the first filter that this row meets."""
    return next((skip.reason for skip in skips if _meets(cells[skip.column], skip)), None)


@dataclass(frozen=True, slots=True)
class Filled:
    """A row's templates filled, with defaults for empty cells and value maps applied."""

    column_map: ColumnMap
    cells: dict[str, str]

    def text(self, field: str, template: str) -> str:
        """The field's text. RowRefused where its value map does not know it."""

        def cell(match: "re.Match[str]") -> str:
            name = match[1]
            return self.cells[name] or self.column_map.defaults.get(name, "")

        filled = COLUMN.sub(cell, template).strip()
        values = self.column_map.values.get(field)
        if values is None:
            return filled
        if filled not in values:
            raise RowRefused(f"{field}: its value is not in [values.{field}]", repr(filled))
        return values[filled]

    def optional(self, field: str, template: str | None) -> str | None:
        """The field's text, None where the map has no such field or the text is empty."""
        return None if template is None else self.text(field, template) or None

    def required(self, field: str, template: str) -> str:
        """The field's text. RowRefused where it is empty."""
        if text := self.text(field, template):
            return text
        raise RowRefused(f"{field}: empty", f"from {template}")


def translate_row(
    filled: Filled, *, key: bytes, identity: bytes, number: int, zone: ZoneInfo, now: datetime
) -> PaymentEvent:
    """The event of a row. `identity` and `number` stand in for references that it lacks."""
    column_map = filled.column_map
    said = column_map.payment
    kind = filled.required("kind", said.kind)
    try:
        moment = parse_moment(
            filled.text("time", column_map.time.text), formats=column_map.time.formats, zone=zone
        )
    except ValueError as error:
        raise RowRefused("time", str(error)) from error
    amount = _money(filled, "amount", column_map.amount.text)
    if amount is None:
        raise RowRefused("amount: empty", f"from {column_map.amount.text}")
    reference = filled.optional("bank_reference", said.bank_reference)
    if said.bank_reference is not None and reference is None:
        raise RowRefused("bank_reference: empty", f"from {said.bank_reference}")
    compensation = None
    if kind in COMPENSATIONS and said.compensation_reference is not None:
        compensation = normalise_reference(
            filled.required("compensation_reference", said.compensation_reference)
        )
    transaction_id = f"{identity.hex()}-{number}"
    if said.source_transaction_id is not None:
        transaction_id = filled.required("source_transaction_id", said.source_transaction_id)
    payer = filled.optional("payer", said.payer)
    virtual = filled.optional("virtual_account", said.virtual_account)
    stall = filled.optional("stall_code", said.stall_code)
    text = filled.optional("text", said.text)
    try:
        event = payment_event(
            kind=kind,  # type: ignore[arg-type]  # the model says which kinds there are
            source=column_map.source,
            source_transaction_id=transaction_id,
            occurred_at=moment.at,
            time_precision=moment.precision,
            account=account_token(key, filled.required("account", said.account)),
            bank_reference=(
                normalise_reference(reference) if reference else row_reference(identity, number)
            ),
            compensation_reference=compensation,
            amount_vnd=amount,
            rail_class=filled.required("rail_class", said.rail_class),  # type: ignore[arg-type]
            virtual_account=account_token(key, virtual) if virtual else None,
            stall_code=code_of(stall) if stall else None,
            payer_token=payer_token(key, payer) if payer else None,
            balance_after_vnd=_money(filled, "balance_after", said.balance_after),
            text=redact(text) if text else None,
        )
    except ValidationError as error:
        found = inadmissible(error)
        raise RowRefused(found.reason.value, found.detail) from error
    if event.time > now + AHEAD_MAX:
        raise RowRefused("time", f"{event.time:%Y-%m-%d} is in the future")
    return event


def _money(filled: Filled, field: str, template: str | None) -> int | None:
    text = filled.optional(field, template)
    if text is None:
        return None
    form = filled.column_map.amount
    try:
        return parse_money(text, decimal=form.decimal, thousands=form.thousands, scale=form.scale)
    except ValueError as error:
        raise RowRefused(field, str(error)) from error


def _meets(cell: str, skip: Skip) -> bool:
    if skip.empty is not None:
        return (cell == "") is skip.empty
    if skip.equals is not None:
        return cell in skip.equals
    assert skip.matches is not None
    return re.search(skip.matches, cell) is not None
