"""The weekly report, of all markets or of some: a complete week and the weeks around it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from consumers.adoption.question.answer import Answer
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.svg import Said as Alt
from consumers.language.language import languages
from consumers.reports.document import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    Table,
    Text,
)
from consumers.reports.fact import FactTable
from consumers.reports.figures import PAPER
from consumers.reports.gather import Shelf
from consumers.reports.ladder import ladder_blocks, ladder_lead
from consumers.reports.shown import Lang, shown_date
from consumers.reports.tables import group_text, metric_table

TITLES: Mapping[str, Text] = {
    "intensity": Text("Giao dịch trong tuần", "Payments in the week"),
    "growth": Text("So với tuần trước", "Against the week before"),
    "reach": Text("Người trả tiền", "Payers"),
    "cashless-share": Text(
        "Phần không tiền mặt trong doanh số đo được", "Cashless share of measured sales"
    ),
    "fees": Text("Phí chợ thu không tiền mặt", "Market fees paid cashless"),
    "concentration": Text("Mức tập trung", "Concentration"),
}


def weekly_report(
    answers: Mapping[str, Answer],
    *,
    kind: str,
    week: date,
    issuer: Text,
    place: Text,
    day: date,
    params: dict[str, str],
) -> Document:
    """The document. `answers`: one for each metric in TITLES, and `ladder`."""
    facts = FactTable()
    last = answers["intensity"].question.last_day
    names = ", ".join(answers["intensity"].question.markets)
    of = Text(f"chợ {names}", f"market {names}") if names else Text("các chợ", "all markets")
    days = f"{shown_date(week)} – {shown_date(last)}"
    return Document(
        kind=kind,
        title=Text(
            f"Thanh toán không tiền mặt tại {of.vi}, tuần {days}",
            f"Cashless payment, {of.en}, week {days}",
        ),
        issuer=issuer,
        place=place,
        day=day,
        params=params,
        blocks=tuple(_blocks(answers, facts, week, last)),
        facts=facts,
    )


def _blocks(
    answers: Mapping[str, Answer], facts: FactTable, week: date, last: date
) -> Iterator[Block]:
    ladder = answers["ladder"]
    shelf = Shelf(ladder, facts)
    for name, day in (("week.first", week), ("week.last", last)):
        shelf.say(name, day.isoformat(), "date")
    yield Heading(Text("I. Tóm tắt", "I. Summary"))
    yield Paragraph(ladder_lead(ladder, facts), style="lead")
    yield Paragraph(
        Text("Tuần từ {week.first} đến {week.last}.", "The week from {week.first} to {week.last}.")
    )
    yield from _incomplete(answers)
    yield Heading(Text("II. Bậc thang chấp nhận", "II. The ladder of adoption"))
    yield from ladder_blocks(ladder, facts)
    yield Heading(Text("III. Hoạt động", "III. Activity"))
    for name, title in TITLES.items():
        answer = answers[name]
        rows = [row for row in answer.rows if getattr(row, "against", "previous") == "previous"]
        table = metric_table(answer, facts, title, rows)
        yield _growth_figure(answer, table) if name == "growth" and rows else table
    yield Heading(Text("IV. Chất lượng số liệu", "IV. Data health"))
    yield _health(answers["intensity"], facts)
    yield Heading(Text("V. Định nghĩa", "V. Definitions"))
    yield Bullets(tuple(_definition(answer) for answer in answers.values()))


def _incomplete(answers: Mapping[str, Answer]) -> Iterator[Block]:
    reasons = sorted(
        {period.reason for answer in answers.values() for period in answer.periods if period.reason}
    )
    if reasons:
        said = {lang: [languages()[lang].say(reason) for reason in reasons] for lang in languages()}
        yield Paragraph(
            Text(
                f"Chưa đầy đủ: {'; '.join(said['vi'])}.", f"Not complete: {'; '.join(said['en'])}."
            )
        )


def _growth_figure(answer: Answer, table: Table) -> Figure:
    title = Text(
        "Tăng trưởng số giao dịch so với tuần trước", "Growth of payments on the week before"
    )

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        dots = [
            Dot(group_text(row).of(lang), figure.value, note=language.say(figure.reason or ""))
            for row in answer.rows
            if getattr(row, "against", "") == "previous"
            for figure in (row.growth_count_all,)  # type: ignore[attr-defined]
        ]
        return dot_chart(
            dots,
            Alt("growth", title.of(lang), title.of(lang)),
            value=language.share,
            tick=language.whole_share,
            size=PAPER,
        )

    return Figure(
        title=title,
        alt=Text(
            "Biểu đồ chấm: tăng trưởng của từng chợ; số liệu ở bảng dưới.",
            "Dot chart: the growth of each market; figures in the table below.",
        ),
        draw=draw,
        table=table,
        native="bar",
    )


def _health(answer: Answer, facts: FactTable) -> Table:
    health, shelf = answer.health, Shelf(answer, facts)
    attributed = health.attributed
    named = (
        ("received", Text("Bản ghi nhận được", "Reports received"), health.received),
        ("duplicate", Text("Trùng lặp", "Duplicate"), health.duplicate),
        ("late", Text("Đến muộn", "Late"), health.late),
        ("conflict", Text("Mâu thuẫn", "Contradictory"), health.conflict),
        ("quarantined", Text("Cách ly", "Quarantined"), health.quarantined),
    )
    rows = [(title, shelf.say(f"health.{name}", count, "count")) for name, title, count in named]
    if attributed.value is not None:
        share = shelf.say("health.attributed", attributed.value, "share", decimals=1)
        rows.append((Text("Biết của tiểu thương nào", "Attributed to a vendor"), share))
    return Table(
        Text("Bằng chứng trong kỳ", "The evidence of the period"),
        (Text("Loại", "Kind"), Text("Số lượng", "Count")),
        tuple(rows),
    )


def _definition(answer: Answer) -> Text:
    """What a metric means, in the words of the catalogue of metrics."""
    said = {}
    for code, language in languages().items():
        words = language.say(answer.definition.text).replace("{", "(").replace("}", ")")
        said[code] = f"{language.say(answer.definition.title)}: {words}"
    return Text(said["vi"], said["en"])
