"""An answer as plain data: nested for JSON, flat for tables, CSV and Parquet. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, get_type_hints

from consumers.adoption.question.answer import Answer, Cell
from consumers.adoption.question.rate import Figure, Rails, Rate
from consumers.plain import Words, as_json
from schemas.message import Message
from schemas.payment import RAIL_CLASSES

RATE_PARTS = ("numerator", "denominator", "low", "high", "reason", "interval_reason")


def row_type_fields(row_type: type[Cell]) -> list[tuple[str, Any]]:
    """Names and types of a row's fields, in order, those of every cell first."""
    hints = get_type_hints(row_type)
    return [(field.name, hints[field.name]) for field in fields(row_type)]


def columns_of(row_type: type[Cell]) -> list[str]:
    """The flat columns of a row type: the same for every answer of its metric."""
    names = []
    for name, kind in row_type_fields(row_type):
        names.append(name) if kind is not Rails else None
        if kind is Figure:
            names.append(f"{name}_reason")
        elif kind is Rate:
            names += [f"{name}_{part}" for part in RATE_PARTS]
        elif kind is Rails:
            names += [f"{rail}_{what}" for rail in RAIL_CLASSES for what in ("count", "vnd")]
    return names


def flat_row(row: Cell) -> dict[str, Any]:
    """The row by the names of `columns_of`; days as dates, reasons as their codes."""
    found: dict[str, Any] = {}
    for field in fields(row):
        name, value = field.name, getattr(row, field.name)
        if isinstance(value, Figure):
            found |= {name: value.value, f"{name}_reason": value.reason}
        elif isinstance(value, Rate):
            found[name] = value.value
            found |= {f"{name}_{part}": getattr(value, part) for part in RATE_PARTS}
        elif isinstance(value, Rails):
            found |= _flat_rails(value)
        else:
            found[name] = value
    return {name: plain_cell(value) for name, value in found.items()}


def plain_cell(value: Any) -> Any:
    """What a cell of a flat table holds: of a message its code, of anything else itself."""
    return value.id if isinstance(value, Message) else value


def _flat_rails(rails: Rails) -> dict[str, int | None]:
    nothing = None if rails.figures is None else 0
    found: dict[str, int | None] = {
        f"{rail}_{what}": nothing for rail in RAIL_CLASSES for what in ("count", "vnd")
    }
    for figure in rails.figures or ():
        found[f"{figure.rail_class}_count"] = figure.payment_count
        found[f"{figure.rail_class}_vnd"] = figure.payment_vnd
    return found


def answer_json(
    answer: Answer, *, rows: Sequence[Cell] | None = None, words: Words | None = None
) -> dict[str, Any]:
    """The answer for JSON, with `rows` (a page of them) or all its rows; `words` say a message."""
    question = answer.question
    thresholds = asdict(question.thresholds)
    definition = as_json(answer.definition)
    definition["thresholds"] = {name: thresholds[name] for name in answer.definition.thresholds}
    definition["thresholds_version"] = question.thresholds.version
    asked = as_json(question)
    del asked["thresholds"]
    return {
        "metric": question.metric,
        "question": asked,
        "definition": definition,
        "cut_off_at": as_json(answer.cut_off_at),
        "is_complete": answer.is_complete,
        "periods": as_json(answer.periods, words),
        "health": as_json(answer.health, words),
        "notes": as_json(answer.notes, words),
        "rows": as_json(answer.rows if rows is None else rows, words),
    }
