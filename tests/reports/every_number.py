"""The law of reports: what other libraries read from a file has no digit that no fact explains.

A word with a digit in it must be one of a fact that the report shows, of what stands beside a fact
(period, n, level, definition, cut-off, query), or be on the short list NOT_FACTS.
"""

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import docx
from lxml import html as lxml_html
from openpyxl import load_workbook
from pypdf import PdfReader

from consumers.language.figures import rounded
from consumers.language.language import languages
from consumers.reports.document import Bullets, Cell, ChartFigure, Document, Table, block_ids, fill
from consumers.reports.fact import Fact, from_rows
from consumers.reports.formats import RENDER, Format
from consumers.reports.number_format import Lang, shown, shown_interval
from schemas.calendar import LOCAL
from schemas.message import Ref
from tests.reports.reading import docx_text, part, pdf_text

# What may hold digits without being a fact, and why.
NOT_FACTS = {
    "page": "page numbers count the pages of this file, not of the world",
    "dateline": "the day of signing is given by who signs",
    "name": "names of markets, sites, attributes, plans, tests and methods are not counted",
    "definition": "a definition's thresholds belong to its version, which stands beside each fact",
    "reason": "a dash's reason names the threshold of its definition",
    "axis": "marks of a chart's axes are a ruler; what is drawn stands in the table under it",
    "sheet": "sheets of a workbook are numbered",
}
WORD = re.compile(r"[\w−+.,/:%≥≤=-]*\d[\w−+.,/:%-]*")


def words(text: str) -> set[str]:
    """The words with a digit in them, without punctuation around them."""
    return {word.strip(".,:;-+=≥≤/") for word in WORD.findall(text.replace("\u00a0", " "))}


def texts_of(data: bytes, fmt: Format) -> dict[str, str]:
    """What a reader sees, by place: text, and charts apart."""
    if fmt == "pdf":
        return {"text": pdf_text(data)}
    if fmt == "docx":
        alts = re.findall(r' descr="([^"]*)"', part(data, "word/document.xml"))
        return {"text": docx_text(data), "alt": " ".join(alts)}
    if fmt == "html":
        tree = lxml_html.fromstring(data.decode())
        for element in tree.xpath("//script | //style"):
            element.drop_tree()
        return {"text": " ".join(tree.itertext())}
    book = load_workbook(io.BytesIO(data), data_only=True)
    shown_sheets = [sheet for sheet in book if sheet.sheet_state == "visible"][:-1]
    cells = [c for s in shown_sheets for row in s.iter_rows(values_only=True) for c in row]
    return {"text": " ".join(c for c in cells if isinstance(c, str))}


def strangers(
    document: Document, fmt: Format, lang: Lang, data: bytes, names: Iterable[str]
) -> set[str]:
    """Words with digits that neither a fact nor the list explains."""
    readings = [" ".join(texts_of(data, fmt).values())]
    if fmt == "pdf":
        # Read in two ways: one glues cells together, the other breaks long names over lines.
        pages = PdfReader(io.BytesIO(data)).pages
        readings.append(" ".join(page.extract_text(extraction_mode="layout") for page in pages))
    left = [set(names), _definitions(document, lang)]
    found = [words(_without(text, set().union(*left))) for text in readings]
    explained = set().union(*(words(words_) for words_ in _told(document, lang)))
    explained |= {f"{document.day.day:02}", f"{document.day.month:02}", f"{document.day.year}"}
    explained |= {str(document.day.day)}
    if fmt == "pdf":
        explained |= {str(n + 1) for n in range(len(PdfReader(io.BytesIO(data)).pages))}
    if fmt in ("pdf", "html"):
        explained |= _axes(document, lang)
    return set.intersection(*found) - explained


def _without(text: str, names: set[str]) -> str:
    text = text.replace("\u00a0", " ")
    for name in sorted(names, key=len, reverse=True):
        spaced = r"\s+".join(re.escape(word) for word in name.replace("\u00a0", " ").split())
        spaced = re.sub(r"(/|\\-)", r"\1\\s*", spaced)  # where a line may be broken
        # A PDF may be read without the room between a name and the figure in the next column.
        text = re.sub(rf"(?<!\w){spaced}(?![^\W\d_])", " ", text)
    return text


def _definitions(document: Document, lang: Lang) -> set[str]:
    if document.kind not in ("weekly", "market"):
        return set()
    *_, bullets = document.blocks
    assert isinstance(bullets, Bullets)
    return {fill(item, document.facts, lang) for item in bullets.items}


def _told(document: Document, lang: Lang) -> Iterator[str]:
    for fact_id in document.shown_ids():
        fact = document.facts[fact_id]
        yield shown(fact, lang)
        yield shown_interval(fact, lang)
        yield from _beside(fact, lang)


def _beside(fact: Fact, lang: Lang) -> Iterator[str]:
    for day in (fact.first_day, fact.last_day):
        yield languages()[lang].day(date.fromisoformat(day)) if day else ""
    for number in (fact.n,):
        yield shown(_like(number), lang) if number is not None else ""
    if fact.cut_off_at:
        yield f"{datetime.fromisoformat(fact.cut_off_at).astimezone(LOCAL):%H:%M %d/%m/%Y}"
    yield f"{(fact.level or 0) * 100:g}%"
    yield f"{fact.definition} {fact.query_hash}"
    yield "" if fact.reason is None else languages()[lang].render(fact.reason)


def _like(n: int) -> Fact:
    return Fact(id="n", value=n, unit="count", definition="", source="")


