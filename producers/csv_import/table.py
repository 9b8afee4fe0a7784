"""Rows of a CSV file as it really comes: preamble, byte order mark, repeated headers, odd bytes.

Every line of the file is in exactly one row: see producers/strict_csv.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from infra.errors import Refused
from producers.csv_import.column_map import ColumnMap
from producers.strict_csv import (
    DELIMITER_NAMES,
    DELIMITERS,
    OLD_VIETNAMESE,
    RawRow,
    Swallowed,
    has_odd_bytes,
    opened,
    raw_rows,
)
from schemas.text import look_alike

LINE_COLUMN, REASON_COLUMN = "choso: line", "choso: reason"  # of a file of rejected rows
Form = Literal["payment", "blank", "preamble", "header", "bad"]


class Row(NamedTuple):
    """One row, from `line` to `last_line` of the file. `cells` are tidy, as many as the header's.

    `form` says what it is by its look; `problem` says why a bad one cannot be read: one of few
    reasons, and a detail for a person.
    """

    line: int
    last_line: int
    cells: list[str]
    form: Form
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the table begins: `line` is the header's, `names` are its columns."""

    path: Path
    encoding: str
    delimiter: str
    quote: str
    line: int
    names: tuple[str, ...]
    size_bytes: int
    changed_ns: int

    @property
    def is_part(self) -> bool:
        """Whether these are rejected rows of another file, corrected: see RejectedFile."""
        return REASON_COLUMN in self.names

    def position(self, column: str) -> int:
        """Where a column of the map stands."""
        wanted = look_alike(column)
        return next(at for at, name in enumerate(self.names) if look_alike(name) == wanted)


def find_head(path: Path, column_map: ColumnMap) -> Head:
    """The header: the first row that has every column. Refused where there is none."""
    form = column_map.file
    delimiters = (form.delimiter,) if form.delimiter else DELIMITERS
    head, missing = _find(path, column_map, form.encoding, delimiters)
    if head is not None:
        return head
    hint = f"delimiter {DELIMITER_NAMES.get(form.delimiter or '', form.delimiter or 'any')}"
    for encoding in (form.encoding, OLD_VIETNAMESE):
        other, _ = _find(path, column_map, encoding, DELIMITERS)
        if other is not None:
            hint = (
                f"it is there in line {other.line} with encoding = {encoding!r} and delimiter ="
                f" {other.delimiter!r}: write that in [file] of the map"
            )
            break
    raise Refused(
        f"{path}: no header with every column of the map in its first"
        f" {form.preamble_rows_max + 1} rows: missing {', '.join(map(repr, missing))} ({hint})"
    )


def _find(
    path: Path, column_map: ColumnMap, encoding: str, delimiters: Iterable[str]
) -> tuple[Head | None, list[str]]:
    """The header by one of these delimiters, or the columns that the nearest row lacks."""
    problems: list[Swallowed] = []
    nearest = sorted(column_map.columns())
    for delimiter in delimiters:
        try:
            head, missing = _find_with(path, column_map, encoding, delimiter)
        except Swallowed as error:
            problems.append(error)
            continue
        if head is not None:
            return head, []
        nearest = min(nearest, missing, key=len)
    if problems and len(nearest) == len(column_map.columns()):
        raise problems[0]
    return None, nearest


def _find_with(
    path: Path, column_map: ColumnMap, encoding: str, delimiter: str
) -> tuple[Head | None, list[str]]:
    form = column_map.file
    wanted = {look_alike(name): name for name in column_map.columns()}
    nearest = sorted(wanted.values())
    with opened(path, encoding) as lines:
        rows = raw_rows(path, lines, delimiter, form.quote)
        for row in islice(rows, form.preamble_rows_max + 1):
            folded = [look_alike(name) for name in row.cells]
            missing = sorted(name for fold, name in wanted.items() if fold not in folded)
            nearest = min(nearest, missing, key=len)
            if missing:
                continue
            if twice := sorted(wanted[fold] for fold in wanted if folded.count(fold) > 1):
                raise Refused(f"{path}:{row.line}: column {twice[0]!r} appears twice in the header")
            stat = path.stat()
            names, size, at = tuple(row.cells), stat.st_size, stat.st_mtime_ns
            return Head(path, encoding, delimiter, form.quote, row.line, names, size, at), []
    return None, nearest


def read_rows(head: Head) -> Iterator[Row]:
    """Every row of the file, the header and what stands before it too.

    Refused where a quote swallows lines, or where the file is not the one that the head is of.
    """
    stat = head.path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (head.size_bytes, head.changed_ns):
        raise Refused(f"{head.path}: changed while it was read: import it again")
    with opened(head.path, head.encoding) as lines:
        names = list(head.names)
        for raw in raw_rows(head.path, lines, head.delimiter, head.quote, len(names)):
            if raw.line < head.line:
                form: Form = "preamble" if any(raw.cells) else "blank"
                yield Row(raw.line, raw.last_line, raw.cells, form)
            else:
                row = _row(raw, names)
                if row.form == "bad" and raw.last_line > raw.line:
                    raise Swallowed(head.path, raw.line, head.quote)
                yield row


def _row(raw: RawRow, names: list[str]) -> Row:
    line, last_line, cells, problem = raw
    count = len(names)
    if problem is not None:
        cells = (cells + [""] * count)[:count]
        return Row(line, last_line, cells, "bad", ("quotation mark inside a cell", problem))
    if len(cells) != count:
        if not any(cells):
            return Row(line, last_line, cells, "blank")
        given = len(cells)
        is_whole = given > count and not any(cells[count:])
        cells = (cells + [""] * count)[:count]
        if not is_whole:
            detail = f"{given} cells, the header has {count}"
            return Row(line, last_line, cells, "bad", ("row has another number of cells", detail))
    elif cells == names:
        return Row(line, last_line, cells, "header")
    elif not any(cells):
        return Row(line, last_line, cells, "blank")
    if has_odd_bytes("".join(cells)):
        detail = "set file.encoding to that of the file"
        return Row(line, last_line, cells, "bad", ("row has bytes of another encoding", detail))
    return Row(line, last_line, cells, "payment")
