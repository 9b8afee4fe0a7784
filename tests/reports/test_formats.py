"""Every format shows the same facts, in both languages, the same bytes each time."""

import io
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from consumers.reports.document import Document, Paragraph, Table, cell_text, fill
from consumers.reports.fact import Fact, FactTable, from_rows
from consumers.reports.formats import RENDER, Format, format_of, payload_of
from consumers.reports.number_format import LANGS, Lang, shown, shown_interval
from infra.errors import Refused, Unavailable
from schemas.message import Message, Name, Ref
from tests.parts import missing
from tests.processes import run
from tests.reports.reading import docx_text, html_text, numbers, part, pdf_text, xlsx_cells
from tests.reports.sample import LETTERS, facts, leads, sample

TEXTS = {"pdf": pdf_text, "docx": docx_text, "html": html_text}
EACH = [(fmt, lang) for fmt in RENDER for lang in LANGS]


def expected(document: Document, lang: Lang) -> list[str]:
    """Each fact of the report as it must be found."""
    found = []
    for fact_id in document.shown_ids():
        fact = document.facts[fact_id]
        found.append(shown(fact, lang).replace("\u00a0", " "))  # as readers have it
    return found


@pytest.mark.parametrize(("fmt", "lang"), EACH)
def test_two_runs_are_the_same_bytes_and_carry_the_facts(fmt: Format, lang: Lang) -> None:
    data = RENDER[fmt](sample(), lang)
    assert data == RENDER[fmt](sample(), lang)
    carried = payload_of(data, fmt, subject="sample")
    assert (carried.kind, carried.lang, carried.params) == ("sample", lang, sample().params)
    assert dict(carried.facts) == dict(facts())


@pytest.mark.parametrize(("fmt", "lang"), [e for e in EACH if e[0] in TEXTS])
def test_every_fact_is_found_and_no_other_number(fmt: Format, lang: Lang) -> None:
    document = sample()
    text = TEXTS[fmt](RENDER[fmt](document, lang))
    for words in expected(document, lang):
        assert words in text, words
    assert shown_interval(document.facts["HL1.share"], lang) in text
    told = " ".join(
        [shown(f, lang) + " " + shown_interval(f, lang) for f in document.facts.values()]
        + [" ".join(_asides(f, lang)) for f in document.facts.values()]
    )
    structure = {"1", "2", "25", "11", "2026"}  # page numbers and the dateline
    assert numbers(text) - numbers(told) <= structure


def _asides(fact: Fact, lang: Lang) -> list[str]:
    days = [Fact(id="d", value=d, unit="date", definition="", source="") for d in
            (fact.first_day, fact.last_day) if d]  # fmt: skip
    at = Fact(id="a", value=fact.cut_off_at, unit="moment", definition="", source="") if (
        fact.cut_off_at) else None  # fmt: skip
    aside = [shown(d, lang) for d in days] + ([shown(at, lang)] if at else [])
    return [*aside, str(fact.n or ""), f"{(fact.level or 0) * 100:g}", fact.query_hash or ""]


@pytest.mark.parametrize("lang", LANGS)
def test_a_workbook_holds_the_values_as_numbers_beside_every_fact(lang: Lang) -> None:
    document = sample()
    sheets = xlsx_cells(RENDER["xlsx"](document, lang))
    names = list(sheets)
    table = sheets[names[1]]
    rows = {row[0]: row[1:] for row in table[3:6]}
    assert rows["Hạ Long I"][:4] == [0.427, 0.333, 0.527, 11018]
    assert rows["Cái Dăm"][0] is None
    told = [dict(zip(sheets[names[3]][0], row, strict=True)) for row in sheets[names[3]][1:]]
    assert dict(from_rows(told)) == dict(document.facts)  # type: ignore[arg-type]
    book: Any = load_workbook(io.BytesIO(RENDER["xlsx"](document, lang)))
    assert len(book[names[2]]._charts) == 1
    drawing = part(RENDER["xlsx"](document, lang), "xl/drawings/drawing1.xml")
    assert fill(leads(), document.facts, lang) in drawing


def test_money_in_a_workbook_has_the_form_of_the_locale() -> None:
    paid = replace(sample(), blocks=(Table(leads(), (Name("y"),), ((Ref("HL1.vnd"),),)),))
    for lang, form in (("vi", '#,##0"\u00a0₫"'), ("en", '"₫"#,##0')):
        book: Any = load_workbook(io.BytesIO(RENDER["xlsx"](paid, cast(Lang, lang))))
        cell = book[book.sheetnames[1]]["A4"]
        assert (cell.value, cell.number_format) == (1_627_157_500, form)


