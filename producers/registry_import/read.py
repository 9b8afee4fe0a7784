"""Rows of a registry file: CSV with a header, or one JSON object a line."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from infra.errors import Refused

JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")


class RegistryRow(NamedTuple):
    """One row: its line, its fields as text (empty ones left out), or why it is not readable."""

    line: int
    fields: dict[str, str]
    problem: str = ""


def read_registry_rows(path: Path) -> Iterator[RegistryRow]:
    """Every row that is not blank. Refused where the file cannot be read at all."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            if path.suffix.lower() in JSON_SUFFIXES:
                yield from _json_rows(lines)
            else:
                yield from _csv_rows(path, lines)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{path}: not readable: {error}") from error


def _csv_rows(path: Path, lines: Any) -> Iterator[RegistryRow]:
    first = lines.readline()
    lines.seek(0)
    reader = csv.reader(lines, delimiter=";" if first.count(";") > first.count(",") else ",")
    header = [name.strip().lstrip("\ufeff").lower() for name in next(reader, [])]
    if len(set(header)) != len(header):
        raise Refused(f"{path}:1: a column appears twice in the header")
    for cells in reader:
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if len(values) < len(header) or any(values[len(header) :]):
            problem = f"row: {len(values)} cells, the header has {len(header)}"
            yield RegistryRow(reader.line_num, {}, problem)
            continue
        named = {name: value for name, value in zip(header, values, strict=False) if value}
        yield RegistryRow(reader.line_num, named)


def _json_rows(lines: Any) -> Iterator[RegistryRow]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = _json_fields(line)
        except (ValueError, TypeError, RecursionError) as error:
            yield RegistryRow(number, {}, f"row: not one JSON object: {error}")
        else:
            yield RegistryRow(number, fields)


def _json_fields(line: str) -> dict[str, str]:
    if not line.lstrip().startswith("{"):
        raise ValueError("it does not begin with a brace")
    pairs = json.loads(line, object_pairs_hook=list)
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key appears twice")
    return {name: _text(name, value) for name, value in pairs if value is not None}


def _text(name: str, value: Any) -> str:
    """Text, whole numbers and truth values; what is none of these is no field of a fact."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return str(value).strip()
    raise TypeError(f"{name}: must be text, a whole number, true or false")
