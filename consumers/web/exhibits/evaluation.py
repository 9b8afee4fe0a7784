"""The parts of an evaluation: effect, event study, checks, markets, designs. Only shown here."""

from collections.abc import Collection, Iterator
from math import isfinite

from consumers.charts.event import EventEffect, event_chart
from consumers.charts.svg import AltText, Size
from consumers.evaluation.names import NAMES, ROLES
from consumers.evaluation.result import Design, Effect, Evaluation, EventPoint, Found
from consumers.language.language import NOTHING, Language
from consumers.web.exhibit import Exhibit, ExhibitTable, TableCell, drawn, head, number_cell
from consumers.web.view import View


def interval(language: Language, low: float | None, high: float | None) -> str:
    """1,2 … 3,4; a dash where there is none."""
    if low is None or high is None:
        return NOTHING
    return f"{language.leading(low)} … {language.leading(high)}"


def effect_table(view: View, evaluation: Evaluation, found: Found) -> ExhibitTable:
    """The headline and its test, number by number."""
    say = view.say
    return ExhibitTable(
        say("The effect, in %(unit)s", unit=say(evaluation.outcome.unit)),
        head(say("Quantity"), say("Value")),
        tuple((TableCell(name), number_cell(value)) for name, value in _effect_rows(view, found)),
    )


def _effect_rows(view: View, found: Found) -> Iterator[tuple[str, str]]:
    say, language, effect = view.say, view.language, found.effect
    yield say("Effect"), language.leading(effect.value)
    level = language.whole_share(effect.confidence)
    yield say("%(level)s interval", level=level), interval(language, effect.low, effect.high)
    yield say("Effect over what would have been without it"), _share(view, effect)
    yield "p", language.probability(effect.p)
    if effect.p_min > 0:
        yield say("Smallest possible p"), language.probability(effect.p_min)
    if found.collapsed is not None:
        yield say("p of the t on market means"), language.probability(found.collapsed.p)
    if found.power is not None:
        yield say("Detectable effect"), language.leading(found.power.detectable)


def _share(view: View, effect: Effect) -> str:
    return NOTHING if effect.relative is None else view.language.share(effect.relative)


def event_study(view: View, evaluation: Evaluation, found: Found) -> Exhibit | None:
    """Week by week, before and after the start; None where the design has none."""
    say, language = view.say, view.language
    unit = say(evaluation.outcome.unit)
    weeks = [event for event in found.events if event.week is not None]
    finding = say("Difference of the pilots from the comparison, week by week")
    note = say("%(unit)s; hollow before the start, full after it.", unit=unit)
    if not found.events:
        return None

    def draw(said: AltText, size: Size) -> str:
        return event_chart(
            [_difference(event) for event in weeks],
            said,
            value=language.leading,
            day=language.short_day,
            start=evaluation.outcome.start_week,
            start_label=say("start"),
            size=size,
        )

    names = (say("Week"), say("Weeks since the start"), say("Difference"), say("Interval"))
    rows = tuple(
        (
            TableCell(NOTHING if event.week is None else language.day(event.week)),
            number_cell(language.number(event.event)),
            number_cell(language.leading(event.value)),
            number_cell(interval(language, event.low, event.high)),
        )
        for event in found.events
    )
    table = ExhibitTable(finding, head(*names), rows, is_long=True)
    if not weeks:
        return Exhibit(key="events", finding=finding, note=note, table=table)
    return drawn(draw, key="events", finding=finding, note=note, table=table)


def _difference(event: EventPoint) -> EventEffect:

    assert event.week is not None
    low, high = (end if isfinite(end) else None for end in (event.low, event.high))
    return EventEffect(event.week, event.value, low, high, event.is_post)


