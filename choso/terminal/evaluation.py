"""An evaluation as text for a terminal; the verdict stands in every language. Pure."""

from collections.abc import Iterator

from consumers.evaluation.names import LABELS, NAMES, ROLES
from consumers.evaluation.result import Design, Evaluation, Found
from consumers.language.language import Language
from consumers.statistics.arrays import Estimate
from consumers.statistics.power import Power
from schemas.message import Count, Day, Instant, Message, Name, Probability, Share, leading

EVENTS_SHOWN_MAX = 80
LABEL_WIDTH = 12


def interval(value: float, low: float | None, high: float | None) -> Message:
    """1,2 (0,3; 2,1)."""
    if low is None or high is None:
        return Message("terminal.value", value=leading(value))
    return Message("terminal.interval", value=leading(value), low=leading(low), high=leading(high))


def render_power(power: Power, language: Language) -> list[str]:
    """What a design can show, before any result."""
    say = language.render
    smallest = Message("terminal.power.smallest_p", p=leading(power.smallest_p, 2))
    impossible = Message("terminal.power.impossible", alpha=leading(power.alpha, 1))
    found = Message(
        "terminal.power.found",
        power=Share(power.power),
        alpha=leading(power.alpha, 1),
        sd=leading(power.sd),
    )
    return [
        say(
            Message(
                "terminal.power.markets",
                treated=Count(power.treated),
                markets=Count(power.markets),
            )
        ),
        say(smallest) + ("" if power.is_possible else f"; {say(impossible)}"),
        say(Message("terminal.power.detectable", effect=leading(power.detectable))),
        f"  {say(found)}",
    ]


def render_evaluation(told: Evaluation, language: Language) -> list[str]:
    """Everything, in the order in which it should be read."""
    return [*_head(told, language), *_design(told.design, language), *_rest(told, language)]


def _row(language: Language, label: Message | str, *words: Message | str) -> str:
    """A label, and what stands beside it."""
    said = [word if isinstance(word, str) else language.render(word) for word in (label, *words)]
    return f"{said[0]:<{LABEL_WIDTH}}{'  '.join(said[1:])}"


def _head(told: Evaluation, language: Language) -> Iterator[str]:
    registered, outcome, say = told.registered, told.outcome, language.render
    yield f"{registered.title}  [{registered.id}]"
    when = [Message("terminal.not_registered")]
    if registered.at is not None:
        when = [Message("terminal.registered", at=Instant(registered.at))]
    if registered.logged_at is not None:
        when.append(Message("terminal.logged", at=Instant(registered.logged_at)))
    yield _row(language, Message("terminal.label.plan"), registered.digest, *when)
    for departure in told.departures:
        mark = "!" if departure.is_substantial else ""
        label = Message("terminal.label.departure")
        yield _row(language, label, f"{mark}{say(departure.what)}")
    scale = [Message("terminal.logarithms")] if outcome.is_log else []
    yield _row(language, Message("terminal.label.outcome"), outcome.unit, *scale)
    yield _row(language, Message("terminal.label.source"), outcome.source)
    weeks = Message(
        "terminal.weeks",
        first=Day(outcome.first_week),
        last=Day(outcome.last_week),
        start=Day(outcome.start_week),
        before=Count(outcome.weeks_before),
        after=Count(outcome.weeks_after),
    )
    yield _row(language, Message("terminal.label.weeks"), weeks)
    for market in told.markets:
        before, after = (f"{language.leading(x):>10}" for x in (market.before, market.after))
        role = say(ROLES[market.role])
        yield f"  {role:<10} {market.market:<10} {before} → {after}  {market.name}"


def _named(design: Design) -> Message:
    return Message("terminal.design", name=NAMES[design.name], code=Name(design.name))


def _design(design: Design, language: Language) -> Iterator[str]:
    say = language.render
    label = LABELS[design.label]
    yield _row(language, Message("terminal.label.design"), _named(design), f"({say(label)})")
    yield _row(language, "", design.estimate)
    yield _row(language, Message("terminal.label.inference"), design.inference)
    for warning in design.warnings:
        yield "  " + say(Message("terminal.warning", warning=warning))
    for refusal in design.refusals:
        yield "  " + say(Message("terminal.refused", why=refusal.why))
        yield "    " + say(Message("terminal.needed", need=refusal.need))


