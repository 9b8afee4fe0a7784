"""Banks and wallets by the names that people and providers give them: schemas/banks.csv.

A row is a BIN, NAPAS's six digits as in a VietQR code; the short code; trade names, old ones too;
and the issuer (issuers of cards at 31 December 2023, and wallets that are paid by VietQR).
"""

import csv
from functools import cache
from importlib.resources import files

from schemas.text import look_alike


def bank_bin(name: str) -> str | None:
    """The BIN of a bank named by BIN, code or trade name (`970436`, `VCB`, `vietcombank`)."""
    return _bins().get(_key(name))


@cache
def bank_codes() -> dict[str, str]:
    """Short code by BIN, of those that have one."""
    return {row["bin"]: row["code"] for row in _rows() if row["code"]}


@cache
def bank_names() -> dict[str, str]:
    """Issuer by BIN."""
    return {row["bin"]: row["issuer"] for row in _rows()}


@cache
def _bins() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _rows():
        for name in filter(
            None, (row["bin"], row["code"], row["issuer"], *row["names"].split(";"))
        ):
            taken = found.setdefault(_key(name), row["bin"])
            assert taken == row["bin"], f"banks.csv: two banks are called {name}"
    return found


def _rows() -> list[dict[str, str]]:
    text = (files("schemas") / "banks.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _key(name: str) -> str:
    return "".join(look_alike(name).split())
