"""The report on the pilot: one evaluation, from its verdict down to its registration. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import isfinite

from consumers.charts.event import Difference, event_chart
from consumers.charts.svg import Said as Alt
from consumers.evaluation.result import Design, Effect, Evaluation, Found
from consumers.evaluation.said import Said
from consumers.language.language import languages
from consumers.reports.document import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    Ref,
    Table,
    Text,
    same,
)
from consumers.reports.fact import FactTable
from consumers.reports.figures import PAPER, Numbers
from consumers.reports.pilot_checks import checks, registration
from consumers.reports.quote import plain_words, said, told
from consumers.reports.shown import Lang

ROLES = {"pilot": Text("thí điểm", "pilot"), "comparison": Text("đối chứng", "comparison")}


def pilot_report(
    evaluation: Evaluation, *, issuer: Text, place: Text, day: date, params: dict[str, str]
) -> Document:
    """The whole document; its numbers are those of the evaluation."""
    outcome = evaluation.outcome
    last_day = outcome.last_week + timedelta(days=6)
    cut_off = outcome.cut_off_at
    numbers = Numbers(
        FactTable(),
        "evaluation",
        f"{evaluation.design.name} v1",
        {
            "first_day": outcome.first_week.isoformat(),
            "last_day": last_day.isoformat(),
            "cut_off_at": None if cut_off is None else cut_off.isoformat(timespec="milliseconds"),
            "query_hash": evaluation.registered.digest[:12],
        },
    )
    return Document(
        kind="pilot",
        title=Text(
            f"Đánh giá thí điểm: {evaluation.registered.title}",
            f"Evaluation of the pilot: {evaluation.registered.title}",
        ),
        issuer=issuer,
        place=place,
        day=day,
        params=params,
        blocks=tuple(_blocks(evaluation, numbers)),
        facts=numbers.facts,
    )


def _blocks(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    yield Heading(Text("I. Kết luận", "I. Conclusion"))
    found = evaluation.found
    known = _headline(found, numbers) if found is not None else []
    yield Paragraph(told(evaluation.verdict.sentence, numbers, "verdict", known), style="lead")
    if evaluation.verdict.because:
        yield Bullets(
            tuple(
                told(because, numbers, f"because.{n}", known)
                for n, because in enumerate(evaluation.verdict.because, 1)
            )
        )
    if found is not None:
        yield _effect(evaluation, found, numbers)
    yield Heading(Text("II. Thiết kế và lý do", "II. The design, and why"))
    estimate, inference = said(evaluation.design.estimate), said(evaluation.design.inference)
    yield Paragraph(Text(f"Ước lượng: {estimate.vi}.", f"Estimate: {estimate.en}."))
    yield Paragraph(Text(f"Suy luận: {inference.vi}.", f"Inference: {inference.en}."))
    yield from _refusals(evaluation, numbers)
    yield Heading(Text("III. Kết quả theo chợ", "III. Results by market"))
    yield from _outcome(evaluation, numbers)
    yield _markets(evaluation, numbers)
    if found is not None and found.events:
        yield _events(evaluation, found, numbers)
    yield Heading(Text("IV. Kiểm tra", "IV. Checks"))
    if found is not None:
        yield from checks(found, numbers)
    yield Heading(Text("V. Đăng ký trước và sai khác", "V. Registration, and departures from it"))
    yield from registration(evaluation, numbers)


def _headline(found: Found, numbers: Numbers) -> list[Ref]:
    """What a verdict speaks of, in as many digits as it does."""
    effect = found.effect
    return [
        _size(effect, numbers),
        numbers.put("effect.low", effect.low),
        numbers.put("effect.high", effect.high),
        numbers.put("effect.p", effect.p, decimals=4),
    ]


def _size(effect: Effect, numbers: Numbers) -> Ref:
    return numbers.put(
        "effect", effect.value, interval=(effect.low, effect.high), level=effect.confidence
    )


def _effect(evaluation: Evaluation, found: Found, numbers: Numbers) -> Table:
    effect = found.effect
    unit = evaluation.outcome.unit
    size = _size(effect, numbers)
    rows: list[tuple[Text | Ref, ...]] = [
        (Text(f"Hiệu ứng ({unit.vi})", f"Effect ({unit.en})"), size),
        (Text("Hiệu ứng, tương đối", "Effect, relative"), _relative(effect, numbers)),
        (Text("p hoán vị", "Permutation p"), numbers.put("effect.p", effect.p, decimals=4)),
        (
            Text("p nhỏ nhất có thể", "Smallest possible p"),
            numbers.put("effect.p_min", effect.p_min, decimals=4),
        ),
    ]
    power = found.power
    if power is not None:
        rows.append(
            (
                Text("Hiệu ứng phát hiện được", "Detectable effect"),
                numbers.put("power.detectable", power.detectable),
            )
        )
    return Table(
        Text(f"Hiệu ứng: {{{size.fact_id}}} {unit.vi}", f"Effect: {{{size.fact_id}}} {unit.en}"),
        (Text("Đại lượng", "Quantity"), Text("Giá trị", "Value")),
        tuple(rows),
    )


def _relative(effect: Effect, numbers: Numbers) -> Ref:
    return numbers.put(
        "effect.relative",
        effect.relative,
        "share",
        decimals=1,
        reason="nothing to compare it with",
    )


def _refusals(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    for design in (evaluation.design, *evaluation.others):
        if design.refusals:
            yield Paragraph(
                Text(
                    f"Không dùng “{plain_words(design.estimate.vi)}”, vì:",
                    f"Not used: “{plain_words(design.estimate.en)}”, because:",
                )
            )
            yield Bullets(tuple(_refusal(design, numbers)))
    if evaluation.design.warnings:
        yield Bullets(
            tuple(
                told(warning, numbers, f"warning.{n}")
                for n, warning in enumerate(evaluation.design.warnings, 1)
            )
        )


def _refusal(design: Design, numbers: Numbers) -> Iterator[Text]:
    for n, refusal in enumerate(design.refusals, 1):
        why, need = refusal.why, refusal.need
        words = Said(
            f"{_ended(why.vi)} Cần có: {need.vi}.", f"{_ended(why.en)} What is needed: {need.en}."
        )
        yield told(words, numbers, f"refusal.{design.name}.{n}")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def _outcome(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    outcome = evaluation.outcome
    before = numbers.put("weeks.before", outcome.weeks_before, "count")
    after = numbers.put("weeks.after", outcome.weeks_after, "count")
    start = numbers.put("weeks.start", outcome.start_week.isoformat(), "date")
    unit, source = said(outcome.unit), plain_words(outcome.source)
    yield Paragraph(
        Text(
            f"Đo lường: {unit.vi}; nguồn: {source}; {{{before.fact_id}}} tuần trước và"
            f" {{{after.fact_id}}} tuần từ {{{start.fact_id}}}.",
            f"Measured: {unit.en}; source: {source}; {{{before.fact_id}}} weeks before and"
            f" {{{after.fact_id}}} weeks from {{{start.fact_id}}} on.",
        )
    )


def _markets(evaluation: Evaluation, numbers: Numbers) -> Table:
    rows: list[tuple[Text | Ref, ...]] = []
    for figure in evaluation.markets:
        key = f"market.{figure.market}"
        change = (
            None if figure.before is None or figure.after is None else figure.after - figure.before
        )
        rows.append(
            (
                same(plain_words(figure.name or figure.market)),
                ROLES[figure.role],
                numbers.put(f"{key}.before", figure.before),
                numbers.put(f"{key}.after", figure.after),
                numbers.put(f"{key}.change", change),
            )
        )
    unit = said(evaluation.outcome.unit)
    return Table(
        Text(f"Trước và sau, theo chợ ({unit.vi})", f"Before and after, by market ({unit.en})"),
        (
            Text("Chợ", "Market"),
            Text("Vai trò", "Role"),
            Text("Trước", "Before"),
            Text("Sau", "After"),
            Text("Thay đổi", "Change"),
        ),
        tuple(rows),
    )


def _events(evaluation: Evaluation, found: Found, numbers: Numbers) -> Figure:
    rows: list[tuple[Text | Ref, ...]] = []
    for point in found.events:
        key = f"event.{point.week.isoformat() if point.week else point.event}"
        when = (
            numbers.put(f"{key}.week", point.week.isoformat(), "date")
            if point.week
            else numbers.put(f"{key}.week", point.event, "count")
        )
        value = numbers.put(
            key,
            point.value,
            interval=(point.low, point.high),
            level=found.effect.confidence,
        )
        rows.append((when, value))
    title = Text(
        "Chênh lệch theo tuần giữa thí điểm và đối chứng", "Pilots less comparison, by week"
    )

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        start = evaluation.outcome.start_week
        sentence = evaluation.verdict.sentence
        return event_chart(
            [
                Difference(
                    point.week or start + timedelta(weeks=point.event),
                    point.value,
                    point.low if isfinite(point.low) else None,
                    point.high if isfinite(point.high) else None,
                    point.is_post,
                )
                for point in found.events
            ],
            Alt("events", title.of(lang), sentence.vi if lang == "vi" else sentence.en),
            value=lambda value: language.number(value, 2),
            day=language.short_day,
            start=start,
            start_label=Text("bắt đầu", "start").of(lang),
            size=PAPER,
        )

    return Figure(
        title=title,
        alt=Text(
            "Biểu đồ: chênh lệch mỗi tuần với khoảng tin cậy; số liệu ở bảng dưới.",
            "Chart: the difference in each week with its interval; figures in the table below.",
        ),
        draw=draw,
        table=Table(
            Text("Chênh lệch theo tuần", "The difference by week"),
            (Text("Tuần từ", "Week from"), Text("Chênh lệch", "Difference")),
            tuple(rows),
        ),
    )
