"""VietQR payloads (EMVCo merchant-presented mode, NAPAS profile 1.0), read and written.

A payload is a sequence of templates: two digits of id, two of length in characters, the value.
A good checksum is not a good code: every template must be consumed to its last character.
Positions count characters of the payload from 1.
"""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from schemas.banks import bank_names

GUID = "A000000727"
SERVICES = {"QRIBFTTA": "account", "QRIBFTTC": "card", "QRPUSH": "payment"}
# Root ids whose value is a sequence of templates again: accounts, additional data, language.
TEMPLATES = frozenset([*(str(name) for name in range(26, 52)), "62", "64"])
PAYLOAD_CHARS_MAX = 512
VALUE_CHARS_MAX = 99
EXTRA_CHARS_MAX = 25
AMOUNT_CHARS_MAX = 13
CHECKSUM_CHARS = 4
_NUMBER = re.compile(r"[0-9A-Za-z]{1,19}")
_HEAD = re.compile(r"[0-9]{4}")
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]*))?")


class VietQrError(ValueError):
    """The payload cannot be trusted: which template, what is wrong with it, at which character."""

    def __init__(self, where: str, trouble: str, position: int) -> None:
        super().__init__(f"{where}: {trouble} (character {position})")
        self.where = where
        self.trouble = trouble
        self.position = position


class Template(NamedTuple):
    """A value, and where it begins in the payload."""

    value: str
    position: int


@dataclass(frozen=True, slots=True)
class VietQr:
    """What a payload says. `account` is the raw number: turn it into a token before it is kept."""

    bank_bin: str
    bank_name: str
    account: str
    service: str
    is_dynamic: bool
    amount_vnd: int | None
    merchant_name: str | None
    merchant_city: str | None
    bill: str | None
    store: str | None
    reference: str | None
    terminal: str | None
    purpose: str | None


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE over the UTF-8 bytes, four upper-case hex digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def split_templates(text: str, *, where: str, position: int = 1) -> dict[str, Template]:
    """The templates of one level; lengths count characters. `position` is the text's own."""
    found: dict[str, Template] = {}
    at = 0
    while at < len(text):
        head, here = text[at : at + 4], position + at
        if not (_HEAD.fullmatch(head) and head.isascii()):
            raise VietQrError(where, f"no id and length, but {head!r}", here)
        name, length = head[:2], int(head[2:])
        value = text[at + 4 : at + 4 + length]
        if length == 0 or len(value) != length:
            trouble = f"{name}: length {length}, but {len(text) - at - 4} characters left"
            raise VietQrError(where, trouble, here)
        if name in found:
            raise VietQrError(where, f"{name}: appears twice", here)
        found[name] = Template(value, here + 4)
        at += 4 + length
    return found


def parse_vietqr(payload: str) -> VietQr:
    """Read a payload. VietQrError where its form, checksum, profile or bank is not right."""
    text = payload.strip()
    if len(text) > PAYLOAD_CHARS_MAX:
        trouble = f"{len(text)} characters, at most {PAYLOAD_CHARS_MAX}"
        raise VietQrError("payload", trouble, PAYLOAD_CHARS_MAX + 1)
    root = split_templates(text, where="payload")
    if not text.startswith("000201"):
        raise VietQrError("payload", "must begin with 000201", 1)
    end = list(root.values())[-1]
    if list(root)[-1] != "63" or len(end.value) != CHECKSUM_CHARS:
        raise VietQrError("payload", "must end in 63, the checksum of four digits", end.position)
    if end.value.upper() != (expected := checksum(text[:-CHECKSUM_CHARS])):
        raise VietQrError("63", f"checksum {end.value}, computed {expected}", end.position)
    _must(root, "01", "must be 11 or 12", lambda said: said in {"11", "12"})
    _must(root, "53", "currency must be 704", lambda said: said == "704")
    _must(root, "58", "country must be VN", lambda said: said.upper() == "VN")
    bank_bin, account, service = _account(root)
    inner = {
        name: split_templates(found.value, where=name, position=found.position)
        for name, found in root.items()
        if name in TEMPLATES
    }
    extra = inner.get("62", {})
    for name, found in extra.items():
        if len(found.value) > EXTRA_CHARS_MAX:
            trouble = f"more than {EXTRA_CHARS_MAX} characters"
            raise VietQrError(f"62.{name}", trouble, found.position)
    texts = {name: found.value for name, found in root.items()}
    more = {name: found.value for name, found in extra.items()}
    return VietQr(
        bank_bin=bank_bin,
        bank_name=bank_names()[bank_bin],
        account=account,
        service=service,
        is_dynamic=texts["01"] == "12",
        amount_vnd=_amount(root["54"]) if "54" in root else None,
        merchant_name=texts.get("59"),
        merchant_city=texts.get("60"),
        bill=more.get("01"),
        store=more.get("03"),
        reference=more.get("05"),
        terminal=more.get("07"),
        purpose=more.get("08"),
    )


