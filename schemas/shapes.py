"""What the SQL says of the models, derived from them: types, kinds, which fields a kind has.

And the numbers of the definitions, wherever a comment names one.

`python -m schemas.generate` writes it into schemas/sql/current; a test compares.
"""

import re
import types
import typing
from datetime import date, datetime
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from schemas.delivery import DeliveryData, DeliveryEvent
from schemas.payment import PaymentData, PaymentEvent
from schemas.registry import FIELDS, KINDS, RegistryData, RegistryEvent
from schemas.thresholds import Thresholds

COLUMN_TYPES: dict[type, str] = {
    str: "String",
    int: "Int64",
    bool: "Bool",
    date: "Date32",
    datetime: "DateTime64(3, 'UTC')",
}
DATA: dict[type[BaseModel], type[BaseModel]] = {
    PaymentEvent: PaymentData,
    RegistryEvent: RegistryData,
    DeliveryEvent: DeliveryData,
}
_ALWAYS = frozenset({"source_transaction_id", "effective_from"})
# A field that only events of this model have.
_ONLY: dict[str, type[BaseModel]] = {
    " effective_from Date32": RegistryEvent,
    " delivery String": DeliveryEvent,
}
_QUOTED = re.compile(r"'Tuple\(specversion (?:[^'\\]|\\.)*'")
_COLUMN = re.compile(r"^    event Tuple\(\n.*?\n(?=\)\nENGINE)", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"[0-9.]+(?= /\* (\w+) \*/)")
_LISTS = (
    (re.compile(r"(?<=indexOf\()\[.*?\](?=, kind_said\) AS k,)"), "kinds"),
    (re.compile(r"\[[0-9, ]+\](?=\[k\] AS must,)"), "must"),
    (re.compile(r"\[[0-9, ]+\](?=\[k\] AS may,)"), "may"),
    (re.compile(r"1 \* isNotNull\(d\..*(?= AS has$)", re.MULTILINE), "has"),
)


def column_type(annotation: Any) -> str:
    """The engine's type of one field of a model."""
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return column_type(get_args(annotation)[0])
    if origin is typing.Literal:
        return "String"
    if origin is tuple:
        return f"Array({column_type(get_args(annotation)[0])})"
    if origin in (typing.Union, types.UnionType):
        (inner,) = (arg for arg in get_args(annotation) if arg is not types.NoneType)
        return f"Nullable({column_type(inner)})"
    if issubclass(annotation, BaseModel):
        return tuple_type(annotation)
    return COLUMN_TYPES[annotation]


def tuple_type(model: type[BaseModel]) -> str:
    """The engine's named Tuple of a model, in the order of its fields."""
    return f"Tuple({', '.join(_fields(model))})"


def shaped(text: str) -> str:
    """The statements of a topic with all that follows from models and definitions as it is now."""
    text = _QUOTED.sub(lambda found: _quoted(_model(found[0])), text)
    text = _COLUMN.sub(lambda found: _column(_model(found[0])), text)
    lists = registry_lists()
    for pattern, name in _LISTS:
        text = pattern.sub(lists[name], text)
    thresholds = Thresholds()
    return _NUMBER.sub(lambda found: str(getattr(thresholds, found[1])), text)


def registry_lists() -> dict[str, str]:
    """The kinds of registry facts, and as bits which fields each must have and may have."""
    names = [name for name in RegistryData.model_fields if name not in _ALWAYS]
    bits = {name: 1 << place for place, name in enumerate(names)}
    must = [sum(bits[name] for name in required) for required, _ in FIELDS.values()]
    may = [sum(bits[name] for name in required | more) for required, more in FIELDS.values()]
    has = " + ".join(f"{bit} * isNotNull(d.{name})" for name, bit in bits.items())
    return {"kinds": str(list(KINDS)), "must": str(must), "may": str(may), "has": has}


def _model(found: str) -> type[BaseModel]:
    text = re.sub(r"\s+", " ", found)
    return next((model for field, model in _ONLY.items() if field in text), PaymentEvent)


def _fields(model: type[BaseModel]) -> list[str]:
    return [f"{name} {column_type(f.annotation)}" for name, f in model.model_fields.items()]


def _quoted(model: type[BaseModel]) -> str:
    said = tuple_type(model).replace("'", "\\'")
    return f"'{said}'"


def _column(model: type[BaseModel]) -> str:
    """The same as a column of a table, a field to a line."""
    *envelope, _ = _fields(model)
    data: type[BaseModel] = DATA[model]
    lines = [f"        {field}," for field in envelope]
    inner = ",\n".join(f"            {field}" for field in _fields(data))
    return "\n".join(["    event Tuple(", *lines, f"        data Tuple(\n{inner}))\n"])
