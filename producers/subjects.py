"""Names and numbers of the outside world as the codes and tokens that events carry.

Payments and registry facts meet by these, so every importer takes them from here.
"""

import re
from hashlib import sha256

from schemas.ids import token
from schemas.text import bare, look_alike, tidy

CODE_CHARS_MAX = 48
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,47}")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9][0-9 .\-]*")
# 1.90204E+13, 11000000001.0, 1,90204E+13, #####, #N/A
_MANGLED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[Ee]\+?[0-9]{1,3}|[0-9]{5,}[.,]0{1,2}|#.*")
_MARK_CHARS = 6


def code_of(name: str) -> str:
    """A code for a name: a name that is a code stays as it is; any other becomes a slug.

    A slug ends in six hex digits of the name's hash, so that two names never share a code:
    `C & D Cab` and `C D Cab` are two vendors. Names that look alike are one: `Chợ Hòa Khánh` and
    `CHỢ HOÀ KHÁNH`. ValueError where the name is blank.
    """
    text = " ".join(tidy(name).split())
    if not text:
        raise ValueError("a name is needed, it is blank")
    if _CODE.fullmatch(text):
        return text
    mark = sha256(look_alike(text).encode()).hexdigest()[:_MARK_CHARS]
    slug = re.sub(r"[^0-9a-z]+", "-", bare(text)).strip("-")
    slug = slug[: CODE_CHARS_MAX - _MARK_CHARS - 1].rstrip("-")
    return f"{slug}-{mark}" if slug else f"x-{mark}"


def account_number(text: str) -> str:
    """An account's number without the blanks, dots and hyphens that people print in it.

    ValueError where a spreadsheet made another number of it, and the account is lost.
    """
    plain = " ".join(tidy(text).split())
    if _MANGLED.fullmatch(plain):
        raise ValueError(
            f"{plain[:40]!r} is what a spreadsheet leaves of a number, not an account number:"
            " make the column Text in the spreadsheet and take the number from the bank again"
        )
    return re.sub(r"[ .\-]", "", plain) if _NUMBER.fullmatch(plain) else plain


def account_token(key: bytes, text: str) -> str:
    """The token of a payee account; what is a token already stays as it is."""
    plain = tidy(text)
    return plain if _TOKEN.fullmatch(plain) else token(key, "account", account_number(plain))


def payer_token(key: bytes, text: str) -> str:
    """The token of a payer."""
    return token(key, "payer", account_number(text))


def last4_of(text: str) -> str | None:
    """The last four characters of an account number, for display; None for what is none."""
    try:
        number = account_number(text)
    except ValueError:
        return None
    if _TOKEN.fullmatch(number) or not re.fullmatch(r"[0-9A-Za-z]{6,19}", number):
        return None
    return number[-4:].upper()
