"""Why pydantic refused a body, in the words and in the order of the engine's rule."""

import re
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from schemas.errors import Inadmissible, Reason

_TEXTS = ("name", "product", "area", "note", "profile", "reason", "who", "why")
REASON_OF_FIELD = {reason.value: reason for reason in Reason} | {
    "type": Reason.UNKNOWN_TYPE,
    "amount_vnd": Reason.AMOUNT,
    "balance_after_vnd": Reason.BALANCE,
    "stall_count": Reason.COUNT,
    "payment_count": Reason.COUNT,
    **dict.fromkeys(("market", "stall", "vendor", "qr", "team"), Reason.CODE),
    **dict.fromkeys(_TEXTS, Reason.TEXT),
}
# pydantic's complaints about content; all others are about form.
_CONTENT = frozenset(
    {
        "string_pattern_mismatch",
        "literal_error",
        "greater_than_equal",
        "less_than_equal",
        "value_error",
    }
)
# How a field is written, where a pattern says so; pydantic's own words, and ours.
_CODE = "as a code is: letters, digits, dots, hyphens, at most 48, beginning with a letter or digit"
_TOKEN = "as a token is: 32 hexadecimal digits"  # noqa: S105  # no secret
_FORMS = {
    **dict.fromkeys(("market", "stall", "vendor", "qr", "team", "stall_code", "reader"), _CODE),
    **dict.fromkeys(("account", "virtual_account", "payer_token", "delivery", "accounts"), _TOKEN),
    **dict.fromkeys(
        ("bank_reference", "compensation_reference"),
        "as a reference is: upper case, without blanks, at most 64 characters",
    ),
    "source": "as a source is: /name in lower case, at most 63 characters",
    "source_transaction_id": "without blanks and accents, in at most 128 characters",
    "account_last4": "as four digits or capital letters",
    "bank_bin": "as the six digits of a bank's BIN",
    "specversion": "1.0",
}
_PLAIN = (
    ("Input should be greater than or equal to", "must be at least"),
    ("Input should be less than or equal to", "must be at most"),
    ("Input should be", "must be"),
    ("Field required", "is missing"),
    ("Extra inputs are not permitted", "is no field of this event"),
)
_SHOWN_CHARS = 60
_DAY = r"\d{4}-\d\d-\d\d"
_WRITTEN = {
    "time": re.compile(_DAY + r"T\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII),
    **dict.fromkeys(("effective_from", "first_day", "last_day"), re.compile(_DAY, re.ASCII)),
}


def inadmissible(error: ValidationError) -> Inadmissible:
    """pydantic's first complaint as a reason and a path: which field, whatever is wrong with it."""
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return Inadmissible(Reason.NOT_JSON, str(first["msg"]))
    return Inadmissible(_reason(first), _detail(first))


def refusal(model: type[BaseModel], body: bytes, error: ValidationError) -> Inadmissible:
    """The reason that the engine gives for this body: form first, then the first wrong field."""
    complaints = error.errors(include_url=False, include_context=False)
    try:
        said = from_json(body, allow_inf_nan=False)
    except ValueError as cause:
        return Inadmissible(Reason.NOT_JSON, str(cause))
    event_type = said.get("type") if isinstance(said, dict) else None
    if not isinstance(event_type, str) or event_type not in getattr(model, "TYPES", ()):
        return Inadmissible(Reason.UNKNOWN_TYPE, f"type {event_type!r} is not known")
    for complaint in complaints:
        if not _is_about_content(complaint):
            return Inadmissible(Reason.NOT_CANONICAL, _detail(complaint))
    if not _is_canonical(model, said, body):
        return not_canonical()
    return Inadmissible(_reason(complaints[0]), _detail(complaints[0]))


def not_canonical() -> Inadmissible:
    """The right fields with right types, written in another way."""
    return Inadmissible(Reason.NOT_CANONICAL, "the bytes are not the event's canonical form")


def _is_about_content(complaint: ErrorDetails) -> bool:
    value: object = complaint["input"]
    if complaint["type"] not in _CONTENT or complaint["loc"] == ("time",):
        return False
    if complaint["type"] in ("greater_than_equal", "less_than_equal"):
        # the engine's amounts have 64 bits
        return isinstance(value, int) and -(1 << 63) <= value < 1 << 63
    return isinstance(value, str) or complaint["loc"] == ()


def _is_canonical(model: type[BaseModel], said: dict[str, Any], body: bytes) -> bool:
    """Whether a body of right types has keys, times and bytes as we write them."""
    data_model = model.model_fields["data"].annotation
    assert isinstance(data_model, type)
    assert issubclass(data_model, BaseModel)
    return (
        list(said) == list(model.model_fields)
        and list(said["data"]) == list(data_model.model_fields)
        and all(
            pattern.fullmatch(str(where[name])) is not None
            for where in (said, said["data"])
            for name, pattern in _WRITTEN.items()
            if where.get(name) is not None
        )
        and to_json(said) == body
    )


def _reason(complaint: ErrorDetails) -> Reason:
    """By the field, or, where the whole event is meant, by the first word of the message."""
    path = complaint["loc"]
    field = str(path[-1]) if path else _message(complaint).split(" ", 1)[0]
    return REASON_OF_FIELD.get(field, Reason.FIELDS)


def _detail(complaint: ErrorDetails) -> str:
    path = ".".join(str(step) for step in complaint["loc"])
    return f"{path or 'event'}: {_message(complaint)}"


def _message(complaint: ErrorDetails) -> str:
    """The complaint in words for a person: what stands there, and how it must be written."""
    text = str(complaint["msg"]).removeprefix("Value error, ")
    if complaint["type"] == "string_pattern_mismatch":
        field = next((str(step) for step in complaint["loc"][::-1] if isinstance(step, str)), "")
        form = _FORMS.get(field, "as its field is")
        return f"{str(complaint['input'])[:_SHOWN_CHARS]!r} is not written {form}"
    for said, plain in _PLAIN:
        text = text.replace(said, plain)
    return text
