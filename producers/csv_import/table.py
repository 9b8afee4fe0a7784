"""Rows of a CSV file as it really comes: preamble, byte order mark, repeated headers, odd bytes."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from infra.errors import Refused
from producers.csv_import.column_map import ColumnMap, FileForm

BLANK = "blank row"
BEFORE_HEADER = "before the header"
REPEATED_HEADER = "repeated header"
_ODD_BYTES = re.compile("[\ud800-\udfff]")


class Row(NamedTuple):
    """One row: `line` is the file's line where it ends; cells are stripped, keyed by column.

    `skip` or `refusal` say why it cannot be a payment, where the form of the row tells already.
    """

    line: int
    cells: dict[str, str]
    skip: str | None = None
    refusal: tuple[str, str] | None = None


def read_rows(path: Path, column_map: ColumnMap) -> Iterator[Row]:
    """Every row of the file but the header itself. Refused where file or header cannot be used."""
    form = column_map.file
    try:
        with path.open(encoding=form.encoding, errors="surrogateescape", newline="") as lines:
            raw = _raw_rows(csv.reader(lines, delimiter=form.delimiter, quotechar=form.quote))
            seen: list[tuple[int, list[str]]] = []
            header = _header(path, raw, seen, column_map)
            yield from (Row(line, {}, skip=BEFORE_HEADER) for line, _ in seen)
            for line, cells in raw:
                yield _row(line, cells, header)
    except (OSError, LookupError, UnicodeError) as error:
        raise Refused(f"{path}: not readable as {form.encoding}: {error}") from error


def _raw_rows(reader: Any) -> Iterator[tuple[int, list[str] | str]]:
    while True:
        try:
            cells: list[str] | str = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:  # the reader starts afresh with the next line
            cells = str(error)
        yield reader.line_num, cells


def _header(
    path: Path,
    raw: Iterator[tuple[int, list[str] | str]],
    seen: list[tuple[int, list[str]]],
    column_map: ColumnMap,
) -> list[str]:
    wanted = column_map.columns()
    form: FileForm = column_map.file
    nearest: list[str] = sorted(wanted)
    for line, cells in raw:
        row = cells if isinstance(cells, list) else []
        missing = sorted(wanted - set(row))
        if not missing:
            twice = sorted(name for name in wanted if row.count(name) > 1)
            if twice:
                raise Refused(f"{path}:{line}: column {twice[0]!r} appears twice in the header")
            return row
        nearest = min(nearest, missing, key=len)
        seen.append((line, row))
        if len(seen) > form.preamble_rows_max:
            break
    raise Refused(
        f"{path}: no header with every column of the map in its first {len(seen)} rows:"
        f" missing {', '.join(map(repr, nearest))} (delimiter {form.delimiter!r})"
    )


def _row(line: int, cells: list[str] | str, header: list[str]) -> Row:
    if isinstance(cells, str):
        return Row(line, {}, refusal=("row is not CSV", cells))
    if not any(cells):
        return Row(line, {}, skip=BLANK)
    if cells == header:
        return Row(line, {}, skip=REPEATED_HEADER)
    count = len(header)
    padded = cells + [""] * (count - len(cells))
    named: dict[str, str] = {}
    for position, (name, cell) in enumerate(zip(header, padded, strict=False)):
        named[name if name and name not in named else f"{name}#{position}"] = cell
    if any(_ODD_BYTES.search(cell) for cell in cells):
        return Row(line, named, refusal=("row has bytes of another encoding", "set file.encoding"))
    if len(cells) < count or any(cells[count:]):
        problem = f"{len(cells)} cells, the header has {count}"
        return Row(line, named, refusal=("row has another number of cells", problem))
    return Row(line, named)
