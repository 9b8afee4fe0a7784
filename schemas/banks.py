"""Banks by the names that people and providers give them: BIN, short code, trade names.

The BIN is NAPAS's six digits, as in a VietQR code. Data in schemas/banks.csv; where a bank was
renamed both names stand there.
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
    """Short code by BIN."""
    return {row["bin"]: row["code"] for row in _rows()}


@cache
def _bins() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _rows():
        for name in (row["bin"], row["code"], *row["names"].split(";")):
            taken = found.setdefault(_key(name), row["bin"])
            assert taken == row["bin"], f"banks.csv: two banks are called {name}"
    return found


def _rows() -> list[dict[str, str]]:
    text = (files("schemas") / "banks.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _key(name: str) -> str:
    return "".join(look_alike(name).split())