def _rest(told: Evaluation, language: Language) -> Iterator[str]:
    say = language.render
    if told.found is not None:
        yield from _found(told.found, language)
    yield ""
    yield say(Message("terminal.other_designs"))
    for other in told.others:
        why = tuple(refusal.why for refusal in other.refusals)
        state = Message("terminal.refused", why=why) if why else Message("terminal.not_registered")
        yield f"  {say(_named(other))}: {say(state)}"
    yield ""
    yield say(told.verdict.sentence)
    for because in told.verdict.because:
        yield f"  {say(because)}"


def _found(found: Found, language: Language) -> Iterator[str]:
    effect = found.effect
    relative = [] if effect.relative is None else [Share(effect.relative)]
    yield ""
    yield _row(
        language,
        Message("terminal.label.effect"),
        interval(effect.value, effect.low, effect.high),
        *(Message("terminal.relative", share=share) for share in relative),
    )
    yield _row(language, "p", language.probability(effect.p), effect.method)
    if effect.p_min > 0:
        yield _row(language, "", Message("terminal.p_min", p=leading(effect.p_min, 2)))
    if found.collapsed is not None:
        degrees = Message("terminal.degrees", degrees=leading(found.collapsed.df))
        yield _row(language, "t", _estimate(found.collapsed), degrees)
    if found.vendor_level is not None:
        label = Message("terminal.label.vendors")
        yield _row(language, label, _estimate(found.vendor_level))
        yield _row(language, "", Message("terminal.vendors_mislead"))
    if found.power is not None:
        power = Message(
            "terminal.power.would_be_found",
            effect=leading(found.power.detectable),
            power=Share(found.power.power),
        )
        yield _row(language, Message("terminal.label.power"), power)
    yield from _checks(found, language)
    for beside in found.beside:
        words = [interval(beside.value, beside.low, beside.high)]
        if beside.p is not None:
            words.append(Message("terminal.p", p=Probability(beside.p)))
        if beside.note is not None:
            words.append(beside.note)
        title = f"{language.render(beside.title)}:"
        yield _row(language, Message("terminal.label.beside"), title, *words)
    yield from _events(found, language)


def _estimate(estimate: Estimate) -> Message:
    return Message(
        "terminal.estimate",
        interval=interval(estimate.value, estimate.low, estimate.high),
        p=Probability(estimate.p),
    )


def _checks(found: Found, language: Language) -> Iterator[str]:
    before = Message("terminal.label.before")
    if found.pre_trend is not None:
        trend = found.pre_trend
        said = Message(
            "terminal.pre_trend",
            slope=leading(trend.slope),
            slope_p=Probability(trend.slope_p),
            joint_p=Probability(trend.joint_p),
            weeks=Count(trend.periods),
        )
        yield _row(language, before, said)
    elif found.pre_trend_p is not None:
        yield _row(language, before, Message("terminal.p", p=Probability(found.pre_trend_p)))
    if found.variance is not None:
        variance = Message(
            "terminal.variance",
            ratio=leading(found.variance.ratio),
            p=Probability(found.variance.ratio_p),
            robust_p=Probability(found.variance.robust.p),
        )
        yield _row(language, Message("terminal.label.variance"), variance)
    if found.sensitivity is not None:
        sensitivity = found.sensitivity
        said = Message(
            "terminal.sensitivity",
            breakdown=leading(sensitivity.breakdown),
            largest=leading(sensitivity.largest_before),
            weeks=Count(sensitivity.block),
        )
        yield _row(language, Message("terminal.label.sensitivity"), said)
        for bound in sensitivity.bounds:
            low, high = language.leading(bound.low), language.leading(bound.high)
            yield f"  M̄ {language.leading(bound.m):>6}  {low:>10} … {high:>10}"


def _events(found: Found, language: Language) -> Iterator[str]:
    sides = {
        is_post: language.render(side)
        for is_post, side in (
            (False, Message("terminal.label.before")),
            (True, Message("terminal.label.after")),
        )
    }
    for event in found.events[:EVENTS_SHOWN_MAX]:
        week = "" if event.week is None else language.day(event.week)
        shown = language.render(interval(event.value, event.low, event.high))
        yield f"  {sides[event.is_post]:<6} {event.event:>4} {week:<10} {shown}"


def render_explain(told: Evaluation, language: Language) -> list[str]:
    """Every design: what it would estimate, why it may not, what evidence would be needed."""
    lines = list(_head(told, language))
    for design in (told.design, *told.others):
        lines += ["", *_design(design, language)]
        if design.is_admissible:
            lines.append("  " + language.render(Message("terminal.admissible")))
    return lines
