"""A row's cells as the texts of an event's fields: the map's templates, ready for one header."""

from collections.abc import Callable, Mapping, Sequence

from producers.csv_import.column_map import COLUMN, ColumnMap
from producers.csv_import.table import Head

Fill = Callable[[Sequence[str]], str]


class RowRejected(ValueError):
    """A row that cannot be an event: `reason` is one of few, `detail` is for a person."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Templates:
    """The map's templates by field, filled from rows of this header, with defaults and values."""

    def __init__(self, column_map: ColumnMap, head: Head) -> None:
        self._map = column_map
        self._head = head
        self._fills: dict[str, Fill] = {}
        parts = (column_map.payment, column_map.registry)
        for field, template in [pair for part in parts if part is not None for pair in part]:
            if isinstance(template, str):
                self._fills[field] = self._fill(template)
        self._fills["amount"] = self._fill(column_map.amount.text)
        if column_map.amount.outgoing is not None:
            self._fills["outgoing"] = self._fill(column_map.amount.outgoing)
        for field, values in column_map.values.items():
            if field in self._fills:
                self._fills[field] = _replaced(field, self._fills[field], values)
        self._fills["time"] = self._fill(column_map.time.text)

    def optional(self, field: str, cells: Sequence[str]) -> str | None:
        """The field's text, None where the map has no such field or the text is empty.

        RowRejected where its value map does not know it.
        """
        fill = self._fills.get(field)
        return None if fill is None else fill(cells) or None

    def required(self, field: str, cells: Sequence[str]) -> str:
        """The field's text. RowRejected where it is empty."""
        if text := self.optional(field, cells):
            return text
        raise RowRejected(f"{field}: empty", "the map makes it of columns that are empty here")

    def _fill(self, template: str) -> Fill:
        pieces = COLUMN.split(template)  # texts at even places, columns between them
        columns = [(self._head.position(name), name) for name in pieces[1::2]]
        defaults = {at: self._map.defaults.get(name, "") for at, name in columns}
        if not columns:
            constant = template.strip()
            return lambda _: constant
        if len(columns) == 1 and template == f"{{{pieces[1]}}}":
            at, default = columns[0][0], defaults[columns[0][0]]
            return lambda cells: cells[at] or default
        texts = pieces[0::2]

        def joined(cells: Sequence[str]) -> str:
            found = [texts[0]]
            for (at, _), text in zip(columns, texts[1:], strict=True):
                found += [cells[at] or defaults[at], text]
            return "".join(found).strip()

        return joined


def _replaced(field: str, fill: Fill, values: Mapping[str, str]) -> Fill:
    """The texts by which a value map replaces those of the file."""

    def replaced(cells: Sequence[str]) -> str:
        text = fill(cells)
        if text not in values:
            raise RowRejected(f"{field}: its value is not in [values.{field}]", repr(text))
        return values[text]

    return replaced
