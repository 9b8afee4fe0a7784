"""What is made of other files: `python -m schemas.generate` writes it; tests compare.

schemas/json has JSON Schemas of all events, from the models: one file for each type, because each
type has its own fields: what a kind must have is not null there, what it cannot have is null. In
schemas/sql/current the types and lists follow the models (`shapes.py`); the first migration is its
files in one, until a release is followed by a second one. A new type gets an example, and an
example that lacks a new field gets a null there; a better one may be written by hand.
"""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from schemas.cloudevent import CloudEvent, encode, kind_of
from schemas.current import TOPICS, baseline, topic_text
from schemas.delivery import FIELDS as DELIVERY_FIELDS
from schemas.delivery import DeliveryEvent
from schemas.migrations import migration_texts
from schemas.payment import COMPENSATIONS, PaymentData, PaymentEvent
from schemas.registry import FIELDS, RegistryEvent, registry_event
from schemas.shapes import shaped
from schemas.text import TEXT_CHARS_MAX

FOLDER = Path(__file__).parent / "json"
EXAMPLES = Path(__file__).parent / "examples"
SQL = Path(__file__).parent / "sql"
BASELINE = SQL / "migrations" / "0001_baseline.sql"
MODELS: dict[str, type[CloudEvent]] = {
    "payment": PaymentEvent,
    "registry": RegistryEvent,
    "delivery": DeliveryEvent,
}
_ALWAYS = frozenset({"source_transaction_id", "effective_from"})
_TIME = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"
_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_TEXT_FIELDS = frozenset({"text", "name", "product", "area", "note", "profile", "who", "why"})


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
        data["properties"][name] = _of_kind(name, _whole(field, defined), event_type)
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


def _whole(field: dict[str, Any], defined: dict[str, Any]) -> dict[str, Any]:
    """A list of objects with what its objects are, which pydantic puts elsewhere."""
    inner = field.get("items", {})
    if "$ref" not in inner:
        return field
    item = defined[inner["$ref"].rsplit("/", 1)[-1]]
    for name, part in item["properties"].items():
        item["properties"][name] = {key: part[key] for key in part if key != "title"}
    return field | {"items": item}


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
    if event_type in DeliveryEvent.TYPES:
        return DELIVERY_FIELDS[kind]
    of_compensations = frozenset({"compensation_reference"})
    nullable = frozenset(
        name
        for name, field in PaymentData.model_fields.items()
        if NoneType in get_args(field.annotation)
    )
    needed = of_compensations if kind in COMPENSATIONS else frozenset()
    return needed, nullable - of_compensations


def texts() -> dict[str, str]:
    """File name to text, for every type of both shapes."""
    return {
        f"{short_name(event_type)}.schema.json": json.dumps(
            schema(model, event_type), indent=2, ensure_ascii=False
        )
        + "\n"
        for model in MODELS.values()
        for event_type in sorted(model.TYPES)
    }


SAMPLES = {
    "market": "HL1",
    "stall": "HL1-A12",
    "vendor": "V-0012",
    "account": "a" * 32,
    "qr": "QR-0012",
    "team": "TCN-07",
    "name": "Chợ Hạ Long I",
    "market_kind": "traditional_market",
    "stall_count": 1_204,
    "open": True,
    "amount_vnd": 150_000,
    "tender": "cashless",
    "payment_count": 412,
    "rail_class": "p2m_payment",
    "note": "ghi chú",
}


def example_texts() -> dict[str, str]:
    """File name to text, for every type: as it stands there, or made where it does not."""
    return {
        f"{short_name(event_type)}.json": _example(shape, event_type)
        for shape, model in MODELS.items()
        for event_type in sorted(model.TYPES)
    }


def _example(shape: str, event_type: str) -> str:
    path = EXAMPLES / f"{short_name(event_type)}.json"
    if not path.exists():
        assert shape == "registry", f"{path}: write an example of this kind"
        return encode(_fact(kind_of(event_type))).decode() + "\n"
    said = json.loads(path.read_text(encoding="utf-8"))
    data = MODELS[shape].model_fields["data"].annotation
    assert data is not None
    said["data"] = {name: said["data"].get(name) for name in data.model_fields}
    return encode(MODELS[shape].model_validate_json(json.dumps(said))).decode() + "\n"


def _fact(kind: str) -> RegistryEvent:
    return registry_event(
        kind=kind,
        source="/registry",
        source_transaction_id=f"{kind}/1",
        stated_at=datetime(2026, 3, 5, tzinfo=UTC),
        effective_from=date(2026, 3, 2),
        **{name: SAMPLES[name] for name in FIELDS[kind][0]},
    )


def main() -> None:
    """Write it all; the baseline only while it stands alone; files of gone types go."""
    for topic in TOPICS:
        text = shaped(topic_text(topic))
        (SQL / "current" / f"{topic}.sql").write_text(text, encoding="utf-8")
    if len(migration_texts()) <= 1:  # once a store was brought further, it is never edited
        BASELINE.write_text(baseline(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    _write(FOLDER, texts())
    _write(EXAMPLES, example_texts())


def _write(folder: Path, written: dict[str, str]) -> None:
    for path in folder.glob("*.json"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
