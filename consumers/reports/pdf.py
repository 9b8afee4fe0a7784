"""PDF by Typst: tagged, PDF/UA-1 and PDF/A-3a, the facts attached."""

import json
import math
import re
from pathlib import Path
from typing import Any

import typst

from consumers.reports.document import Document
from consumers.reports.number_format import Lang
from consumers.reports.payload import pack
from consumers.reports.template_values import plain
from infra.errors import ChosoError

TEMPLATE = Path(__file__).with_name("report.typ")
STANDARDS: list[Any] = ["ua-1", "a-3a"]
FACTS_NAME = "choso-facts.json"
PNG_PPI = 192.0
SVG_SIZE = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')


def render_pdf(document: Document, lang: Lang) -> bytes:
    """The same bytes for the same document. ChosoError: Typst refuses it, or warns."""
    inputs = {
        "report": json.dumps(plain(document, lang), ensure_ascii=False),
        "payload": pack(document, lang).decode(),
    }
    try:
        made, warnings = typst.compile_with_warnings(
            TEMPLATE.read_bytes(), format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS
        )
    except typst.TypstError as error:
        raise ChosoError(f"report {document.kind}: Typst refuses it: {error}") from error
    told = [w.message for w in warnings if not w.message.startswith("unknown font family")]
    if told:
        raise ChosoError(f"report {document.kind}: Typst warns: {'; '.join(told)}")
    assert isinstance(made, bytes)
    return made


def png_of(svg: str) -> bytes:
    """A picture of a chart, for formats that take no SVG."""
    size = SVG_SIZE.search(svg)
    ratio = float(size[2]) / float(size[1]) if size else 0.5
    width_mm = 160
    source = (
        '#set text(font: ("Liberation Serif", "Libertinus Serif"))\n'
        f"#set page(width: {width_mm}mm, height: {math.ceil(width_mm * ratio)}mm, margin: 0mm)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%, alt: "chart")\n'
    )
    made = typst.compile(source.encode(), format="png", ppi=PNG_PPI, sys_inputs={"svg": svg})
    assert isinstance(made, bytes)
    return made
