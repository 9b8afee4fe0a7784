"""Rows of a CSV file as it really comes: preamble, byte order mark, repeated headers, odd bytes.

Every line of the file is in exactly one row, and quotes are read strictly: a quotation mark that is
never closed, or that takes whole rows into one cell, refuses the file with the line where it opens.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from infra.errors import Refused
from producers.csv_import.column_map import ColumnMap
from schemas.text import look_alike, tidy

DELIMITERS = (",", ";", "\t", "|")
_ODD_BYTES = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\n")
_END_IN_QUOTES = "unexpected end of data"  # what csv says where the file ends within a cell
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


class _Raw(NamedTuple):
    line: int
    last_line: int
    cells: list[str]
    problem: str | None = None


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
    problems: list[Refused] = []
    nearest = sorted(column_map.columns())
    for delimiter in (form.delimiter,) if form.delimiter else DELIMITERS:
        try:
            head, missing = _find_with(path, column_map, delimiter)
        except Swallowed as error:
            problems.append(error)
            continue
        if head is not None:
            return head
        nearest = min(nearest, missing, key=len)
    if problems:
        raise problems[0]
    tried = repr(form.delimiter) if form.delimiter else "any of , ; tab |"
    raise Refused(
        f"{path}: no header with every column of the map in its first"
        f" {form.preamble_rows_max + 1} rows: missing {', '.join(map(repr, nearest))}"
        f" (delimiter {tried})"
    )


def _find_with(path: Path, column_map: ColumnMap, delimiter: str) -> tuple[Head | None, list[str]]:
    """The header by this delimiter, or the columns that the row nearest to one lacks."""
    form = column_map.file
    wanted = {look_alike(name): name for name in column_map.columns()}
    nearest = sorted(wanted.values())
    with _opened(path, form.encoding) as lines:
        rows = _raw_rows(path, lines, delimiter, form.quote)
        for row in islice(rows, form.preamble_rows_max + 1):
            folded = [look_alike(name) for name in row.cells]
            missing = sorted(name for fold, name in wanted.items() if fold not in folded)
            nearest = min(nearest, missing, key=len)
            if missing:
                continue
            if twice := sorted(wanted[fold] for fold in wanted if folded.count(fold) > 1):
                raise Refused(f"{path}:{row.line}: column {twice[0]!r} appears twice in the header")
            stat = path.stat()
            names = tuple(row.cells)
            return (
                Head(
                    path, form.encoding, delimiter, form.quote, row.line, names,
                    stat.st_size, stat.st_mtime_ns,
                ),
                [],
            )  # fmt: skip
    return None, nearest


def read_rows(head: Head) -> Iterator[Row]:
    """Every row of the file, the header and what stands before it too.

    Refused where a quote swallows lines, or where the file is not the one that the head is of.
    """
    stat = head.path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (head.size_bytes, head.changed_ns):
        raise Refused(f"{head.path}: changed while it was read: import it again")
    with _opened(head.path, head.encoding) as lines:
        names = list(head.names)
        for raw in _raw_rows(head.path, lines, head.delimiter, head.quote, len(names)):
            if raw.line < head.line:
                form: Form = "preamble" if any(raw.cells) else "blank"
                yield Row(raw.line, raw.last_line, raw.cells, form)
            else:
                row = _row(raw, names)
                if row.form == "bad" and raw.last_line > raw.line:
                    raise Swallowed(head.path, raw.line, head.quote)
                yield row


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    try:
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as lines:
            yield lines
    except (OSError, LookupError, UnicodeError) as error:
        raise Refused(f"{path}: not readable as {encoding}: {error}") from error


class Swallowed(Refused):
    """A quote that takes rows into one cell."""

    def __init__(self, path: Path, line: int, quote: str) -> None:
        super().__init__(
            f"{path}:{line}: a quotation mark {quote} in this row is never closed, or only in a"
            " later row: the rows between would be lost in one cell: remove it, or write it twice"
            f" ({quote * 2}) in a cell that begins and ends with one"
        )


def _raw_rows(
    path: Path, lines: TextIO, delimiter: str, quote: str, width: int | None = None
) -> Iterator[_Raw]:
    """The rows of lines; `width` is the header's, where it is known."""
    last = [""]
    reader: Any = csv.reader(
        _remembered(lines, last), delimiter=delimiter, quotechar=quote, strict=True
    )
    while True:
        line = reader.line_num + 1
        try:
            cells: list[str] = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # the reader starts afresh with the next line
            if reader.line_num > line or str(error) == _END_IN_QUOTES:
                raise Swallowed(path, line, quote) from None
            cells = next(csv.reader(last, delimiter=delimiter, quotechar=quote))
            problem = f"a quotation mark {quote} stands inside a cell: write it twice"
            yield _Raw(line, line, tidy_cells(cells), problem)
            continue
        if reader.line_num > line and _has_rows_within(cells, delimiter, width or len(cells)):
            raise Swallowed(path, line, quote)
        yield _Raw(line, reader.line_num, tidy_cells(cells))


def _remembered(lines: TextIO, last: list[str]) -> Iterator[str]:
    for line in lines:
        last[0] = line
        yield line


def _has_rows_within(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether the cells that go over lines hold as many delimiters as those lines would as rows."""
    inner = [cell for cell in cells if _LINE_END.search(cell)]
    ends = sum(len(_LINE_END.findall(cell)) for cell in inner)
    return sum(cell.count(delimiter) for cell in inner) >= max(1, ends * (width - 1))


def tidy_cells(cells: list[str]) -> list[str]:
    """The cells without what cannot be seen."""
    if "".join(cells).isascii():
        return [cell.strip() for cell in cells]
    return [tidy(cell) for cell in cells]


def _row(raw: _Raw, names: list[str]) -> Row:
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
    if _ODD_BYTES.search("".join(cells)):
        detail = "set file.encoding to that of the file"
        return Row(line, last_line, cells, "bad", ("row has bytes of another encoding", detail))
    return Row(line, last_line, cells, "payment")
