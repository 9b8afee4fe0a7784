"""From what a provider sends to a payment event: lenient in form, strict in content.

Free: the order of keys, white space, an absent id, null keys left out, other offsets and fractions
of times, case and blanks of references, dirt in texts. Not free: types, numbers, unknown keys.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import NoneType
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from producers.gateway.document import repeated_path
from producers.subjects import account_number, account_token, payer_token
from schemas.calendar import LOCAL
from schemas.cloudevent import TIME_END, TIME_MIN, CloudEvent, decode, encode, kind_of
from schemas.errors import Inadmissible, Reason
from schemas.ids import event_id
from schemas.payment import PaymentData, PaymentEvent
from schemas.reference import canonical_reference
from schemas.refusal import REASON_OF_FIELD
from schemas.registry import PREFIX as REGISTRY_PREFIX
from schemas.text import redact

DETAIL_CHARS_MAX = 300
PATH_CHARS_MAX = 120
_NULLABLE: dict[str, Any] = {
    name: None
    for name, field in PaymentData.model_fields.items()
    if NoneType in get_args(field.annotation)
}
_REFERENCES = ("bank_reference", "compensation_reference")
# Fields of numbers in clear: the field of their token, and how it is made.
_NUMBERS: dict[str, tuple[str, Callable[[bytes, str], str]]] = {
    "account_number": ("account", account_token),
    "virtual_account_number": ("virtual_account", account_token),
    "payer_account_number": ("payer_token", payer_token),
}
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,34}")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


class Problem(NamedTuple):
    """One thing that is wrong: where, the word of the closed list of reasons, and for a person."""

    path: str
    reason: str
    detail: str


class Untranslatable(ValueError):
    """What was sent cannot be an event; `problems` says all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{each.path}: {each.detail}" for each in problems))
        self.problems = problems


def translate(said: Any, *, received_at: datetime, token_key: Callable[[], bytes]) -> PaymentEvent:
    """The event in one JSON object, in canonical form. Raises Untranslatable.

    `token_key` is asked where numbers of accounts come in clear; what it raises goes on.
    """
    if not isinstance(said, dict):
        raise _problem("", Reason.FIELDS, "an event is a JSON object")
    try:
        path = repeated_path(said)
    except RecursionError as error:
        raise _problem("", Reason.FIELDS, "nested too deeply") from error
    if path is not None:
        raise _problem(path, Reason.NOT_CANONICAL, "the key appears twice")
    event_type = said.get("type")
    if isinstance(event_type, str) and event_type.startswith(REGISTRY_PREFIX):
        raise _problem(
            "type",
            Reason.UNKNOWN_TYPE,
            "the gateway takes payment events; registry facts come through the registry import",
        )
    if isinstance(event_type, str) and event_type not in PaymentEvent.TYPES:
        known = ", ".join(sorted(PaymentEvent.TYPES))
        raise _problem("type", Reason.UNKNOWN_TYPE, f"must be one of {known}")
    if "specversion" not in said:
        raise _problem("specversion", Reason.SPECVERSION, 'must be "1.0", it is missing')
    prepared = _prepared(said, token_key)
    try:
        event = PaymentEvent.model_validate(prepared)
        return decode(PaymentEvent, encode(event), received_at)
    except ValidationError as error:
        raise Untranslatable(_problems(error)) from error
    except Inadmissible as error:
        path = "time" if error.reason is Reason.TIME else ""
        raise _problem(path, error.reason, error.detail) from error


def _prepared(said: dict[str, Any], token_key: Callable[[], bytes]) -> dict[str, Any]:
    prepared = dict(said)
    if prepared.get("datacontenttype") == "application/json":
        del prepared["datacontenttype"]  # the one form that data can have here
    if isinstance(prepared.get("time"), str):
        prepared["time"] = _instant(prepared["time"])
    data = prepared.get("data")
    if isinstance(data, dict):
        filled: dict[str, Any] = _NULLABLE | data
        _hide_numbers(filled, token_key)
        _refer(filled, prepared)
        if isinstance(filled["text"], str):
            filled["text"] = redact(filled["text"])
        prepared["data"] = filled
    derived = _derived_id(prepared)
    # Without one the fact is not readable, and the model says which of its parts is wrong.
    said_id = prepared.setdefault("id", derived or "")
    if derived is not None and said_id != derived:
        raise _problem("id", Reason.ID, f"must be absent or derived from the fact: {derived}")
    return prepared


