"""Amounts as people print them, read exactly or not at all: no float touches money."""

import re
from typing import Literal

DIGITS_MAX = 30
_CURRENCY = re.compile(r"\s*(?:đ|₫|vnd|vnđ|đồng)$", re.IGNORECASE)
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})
Decimal = Literal[".", ","]
Thousands = Literal["", ".", ",", " ", "'"]


def parse_money(text: str, *, decimal: Decimal, thousands: Thousands, scale: int) -> int:
    """Whole units: the printed number times `scale`.

    `1.234.567` with thousands "." is 1234567; `12.45` with decimal "." and scale 100 is 1245.
    ValueError where the text is not such a number, or what comes out is not whole.
    """
    plain = _CURRENCY.sub("", text.translate(_BLANKS).strip()).strip()
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-").removeprefix("+")
    if len(plain) > DIGITS_MAX:
        raise ValueError(f"more than {DIGITS_MAX} characters")
    whole, _, fraction = plain.partition(decimal)
    if thousands and thousands in whole:
        first, *groups = whole.split(thousands)
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
            raise ValueError(f"{text!r}: groups of thousands must have three digits")
        whole = first + "".join(groups)
    digits = whole + fraction
    if not (whole and digits.isascii() and digits.isdecimal()):
        raise ValueError(f"{text!r} is not a number with decimal {decimal!r}")
    divisor: int = 10 ** len(fraction)
    units, rest = divmod(int(digits) * scale, divisor)
    if rest:
        raise ValueError(f"{text!r} times {scale} is not a whole number of đồng")
    return sign * units
