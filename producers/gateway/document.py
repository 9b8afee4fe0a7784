"""JSON as it was sent: repeated keys are kept in sight, and nothing is rounded or guessed."""

import json
import math
from typing import Any

from schemas.errors import Inadmissible, Reason

DIGITS_MAX = 40


class RepeatedKey(dict[str, Any]):
    """An object in which a key came twice; `key` is the first such key."""

    key: str = ""


def read_document(body: bytes) -> Any:
    """The value in these bytes. `Inadmissible` (not_json) where they are not one JSON value."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_number,
        )
    except RecursionError as error:
        raise Inadmissible(Reason.NOT_JSON, "nested too deeply") from error
    except ValueError as error:
        raise Inadmissible(Reason.NOT_JSON, str(error)) from error


def repeated_path(value: Any, path: str = "") -> str | None:
    """The path of the first repeated key below `value`, or None."""
    if isinstance(value, RepeatedKey):
        return f"{path}.{value.key}".lstrip(".")
    if not isinstance(value, dict | list):
        return None
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    found = (repeated_path(inner, f"{path}.{step}".lstrip(".")) for step, inner in steps)
    return next((each for each in found if each is not None), None)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    repeated = RepeatedKey(plain)
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            repeated.key = name
            break
        seen.add(name)
    return repeated


def _number(digits: str) -> int | float:
    """An integer; one longer than any amount is none, and is refused where it stands.

    Python refuses to read very long ones, and with them all events of the batch.
    """
    return int(digits) if len(digits) <= DIGITS_MAX else math.inf


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
