"""Trees of facts as plain data, for JSON."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from schemas.message import Message, plain_of

Words = Callable[[Message], Mapping[str, str]]


def as_json(value: Any, words: Words | None = None) -> Any:
    """Plain data: days as ISO 8601, moments so with milliseconds; what is no number is null.

    A message is its id and its values, and beside them what `words` makes of it.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Message):
        return plain_of(value) | (dict(words(value)) if words else {})
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name), words) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(inner, words) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(inner, words) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no plain form")
