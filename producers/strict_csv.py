"""CSV read strictly: every line of a file is in exactly one row, and what is no CSV is named.

A quotation mark that is never closed, or that takes whole rows into one cell, refuses the file with
the line where it opens: rows would vanish before anybody counts them.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from infra.errors import Refused
from schemas.text import tidy

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
OLD_VIETNAMESE = "cp1258"
SNIFFED_BYTES = 512
_ODD_BYTES = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|\r|\n")
_END_IN_QUOTES = "unexpected end of data"  # what csv says where the file ends within a cell
_AS_CSV = "save it as “CSV UTF-8” in the program that made it"
# First bytes of what banks and spreadsheets give instead of CSV, and what to do.
_KINDS = (
    (b"PK\x03\x04", f"this is an Excel file (.xlsx): open it, then {_AS_CSV}"),
    (b"\xd0\xcf\x11\xe0", f"this is an old Excel file (.xls): open it, then {_AS_CSV}"),
    (b"%PDF", "this is a PDF: ask the bank for the statement as CSV or Excel"),
    (b"\x1f\x8b", "this is a compressed file (gzip): unpack it first"),
    (b"{\\rtf", f"this is a text document (RTF): {_AS_CSV}"),
)
_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|style|div|\?xml)", re.IGNORECASE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class RawRow(NamedTuple):
    """One row, from `line` to `last_line` of the file; `problem` says why it is no CSV."""

    line: int
    last_line: int
    cells: list[str]
    problem: str | None = None


class Swallowed(Refused):
    """A quote that takes rows into one cell."""

    def __init__(self, path: Path, line: int, quote: str) -> None:
        super().__init__(
            f"{path}:{line}: a quotation mark {quote} in this row is never closed, or only in a"
            " later row: the rows between would be lost in one cell: remove it, or write it twice"
            f" ({quote * 2}) in a cell that begins and ends with one"
        )


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file as text; bytes of another encoding come through as lone surrogates.

    Refused where it is not a text of this encoding, with what it is.
    """
    try:
        with path.open("rb") as lines:
            first = lines.read(SNIFFED_BYTES)
        if (kind := _kind_of(first, encoding)) is not None:
            raise Refused(f"{path}: {kind}")
        with path.open(encoding=encoding, errors="surrogateescape", newline="") as lines:
            yield lines
    except OSError as error:
        raise Refused(f"{path}: not readable: {error.strerror}") from error
    except LookupError as error:
        raise Refused(
            f"{path}: encoding {encoding!r} is not known: write one such as utf-8, cp1258 or utf-16"
        ) from error
    except UnicodeError as error:
        raise Refused(
            f"{path}: not readable as {encoding}: write the file's own encoding in [file]"
        ) from error


def raw_rows(
    path: Path, lines: TextIO, delimiter: str, quote: str = '"', width: int | None = None
) -> Iterator[RawRow]:
    """The rows of a file, with tidy cells; `width` is the header's, where it is known."""
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
            yield RawRow(line, line, tidy_cells(cells), problem)
            continue
        if reader.line_num > line and _has_rows_within(cells, delimiter, width or len(cells)):
            raise Swallowed(path, line, quote)
        yield RawRow(line, reader.line_num, tidy_cells(cells))


def has_odd_bytes(text: str) -> bool:
    """Whether some bytes of it were no text of the file's encoding."""
    return not text.isascii() and _ODD_BYTES.search(text) is not None


def tidy_cells(cells: list[str]) -> list[str]:
    """The cells without what cannot be seen."""
    return [tidy(cell) for cell in cells]


def _kind_of(first: bytes, encoding: str) -> str | None:
    """What a file is that is no text of this encoding, and what to do; None where it may be."""
    for begin, kind in _KINDS:
        if first.startswith(begin):
            return kind
    is_wide = encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    if first.startswith(_UTF16) or b"\0" in first:
        if is_wide:
            return None
        return 'this is UTF-16: write encoding = "utf-16" in [file] of the map, or ' + _AS_CSV
    if _PAGE.match(first.removeprefix(codecs.BOM_UTF8)):
        return f"this is a web page: open it in a spreadsheet, then {_AS_CSV}"
    if is_wide:
        return f"this is not {encoding}: leave encoding out of [file] of the map, or write utf-8"
    return None


def _remembered(lines: TextIO, last: list[str]) -> Iterator[str]:
    for line in lines:
        last[0] = line
        yield line


def _has_rows_within(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether the cells that go over lines hold as many delimiters as those lines would as rows."""
    inner = [cell for cell in cells if _LINE_END.search(cell)]
    ends = sum(len(_LINE_END.findall(cell)) for cell in inner)
    return sum(cell.count(delimiter) for cell in inner) >= max(1, ends * (width - 1))
