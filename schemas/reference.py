"""Bank references as identity: one normal form, and how far a bank's reference is unique.

Every channel makes its references here, or two reports of one credit become two payments. Two
channels print a reference in other case and with other blanks; a bank may use its numbers again on
another day, so a reference of such a bank carries its day: `5078.5089@2026-09-08`. Which bank does
so is data (schemas/reference_scopes.csv), by BIN and from a day on; a bank that is not there uses a
reference once for ever.
"""

import csv
import re
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal, get_args
from unicodedata import normalize

from schemas.text import tidy

Scope = Literal["for_ever", "day", "statement"]
# Printable ASCII but small letters, as banks print it: FT26306KD01A\BNK, 000V00919AB#7, GD;1.
PATTERN = r"^[0-9A-Z][!-`{-~]{0,63}$"
_SCOPED = re.compile(r"@[0-9]{4}-[0-9]{2}-[0-9]{2}$")


def normalise_reference(text: str) -> str:
    """NFC, upper case, ASCII for full-width forms, without blanks and what is not seen."""
    plain = "".join(tidy(text).split()).upper()
    return plain if plain.isascii() else normalize("NFC", plain)


def canonical_reference(text: str, *, bank_bin: str | None, day: date | None) -> str | None:
    """The reference as a payment's identity at this bank on this local day.

    None where it names the payment within one statement alone, or where a day is needed and not
    known. A reference that carries its day already keeps it.
    """
    plain = normalise_reference(text)
    scope = reference_scope(bank_bin, day)
    if scope == "statement":
        return None
    if scope == "for_ever" or _SCOPED.search(plain):
        return plain
    return None if day is None else f"{plain}@{day.isoformat()}"


def reference_scope(bank_bin: str | None, day: date | None) -> Scope:
    """How far a bank's reference is unique, on a day; the newest rule where no day is known."""
    scope: Scope = "for_ever"
    for since, said in scopes().get(bank_bin or "", ()):
        if day is None or since <= day:
            scope = said
    return scope


@cache
def scopes() -> dict[str, tuple[tuple[date, Scope], ...]]:
    """Rules by BIN, oldest first."""
    text = (files("schemas") / "reference_scopes.csv").read_text(encoding="utf-8")
    found: dict[str, list[tuple[date, Scope]]] = {}
    for row in csv.DictReader(text.splitlines()):
        scope = next(each for each in get_args(Scope) if each == row["scope"])
        found.setdefault(row["bin"], []).append((date.fromisoformat(row["from"]), scope))
    return {bank: tuple(sorted(rules)) for bank, rules in found.items()}
