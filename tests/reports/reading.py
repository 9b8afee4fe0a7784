"""What other libraries read from a report: its words, and the numbers among them."""

import io
import re
import zipfile
from typing import Any

import docx
from lxml import html as lxml_html
from openpyxl import load_workbook
from pypdf import PdfReader

# A number as a reader sees it; hashes and versions ("v1") are names, not numbers.
NUMBER = re.compile(r"(?<![\w.,/:])−?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?!\w)")


def pdf_text(data: bytes) -> str:
    """The text of all pages, with line breaks as spaces."""
    pages = PdfReader(io.BytesIO(data)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def docx_text(data: bytes) -> str:
    """Paragraphs and cells in their order."""
    word: Any = docx.Document(io.BytesIO(data))
    parts = []
    for item in word.iter_inner_content():
        rows = getattr(item, "rows", None)
        if rows is None:
            parts.append(item.text)
        else:
            parts += [cell.text for row in rows for cell in row.cells]
    return re.sub(r"\s+", " ", "\n".join(parts))


def html_text(data: bytes) -> str:
    """What a browser shows, without scripts and styles."""
    tree = lxml_html.fromstring(data.decode())
    for element in tree.xpath("//script | //style | //svg"):
        element.drop_tree()
    return re.sub(r"\s+", " ", " ".join(tree.itertext()))


def xlsx_cells(data: bytes) -> dict[str, list[list[object]]]:
    """Sheet name → rows of values."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    return {s.title: [list(row) for row in s.iter_rows(values_only=True)] for s in book}


def numbers(text: str) -> set[str]:
    """All numbers in a text, as they are written."""
    return set(NUMBER.findall(text))


def part(data: bytes, name: str) -> str:
    """A part of an office file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()
