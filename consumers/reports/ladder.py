"""The ladder of adoption in a report: its sentence, its chart, its table. Pure."""

from collections.abc import Iterator
from html import escape

from consumers.adoption.question.answer import Answer, Cell
from consumers.adoption.question.rate import Figure as Known
from consumers.adoption.question.rate import Rate
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.svg import Said as Alt
from consumers.language.language import languages
from consumers.reports.document import Block, Figure, Table, Text
from consumers.reports.document import Cell as DocumentCell
from consumers.reports.fact import FactTable
from consumers.reports.figures import PAPER
from consumers.reports.gather import Shelf
from consumers.reports.shown import Lang
from consumers.reports.tables import group_head, group_text, ref_of

STEPS = (
    ("census", Text("Tổng điều tra", "Census")),
    ("equipped", Text("Có mã QR", "Equipped")),
    ("paid_ever", Text("Đã có giao dịch", "Ever paid")),
    ("active", Text("Dùng thật", "Active")),
    ("habitual", Text("Thành thói quen", "Habitual")),
)
SHARES = (
    ("equipped_of_census", Text("Có mã QR", "Equipped")),
    ("active_of_census", Text("Dùng thật", "Active")),
    ("active_of_equipped", Text("Dùng thật trên có mã QR", "Active of equipped")),
)


def ladder_lead(answer: Answer, facts: FactTable) -> Text:
    """The sentence that a hurried reader takes away: the first group that is best, with its n."""
    shelf = Shelf(answer, facts)
    known = [row for row in answer.rows if _share(row, "active_of_census") is not None]
    if not known:
        return Text(
            "Chưa thể nói bao nhiêu sạp dùng thật: thiếu mẫu số.",
            "How many stalls really use it cannot be said: there is no denominator.",
        )
    best = max(known, key=lambda row: _share(row, "active_of_census") or 0.0)
    share = ref_of(shelf.put(best, "active_of_census", "share", decimals=1))
    active = ref_of(shelf.put(best, "active", "count"))
    census = ref_of(shelf.put(best, "census", "count"))
    name = group_text(best)
    interval = share.replace("}", "!interval}")
    return Text(
        f"{name.vi} dẫn đầu: {active} trên {census} sạp dùng thật, tức {share} ({interval}).",
        f"{name.en} leads: {active} of {census} stalls are active, {share} ({interval}).",
    )


def ladder_blocks(answer: Answer, facts: FactTable) -> Iterator[Block]:
    """The steps as counts, then the shares with their intervals as a chart and a table."""
    shelf = Shelf(answer, facts)
    counts: tuple[tuple[DocumentCell, ...], ...] = tuple(
        (group_text(row), *(shelf.put(row, name, "count") for name, _ in STEPS))
        for row in answer.rows
    )
    yield Table(
        Text("Từ tổng điều tra đến thói quen, số sạp", "From census to habit, in stalls"),
        (group_head(answer), *(title for _, title in STEPS)),
        counts,
    )
    shares: tuple[tuple[DocumentCell, ...], ...] = tuple(
        (group_text(row), *(shelf.put(row, name, "share", decimals=1) for name, _ in SHARES))
        for row in answer.rows
    )
    title = Text("Tỷ lệ sạp dùng thật, có khoảng tin cậy", "Share of stalls active, with interval")

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        dots = []
        for row in answer.rows:
            rate: Rate = row.active_of_census  # type: ignore[attr-defined]
            note = language.say(rate.reason or "")
            label = group_text(row).of(lang)
            dots.append(Dot(label, rate.value, rate.low, rate.high, note))
        alt = Alt("ladder", escape(title.of(lang)), escape(title.of(lang)))
        return dot_chart(dots, alt, value=language.share, tick=language.whole_share, size=PAPER)

    yield Figure(
        title=title,
        alt=Text(
            "Biểu đồ chấm: tỷ lệ của từng chợ với khoảng tin cậy; số liệu ở bảng dưới.",
            "Dot chart: each market's share with its interval; figures in the table below.",
        ),
        draw=draw,
        table=Table(
            Text("Tỷ lệ trên tổng điều tra", "Shares of the census"),
            (group_head(answer), *(title for _, title in SHARES)),
            shares,
        ),
        native="bar",
    )


def _share(row: Cell, name: str) -> float | None:
    said: Rate | Known = getattr(row, name)
    return said.value
