"""Every type has a canonical example, and model, engine and JSON Schema admit it; no drift."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from infra.clickhouse import Store
from schemas import generate
from schemas.cloudevent import CloudEvent, decode, kind_of
from schemas.delivery import DeliveryEvent
from schemas.payment import PaymentEvent
from schemas.registry import RegistryEvent
from tests.engine import land, records

FOLDER = Path(generate.__file__).parent / "examples"
EXAMPLES = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
RECORDED_AT = datetime(2026, 4, 1, tzinfo=UTC)
MODELS: dict[str, type[CloudEvent]] = {
    "payment": PaymentEvent,
    "registry": RegistryEvent,
    "delivery": DeliveryEvent,
}


def body(name: str) -> bytes:
    """The canonical bytes: the file is one line and ends in a newline."""
    text = EXAMPLES[name].read_bytes()
    assert text.count(b"\n") == 1
    return text.removesuffix(b"\n")


def test_every_type_has_an_example_and_a_schema() -> None:
    types = {generate.short_name(t) for model in MODELS.values() for t in model.TYPES}
    assert set(EXAMPLES) == types
    assert {f"{name}.schema.json" for name in types} == set(generate.texts())


def test_schemas_are_those_of_the_models() -> None:
    """Mend with `python -m schemas.generate`."""
    written = {path.name: path.read_text() for path in generate.FOLDER.iterdir()}
    assert written == generate.texts()


def test_examples_are_as_they_would_be_written() -> None:
    """Mend with `python -m schemas.generate`."""
    assert {path.name: path.read_text() for path in EXAMPLES.values()} == generate.example_texts()


@pytest.mark.parametrize("name", EXAMPLES)
def test_model_and_schema_admit_the_example(name: str) -> None:
    event = decode(MODELS[name.split(".", maxsplit=1)[0]], body(name), RECORDED_AT)
    assert generate.short_name(event.type) == name
    schema = json.loads((generate.FOLDER / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    said = json.loads(body(name))
    validator.validate(said)
    for broken in (said | {"extra": 1}, said | {"data": {}}, said | {"type": "x"}):
        assert not validator.is_valid(broken)
    for field, value in said["data"].items():
        changed = "x" * 300 if value is None or isinstance(value, list) else []
        assert not validator.is_valid(said | {"data": said["data"] | {field: changed}})


@pytest.mark.real
def test_engine_admits_the_examples(store: Store) -> None:
    for shape, model in MODELS.items():
        names = [name for name in EXAMPLES if name.startswith(shape)]
        land(store, records([body(name) for name in names], at=RECORDED_AT), shape=shape)
        assert {kind_of(t) for t in model.TYPES} == {
            kind
            for table in (
                ("evidence", "compensation") if shape == "payment" else (f"{shape}_fact",)
            )
            for (kind,) in store.query(f"SELECT DISTINCT toString(kind) FROM {table}")
        }
    assert store.query("SELECT reason, body FROM rejected") == []
