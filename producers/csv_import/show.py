"""How a file was understood, for a person who decides whether to import it."""

from collections.abc import Iterator

from producers.csv_import.column_map import ColumnMap
from producers.csv_import.filled import RowRejected
from producers.csv_import.judge import Judge, Judged
from producers.csv_import.moment import in_words
from producers.csv_import.table import Row
from producers.csv_import.understand import Understanding
from producers.strict_csv import DELIMITER_NAMES
from producers.subjects import last4_of

TEXT_CHARS_MAX = 60


def show(found: Understanding, column_map: ColumnMap, judge: Judge) -> Iterator[str]:
    """The lines of a trial: the form of the file, its first and last payments, its balances."""
    head, payments = found.head, found.payments
    delimiter = DELIMITER_NAMES.get(head.delimiter, repr(head.delimiter))
    yield f"{head.path}: read as {head.encoding}, delimiter {delimiter}, header in line {head.line}"
    yield f"  amounts in column {judge.amount.name!r}: {found.amount_form or 'no marks'}"
    if not payments.row_count:
        yield "  no row is a payment"
    for row, judged in found.first_rows:
        yield _payment(row, judged, judge)
    hidden = payments.row_count - len(found.first_rows) - len(found.last_rows)
    if hidden > 0:
        yield f"  … {hidden:,} more …"
    for row, judged in found.last_rows:
        yield _payment(row, judged, judge)
    yield f"  {payments.row_count:,} payments, {payments.in_vnd:,} đ in"
    if found.opening_vnd is not None and found.closing_vnd is not None:
        change = found.closing_vnd - found.opening_vnd
        yield (
            f"  opening balance {found.opening_vnd:,} đ {change:+,} đ = closing balance"
            f" {found.closing_vnd:,} đ, as the rows say"
        )
    elif found.chain_count:
        yield "  every balance follows from the one before"


def _payment(row: Row, judged: Judged, judge: Judge) -> str:
    assert judged.payment is not None
    kind, amount, moment, balance = judged.payment

    def said(field: str) -> str:
        try:
            return judge.templates.optional(field, row.cells) or ""
        except RowRejected:
            return ""

    account = said("account")
    parts = [
        f"  line {row.line}: {in_words(moment)}, {amount:,} đ, {kind}",
        f"account …{last4_of(account) or account[-4:]}",
    ]
    if balance is not None:
        parts.append(f"balance {balance:,} đ")
    if reference := said("bank_reference"):
        parts.append(f"reference {reference[:TEXT_CHARS_MAX]}")
    return ", ".join(parts)