def test_all_vietnamese_letters_are_text_in_the_pdf() -> None:
    text = pdf_text(RENDER["pdf"](sample(), "vi"))
    marked = {letter for letter in LETTERS if ord(letter) > 127}
    assert len(marked) * 2 == 134
    for letter in LETTERS + LETTERS.upper():
        assert letter in text, letter


def test_the_pdf_is_tagged_titled_and_of_the_prescribed_form() -> None:
    reader: Any = PdfReader(io.BytesIO(RENDER["pdf"](sample(), "vi")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("vi")
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title == "Đánh giá thí điểm: <chợ số> & bước tiếp"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part>1<" in xmp.replace(" ", "")
    assert "pdfaid:part>3<" in xmp.replace(" ", "")
    page = reader.pages[0]
    assert [round(float(v)) for v in page.mediabox] == [0, 0, 595, 842]
    fonts = {str(f["/BaseFont"]) for f in page["/Resources"]["/Font"].values()}
    assert any("Liberation" in f or "TimesNewRoman" in f or "Libertinus" in f for f in fonts)
    lefts: list[float] = []
    reader.pages[0].extract_text(
        visitor_text=lambda words, cm, tm, _f, _s: (
            lefts.append(cm[4] + tm[4]) if words.strip() else None
        )
    )
    assert min(lefts) >= 30 / 25.4 * 72 - 1
    assert numbers(reader.pages[0].extract_text()[:40]) == set()  # no number on page one
    assert reader.pages[1].extract_text().lstrip().startswith("2")


def test_the_docx_has_the_prescribed_margins_fonts_and_page_numbers() -> None:
    data = RENDER["docx"](sample(), "vi")
    word: Any = docx.Document(io.BytesIO(data))
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [20, 20, 30, 20]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert not section.first_page_header.paragraphs[0].text
    fonts = word.styles["Normal"].element.rPr.rFonts
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        assert fonts.get(qn(f"w:{script}")) == "Times New Roman"
    assert word.styles["Normal"].font.size.pt == 13
    pictures = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', part(data, "word/document.xml"))
    assert pictures == [fill(leads(), facts(), "vi")]
    assert part(data, "word/document.xml").count("<w:tblHeader") == 2


@pytest.mark.parametrize("fmt", ["docx", "xlsx"])
def test_libreoffice_opens_it(fmt: Format, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        missing(Unavailable("LibreOffice is not installed: `make test` as root installs it"))
    assert office is not None
    path = tmp_path / f"sample.{fmt}"
    path.write_bytes(RENDER[fmt](sample(), "vi"))
    run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
         "pdf", "--outdir", str(tmp_path), str(path)],
        check=True, seconds=120,
    )  # fmt: skip
    assert "42,7" in pdf_text((tmp_path / "sample.pdf").read_bytes())


def test_words_with_markup_stay_words() -> None:
    data = RENDER["html"](sample(), "vi").decode()
    assert "<chợ" not in data.split("<script")[0]
    assert "Đánh giá thí điểm: &lt;chợ số&gt; &amp; bước tiếp" in data
    assert data.count("</script>") == 1


def test_a_broken_file_is_refused_and_says_why() -> None:
    for fmt in RENDER:
        with pytest.raises(Refused, match="sample"):
            payload_of(b"nothing", fmt, subject="sample")
    whole = RENDER["html"](sample(), "en")
    with pytest.raises(Refused, match="damaged"):
        payload_of(whole.replace(b'"unit":"vnd"', b'"unity":"vnd"'), "html", subject="sample")
    with pytest.raises(Refused, match=r"not_one_of: choices=\(pdf"):
        format_of(Path("report.odt"))


def test_a_report_that_names_an_unknown_fact_cannot_be_made() -> None:
    with pytest.raises(AssertionError, match=r"no fact HL9\.share"):
        replace(sample(), blocks=(Paragraph(Message("whom.differ", p=Ref("HL9.share"))),))


def test_a_fact_is_told_once_and_never_without_value_or_reason() -> None:
    table = FactTable([facts()["p"]])
    table.add(facts()["p"])
    with pytest.raises(AssertionError, match="told twice"):
        table.add(replace(facts()["p"], value=0.5))
    with pytest.raises(AssertionError):
        replace(facts()["p"], value=None)
    with pytest.raises(AssertionError):
        replace(facts()["p"], reason=Message("site.no_census"))


def test_dates_have_one_form() -> None:
    for lang in LANGS:
        assert shown(facts()["start"], lang) == "04/07/2026"
    words = Message("plan.last_team", last_team_done=Ref("start"))
    assert cell_text(words, facts(), "en") == "The last team is done on 04/07/2026."
    assert sample().day == date(2026, 11, 25)
