"""Rows of a registry file: CSV with a header, or one JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from infra.errors import Refused
from producers.strict_csv import DELIMITERS, RawRow, Swallowed, has_odd_bytes, opened, raw_rows
from schemas.text import tidy

ENCODING = "utf-8-sig"
JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")


class RegistryRow(NamedTuple):
    """One row: its line, its fields as text (empty ones left out), or why it is not readable."""

    line: int
    fields: dict[str, str]
    problem: str = ""


def read_registry_rows(path: Path) -> Iterator[RegistryRow]:
    """Every row that is not blank. Refused where the file cannot be read at all."""
    with opened(path, ENCODING) as lines:
        if path.suffix.lower() in JSON_SUFFIXES:
            yield from _json_rows(lines)
        else:
            yield from _csv_rows(path, lines)


def _csv_rows(path: Path, lines: TextIO) -> Iterator[RegistryRow]:
    first = lines.readline()
    lines.seek(0)
    rows = raw_rows(path, lines, max(DELIMITERS, key=first.count))
    header = [name.lower() for name in next(rows, RawRow(1, 1, [])).cells]
    if len(set(header)) != len(header):
        raise Refused(f"{path}:1: a column appears twice in the header")
    for row in rows:
        values = row.cells
        if not any(values):
            continue
        problem = row.problem and f"row: {row.problem}"
        if not problem and (len(values) < len(header) or any(values[len(header) :])):
            problem = f"row: {len(values)} cells, the header has {len(header)}"
        if problem and row.last_line > row.line:
            raise Swallowed(path, row.line, '"')
        if any(map(has_odd_bytes, values)):
            raise Refused(f"{path}:{row.line}: not UTF-8: save the file as “CSV UTF-8”")
        named = {name: value for name, value in zip(header, values, strict=False) if value}
        yield RegistryRow(row.line, {} if problem else named, problem or "")


def _json_rows(lines: TextIO) -> Iterator[RegistryRow]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = _json_fields(line)
        except (ValueError, TypeError, RecursionError) as error:
            yield RegistryRow(number, {}, f"row: not one JSON object: {_cause(error)}")
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
        return tidy(str(value))
    raise TypeError(f"{name}: must be text, a whole number, true or false")


def _cause(error: Exception) -> str:
    """For a person: what is wrong, without the words of the parser."""
    if isinstance(error, json.JSONDecodeError):
        return f"at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
