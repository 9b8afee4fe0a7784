"""One row of a registry file as facts. Raw account numbers become tokens here and go no further."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from producers.registry_facts import derived_fact
from producers.subjects import account_number, account_token, code_of, last4_of
from schemas.cloudevent import inadmissible
from schemas.ids import token
from schemas.registry import FIELDS, KINDS, RegistryEvent
from schemas.text import clean
from schemas.vietqr import VietQr, VietQrError, parse_vietqr

# What people call the files, beside the kinds themselves.
KIND_NAMES = {kind: kind for kind in KINDS} | {
    "markets": "market",
    "stalls": "stall",
    "vendors": "vendor",
    "account": "account_linked",
    "accounts": "account_linked",
    "qr": "qr_issued",
    "qrs": "qr_issued",
    "census": "census_taken",
    "calendar": "trading_day",
    "trading_days": "trading_day",
    "visits": "team_visit",
    "team_visits": "team_visit",
    "fees_due": "fee_due",
    "fees_paid": "fee_paid",
}
ALWAYS = ("kind", "effective_from", "stated_at", "payload")
_TRUTH = {"true": True, "yes": True, "1": True, "có": True} | {
    "false": False,
    "no": False,
    "0": False,
    "không": False,
}


class FactRefused(ValueError):
    """A row that is no fact: `field` and why."""

    def __init__(self, field: str, cause: str) -> None:
        super().__init__(f"{field}: {cause}")
        self.field = field
        self.cause = cause


def translate_facts(
    fields: dict[str, str],
    *,
    kind: str | None,
    key: bytes,
    source: str,
    stated_at: datetime | None = None,
) -> list[RegistryEvent]:
    """The facts of a row: one, or two where an account comes with the payload of its QR code.

    `kind` and `stated_at` stand where the row has none. Raises FactRefused.
    """
    named = _kind(fields.get("kind") or kind)
    effective_from = _parsed(fields, "effective_from", _date)
    if effective_from is None:
        raise FactRefused("effective_from", "is missing")
    known = FIELDS[named][0] | FIELDS[named][1]
    payload = fields.get("payload")
    if payload is not None and "account" not in known:
        raise FactRefused("payload", f"is no field of {named}")
    extra_for_qr = {"qr"} if named == "account_linked" and payload else set()
    if unknown := sorted(set(fields) - known - extra_for_qr - set(ALWAYS)):
        raise FactRefused(unknown[0], f"is no field of {named}")
    said: dict[str, Any] = {}
    for name in fields.keys() - ALWAYS:
        said[name] = _parsed(fields, name, _READERS[name])
    if account := said.get("account"):
        try:
            said["account"] = account_token(key, account)
        except ValueError as error:
            raise FactRefused("account", str(error)) from error
        if "account_last4" in known:
            said.setdefault("account_last4", last4_of(account))
    if payload is not None:
        said = _with_payload(said, payload, named=named, key=key)
    kinds = [named, "qr_issued"] if named == "account_linked" and payload else [named]
    stated = _parsed(fields, "stated_at", _time) or stated_at
    return [_fact(each, said, effective_from, stated, source) for each in kinds]


def _fact(
    kind: str, said: dict[str, Any], effective_from: date, stated_at: datetime | None, source: str
) -> RegistryEvent:
    known = FIELDS[kind][0] | FIELDS[kind][1]
    fields = {name: value for name, value in said.items() if name in known}
    try:
        return derived_fact(
            kind, source=source, effective_from=effective_from, stated_at=stated_at, **fields
        )
    except ValidationError as error:
        field, _, cause = inadmissible(error).detail.partition(": ")
        # A rule over several fields speaks of the event; a person has a row before him.
        name = "row" if field == "event" else field.removeprefix("data.")
        raise FactRefused(name, cause) from error


def _with_payload(said: dict[str, Any], payload: str, *, named: str, key: bytes) -> dict[str, Any]:
    """The row with what its VietQR payload says; the two may not contradict each other."""
    try:
        code: VietQr = parse_vietqr(payload)
    except VietQrError as error:
        raise FactRefused("payload", str(error)) from error
    told = {"account": account_token(key, code.account), "bank_bin": code.bank_bin}
    if named == "account_linked":
        told["account_last4"] = last4_of(code.account) or account_number(code.account)[-4:].upper()
    for name, value in told.items():
        if said.get(name) not in (None, value):
            raise FactRefused("payload", f"its {name} is not that of the row")
    return {"qr": f"qr-{token(key, 'qr', payload.strip())[:16]}"} | said | told


def _kind(name: str | None) -> str:
    if name is None:
        raise FactRefused("kind", "is missing: give a column kind, or one kind for the file")
    if name not in KIND_NAMES:
        raise FactRefused("kind", f"{name!r} is not one of {', '.join(KINDS)}")
    return KIND_NAMES[name]


def _parsed(fields: dict[str, str], name: str, reader: Callable[[str], Any]) -> Any:
    text = fields.get(name)
    if text is None:
        return None
    try:
        return reader(text)
    except (ValueError, OverflowError, KeyError) as error:
        raise FactRefused(name, f"{text[:40]!r} is not {_MEANING[reader]}") from error


def _date(text: str) -> date:
    if re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", text):
        day, month, year = text.split("/")
        return date(int(year), int(month), int(day))
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise ValueError("not a count")
    return int(text)


def _total(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise ValueError("not a count")
    return int(text)


def _amount(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError("not an amount")
    return int(text)


def _truth(text: str) -> bool:
    return _TRUTH[text.lower()]


def _words(text: str) -> str:
    return clean(text) or ""


_MEANING: dict[Callable[[str], Any], str] = {
    _date: "a day such as 2026-11-24 or 24/11/2026",
    _time: "a time with an offset, such as 2026-11-24T08:00:00+07:00",
    _count: "a count",
    _total: "a count",
    _amount: "an amount in whole đồng",
    _truth: "true or false",
    code_of: "a name or code",
    _words: "a text",
    str: "a text",
}
_READERS: dict[str, Callable[[str], Any]] = (
    dict.fromkeys(("market", "stall", "vendor", "qr", "team"), code_of)
    | dict.fromkeys(("name", "product", "area", "note"), _words)
    | dict.fromkeys(
        ("account", "account_last4", "bank_bin", "market_kind", "tender", "rail_class"), str
    )
    | {"stall_count": _count, "open": _truth, "amount_vnd": _amount, "payment_count": _total}
)
