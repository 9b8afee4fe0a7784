"""DOCX in the form of Decree 30/2020/NĐ-CP, the facts in a part of its own."""

import io
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from consumers.reports.archive import settled
from consumers.reports.document import Document
from consumers.reports.number_format import Lang
from consumers.reports.payload import pack
from consumers.reports.pdf import png_of
from consumers.reports.template_values import plain
from consumers.reports.widths import TEXT_WIDTH_MM, widths_mm

FONT = "Times New Roman"
FACTS_PART = "/customXml/choso-facts.xml"
HEAD_MM = (65, 95)  # the nation's name stands on one line
CENTRE = WD_ALIGN_PARAGRAPH.CENTER
# Of a cell, by whether it heads a column and whether it stands on the right.
CELL_STYLES = {
    (False, False): "Cell",
    (False, True): "Cell Right",
    (True, False): "Cell Head",
    (True, True): "Cell Head Right",
}


def render_docx(document: Document, lang: Lang) -> bytes:
    """The same bytes for the same document."""
    said = plain(document, lang)
    word = docx.Document()
    _styles(word)
    _page(word, lang)
    _properties(word, said)
    _head(word, said)
    for block in said["blocks"]:
        _block(word, block)
    _foot(word, said)
    _attach(word, pack(document, lang))
    out = io.BytesIO()
    word.save(out)
    return settled(out.getvalue())


def _styles(word: Any) -> None:
    for name, size_pt, bold in (("Normal", 13, False), ("Heading 1", 13, True)):
        style = word.styles[name]
        style.font.size, style.font.bold = Pt(size_pt), bold
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    normal = word.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(6), 1.15
    for (is_head, is_right), name in CELL_STYLES.items():
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        style.font.size, style.font.bold = Pt(11), is_head
        style.paragraph_format.space_after = Pt(0)
        if is_right:
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _page(word: Any, lang: Lang) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.different_first_page_header_footer = True
    line = section.header.paragraphs[0]
    line.alignment = CENTRE
    run = line.add_run()
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = words or None
        run._r.append(element)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), {"vi": "vi-VN", "en": "en-GB"}[lang])
    word.styles["Normal"].element.get_or_add_rPr().append(language)


def _properties(word: Any, said: dict[str, Any]) -> None:
    core = word.core_properties
    core.title, core.author, core.language = said["title"], said["issuer"], said["lang"]
    core.comments, core.last_modified_by, core.revision = "", said["issuer"], 1
    core.created = core.modified = datetime(said["year"], said["month"], said["day"])  # noqa: DTZ001


def _head(word: Any, said: dict[str, Any]) -> None:
    table = word.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    table.autofit = False
    for column, cell, width_mm in zip(table.columns, (left, right), HEAD_MM, strict=True):
        column.width = cell.width = Mm(width_mm)
    _line(left.paragraphs[0], said["issuer"].upper(), size_pt=12, bold=True)
    _line(right.paragraphs[0], said["nation"], size_pt=12, bold=True)
    _line(right.add_paragraph(), said["motto"], bold=True)
    date = word.add_paragraph()
    date.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    date.add_run(said["dateline"]).italic = True
    _line(word.add_paragraph(), said["kind"].upper(), size_pt=14, bold=True)
    _line(word.add_paragraph(), said["title"], size_pt=14, bold=True)


def _line(paragraph: Any, words: str, *, size_pt: float = 13, bold: bool = False) -> None:
    paragraph.alignment = CENTRE
    run = paragraph.add_run(words)
    run.font.size, run.bold = Pt(size_pt), bold


def _block(word: Any, block: dict[str, Any]) -> None:
    kind = block["kind"]
    if kind == "heading":
        word.add_heading(block["text"], level=1)
    elif kind == "paragraph":
        paragraph = word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        run = paragraph.add_run(block["text"])
        run.bold = block["style"] == "lead"
        if block["style"] == "note":
            run.font.size = Pt(10)
        elif block["style"] == "body":
            paragraph.paragraph_format.first_line_indent = Mm(10)
    elif kind == "bullets":
        for item in block["items"]:
            word.add_paragraph(item, style="List Bullet")
    else:
        _titled(word, block)


def _titled(word: Any, block: dict[str, Any]) -> None:
    title = word.add_paragraph()
    title.paragraph_format.keep_with_next = True
    _line(title, block["title"], size_pt=12, bold=True)
    if block["kind"] == "figure":
        place = word.add_paragraph()
        place.alignment = CENTRE
        place.paragraph_format.keep_with_next = True
        picture = place.add_run().add_picture(
            io.BytesIO(png_of(block["svg"])), width=Mm(TEXT_WIDTH_MM)
        )
        properties = picture._inline.docPr
        properties.set("descr", block["alt"])
        properties.set("title", block["title"])
    _table(word, block)
    note = word.add_paragraph()
    note.add_run(block["provenance"]).font.size = Pt(9.5)


def _table(word: Any, block: dict[str, Any]) -> None:
    table = word.add_table(rows=1 + len(block["rows"]), cols=len(block["columns"]))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    lines = [block["columns"], *block["rows"]]
    styles = {cell: word.styles[name].style_id for cell, name in CELL_STYLES.items()}
    table.autofit = False
    for column, width_mm in zip(table.columns, widths_mm(lines), strict=True):
        column.width = Mm(width_mm)
    for row, words in zip(table.rows, lines, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, right, column in zip(
            row.cells, words, block["right"], table.columns, strict=True
        ):
            cell.width = column.width
            paragraph = cell.paragraphs[0]
            paragraph._p.style = styles[words is block["columns"], right]
            paragraph.add_run(text)
    header = OxmlElement("w:tblHeader")  # repeated on every page that the table reaches
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)


def _foot(word: Any, said: dict[str, Any]) -> None:
    left, right = word.add_table(rows=1, cols=2).rows[0].cells
    run = left.paragraphs[0].add_run(said["to"])
    run.bold = run.italic = True
    left.add_paragraph().add_run(said["recipients"]).font.size = Pt(11)
    _line(right.paragraphs[0], said["signed_by"].upper(), bold=True)
    right.add_paragraph().alignment = CENTRE
    right.paragraphs[1].add_run(said["signature"]).italic = True


def _attach(word: Any, payload: bytes) -> None:
    text = f'<facts xmlns="urn:choso:facts">{escape(payload.decode())}</facts>'
    part = Part(PackURI(FACTS_PART), "application/xml", text.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
