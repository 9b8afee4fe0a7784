"""The formats of a report, and what a file of each says of itself."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from xml.etree import ElementTree

from consumers.reports.document import Document
from consumers.reports.number_format import Lang
from consumers.reports.page import render_html
from consumers.reports.payload import Payload, unpack
from consumers.reports.pdf import FACTS_NAME, render_pdf
from consumers.reports.sheets import PAYLOAD_SHEET, render_xlsx
from consumers.reports.word import FACTS_PART, render_docx
from infra.errors import Refused
from schemas.message import Count, Message, Name, one_of

Format = Literal["pdf", "docx", "xlsx", "html"]
RENDER: Mapping[Format, Callable[[Document, Lang], bytes]] = MappingProxyType(
    {"pdf": render_pdf, "docx": render_docx, "xlsx": render_xlsx, "html": render_html}
)
MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "html": "text/html; charset=utf-8",
    }
)
FILE_BYTES_MAX = 64 << 20


def format_of(path: Path) -> Format:
    """The format by the file's name. Refused: another ending."""
    ending = path.suffix.removeprefix(".").lower()
    if ending not in RENDER:
        raise Refused(one_of(path.name, ending, RENDER))
    return cast(Format, ending)


def payload_of(data: bytes, fmt: Format, *, subject: str) -> Payload:
    """What the file carries of itself. Refused: it is no report of choso, or it was damaged."""
    if len(data) > FILE_BYTES_MAX:
        raise Refused(
            Message(
                "refused.report_bytes",
                file=Name(subject),
                bytes=Count(len(data)),
                most=Count(FILE_BYTES_MAX),
            )
        )
    readers = {"pdf": _from_pdf, "docx": _from_docx, "xlsx": _from_xlsx, "html": _from_html}
    try:
        carried = readers[fmt](data)
    except (KeyError, ValueError, IndexError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise Refused(
            Message("refused.no_report", file=Name(subject), cause=Name(repr(error)))
        ) from None
    return unpack(carried, subject=subject)


def _from_pdf(data: bytes) -> bytes:
    from pypdf import PdfReader  # noqa: PLC0415  only for who checks a file
    from pypdf.errors import PyPdfError  # noqa: PLC0415  the same

    try:
        attached: Mapping[str, Any] = PdfReader(io.BytesIO(data)).attachments
        return bytes(attached[FACTS_NAME][0])
    except PyPdfError as error:
        raise ValueError(str(error)) from error


def _from_docx(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = _text(archive.read(FACTS_PART.removeprefix("/")))
    return text.encode()


def _text(xml: bytes) -> str:
    if b"<!" in xml:
        raise ValueError("its part holds a document type")  # ours never do; entities could explode
    return ElementTree.fromstring(xml).text or ""  # noqa: S314


def _from_xlsx(data: bytes) -> bytes:
    from openpyxl import load_workbook  # noqa: PLC0415  only for who checks a file

    sheet = load_workbook(io.BytesIO(data), read_only=True)[PAYLOAD_SHEET]
    return "".join(str(row[0]) for row in sheet.iter_rows(values_only=True)).encode()


def _from_html(data: bytes) -> bytes:
    found = re.search(rb'<script type="application/json" id="choso-facts">(.*?)</script>', data)
    if found is None:
        raise ValueError("it carries no facts")
    return found[1]