def _hide_numbers(filled: dict[str, Any], token_key: Callable[[], bytes]) -> None:
    """Make tokens of the numbers that came in clear: they go no further than this."""
    for name, (field, make) in _NUMBERS.items():
        number = filled.pop(name, None)
        if number is None:
            continue
        reason = REASON_OF_FIELD.get(field, Reason.FIELDS)
        if filled.get(field) is not None:
            raise _problem(f"data.{name}", reason, f"say the number or {field}, not both")
        if not isinstance(number, str):
            raise _problem(f"data.{name}", reason, "must be a text: a number loses leading zeros")
        try:
            plain = account_number(number)
        except ValueError as error:
            raise _problem(f"data.{name}", reason, "is what a spreadsheet left of it") from error
        if not _ACCOUNT.fullmatch(plain):
            raise _problem(f"data.{name}", reason, "must be 1 to 34 letters and digits")
        filled[field] = make(token_key(), plain)


def _refer(filled: dict[str, Any], prepared: dict[str, Any]) -> None:
    """Make references canonical. `bank_bin`, the payee's bank, is asked for that and not kept."""
    bank_bin = filled.pop("bank_bin", None)
    if not isinstance(bank_bin, str | None):
        raise _problem("data.bank_bin", Reason.BANK_REFERENCE, "must be the six digits of a bank")
    at = prepared.get("time")
    day = None
    if isinstance(at, datetime) and TIME_MIN <= at < TIME_END:
        day = at.astimezone(LOCAL).date()
    gives_back = filled.get("compensation_reference") is not None
    for name in _REFERENCES:
        if not isinstance(filled.get(name), str):
            continue
        # What is given back was paid on another day, which its reference says itself.
        of_day = None if name == "bank_reference" and gives_back else day
        found = canonical_reference(filled[name], bank_bin=bank_bin, day=of_day)
        if found is None:
            raise _problem(
                f"data.{name}",
                Reason.BANK_REFERENCE,
                "this bank uses its references again on other days: write REFERENCE@2026-11-24",
            )
        filled[name] = found


def _derived_id(prepared: dict[str, Any]) -> str | None:
    """The id of the fact; None where the fact is not readable, which the model will say better."""
    source, event_type, data = (prepared.get(name) for name in ("source", "type", "data"))
    transaction_id = data.get("source_transaction_id") if isinstance(data, dict) else None
    if not isinstance(source, str) or not isinstance(transaction_id, str):
        return None
    if not isinstance(event_type, str) or event_type not in PaymentEvent.TYPES:
        return None
    try:
        return str(event_id(source, transaction_id, kind_of(event_type)))
    except UnicodeEncodeError:  # a lone surrogate
        return None


def _instant(text: str) -> datetime:
    """An RFC 3339 time as UTC with milliseconds; what is finer is cut off."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise _problem("time", Reason.TIME, "must be RFC 3339 with an offset")
    day, clock, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(
            f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}"
        ).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _problem("time", Reason.TIME, str(error)) from error
    return moment.replace(microsecond=int((fraction or "0").ljust(3, "0")[:3]) * 1000)


def _problems(error: ValidationError) -> list[Problem]:
    """Every complaint of the model, with the reason that the engine would give too."""
    problems = []
    for each in error.errors(include_url=False, include_context=False):
        message = str(each["msg"]).removeprefix("Value error, ")
        path = ".".join(str(step) for step in each["loc"]) or _path_in(message)
        reason = REASON_OF_FIELD.get(path.rpartition(".")[2], Reason.FIELDS)
        problems.append(_clean(Problem(path, reason.value, message)))
    return problems


def _path_in(message: str) -> str:
    """The field that a rule over several fields speaks of: it is the first word of its message."""
    word = message.split(" ", 1)[0]
    if word in PaymentData.model_fields:
        return f"data.{word}"
    return word if word in CloudEvent.model_fields else ""


def _problem(path: str, reason: Reason, detail: str) -> Untranslatable:
    return Untranslatable([_clean(Problem(path, reason.value, detail))])


def _clean(problem: Problem) -> Problem:
    """Bounded, and writable as UTF-8 whatever was sent (a key may hold a lone surrogate)."""

    def plain(text: str, chars_max: int) -> str:
        return text[:chars_max].encode("utf-8", "replace").decode()

    return Problem(
        plain(problem.path, PATH_CHARS_MAX),
        problem.reason,
        plain(problem.detail, DETAIL_CHARS_MAX),
    )
