"""VietQR payloads (EMVCo merchant-presented mode, NAPAS profile 1.0), read.

A payload is a sequence of templates: two digits of id, two of length in characters, the value.
A good checksum is not a good code: every template must be consumed to its last character.
"""

import binascii
import re
from dataclasses import dataclass

from schemas.banks import bank_names

GUID = "A000000727"
SERVICES = {"QRIBFTTA": "account", "QRIBFTTC": "card", "QRPUSH": "payment"}
# Root ids whose value is a sequence of templates again: accounts, additional data, language.
TEMPLATES = frozenset([*(str(name) for name in range(26, 52)), "62", "64"])
PAYLOAD_CHARS_MAX = 512
_HEAD = re.compile(r"[0-9]{4}")
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]*))?")


class VietQrError(ValueError):
    """The payload cannot be trusted: which template, what is wrong with it."""


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


def split_templates(text: str, *, where: str) -> dict[str, str]:
    """The templates of one level; lengths count characters. VietQrError names the place."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        head = text[position : position + 4]
        if not (_HEAD.fullmatch(head) and head.isascii()):
            raise VietQrError(f"{where}: no id and length at character {position}: {head!r}")
        name, length = head[:2], int(head[2:])
        value = text[position + 4 : position + 4 + length]
        if length == 0 or len(value) != length:
            raise VietQrError(f"{where}: {name}: length {length}, but {len(value)} characters left")
        if name in found:
            raise VietQrError(f"{where}: {name}: appears twice")
        found[name] = value
        position += 4 + length
    return found


def parse_vietqr(payload: str) -> VietQr:
    """Read a payload. VietQrError where its form, checksum, profile or bank is not right."""
    text = payload.strip()
    if len(text) > PAYLOAD_CHARS_MAX:
        raise VietQrError(f"payload: {len(text)} characters, at most {PAYLOAD_CHARS_MAX}")
    root = split_templates(text, where="payload")
    if not text.startswith("000201"):
        raise VietQrError("payload: must begin with 000201")
    if list(root)[-1] != "63" or len(root["63"]) != 4:
        raise VietQrError("payload: must end in 63, the checksum of four digits")
    if root["63"].upper() != (expected := checksum(text[:-4])):
        raise VietQrError(f"63: checksum {root['63']}, computed {expected}")
    if root.get("01") not in {"11", "12"}:
        raise VietQrError(f"01: must be 11 or 12, not {root.get('01')}")
    if root.get("53") != "704":
        raise VietQrError(f"53: currency must be 704, not {root.get('53')}")
    if root.get("58", "").upper() != "VN":
        raise VietQrError(f"58: country must be VN, not {root.get('58')}")
    bank_bin, account, service = _account(root)
    inner = {name: split_templates(root[name], where=name) for name in root if name in TEMPLATES}
    extra = inner.get("62", {})
    if too_long := [name for name, value in extra.items() if len(value) > 25]:
        raise VietQrError(f"62.{too_long[0]}: more than 25 characters")
    return VietQr(
        bank_bin=bank_bin,
        bank_name=bank_names()[bank_bin],
        account=account,
        service=service,
        is_dynamic=root["01"] == "12",
        amount_vnd=_amount(root["54"]) if "54" in root else None,
        merchant_name=root.get("59"),
        merchant_city=root.get("60"),
        bill=extra.get("01"),
        store=extra.get("03"),
        reference=extra.get("05"),
        terminal=extra.get("07"),
        purpose=extra.get("08"),
    )


def _account(root: dict[str, str]) -> tuple[str, str, str]:
    if "38" not in root:
        raise VietQrError("38: the account is missing")
    account = split_templates(root["38"], where="38")
    if account.get("00") != GUID:
        raise VietQrError(f"38.00: must be {GUID}, not {account.get('00')}")
    beneficiary = split_templates(account.get("01", ""), where="38.01")
    bank_bin, number = beneficiary.get("00", ""), beneficiary.get("01", "")
    if bank_bin not in bank_names():
        raise VietQrError(f"38.01.00: {bank_bin!r} is no bank's BIN that is known")
    if not re.fullmatch(r"[0-9A-Za-z]{1,19}", number):
        raise VietQrError("38.01.01: an account has 1 to 19 letters and digits")
    service = account.get("02", "")
    if service not in SERVICES:
        raise VietQrError(f"38.02: {service!r} is not one of {', '.join(SERVICES)}")
    return bank_bin, number, service


def _amount(text: str) -> int:
    match = _AMOUNT.fullmatch(text)
    if match is None or len(text) > 13 or (match[2] or "").strip("0") or int(match[1]) == 0:
        raise VietQrError(f"54: {text!r} is not an amount in whole đồng above 0")
    return int(match[1])
