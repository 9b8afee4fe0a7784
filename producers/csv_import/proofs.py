"""What the rows of a file prove about each other and about the map."""

from infra.errors import Refused
from producers.csv_import.balances import Chain
from producers.csv_import.column_map import COLUMN, ColumnMap
from producers.csv_import.filled import RowRejected
from producers.csv_import.judge import Judge, Judged
from producers.csv_import.printed import AccountCheck, account_column
from producers.csv_import.table import Head, Row
from producers.subjects import account_token

CHAINS_MAX = 10_000


class Proofs:
    """Takes the rows of the first reading in their order. Refused where one disproves the map."""

    def __init__(self, column_map: ColumnMap, judge: Judge, head: Head, *, key: bytes) -> None:
        said = column_map.payment
        self._judge = judge
        self._names = head.names
        self._texts = {head.position(name) for name in COLUMN.findall(said.text or "")}
        self._account: AccountCheck | None = None
        if COLUMN.search(said.account) is None:
            ours = account_token(key, said.account)
            others = column_map.accounts.of_others
            column = account_column(head.names, {*column_map.columns(), *others})
            self._account = AccountCheck(
                lambda number: account_token(key, number) == ours, column, others
            )
        follows = said.balance_after is not None and column_map.balance.follows
        self._chains: dict[str, Chain] | None = {} if follows and not head.is_part else None
        self._is_part = head.is_part
        self.opening_vnd: int | None = None
        self.closing_vnd: int | None = None
        self.moved_vnd = 0
        self._rejected_lines: list[int] = []

    @property
    def chain_count(self) -> int:
        """Accounts whose balances were looked at."""
        return len(self._chains or {})

    def beside(self, row: Row) -> None:
        """A row that is no payment may say whose account this is, and what was on it."""
        if self._account is not None:
            cells = [cell for at, cell in enumerate(row.cells) if at not in self._texts]
            self._account.other(row.line, row.cells if row.form == "preamble" else cells)
        printed = self._judge.printed(row)
        if printed is None:
            return
        name, vnd = printed
        if name == "closing":
            self.closing_vnd = vnd
        elif self.opening_vnd is None:
            self.opening_vnd = vnd

    def row(self, row: Row, judged: Judged) -> None:
        """A row of the table, with its verdict."""
        if judged.payment is not None:
            if self._account is not None:
                self._account.payment(row.line, row.cells, self._names)
        elif judged.change_vnd is None and not self._judge.has_time(row):
            self.beside(row)
            return  # a heading, a total, a balance: it moves no money
        if judged.rejected is not None:
            self._rejected_lines.append(row.line)
        self.moved_vnd += judged.change_vnd or 0
        if self._chains is None or (judged.skipped and judged.balance_vnd is None):
            return
        chain = self._chains.setdefault(self._account_text(row), Chain())
        if len(self._chains) > CHAINS_MAX:
            self._chains = None
            return
        chain.add(row.line, judged.balance_vnd, judged.change_vnd)

    def end(self) -> None:
        """The end of the file: what all rows prove together."""
        if self._account is not None:
            self._account.end()
        for chain in (self._chains or {}).values():
            if (found := chain.first_break()) is not None:
                raise Refused(
                    f"line {found.line}: the balance is {found.balance_vnd:,} đ, but after line"
                    f" {found.earlier_line} it must be {found.expected_vnd:,} đ: rows are missing,"
                    " or an amount is read wrongly; if the file leaves rows out by its nature,"
                    " write follows = false in [balance] of the map"
                )
        if self.opening_vnd is None or self.closing_vnd is None or self._is_part:
            return
        reached = self.opening_vnd + self.moved_vnd
        if reached != self.closing_vnd:
            unread = (
                f": look at line {self._rejected_lines[0]}, which is rejected"
                if self._rejected_lines
                else ""
            )
            raise Refused(
                f"the opening balance {self.opening_vnd:,} đ and all rows make {reached:,} đ, but"
                f" the closing balance is {self.closing_vnd:,} đ: {self.closing_vnd - reached:+,} đ"
                f" are missing{unread}"
            )

    def _account_text(self, row: Row) -> str:
        if self._account is not None:
            return ""
        try:
            return self._judge.templates.optional("account", row.cells) or ""
        except RowRejected:
            return ""
