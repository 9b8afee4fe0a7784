"""XLSX: the words, every table as real numbers, native charts, and the facts."""

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from consumers.language.figures import rounded
from consumers.language.language import languages
from consumers.reports.archive import settled
from consumers.reports.document import (
    Block,
    ChartFigure,
    Document,
    Table,
    cell_text,
    fill,
    is_number,
)
from consumers.reports.fact import FIELDS, Fact, FactTable, as_rows
from consumers.reports.number_format import Lang
from consumers.reports.payload import pack
from consumers.reports.provenance import provenance
from consumers.reports.template_values import plain
from schemas.calendar import LOCAL
from schemas.message import Count, Message, Ref

PAYLOAD_SHEET = "choso"
CELL_CHARACTERS_MAX = 32_000


def render_xlsx(document: Document, lang: Lang) -> bytes:
    """The same bytes for the same document."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    made_at = datetime(document.day.year, document.day.month, document.day.day)  # noqa: DTZ001
    said, say = plain(document, lang), languages()[lang].render
    book.set_properties({"title": said["title"], "author": said["issuer"], "created": made_at})
    book.formats[0].set_font_name("Times New Roman")
    _words(book, said, lang)
    titled = [block for block in document.blocks if isinstance(block, Table | ChartFigure)]
    for number, block in enumerate(titled, start=1):
        _sheet(book, say(Message("sheet.table", number=Count(number))), block, document.facts, lang)
    _facts(book, document.facts, lang)
    _payload(book, pack(document, lang))
    book.close()
    return settled(out.getvalue())


def _words(book: Any, said: dict[str, Any], lang: Lang) -> None:
    sheet = book.add_worksheet(languages()[lang].render(Message("sheet.report")))
    sheet.set_column(0, 0, 110)
    sheet.hide_gridlines(2)
    wrap: dict[str, Any] = {"text_wrap": True, "valign": "top"}
    bold: dict[str, Any] = {"text_wrap": True, "bold": True}
    lines = [(said["issuer"], bold), (said["dateline"], wrap), (said["title"], bold)]
    for block in said["blocks"]:
        if block["kind"] == "heading":
            lines.append((block["text"], bold))
        elif block["kind"] == "paragraph":
            lines.append((block["text"], bold if block["style"] == "lead" else wrap))
        elif block["kind"] == "bullets":
            lines += [(f"– {item}", wrap) for item in block["items"]]
        else:
            lines.append((f"▸ {block['title']}", wrap))
    for row, (words, form) in enumerate(lines):
        sheet.write_string(row, 0, words, _format(book, **form))


def _sheet(book: Any, name: str, block: Block, facts: FactTable, lang: Lang) -> None:
    table = block.table if isinstance(block, ChartFigure) else block
    assert isinstance(table, Table)
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, fill(table.title, facts, lang), _format(book, bold=True))
    spans = [_has_interval(table, n, facts) for n in range(len(table.columns))]
    at, places = 0, []
    for column, spanned in zip(table.columns, spans, strict=True):
        places.append(at)
        ends = (Message("sheet.low", column=column), Message("sheet.high", column=column))
        for step, title in enumerate((column, *ends) if spanned else (column,)):
            words = fill(title, facts, lang)
            sheet.write_string(2, at + step, words, _format(book, bold=True, text_wrap=True))
        at += 3 if spanned else 1
    for row, cells in enumerate(table.rows, start=3):
        for cell, place, spanned in zip(cells, places, spans, strict=True):
            if isinstance(cell, Ref):
                _write(book, sheet, row, place, facts[cell.fact_id], spanned, lang)
            else:
                sheet.write_string(row, place, cell_text(cell, facts, lang))
    last = 3 + len(table.rows)
    sheet.write_string(last + 1, 0, provenance(table, facts, lang), _format(book, italic=True))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, max(1, at - 1), 16)
    sheet.freeze_panes(3, 1)
    if isinstance(block, ChartFigure) and table.rows:
        _chart(book, sheet, name, block, places, facts, lang)


def _chart(
    book: Any,
    sheet: Any,
    name: str,
    figure: ChartFigure,
    places: list[int],
    facts: FactTable,
    lang: Lang,
) -> None:
    chart = book.add_chart({"type": figure.native})
    rows = figure.table.rows
    last = 2 + len(rows)
    for n, place in enumerate(places[1:], start=1):
        if all(is_number(row[n], facts) for row in rows):
            chart.add_series(
                {
                    "name": [name, 2, place],
                    "categories": [name, 3, places[0], last, places[0]],
                    "values": [name, 3, place, last, place],
                }
            )
    chart.set_title({"name": fill(figure.title, facts, lang), "name_font": {"size": 11}})
    chart.set_size({"width": 820, "height": 380})
    sheet.insert_chart(
        last + 4, 0, chart, {"description": fill(figure.alt, facts, lang), "object_position": 3}
    )


def _facts(book: Any, facts: FactTable, lang: Lang) -> None:
    sheet = book.add_worksheet(languages()[lang].render(Message("sheet.facts")))
    for column, name in enumerate(FIELDS):
        sheet.write_string(0, column, name, _format(book, bold=True))
    for row, fact in enumerate(as_rows(facts), start=1):
        for column, name in enumerate(FIELDS):
            value = fact[name]
            if isinstance(value, int | float):
                sheet.write_number(row, column, value)
            elif value is not None:
                sheet.write_string(row, column, value)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, len(FIELDS), 14)
    sheet.freeze_panes(1, 1)


def _payload(book: Any, payload: bytes) -> None:
    sheet = book.add_worksheet(PAYLOAD_SHEET)
    text = payload.decode()
    for row, start in enumerate(range(0, len(text), CELL_CHARACTERS_MAX)):
        sheet.write_string(row, 0, text[start : start + CELL_CHARACTERS_MAX])
    sheet.very_hidden()


def _has_interval(table: Table, column: int, facts: FactTable) -> bool:
    cells = [row[column] for row in table.rows]
    return any(isinstance(cell, Ref) and facts[cell.fact_id].low is not None for cell in cells)


def _write(
    book: Any, sheet: Any, row: int, column: int, fact: Fact, spanned: bool, lang: Lang
) -> None:
    for step, value in enumerate((fact.value, fact.low, fact.high) if spanned else (fact.value,)):
        if value is None:
            continue
        if isinstance(value, str):
            _write_text(book, sheet, row, column + step, value, fact)
        else:
            sheet.write_number(row, column + step, *_number(book, value, fact, lang))


def _number(book: Any, value: float, fact: Fact, lang: Lang) -> tuple[float, Any]:
    """The value as it is shown elsewhere, rounded alike, with its format."""
    zeros = "0" * fact.decimals
    form = "#,##0" + (f".{zeros}" if zeros else "")
    extra = 2 if fact.unit in ("share", "points") else 0
    settled_value = float(rounded(value, fact.decimals + extra))
    if fact.unit == "vnd":
        before, after = languages()[lang].around_money()
        form = f'"{before}"{form}"{after}"'.replace('""', "")
    suffix = "%" if extra else ""
    return settled_value, _format(book, num_format=form + suffix)


def _write_text(book: Any, sheet: Any, row: int, column: int, value: str, fact: Fact) -> None:
    if fact.unit == "date":
        day = datetime.combine(date.fromisoformat(value), datetime.min.time())
        sheet.write_datetime(row, column, day, _format(book, num_format="dd/mm/yyyy"))
    elif fact.unit == "moment":
        at = datetime.fromisoformat(value).astimezone(LOCAL).replace(tzinfo=None)
        sheet.write_datetime(row, column, at, _format(book, num_format="dd/mm/yyyy hh:mm"))
    else:
        sheet.write_string(row, column, value)


def _format(book: Any, **properties: Any) -> Any:
    return book.add_format({"font_name": "Times New Roman", "font_size": 11, **properties})