def write_vietqr(
    *,
    bank_bin: str,
    account: str,
    service: str = "QRIBFTTA",
    amount_vnd: int | None = None,
    merchant_name: str | None = None,
    purpose: str | None = None,
) -> str:
    """A payload with its checksum, dynamic where it has an amount; `parse_vietqr` reads it back.

    VietQrError where a field cannot stand in one.
    """
    beneficiary = _template("00", bank_bin) + _template("01", account)
    fields = [
        _template("00", "01"),
        _template("01", "11" if amount_vnd is None else "12"),
        _template(
            "38", _template("00", GUID) + _template("01", beneficiary) + _template("02", service)
        ),
        _template("53", "704"),
        _template("54", str(amount_vnd)) if amount_vnd is not None else "",
        _template("58", "VN"),
        _template("59", merchant_name) if merchant_name else "",
        _template("62", _template("08", purpose)) if purpose else "",
        "6304",
    ]
    text = "".join(fields)
    payload = text + checksum(text)
    parse_vietqr(payload)
    return payload


def _template(name: str, value: str) -> str:
    if not 1 <= len(value) <= VALUE_CHARS_MAX:
        trouble = f"must have 1 to {VALUE_CHARS_MAX} characters, not {len(value)}"
        raise VietQrError(name, trouble, 1)
    return f"{name}{len(value):02d}{value}"


def _must(
    root: dict[str, Template], name: str, trouble: str, is_right: Callable[[str], bool]
) -> None:
    found = root.get(name)
    if found is None:
        raise VietQrError(name, f"{trouble}, it is missing", 1)
    if not is_right(found.value):
        raise VietQrError(name, f"{trouble}, not {found.value}", found.position)


def _account(root: dict[str, Template]) -> tuple[str, str, str]:
    if "38" not in root:
        raise VietQrError("38", "the account is missing", 1)
    outer = root["38"]
    account = split_templates(outer.value, where="38", position=outer.position)
    nothing = Template("", outer.position)
    guid, inner, service = (account.get(name, nothing) for name in ("00", "01", "02"))
    if guid.value != GUID:
        raise VietQrError("38.00", f"must be {GUID}, not {guid.value}", guid.position)
    beneficiary = split_templates(inner.value, where="38.01", position=inner.position)
    nothing = Template("", inner.position)
    bank, number = (beneficiary.get(name, nothing) for name in ("00", "01"))
    if bank.value not in bank_names():
        trouble = f"{bank.value!r} is no bank's BIN that is known"
        raise VietQrError("38.01.00", trouble, bank.position)
    if not _NUMBER.fullmatch(number.value):
        trouble = "an account has 1 to 19 letters and digits"
        raise VietQrError("38.01.01", trouble, number.position)
    if service.value not in SERVICES:
        trouble = f"{service.value!r} is not one of {', '.join(SERVICES)}"
        raise VietQrError("38.02", trouble, service.position)
    return bank.value, number.value, service.value


def _amount(found: Template) -> int:
    text = found.value
    match = _AMOUNT.fullmatch(text)
    is_long = len(text) > AMOUNT_CHARS_MAX
    if match is None or is_long or (match[2] or "").strip("0") or int(match[1]) == 0:
        trouble = f"{text!r} is not an amount in whole đồng above 0"
        raise VietQrError("54", trouble, found.position)
    return int(match[1])