def checks_table(view: View, found: Found) -> ExhibitTable | None:
    """What would speak against the conclusion; None where the design has no such check."""
    say, language = view.say, view.language
    rows = []
    trend, variance = found.pre_trend, found.variance
    if trend is not None:
        why = say("Not rejecting is no proof that the trends were parallel.")
        rows.append(
            (
                TableCell(say("Trend before the start, a week")),
                number_cell(language.leading(trend.slope)),
            )
        )
        rows.append(
            (TableCell(say("p of that trend")), number_cell(language.probability(trend.slope_p)))
        )
        rows.append((TableCell(say("p of all weeks before the start together")),
                     number_cell(language.probability(trend.joint_p))))  # fmt: skip
        rows.append(
            (TableCell(say("p of both"), why=why), number_cell(language.probability(trend.p)))
        )
    elif found.pre_trend_p is not None:
        rows.append(
            (
                TableCell(say("p of the time before the start")),
                number_cell(language.probability(found.pre_trend_p)),
            )
        )
    if variance is not None:
        rows.append(
            (
                TableCell(say("How many times more the pilots varied before the start")),
                number_cell(language.leading(variance.ratio)),
            )
        )
        rows.append(
            (
                TableCell(say("p that allows for it")),
                number_cell(language.probability(variance.robust.p)),
            )
        )
    if not rows:
        return None
    return ExhibitTable(say("Before the start"), head(say("Check"), say("Value")), tuple(rows))


def sensitivity_table(view: View, found: Found) -> ExhibitTable | None:
    """How far trends may have differed before the conclusion falls; None where nothing says."""
    if found.sensitivity is None:
        return None
    say, language, sensitivity = view.say, view.language, found.sensitivity
    caption = say(
        "The conclusion holds up to M̄ = %(breakdown)s times the largest difference in trends seen"
        " before the start (%(largest)s)",
        breakdown=language.leading(sensitivity.breakdown),
        largest=language.leading(sensitivity.largest_before),
    )
    rows = tuple(
        (
            TableCell(f"M̄ = {language.leading(each.m)}"),
            number_cell(interval(language, each.low, each.high)),
        )
        for each in sensitivity.bounds
    )
    return ExhibitTable(caption, head(say("Trends may differ by"), say("Robust interval")), rows)


def beside_table(view: View, found: Found) -> ExhibitTable | None:
    """Other estimators, for display; None where there is none."""
    say, language = view.say, view.language
    rows = tuple(
        (
            TableCell(say(each.title), why="" if each.note is None else say(each.note)),
            number_cell(language.leading(each.value)),
            number_cell(interval(language, each.low, each.high)),
            number_cell(language.probability(each.p)),
        )
        for each in found.beside
    )
    names = (say("Estimator"), say("Effect"), say("Interval"), "p")
    caption = say("Beside the headline, never instead of it")
    return ExhibitTable(caption, head(*names), rows) if rows else None


def markets_table(view: View, evaluation: Evaluation, small: Collection[str]) -> ExhibitTable:
    """Each market before and after; those that are `small` without their figures."""
    say, language = view.say, view.language
    reason = say("withheld: a small cell, or one that would give a small cell away")
    rows = []
    for each in evaluation.markets:
        is_hidden = each.market in small
        before, after = (None, None) if is_hidden else (each.before, each.after)
        rows.append(
            (
                TableCell(each.name or each.market, why=reason if is_hidden else ""),
                TableCell(say(ROLES[each.role])),
                number_cell(language.leading(before)),
                number_cell(language.leading(after)),
            )
        )
    names = (TableCell(say("Market")), TableCell(say("Role")))
    caption = say(evaluation.outcome.unit)
    numbers = head(say("Before"), say("After"), numbers_from=0)
    return ExhibitTable(caption, (*names, *numbers), tuple(rows))


def refused_table(view: View, designs: tuple[Design, ...]) -> ExhibitTable | None:
    """Designs that may not answer: why, and what evidence would be needed."""
    say = view.say
    rows = tuple(
        (
            TableCell(say(NAMES[design.name])),
            TableCell(say(refusal.why)),
            TableCell(say(refusal.need)),
        )
        for design in designs
        for refusal in design.refusals
    )
    names = (
        TableCell(say("Design")),
        TableCell(say("Why it may not answer")),
        TableCell(say("What is needed")),
    )
    return ExhibitTable(say("Refused designs"), names, rows) if rows else None
