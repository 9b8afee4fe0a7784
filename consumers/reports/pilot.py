"""The report on the pilot: one evaluation, from its verdict down to its registration. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import isfinite

from consumers.charts.event import EventEffect, event_chart
from consumers.charts.svg import AltText
from consumers.evaluation.names import ROLES
from consumers.evaluation.result import Design, Effect, Evaluation, Found
from consumers.language.language import languages
from consumers.reports.document import (
    Block,
    Bullets,
    Cell,
    ChartFigure,
    Document,
    Heading,
    Paragraph,
    Table,
)
from consumers.reports.fact import FactTable
from consumers.reports.figures import PAPER, Numbers
from consumers.reports.number_format import Lang
from consumers.reports.pilot_checks import checks, registration
from schemas.message import Count, Day, Message, Name, Probability, Ref, Share, leading


def pilot_report(
    evaluation: Evaluation, *, issuer: Name, place: Name, day: date, params: dict[str, str]
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
        title=Message("pilot.title", title=Name(evaluation.registered.title)),
        issuer=issuer,
        place=place,
        day=day,
        params=params,
        blocks=tuple(_blocks(evaluation, numbers)),
        facts=numbers.facts,
    )


def _blocks(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    yield Heading(Message("pilot.conclusion"))
    found = evaluation.found
    known = _headline(found, numbers) if found is not None else {}
    yield Paragraph(numbers.place(evaluation.verdict.sentence, "verdict", **known), style="lead")
    if evaluation.verdict.because:
        yield Bullets(
            tuple(
                numbers.place(because, f"because.{n}")
                for n, because in enumerate(evaluation.verdict.because, 1)
            )
        )
    if found is not None:
        yield _effect(evaluation, found, numbers)
    yield Heading(Message("pilot.design"))
    design = evaluation.design
    yield Paragraph(Message("pilot.estimate", estimate=design.estimate))
    yield Paragraph(Message("pilot.inference", inference=design.inference))
    yield from _refusals(evaluation, numbers)
    yield Heading(Message("pilot.results"))
    yield from _outcome(evaluation, numbers)
    yield _markets(evaluation, numbers)
    if found is not None and found.events:
        yield _events(evaluation, found, numbers)
    yield Heading(Message("pilot.checks"))
    if found is not None:
        yield from checks(found, numbers)
    yield Heading(Message("pilot.registration"))
    yield from registration(evaluation, numbers)


def _headline(found: Found, numbers: Numbers) -> dict[str, Ref]:
    """What a verdict speaks of."""
    effect = found.effect
    return {
        "value": _size(effect, numbers),
        "low": numbers.put("effect.low", leading(effect.low)),
        "high": numbers.put("effect.high", leading(effect.high)),
        "p": numbers.put("effect.p", Probability(effect.p)),
    }


def _size(effect: Effect, numbers: Numbers) -> Ref:
    return numbers.put(
        "effect",
        leading(effect.value),
        interval=(effect.low, effect.high),
        level=effect.confidence,
    )


def _effect(evaluation: Evaluation, found: Found, numbers: Numbers) -> Table:
    effect = found.effect
    unit = evaluation.outcome.unit
    size = _size(effect, numbers)
    rows: list[tuple[Cell, ...]] = [
        (Message("pilot.effect_in", unit=unit), size),
        (Message("pilot.effect_relative"), _relative(effect, numbers)),
        (Message("pilot.permutation_p"), numbers.put("effect.p", Probability(effect.p))),
        (
            Message("pilot.p_min"),
            numbers.put("effect.p_min", Probability(effect.p_min)),
        ),
    ]
    power = found.power
    if power is not None:
        rows.append(
            (
                Message("pilot.detectable"),
                numbers.put("power.detectable", power.detectable),
            )
        )
    return Table(
        Message("pilot.effect", value=size, unit=unit),
        (Message("column.quantity"), Message("column.value")),
        tuple(rows),
    )


def _relative(effect: Effect, numbers: Numbers) -> Ref:
    return numbers.put(
        "effect.relative",
        Share(effect.relative),
        reason=Message("reason.nothing_to_compare"),
    )


def _refusals(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    for design in (evaluation.design, *evaluation.others):
        if design.refusals:
            yield Paragraph(Message("pilot.not_used", design=design.estimate))
            yield Bullets(tuple(_refusal(design, numbers)))
    if evaluation.design.warnings:
        yield Bullets(
            tuple(
                numbers.place(warning, f"warning.{n}")
                for n, warning in enumerate(evaluation.design.warnings, 1)
            )
        )


def _refusal(design: Design, numbers: Numbers) -> Iterator[Message]:
    for n, refusal in enumerate(design.refusals, 1):
        why = numbers.place(refusal.why, f"refusal.{design.name}.{n}")
        yield Message("pilot.refusal", why=why, need=refusal.need)


def _outcome(evaluation: Evaluation, numbers: Numbers) -> Iterator[Block]:
    outcome = evaluation.outcome
    yield Paragraph(
        Message(
            "pilot.measured",
            unit=outcome.unit,
            source=outcome.source,
            before=numbers.put("weeks.before", Count(outcome.weeks_before)),
            after=numbers.put("weeks.after", Count(outcome.weeks_after)),
            start=numbers.put("weeks.start", Day(outcome.start_week)),
        )
    )


def _markets(evaluation: Evaluation, numbers: Numbers) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for figure in evaluation.markets:
        key = f"market.{figure.market}"
        change = (
            None if figure.before is None or figure.after is None else figure.after - figure.before
        )
        rows.append(
            (
                Name(figure.name or figure.market),
                ROLES[figure.role],
                numbers.put(f"{key}.before", figure.before),
                numbers.put(f"{key}.after", figure.after),
                numbers.put(f"{key}.change", change),
            )
        )
    return Table(
        Message("pilot.markets", unit=evaluation.outcome.unit),
        (
            Message("column.market"),
            Message("column.role"),
            Message("column.before_start"),
            Message("column.after_start"),
            Message("column.change"),
        ),
        tuple(rows),
    )


def _events(evaluation: Evaluation, found: Found, numbers: Numbers) -> ChartFigure:
    rows: list[tuple[Cell, ...]] = []
    for point in found.events:
        key = f"event.{point.week.isoformat() if point.week else point.event}"
        when = (
            numbers.put(f"{key}.week", Day(point.week))
            if point.week
            else numbers.put(f"{key}.week", Count(point.event))
        )
        value = numbers.put(
            key,
            point.value,
            interval=(point.low, point.high),
            level=found.effect.confidence,
        )
        rows.append((when, value))
    title = Message("pilot.difference")

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        start = evaluation.outcome.start_week
        return event_chart(
            [
                EventEffect(
                    point.week or start + timedelta(weeks=point.event),
                    point.value,
                    point.low if isfinite(point.low) else None,
                    point.high if isfinite(point.high) else None,
                    point.is_post,
                )
                for point in found.events
            ],
            AltText("events", language.show(title), language.render(evaluation.verdict.sentence)),
            value=lambda value: language.number(value, 2),
            day=language.short_day,
            start=start,
            start_label=language.render(Message("pilot.start")),
            size=PAPER,
        )

    return ChartFigure(
        title=title,
        alt=Message("pilot.difference_chart"),
        draw=draw,
        table=Table(
            Message("pilot.difference_table"),
            (Message("column.week_from"), Message("column.difference")),
            tuple(rows),
        ),
    )
