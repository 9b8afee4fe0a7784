"""A document in one language, as plain words and numbers that any template can set. Pure."""

from typing import Any

from babel.dates import format_date

from consumers.language.language import languages
from consumers.reports.document import (
    Block,
    Bullets,
    ChartFigure,
    Document,
    Heading,
    Paragraph,
    Table,
    cell_text,
    fill,
    is_number,
)
from consumers.reports.fact import FactTable
from consumers.reports.number_format import Lang
from consumers.reports.provenance import provenance
from consumers.reports.widths import is_wide, widths_mm
from schemas.message import Message, Ref

# How a day is written in full, as Babel has it.
DATE_FORM = Message("report.date_form")
# The words of Decree 30/2020/NĐ-CP at head and foot.
FORM = {
    "nation": Message("report.nation"),
    "motto": Message("report.motto"),
    "kind": Message("report.kind"),
    "signed_by": Message("report.signed_by"),
    "signature": Message("report.signature"),
    "to": Message("report.to"),
    "recipients": Message("report.recipients"),
    "attached": Message("report.attached"),
}
WIDE_COLUMN_CHARACTERS = 18  # a column with longer words takes the room that is left


def plain(document: Document, lang: Lang) -> dict[str, Any]:
    """Keys: lang, title, issuer, dateline, year, month, day, blocks, and those of FORM."""
    facts, day, language = document.facts, document.day, languages()[lang]
    written = format_date(day, language.render(DATE_FORM), language.locale)
    return {
        "lang": lang,
        "title": fill(document.title, facts, lang),
        "issuer": fill(document.issuer, facts, lang),
        "dateline": f"{document.place.value}, {written}",
        **{name: language.render(words) for name, words in FORM.items()},
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "blocks": [_block(block, facts, lang) for block in document.blocks],
    }


def _block(block: Block, facts: FactTable, lang: Lang) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": fill(block.text, facts, lang)}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": fill(block.text, facts, lang), "style": block.style}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [fill(item, facts, lang) for item in block.items]}
    if isinstance(block, Table):
        return {"kind": "table", **_table(block, facts, lang)}
    assert isinstance(block, ChartFigure)
    return {
        **_table(block.table, facts, lang),
        "kind": "figure",
        "title": fill(block.title, facts, lang),
        "alt": fill(block.alt, facts, lang),
        "svg": block.draw(lang),
    }


def _is_days(table: Table, column: int, facts: FactTable) -> bool:
    """Whether a column holds days alone: all are as wide as its first."""
    cells = [row[column] for row in table.rows]
    return all(isinstance(c, Ref) and facts[c.fact_id].unit in ("date", "moment") for c in cells)


def _table(table: Table, facts: FactTable, lang: Lang) -> dict[str, Any]:
    columns = [fill(column, facts, lang) for column in table.columns]
    rows = [[cell_text(cell, facts, lang) for cell in row] for row in table.rows]
    right = [
        bool(table.rows) and all(is_number(row[n], facts) for row in table.rows)
        for n in range(len(columns))
    ]
    lines = [columns, *rows]
    longest = [max((len(row[n]) for row in rows), default=0) for n in range(len(columns))]
    wide = [
        not right[n]
        and (length > WIDE_COLUMN_CHARACTERS or (n == 0 and not _is_days(table, n, facts)))
        for n, length in enumerate(longest)
    ]
    return {
        "title": fill(table.title, facts, lang),
        "columns": columns,
        "rows": rows,
        "right": right,
        "wide": wide,
        "widths_mm": widths_mm(lines) if is_wide(lines) else [],
        "provenance": provenance(table, facts, lang),
    }
