"""The rows that could not be published, as a file like the one that they came from.

It has the file's own columns, delimiter and encoding, and two more: the line of each row and why it
was rejected. Corrected, it is imported by the same map.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from infra.errors import Refused
from producers.csv_import.filled import RowRejected
from producers.csv_import.table import LINE_COLUMN, REASON_COLUMN, Head, Row
from schemas.text import spread_tone


class RejectedFile:
    """Written where a row is rejected, and not at all where none is."""

    def __init__(self, path: Path | None, head: Head) -> None:
        self._path = path
        self._head = head
        self._places = [
            at for at, name in enumerate(head.names) if name not in {LINE_COLUMN, REASON_COLUMN}
        ]
        self._lines: TextIO | None = None
        self._writer: Any = None
        if path is not None and path.exists():
            raise Refused(f"{path}: is there already: rejected rows go into a new file")

    def __enter__(self) -> Self:
        return self

    def add(self, row: Row, error: RowRejected) -> None:
        """One row more. Refused where the file cannot be written."""
        if self._path is None:
            return
        if self._lines is None:
            self._open(self._path)
        self._write([*(row.cells[at] for at in self._places), str(row.line), str(error)])

    def _open(self, path: Path) -> None:
        try:
            self._lines = path.open(
                "x", encoding=self._head.encoding, errors="surrogateescape", newline=""
            )
        except OSError as error:
            raise Refused(f"{path}: cannot be written: {error.strerror}") from error
        self._writer = csv.writer(
            self._lines, delimiter=self._head.delimiter, quotechar=self._head.quote
        )
        names = [self._head.names[at] for at in self._places]
        self._write([*names, LINE_COLUMN, REASON_COLUMN])

    def _write(self, cells: Iterable[str]) -> None:
        self._writer.writerow([encodable(cell, self._head.encoding) for cell in cells])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lines is not None:
            self._lines.close()


def encodable(text: str, encoding: str) -> str:
    """The text in characters that the encoding has: Windows-1258 writes `ấ` as `â` and a tone."""
    if text.isascii() or encoding.lower().startswith("utf"):
        return text
    return "".join(_encodable(character, encoding) for character in text)


def _encodable(character: str, encoding: str) -> str:
    for form in (character, spread_tone(character)):
        try:
            form.encode(encoding, "surrogateescape")
        except UnicodeEncodeError:
            continue
        return form
    return "?"
