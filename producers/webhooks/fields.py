"""Fields of a provider's document, each with what it must be. Raises Malformed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from producers.webhooks.provider import Malformed
from schemas.calendar import LOCAL
from schemas.cloudevent import AMOUNT_VND_MAX

TEXT_CHARS_MAX = 2_000
NUMBER_CHARS_MAX = 40


class Fields:
    """An object of a document. Paths of what is wrong begin with `path`."""

    def __init__(self, value: Any, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise Malformed(path or "the body", "must be a JSON object")
        self._value = value
        self._path = path

    def text(self, name: str) -> str:
        """A text or a whole number, as text."""
        found = self.text_or_none(name)
        if found is None:
            raise self._malformed(name, "is missing")
        return found

    def text_or_none(self, name: str) -> str | None:
        """As `text`; None where it is missing, null or blank."""
        value = self._value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self._malformed(name, "must be a text")
        text = str(value).strip()
        if len(text) > TEXT_CHARS_MAX:
            raise self._malformed(name, f"must be at most {TEXT_CHARS_MAX} characters")
        return text or None

    def vnd(self, name: str) -> int:
        """Whole đồng, as a number or as its text; it may be below zero."""
        value = self.vnd_or_none(name)
        if value is None:
            raise self._malformed(name, "is missing")
        return value

    def vnd_or_none(self, name: str) -> int | None:
        """As `vnd`; None where it is missing or null."""
        value = self._value.get(name)
        if value is None or value == "":
            return None
        number = None
        is_short = not isinstance(value, str) or len(value) <= NUMBER_CHARS_MAX
        if isinstance(value, int | float | str) and not isinstance(value, bool) and is_short:
            try:
                number = Decimal(str(value).strip())
            except InvalidOperation:
                number = None
        if number is None or not number.is_finite() or abs(number) > AMOUNT_VND_MAX:
            raise self._malformed(name, f"must be a number of at most {AMOUNT_VND_MAX} đồng")
        if number != number.to_integral_value():
            raise self._malformed(name, "must be whole đồng")
        return int(number)

    def fields(self, name: str) -> "Fields":
        """The object in a field."""
        return Fields(self._value.get(name), self._at(name))

    def list_of_fields(self, name: str) -> "list[Fields]":
        """The objects of a list."""
        value = self._value.get(name)
        if not isinstance(value, list):
            raise self._malformed(name, "must be a list")
        return [Fields(each, f"{self._at(name)}.{n}") for n, each in enumerate(value)]

    def is_list(self, name: str) -> bool:
        """Whether the field holds a list."""
        return isinstance(self._value.get(name), list)

    def local(self, name: str, form: str = "%Y-%m-%d %H:%M:%S") -> datetime:
        """A time of Vietnam as UTC."""
        text = self.text(name)
        try:
            return datetime.strptime(text, form).replace(tzinfo=LOCAL).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self._malformed(name, "must be a time like 2026-11-24 15:05:05") from error

    def epoch_ms(self, name: str) -> datetime:
        """Milliseconds since 1970 as UTC."""
        text = self.text(name)
        if not (text.isascii() and text.isdecimal() and len(text) <= len("1790000000000")):
            raise self._malformed(name, "must be milliseconds since 1970")
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _malformed(self, name: str, expected: str) -> Malformed:
        return Malformed(self._at(name), expected)


def local_text(moment: datetime) -> str:
    """A moment as providers write it, in the time of Vietnam."""
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"


def document(body: bytes | str) -> Any:
    """The JSON value in a body. A key that comes twice, NaN and depth without end are malformed."""
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body", "must be one JSON document in UTF-8") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def javascript(value: Any) -> str:
    """A scalar as JavaScript's String() writes it, which most providers sign."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)
