"""What a statement prints beside its rows: whose account it is, its opening and closing balance.

Such cells stand in rows that are no payments: the preamble, sections, footers.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

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


class PrintedAccount(NamedTuple):
    """An account number in a file, and the label that says what it is."""

    number: str
    label: str


def printed_accounts(cells: Sequence[str], of_others: Collection[str] = ()) -> list[PrintedAccount]:
    """Account numbers that stand in these cells behind a label that says what they are.

    A cell that begins with one of `of_others` is a label of somebody else's.
    """
    others = tuple(bare(each) for each in of_others)
    found: list[PrintedAccount] = []
    label = ""
    for cell in cells:
        if not (plain := bare(cell)):
            continue
        match = (_NUMBER_ALONE if label else _LABELLED).fullmatch(plain)
        is_ones = not (_OTHERS.search(plain) or (label or plain).startswith(others or ("\0",)))
        if match and is_ones and not _DATE.fullmatch(match[1]):
            number = account_number(match[1].strip(" .-"))
            found.append(PrintedAccount(number, label or plain[: match.start(1)].strip(" :.")))
        label = plain if _COLUMN.fullmatch(plain) is not None else ""
    return found


def account_column(names: Sequence[str], mapped: Collection[str]) -> int | None:
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
    of_others: tuple[str, ...] = ()
    _block: list[tuple[int, PrintedAccount]] = field(default_factory=list)

    def payment(self, line: int, cells: Sequence[str], names: Sequence[str]) -> None:
        """A row of money ends a block. Refused where the row is of another account."""
        self.end()
        number = cells[self.column] if self.column is not None else ""
        if re.fullmatch(_NUMBER, number) and not self.is_ours(number):
            assert self.column is not None
            name = names[self.column]
            raise Refused(
                f"line {line}: the account is {number}, not that of the map: the file has a column"
                f' for it: write account = "{{{name}}}" in [payment] of the map; or, where it is'
                f' the account of who pays, of_others = ["{name}"] in [accounts]'
            )

    def other(self, line: int, cells: Sequence[str]) -> None:
        """A row that is no payment."""
        self._block += [(line, each) for each in printed_accounts(cells, self.of_others)]

    def end(self) -> None:
        """The end of a block. Refused where it names accounts, and ours is not among them."""
        if self._block and not any(self.is_ours(each.number) for _, each in self._block):
            line, (number, label) = self._block[0]
            raise Refused(
                f"line {line}: the file says that it is of account {number}, the map that it is of"
                " another one: import each account's rows by themselves, with their own map; or,"
                f' where that is somebody else\'s, write of_others = ["{label}"] in [accounts] of'
                " the map"
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
