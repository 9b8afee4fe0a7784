"""What one row of the file is: decided by its form, the map's filters, and its numbers.

Both readings of a file judge its rows here, so they cannot differ.
"""

import re
from typing import NamedTuple

from infra.errors import Refused
from producers.csv_import.books import Entry
from producers.csv_import.column_map import Amount, ColumnMap, Skip
from producers.csv_import.filled import RowRejected, Templates
from producers.csv_import.moment import Moment, TimeColumn
from producers.csv_import.money import MoneyColumn
from producers.csv_import.printed import LabelledAmount
from producers.csv_import.table import Head, Row
from schemas.payment import COMPENSATIONS

OUTGOING = "outgoing"


class Payment(NamedTuple):
    """A row that is a payment, as far as kind and numbers go."""

    kind: str
    amount_vnd: int
    moment: Moment
    balance_vnd: int | None


class Judged(NamedTuple):
    """The verdict on a row: a payment, or why it is none.

    `change_vnd` is by how much it changed the balance, None where that is not known.
    """

    entry: Entry
    payment: Payment | None = None
    skipped: str | None = None
    rejected: RowRejected | None = None
    change_vnd: int | None = None
    balance_vnd: int | None = None


class Judge:
    """The map's columns for one header, whose forms the whole file decides."""

    def __init__(self, column_map: ColumnMap, head: Head, time: TimeColumn) -> None:
        form = column_map.amount
        self.templates = Templates(column_map, head)
        self.time = time
        self.amount = _money_column(form.text, form)
        self.outgoing = None
        if form.outgoing is not None and form.outgoing != form.text:
            self.outgoing = _money_column(form.outgoing, form)
        self.balance = _money_column(column_map.payment.balance_after or "", form)
        self.plain = _money_column(form.text, form, has_memory=False)
        said = column_map.balance
        self._labels = [
            (name, LabelledAmount(label, self.plain))
            for name, label in (("opening", said.opening), ("closing", said.closing))
            if label is not None
        ]
        self._skips = [(head.position(skip.column), skip) for skip in column_map.skip]

    def printed(self, row: Row) -> tuple[str, int] | None:
        """The opening or closing balance that this row prints beside the table's columns."""
        for name, labelled in self._labels:
            if (vnd := labelled.find(row.cells)) is not None:
                return name, vnd
        return None

    def judge(self, row: Row) -> Judged:
        """The verdict on a row of the table. Refused where it proves that the file is misread."""
        judged = self._judge(row)
        if judged.rejected is not None and (printed := self.printed(row)) is not None:
            entry = Entry(judged.entry.line_count)
            return Judged(entry, skipped=f"{printed[0]} balance")
        return judged

    def _judge(self, row: Row) -> Judged:
        line_count = row.last_line - row.line + 1
        reason = next(
            (skip.reason for at, skip in self._skips if _meets(row.cells[at], skip)), None
        )
        if reason is not None:
            came = self._glance("amount", row) or 0
            went = abs(self._glance("outgoing", row) or 0)
            balance = self._glance("balance_after", row)
            entry = Entry(line_count, max(came, 0), went - min(came, 0))
            return Judged(entry, skipped=reason, balance_vnd=balance)
        balance = None
        try:
            if row.problem is not None:
                raise RowRejected(*row.problem)  # noqa: TRY301  # one way out for all
            came, went = self._moved(row)
        except RowRejected as error:
            balance = self._glance("balance_after", row)
            return Judged(Entry(line_count, is_unread=True), rejected=error, balance_vnd=balance)
        change = came - went
        entry = Entry(line_count, came, went, change_vnd=change)
        try:
            balance = self._vnd("balance_after", self.balance, row)
            if went and came:
                raise RowRejected("amount", "money comes in and goes out in one row")  # noqa: TRY301
            moment = self._moment(row)
            if went:
                return Judged(entry, None, OUTGOING, None, change, balance)
            kind = self.templates.required("kind", row.cells)
            if kind in COMPENSATIONS or kind == "failed":
                change = 0 if kind == "failed" else -change
                entry = Entry(line_count, came, went, change_vnd=change)
            payment = Payment(kind, came, moment, balance)
        except RowRejected as error:
            return Judged(entry, None, None, error, change, balance)
        return Judged(entry, payment, None, None, change, balance)

    def has_time(self, row: Row) -> bool:
        """Whether the row has a time as payments have it."""
        try:
            return self._moment(row) is not None
        except RowRejected:
            return False

    def _moved(self, row: Row) -> tuple[int, int]:
        """What came in and what went out; an amount below zero goes out, but for a compensation."""
        came = self._vnd("amount", self.amount, row)
        went = self._vnd("outgoing", self.outgoing, row) if self.outgoing else None
        if came is None and went is None:
            raise RowRejected("amount: empty", "no amount stands in its column")
        came, went = came or 0, abs(went or 0)
        if came >= 0:
            return came, went
        is_given_back = self.templates.optional("kind", row.cells) in COMPENSATIONS
        return (-came, went) if is_given_back else (0, went - came)

    def _vnd(self, field: str, column: MoneyColumn, row: Row) -> int | None:
        text = self.templates.optional(field, row.cells)
        if text is None:
            return None
        try:
            return column.read(text, row.line)
        except ValueError as error:
            raise RowRejected(field, str(error)) from error

    def _glance(self, field: str, row: Row) -> int | None:
        """An amount in a row that proves nothing about its column; None where there is none."""
        try:
            return self._vnd(field, self.plain, row)
        except (RowRejected, Refused):
            return None

    def _moment(self, row: Row) -> Moment:
        text = self.templates.required("time", row.cells)
        try:
            return self.time.read(text, row.line)
        except ValueError as error:
            raise RowRejected("time", str(error)) from error


def _money_column(template: str, form: Amount, *, has_memory: bool = True) -> MoneyColumn:
    name = template.strip("{}")
    return MoneyColumn(name, form.decimal, form.thousands, form.scale, has_memory)


def _meets(cell: str, skip: Skip) -> bool:
    if skip.empty is not None:
        return (cell == "") is skip.empty
    if skip.equals is not None:
        return cell in skip.equals
    assert skip.matches is not None
    return re.search(skip.matches, cell) is not None