def _axes(document: Document, lang: Lang) -> set[str]:
    found: set[str] = set()
    for block in document.blocks:
        if isinstance(block, ChartFigure):
            tree = lxml_html.fromstring(block.draw(lang))
            marks = tree.xpath('.//*[local-name()="text"][contains(@class, "muted")]')
            found |= words(" ".join(mark.text or "" for mark in marks))
    return found


def tables_of(document: Document) -> list[Table]:
    """Every table, also those under figures."""
    return [
        block.table if isinstance(block, ChartFigure) else block
        for block in document.blocks
        if isinstance(block, ChartFigure | Table)
    ]


def wrong_cells(document: Document, fmt: Format, lang: Lang, data: bytes) -> list[str]:
    """Cells of tables that do not show their own fact."""
    read: Callable[[bytes], list[list[list[str]]]] = {"docx": _docx_tables, "html": _html_tables}[
        fmt
    ]
    found = []
    tables = tables_of(document)
    there = read(data)
    assert len(there) == len(tables), (fmt, len(there), len(tables))
    for table, rows in zip(tables, there, strict=True):
        for cells, texts in zip(table.rows, rows[1:], strict=True):
            for cell, text in zip(cells, texts, strict=True):
                if isinstance(cell, Ref) and text != _expected(cell, document, lang):
                    found.append(f"{cell.fact_id}: {text!r}")
    return found


def _expected(cell: Ref, document: Document, lang: Lang) -> str:
    fact = document.facts[cell.fact_id]
    interval = shown_interval(fact, lang)
    return shown(fact, lang) + (f" ({interval})" if interval else "")


def _docx_tables(data: bytes) -> list[list[list[str]]]:
    word: Any = docx.Document(io.BytesIO(data))
    ruled = [table for table in word.tables if table.style.name == "Table Grid"]
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in ruled]


def _html_tables(data: bytes) -> list[list[list[str]]]:
    tree = lxml_html.fromstring(data.decode())
    return [
        [[cell.text_content() for cell in row.xpath("./th | ./td")] for row in table.xpath(".//tr")]
        for table in tree.xpath("//table")
    ]


def wrong_values(document: Document, data: bytes) -> list[str]:
    """Numbers and days of a workbook that are not those of their row's facts; and its facts."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    sheets = [sheet for sheet in book if sheet.sheet_state == "visible"][1:]
    found = []
    tables = tables_of(document)
    assert len(sheets) == len(tables) + 1
    for table, sheet in zip(tables, sheets, strict=False):
        lines = list(sheet.iter_rows(min_row=4, max_row=3 + len(table.rows), values_only=True))
        for cells, values in zip(table.rows, lines, strict=True):
            allowed = {v for cell in cells for v in _values(cell, document)}
            there = {v for v in values if isinstance(v, int | float | datetime)}
            found += [f"{sheet.title}: {v}" for v in there - allowed]
            if missing := {v for v in allowed if not isinstance(v, str)} - there:
                found.append(f"{sheet.title}: lacks {missing}")
    head, *rows = sheets[-1].iter_rows(values_only=True)
    told = from_rows(dict(zip(head, row, strict=True)) for row in rows)  # type: ignore[arg-type]
    if len(told) != len(document.facts) or not all(
        map(_is_alike, told.values(), document.facts.values())
    ):
        found.append("the sheet of facts is another table")
    return found


def _is_alike(one: Fact, other: Fact) -> bool:
    """Equal but for the last digit of a float, of which a workbook keeps sixteen."""
    settled = {
        name: math.isclose(value, getattr(other, name), rel_tol=1e-14, abs_tol=1e-300)
        for name in ("value", "low", "high")
        if isinstance(value := getattr(one, name), int | float)
        and isinstance(getattr(other, name), int | float)
    }
    same_ = {name: getattr(other, name) for name, is_close in settled.items() if is_close}
    return replace(one, **same_) == other


def _values(cell: Cell, document: Document) -> Iterator[float | datetime]:
    if not isinstance(cell, Ref):
        return
    fact = document.facts[cell.fact_id]
    if fact.unit == "date" and fact.value is not None:
        yield datetime.combine(date.fromisoformat(str(fact.value)), datetime.min.time())
    elif fact.unit == "moment" and fact.value is not None:
        at = datetime.fromisoformat(str(fact.value)).astimezone(LOCAL).replace(tzinfo=None)
        yield at.replace(microsecond=0) + timedelta(0)
    elif fact.unit != "code":
        more = 2 if fact.unit in ("share", "points") else 0
        for value in (fact.value, fact.low, fact.high):
            if value is not None:
                yield float(rounded(float(value), fact.decimals + more))


def assert_every_number_is_a_fact(document: Document, names: Iterable[str]) -> None:
    """In every format and language: each fact is there, and no number that is none."""
    names = tuple(names)
    for lang in ("vi", "en"):
        for fmt, render in RENDER.items():
            data = render(document, lang)
            assert not (found := strangers(document, fmt, lang, data, names)), (fmt, lang, found)
            if fmt == "xlsx":
                assert not (wrong := wrong_values(document, data)), (lang, wrong)
            elif fmt != "pdf":
                assert not (wrong := wrong_cells(document, fmt, lang, data)), (fmt, lang, wrong)
            if fmt != "xlsx":
                text = " ".join(texts_of(data, fmt).values()).replace("\u00a0", " ")
                text = re.sub(r"\s+", " ", text)
                for block in document.blocks:
                    for fact_id in block_ids(block):
                        told = shown(document.facts[fact_id], lang).replace("\u00a0", " ")
                        assert told in text, (fmt, lang, fact_id, told)
