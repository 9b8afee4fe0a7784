"""A small report with every kind of block and of fact, for tests of the formats."""

from datetime import date
from typing import Any

from consumers.reports.document import (
    Bullets,
    ChartFigure,
    Document,
    Heading,
    Paragraph,
    Table,
)
from consumers.reports.fact import Fact, FactTable
from consumers.reports.number_format import Lang
from schemas.message import Message, Name, Ref

LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
AT = "2026-11-25T02:30:00+00:00"


def facts() -> FactTable:
    """One fact of every unit, one with an interval, one without a value."""
    known: dict[str, Any] = {
        "definition": "active v1",
        "source": "ledger",
        "cut_off_at": AT,
        "query_hash": "0a" * 6,
    }
    days: dict[str, Any] = {"first_day": "2026-10-26", "last_day": "2026-11-22"}
    return FactTable(
        [
            Fact(
                id="HL1.share",
                value=0.42708,
                unit="share",
                decimals=1,
                n=96,
                low=0.3331,
                high=0.5266,
                level=0.95,
                **known,
                **days,
            ),
            Fact(id="HL1.count", value=11018, unit="count", **known, **days),
            Fact(id="HL1.vnd", value=1_627_157_500, unit="vnd", **known, **days),
            Fact(id="HL1.change", value=-0.0351, unit="points", decimals=1, **known, **days),
            Fact(id="HL2.share", value=0.5, unit="share", decimals=1, n=80, **known, **days),
            Fact(id="HL2.count", value=94, unit="count", **known, **days),
            Fact(
                id="CD.share",
                value=None,
                unit="share",
                reason=Message("site.no_census"),
                decimals=1,
                **known,
                **days,
            ),
            Fact(id="CD.count", value=7, unit="count", **known, **days),
            Fact(
                id="p",
                value=0.0292,
                unit="probability",
                decimals=3,
                definition="did v1",
                source="evaluation",
            ),
            Fact(
                id="ratio",
                value=1234.5678,
                unit="number",
                decimals=2,
                definition="did v1",
                source="evaluation",
            ),
            Fact(id="start", value="2026-07-04", unit="date", definition="plan v1", source="plan"),
            Fact(id="at", value=AT, unit="moment", definition="cut-off", source="ledger"),
        ]
    )


def svg(lang: Lang) -> str:
    """A chart that says its language."""
    words = {"vi": "Chợ Hạ Long", "en": "Ha Long market"}[lang]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 120" role="img">'
        f'<title>{words}</title><rect x="10" y="20" width="120" height="30" fill="#0b5394"/>'
        f'<text x="10" y="80" font-family="Liberation Serif" font-size="14">{words}</text></svg>'
    )


def leads() -> Message:
    """A sentence with a fact, and with both ends of its interval."""
    ends = {"low": Ref("HL1.share", "low"), "high": Ref("HL1.share", "high")}
    return Message(
        "ladder.leads",
        group=Name("Hạ Long I"),
        active=Ref("HL1.count"),
        census=Ref("HL1.count"),
        share=Ref("HL1.share"),
        **ends,
    )


def sample() -> Document:
    """The report."""
    table = Table(
        title=leads(),
        columns=(Name("Chợ | Market"), Message("column.weight"), Message("column.payments")),
        rows=(
            (Name("Hạ Long I"), Ref("HL1.share"), Ref("HL1.count")),
            (Name("Hạ Long II"), Ref("HL2.share"), Ref("HL2.count")),
            (Name("Cái Dăm"), Ref("CD.share"), Ref("CD.count")),
        ),
    )
    return Document(
        kind="sample",
        title=Message("pilot.title", title=Name("<chợ số> & bước tiếp")),
        issuer=Name("Phòng Kinh tế"),
        place=Name("Hạ Long"),
        day=date(2026, 11, 25),
        params={"at": "2026-11-25"},
        blocks=(
            Heading(Message("report.summary")),
            Paragraph(leads(), style="lead"),
            Paragraph(Name(LETTERS + " " + LETTERS.upper())),
            Paragraph(
                Message(
                    "terminal.interval",
                    value=Ref("HL1.change"),
                    low=Ref("HL1.vnd"),
                    high=Ref("ratio"),
                )
            ),
            Paragraph(Message("whom.differ", p=Ref("p"))),
            Bullets(
                (
                    Message("plan.last_team", last_team_done=Ref("start")),
                    Message("provenance.cut_off", at=Ref("at")),
                )
            ),
            table,
            ChartFigure(
                title=Message("ladder.share_active"),
                alt=leads(),
                draw=svg,
                table=table,
                native="bar",
            ),
            Paragraph(Message("ladder.no_denominator"), style="note"),
        ),
        facts=facts(),
    )
