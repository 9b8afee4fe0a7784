"""What a statement prints beside its rows: whose account it is, its opening and closing balance.

Such cells stand in rows that are no payments: the preamble, sections, footers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from infra.errors import Refused
from producers.csv_import.money import MoneyColumn
from producers.subjects import account_number
from schemas.text import bare, look_alike, tidy

_LABEL = r"(?:(?:so )?tai khoan|so tk|stk|tk|account(?: (?:no|number))?)\b"
_OTHERS = re.compile(r"\b(?:doi ung|thu huong|nhan|chuyen|counter|beneficiary|payer|sender)\b")
_NUMBER = r"[0-9][0-9 .\-]{4,28}[0-9]"
_LABELLED = re.compile(rf"{_LABEL}[^0-9]{{0,40}}({_NUMBER})\b.*")
_NUMBER_ALONE = re.compile(rf"({_NUMBER})\b.*")
_DATE = re.compile(r"[0-9]{1,2}[ .\-][0-9]{1,2}[ .\-][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COLUMN = re.compile(rf"{_LABEL}[ .:/]*(?:{_LABEL})?[ .:]*")


def printed_accounts(cells: Sequence[str]) -> list[str]:
    """Account numbers that stand in these cells behind a label that says what they are."""
    found: list[str] = []
    is_labelled = False
    for plain in (bare(cell) for cell in cells if cell):
        match = (_NUMBER_ALONE if is_labelled else _LABELLED).fullmatch(plain)
        is_labelled = _COLUMN.fullmatch(plain) is not None
        if match and not _OTHERS.search(plain) and not _DATE.fullmatch(match[1]):
            found.append(match[1])
    return [account_number(each.strip(" .-")) for each in found]


def account_column(names: Sequence[str], mapped: frozenset[str]) -> int | None:
    """The column headed "account number" and nothing more, where the map does not use it."""
    used = {look_alike(name) for name in mapped}
    return next(
        (
            at
            for at, name in enumerate(names)
            if _COLUMN.fullmatch(bare(name)) and look_alike(name) not in used
        ),
        None,
    )


@dataclass(slots=True)
class AccountCheck:
    """The map names one account; the file may not name another one.

    `is_ours` compares a number with the map's. A head may print several numbers (an old and a new
    one): one of those that stand together must be ours.
    """

    is_ours: Callable[[str], bool]
    column: int | None
    _block: list[tuple[int, str]] = field(default_factory=list)

    def payment(self, line: int, cells: Sequence[str], names: Sequence[str]) -> None:
        """A row of money ends a block. Refused where the row is of another account."""
        self.end()
        number = cells[self.column] if self.column is not None else ""
        if re.fullmatch(_NUMBER, number) and not self.is_ours(number):
            assert self.column is not None
            name = names[self.column]
            raise Refused(
                f"line {line}: the account is {number}, not that of the map: the file has a column"
                f' for it: write account = "{{{name}}}" in [payment] of the map'
            )

    def other(self, line: int, cells: Sequence[str]) -> None:
        """A row that is no payment."""
        self._block += [(line, number) for number in printed_accounts(cells)]

    def end(self) -> None:
        """The end of a block. Refused where it names accounts, and ours is not among them."""
        if self._block and not any(self.is_ours(number) for _, number in self._block):
            line, number = self._block[0]
            raise Refused(
                f"line {line}: the file says that it is of account {number}, the map that it is of"
                " another one: import each account's rows by themselves, with their own map"
            )
        self._block.clear()


@dataclass(frozen=True, slots=True)
class LabelledAmount:
    """An amount that is printed behind a label, such as an opening balance."""

    label: str
    money: MoneyColumn

    def find(self, cells: Sequence[str]) -> int | None:
        """The amount in these cells: in the label's own cell behind it, or in the next that is one.

        None where the label is not there.
        """
        wanted = look_alike(self.label)
        for at, cell in enumerate(cells):
            if not look_alike(cell).startswith(wanted):
                continue
            rest = re.sub(r"^[^0-9+-]*", "", cell[len(tidy(self.label)) :])
            for text in (rest, *cells[at + 1 :]):
                try:
                    return self.money.read(text, 0)
                except (ValueError, Refused):
                    continue
        return None
