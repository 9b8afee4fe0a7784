"""Who a row is: its bank reference, or what it says, and its number among rows that say the same.

Identity is made of meaning: account, kind, time, amount, balance and text as they were read, not of
cells as they are printed. So a file that a spreadsheet wrote again, in another order or with
running numbers, gives each payment its old id.

Rows that say the same are told apart by their number, counted from the oldest: a longer export of
the same account goes on where the shorter one ended. A file cannot prove more than that: of two
exports that each hold one half of a day it is not known whether their equal rows are one sale.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from infra.errors import Refused
from producers.csv_import.filled import RowRejected, Templates
from producers.csv_import.judge import Payment
from producers.subjects import account_token
from schemas.calendar import LOCAL
from schemas.ids import token
from schemas.payment import COMPENSATIONS
from schemas.reference import canonical_reference, normalise_reference
from schemas.text import look_alike

_LETTER = re.compile(r"[^\W_]")
IDENTITY_COUNT_MAX = 50_000_000


class Who(NamedTuple):
    """A row's account token, and its references as far as it has any of its own.

    `fact` names it among the rows of the file: two rows of one fact say the same, or contradict.
    Where it is None, only what the row says tells it from others: `meaning` is the hash of that.
    """

    account: str
    reference: str | None
    compensation: str | None
    fact: tuple[str | None, ...] | None
    meaning: bytes


class Identifier:
    """Finds out who a row is. `key` makes tokens; those of accounts are kept: they are few."""

    def __init__(self, fields: Templates, *, key: bytes) -> None:
        self._fields = fields
        self._key = key
        self._accounts: dict[str, str] = {}

    def who(self, cells: Sequence[str], payment: Payment) -> Who:
        """RowRejected where the row names no account, or not the payment that it gives back."""
        account = self.account(self._fields.required("account", cells))
        reference, compensation = self._references(cells, payment)
        fact: tuple[str | None, ...] | None = None
        own = self._fields.optional("source_transaction_id", cells)
        if own is not None or reference is not None:
            fact = (account, payment.kind, own or reference, compensation)
        meaning = b"" if fact else self._meaning(account, cells, payment)
        return Who(account, reference, compensation, fact, meaning)

    def row_id(self, who: Who, number: int) -> str:
        """The id of the row among all of its source, from what it is and from nothing else."""
        if who.fact is None:
            return f"{who.meaning.hex()}-{number}"
        return token(self._key, "row", json.dumps(who.fact, ensure_ascii=True))

    def account(self, text: str) -> str:
        """The token of an account."""
        found = self._accounts.get(text)
        if found is None:
            try:
                found = self._accounts[text] = account_token(self._key, text)
            except ValueError as error:
                raise RowRejected("account", str(error)) from error
        return found

    def _references(self, cells: Sequence[str], payment: Payment) -> tuple[str | None, str | None]:
        """The payment's reference, and that of what gives it back."""
        text = self._fields.optional("bank_reference", cells) or ""
        if _LETTER.search(text) is None:
            text = ""  # a dash where there is none
        bank_bin = self._fields.optional("bank_bin", cells)
        if bank_bin is None and payment.kind not in COMPENSATIONS:
            return normalise_reference(text) or None, None
        day = payment.moment.at.astimezone(LOCAL).date()
        if payment.kind not in COMPENSATIONS:
            return (text and canonical_reference(text, bank_bin=bank_bin, day=day)) or None, None
        reference = text and canonical_reference(text, bank_bin=bank_bin, day=None)
        if not reference:
            raise RowRejected(
                "bank_reference: of which payment",
                "it must name the payment that is given back, and this bank uses its numbers again:"
                f" write it with that payment's day: {normalise_reference(text)}@2026-11-24"
                if text
                else "it must name the payment that is given back, and is empty",
            )
        own = self._fields.optional("compensation_reference", cells)
        if own is not None:
            own = canonical_reference(own, bank_bin=bank_bin, day=day)
        return reference, own

    def _meaning(self, account: str, cells: Sequence[str], payment: Payment) -> bytes:
        kind, amount, (at, precision), balance = payment
        text = look_alike(self._fields.optional("text", cells) or "")
        said = [account, kind, at.isoformat(), precision, amount, balance, text]
        return bytes.fromhex(token(self._key, "row", json.dumps(said, ensure_ascii=True)))


@dataclass(slots=True)
class Occurrences:
    """What the first reading learns of rows that are one fact, or that say the same.

    Eight or sixteen bytes and a number for each row, and nothing else kept.
    """

    identity_count_max: int = IDENTITY_COUNT_MAX
    bare_count: int = 0  # rows with a day only, and neither reference nor balance
    _facts: dict[int, int] = field(default_factory=dict)
    _contradicted: set[int] = field(default_factory=set)
    _counts: dict[bytes, int] = field(default_factory=dict)
    _taken: dict[bytes, int] = field(default_factory=dict)
    _last_at: float = 0.0
    _later_count: int = 0
    _earlier_count: int = 0

    def note(self, who: Who, payment: Payment) -> None:
        """A row of the first reading. Refused beyond the limit of different rows."""
        at = payment.moment.at.timestamp()
        if self._last_at:
            self._later_count += at > self._last_at
            self._earlier_count += at < self._last_at
        self._last_at = at
        if who.fact is None:
            self._counts[who.meaning] = self._counts.get(who.meaning, 0) + 1
            if payment.balance_vnd is None and payment.moment.precision == "day":
                self.bare_count += 1
        else:
            fact = hash(who.fact)
            content = hash((who.reference, at, payment.amount_vnd, payment.balance_vnd))
            if self._facts.setdefault(fact, content) != content:
                self._contradicted.add(fact)
        if len(self._counts) + len(self._facts) > self.identity_count_max:
            raise Refused(
                f"more than {self.identity_count_max:,} different rows: split the file by its days"
            )

    @property
    def is_newest_first(self) -> bool:
        """Whether the file goes back in time."""
        return self._earlier_count > self._later_count

    def is_contradicted(self, who: Who) -> bool:
        """Whether rows of this fact say different things."""
        return who.fact is not None and hash(who.fact) in self._contradicted

    def is_repeated(self, who: Who) -> bool:
        """Whether the second reading met this fact before, in a row that said the same."""
        return who.fact is not None and self._facts.pop(hash(who.fact), None) is None

    def number(self, who: Who) -> int:
        """The number, from 1 for the oldest, of this row among those that say the same."""
        count = self._counts.get(who.meaning, 0)
        if count <= 1:
            return 1
        taken = self._taken[who.meaning] = self._taken.get(who.meaning, 0) + 1
        return count - taken + 1 if self.is_newest_first else taken
