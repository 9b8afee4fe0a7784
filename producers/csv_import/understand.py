"""The first reading of a file: what it is, and whether it proves that it would be read wrongly."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from infra.errors import Refused
from producers.csv_import.books import Entry, Sum
from producers.csv_import.column_map import ColumnMap
from producers.csv_import.filled import RowRejected
from producers.csv_import.identity import Identifier, Occurrences
from producers.csv_import.judge import Judge, Judged
from producers.csv_import.proofs import Proofs
from producers.csv_import.table import Head, Row, read_rows

SHOWN_COUNT = 3


@dataclass(slots=True)
class Understanding:
    """The file as it was understood: `whole` is what all its rows add up to."""

    head: Head
    whole: Sum = field(default_factory=Sum)
    payments: Sum = field(default_factory=Sum)
    first_rows: list[tuple[Row, Judged]] = field(default_factory=list)
    last_rows: list[tuple[Row, Judged]] = field(default_factory=list)
    opening_vnd: int | None = None
    closing_vnd: int | None = None
    occurrences: Occurrences = field(default_factory=Occurrences)
    chain_count: int = 0  # accounts whose balances follow
    amount_form: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None

    def keep(self, row: Row, judged: Judged) -> None:
        """Count a payment, and show the first and the last ones."""
        self.payments.add(judged.entry)
        assert judged.payment is not None
        at = judged.payment.moment.at
        if self.first_at is None or at < self.first_at:
            self.first_at = at
        if self.last_at is None or at > self.last_at:
            self.last_at = at
        if len(self.first_rows) < SHOWN_COUNT:
            self.first_rows.append((row, judged))
        else:
            self.last_rows = [*self.last_rows[1 - SHOWN_COUNT :], (row, judged)]


def understand(
    head: Head,
    column_map: ColumnMap,
    judge: Judge,
    identifier: Identifier,
    *,
    key: bytes,
    occurrences: Occurrences,
) -> Understanding:
    """Read the whole file. Refused where it proves that the map, or its own rows, are wrong."""
    found = Understanding(head, occurrences=occurrences)
    proofs = Proofs(column_map, judge, head, key=key)
    try:
        for row in read_rows(head):
            if row.form in {"blank", "header", "preamble"}:
                found.whole.add(Entry(row.last_line - row.line + 1))
                if row.form == "preamble":
                    proofs.beside(row)
                continue
            judged = judge.judge(row)
            found.whole.add(judged.entry)
            if judged.payment is not None:
                found.keep(row, judged)
                with suppress(RowRejected):  # the second reading counts it, with its reason
                    occurrences.note(identifier.who(row.cells, judged.payment), judged.payment)
            proofs.row(row, judged)
        proofs.end()
    except Refused as error:
        text = str(error)
        path = str(head.path)
        raise Refused(text if text.startswith(path) else f"{path}: {text}") from error
    assert found.whole.change_vnd == proofs.moved_vnd
    found.amount_form = judge.amount.form
    found.opening_vnd, found.closing_vnd = proofs.opening_vnd, proofs.closing_vnd
    found.chain_count = proofs.chain_count
    return found
