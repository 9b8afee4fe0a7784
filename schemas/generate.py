"""What is made of other files: `python -m schemas.generate` writes it; tests compare.

schemas/json has JSON Schemas of all events, from the models: one file for each type, because each
type has its own fields: what a kind must have is not null there, what it cannot have is null. The
first migration is schemas/sql/current in one file, until a release is followed by a second one.
"""

import json
from pathlib import Path
from typing import Any

from schemas.cloudevent import CloudEvent, kind_of
from schemas.current import baseline
from schemas.migrations import migration_texts
from schemas.payment import COMPENSATIONS, PaymentEvent
from schemas.registry import FIELDS, RegistryEvent
from schemas.text import TEXT_CHARS_MAX

FOLDER = Path(__file__).parent / "json"
BASELINE = Path(__file__).parent / "sql" / "migrations" / "0001_baseline.sql"
_ALWAYS = frozenset({"source_transaction_id", "effective_from"})
_TIME = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_TEXT_FIELDS = frozenset({"text", "name", "product", "area", "note"})


def short_name(event_type: str) -> str:
    """`payment.credited.v1` of `vn.choso.payment.credited.v1`: names of schemas and examples."""
    return event_type.removeprefix("vn.choso.")


def schema(model: type[CloudEvent], event_type: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one event type."""
    whole = model.model_json_schema(mode="serialization")
    defined = whole.pop("$defs")
    envelope = whole["properties"]
    data = defined[envelope["data"]["$ref"].rsplit("/", 1)[-1]]
    for name, field in data["properties"].items():
        data["properties"][name] = _of_kind(name, field, event_type)
    envelope["data"] = data
    envelope["type"] = {"const": event_type}
    envelope["id"] = {"type": "string", "pattern": _ID}
    envelope["time"] = {"type": "string", "format": "date-time", "pattern": _TIME}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:choso:{short_name(event_type)}",
        **whole,
        "title": event_type,
        "required": list(envelope),
    }


def _of_kind(name: str, field: dict[str, Any], event_type: str) -> dict[str, Any]:
    """One field of data, as this kind has it: needed, optional, or null."""
    described = {key: value for key, value in field.items() if key not in ("anyOf", "title")}
    forms: list[dict[str, Any]] = field.get("anyOf", [])
    values = [form for form in forms if form.get("type") != "null"]
    if not forms:
        return described
    (value,) = values
    if name in _TEXT_FIELDS:
        value = value | {"minLength": 1, "maxLength": TEXT_CHARS_MAX}
    needed, possible = _fields_of(event_type)
    if name in needed:
        return described | value
    if name in possible:
        return described | {"anyOf": [value, {"type": "null"}]}
    return described | {"type": "null"}


def _fields_of(event_type: str) -> tuple[frozenset[str], frozenset[str]]:
    """Which nullable fields this type must have, and which it may have."""
    kind = kind_of(event_type)
    if event_type in RegistryEvent.TYPES:
        return FIELDS[kind]
    optional = {"virtual_account", "stall_code", "payer_token", "balance_after_vnd", "text"}
    needed = {"compensation_reference"} if kind in COMPENSATIONS else set()
    return frozenset(needed), frozenset(optional)


def texts() -> dict[str, str]:
    """File name to text, for every type of both shapes."""
    models: tuple[type[CloudEvent], ...] = (PaymentEvent, RegistryEvent)
    return {
        f"{short_name(event_type)}.schema.json": json.dumps(
            schema(model, event_type), indent=2, ensure_ascii=False
        )
        + "\n"
        for model in models
        for event_type in sorted(model.TYPES)
    }


def main() -> None:
    """Write every schema, and the baseline while it stands alone; files of gone types go."""
    if len(migration_texts()) <= 1:  # once a store was brought further, it is never edited
        BASELINE.write_text(baseline(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    written = texts()
    for path in FOLDER.glob("*.schema.json"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
