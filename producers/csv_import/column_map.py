"""The map of one kind of CSV file: which columns make which field of an event (TOML).

A field is a template: text in which `{column}` stands for the row's cell, so `"VND"` is a constant
and `"{branch}/{account}"` joins two columns. `[values.FIELD]` then replaces what came out.
"""

import re
import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from infra.errors import Refused
from producers.csv_import.moment import WORDS, day_is_first
from producers.csv_import.money import Decimal, Thousands
from producers.subjects import account_number
from schemas.cloudevent import Source

COLUMN = re.compile(r"\{([^{}]+)\}")
PREAMBLE_ROWS_MAX = 100


def _template(text: str) -> str:
    if set("{}") & set(COLUMN.sub("", text)):
        raise ValueError("a brace without its partner: write {column}")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no such time zone: {name}") from error
    return name


def _format(text: str) -> str:
    if text not in WORDS and "%" not in text:
        raise ValueError(f"{text!r} is neither {', '.join(WORDS)} nor a strptime pattern")
    return text


def _one_column(text: str) -> str:
    if COLUMN.fullmatch(text) is None:
        raise ValueError(
            f"an amount is the number in one column, not pasted of several texts: {text!r}:"
            " write one {column}"
        )
    return text


def _account(text: str) -> str:
    if COLUMN.search(text) is None:
        account_number(text)  # ValueError where it is what a spreadsheet left of one
    return text


Template = Annotated[str, AfterValidator(_template)]
Cell = Annotated[str, AfterValidator(_one_column)]


class MapModel(BaseModel):
    """A table of the map: frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FileForm(MapModel):
    """How the file is written. The header is the first row that has every column of the map.

    Without a delimiter it is the one of `,` `;` tab `|` by which that row is found.
    """

    encoding: str = "utf-8-sig"
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    preamble_rows_max: int = Field(20, ge=0, le=PREAMBLE_ROWS_MAX)


class Amount(MapModel):
    """`scale` 100 makes 1245 of 12.45. Marks that are not said are proven by the file.

    `outgoing` is the column of money that leaves the account: its rows are skipped, and summed.
    """

    text: Cell
    outgoing: Cell | None = None
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    scale: int = Field(1, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _check_signs(self) -> Self:
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError("decimal and thousands must differ")
        return self


class Balances(MapModel):
    """What the file's balances prove: each follows from the one before, and all from the opening.

    `opening` and `closing` are the words before which these balances stand in the file. `follows`
    is false for a file that leaves rows out by its nature.
    """

    opening: str | None = Field(None, min_length=1)
    closing: str | None = Field(None, min_length=1)
    follows: bool = True


class Accounts(MapModel):
    """`of_others` are labels and columns of the file that name somebody else's account.

    Any other account number that the file prints behind a label must be the map's.
    """

    of_others: tuple[str, ...] = Field((), strict=False)


class Moments(MapModel):
    """A strptime pattern without a time of day gives events with time_precision `day`."""

    text: Template
    formats: tuple[Annotated[str, AfterValidator(_format)], ...] = Field(min_length=1, strict=False)
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if len({day_is_first(each) for each in self.formats} - {None}) > 1:
            raise ValueError("one column has one order of day and month: two formats differ in it")
        return self


class PaymentFields(MapModel):
    """Templates of the event's fields. `account` and `payer` become tokens."""

    kind: Template
    rail_class: Template
    account: Annotated[Template, AfterValidator(_account)]
    payer: Template | None = None
    virtual_account: Template | None = None
    stall_code: Template | None = None
    text: Template | None = None
    bank_bin: Template | None = None  # says how far the bank's references are unique
    bank_reference: Template | None = None  # absent or empty: from what the row says
    compensation_reference: Template | None = None
    source_transaction_id: Template | None = None  # absent or empty: from what the row says
    balance_after: Cell | None = None  # an amount, in the form of [amount]


class Skip(MapModel):
    """Rows that are no payments: exactly one of `equals`, `matches`, `empty`."""

    column: str
    reason: str = Field(min_length=1, max_length=80)
    equals: tuple[str, ...] | None = Field(None, strict=False)
    matches: str | None = None
    empty: bool | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if sum(each is not None for each in (self.equals, self.matches, self.empty)) != 1:
            raise ValueError("needs exactly one of equals, matches, empty")
        if self.matches is not None:
            try:
                re.compile(self.matches)
            except re.error as error:
                raise ValueError(f"matches: {error}") from error
        return self


class RegistryFields(MapModel):
    """Market and vendor of a row: each account that appears is linked to them."""

    effective_from: date
    market: Template
    market_name: Template | None = None  # absent: the text of `market`
    market_kind: Template = "traditional_market"
    vendor: Template
    vendor_name: Template | None = None
    stall: Template | None = None


class ColumnMap(MapModel):
    """The whole map."""

    source: Source
    file: FileForm = FileForm()
    defaults: dict[str, str] = {}
    payment: PaymentFields
    amount: Amount
    time: Moments
    balance: Balances = Balances()
    accounts: Accounts = Accounts()
    values: dict[str, dict[str, str]] = {}
    skip: tuple[Skip, ...] = Field((), strict=False)
    registry: RegistryFields | None = None

    @model_validator(mode="after")
    def _check_balance(self) -> Self:
        both = self.balance.opening is not None and self.balance.closing is not None
        if both and self.amount.outgoing is None:
            raise ValueError(
                "balance: opening and closing prove the file only where both directions are read:"
                " write outgoing in [amount] too"
            )
        return self

    @model_validator(mode="after")
    def _check_values(self) -> Self:
        known = {*PaymentFields.model_fields, *RegistryFields.model_fields} - {"effective_from"}
        if unknown := sorted(set(self.values) - known):
            raise ValueError(f"values.{unknown[0]}: no field of that name")
        return self

    def columns(self) -> frozenset[str]:
        """Every column that the map names."""
        templates = [self.amount.text, self.amount.outgoing or "", self.time.text]
        for part in (self.payment, self.registry):
            if part is not None:
                templates += [text for _, text in part if isinstance(text, str)]
        found = {name for text in templates for name in COLUMN.findall(text)}
        found |= {each.column for each in self.skip} | set(self.defaults)
        return frozenset(found)


def read_map(path: Path) -> ColumnMap:
    """The map in a file. Refused, with the key that is wrong and why."""
    try:
        said: dict[str, Any] = tomllib.loads(
            unicodedata.normalize("NFC", path.read_text(encoding="utf-8-sig"))
        )
        return ColumnMap.model_validate(said)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(f"map {path}: not readable: {error}") from error
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(step) for step in each['loc']) or 'map'}: "
            + str(each["msg"]).removeprefix("Value error, ")
            for each in error.errors(include_url=False, include_context=False)
        ]
        raise Refused(f"map {path}: " + "; ".join(lines)) from error
