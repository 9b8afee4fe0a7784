"""An evaluation as text for a terminal, in one language; the verdict stands in both. Pure."""

from collections.abc import Iterator

from consumers.evaluation.dose import Dose
from consumers.evaluation.live import Live
from consumers.evaluation.result import Design, Evaluation, Found
from consumers.evaluation.said import Said, chance, day, figure, share
from consumers.evaluation.whom import Whom
from consumers.statistics.arrays import Estimate
from consumers.statistics.power import Power

EVENTS_SHOWN_MAX = 80


def say(said: Said, lang: str) -> str:
    """The sentence in one language."""
    return said.vi if lang == "vi" else said.en


def interval(value: float, low: float | None, high: float | None) -> str:
    """1,2 (0,3; 2,1)."""
    if low is None or high is None:
        return figure(value)
    return f"{figure(value)} ({figure(low)}; {figure(high)})"


def render_power(power: Power) -> list[str]:
    """What a design can show, before any result."""
    possible = "" if power.is_possible else f"  above {power.alpha:g}: no result could reject"
    return [
        f"{power.treated} treated of {power.markets} markets",
        f"smallest possible p       {figure(power.smallest_p, digits=2)}{possible}",
        f"detectable effect         {figure(power.detectable)}",
        (
            f"  found in {share(power.power)} of cases at p ≤ {figure(power.alpha, digits=1)},"
            f" where a market's change has a standard deviation of {figure(power.sd)}"
        ),
    ]


def render_evaluation(told: Evaluation, lang: str = "en") -> list[str]:
    """Everything, in the order in which it should be read."""
    return [*_head(told, lang), *_design(told.design, lang), *_rest(told, lang)]


def _head(told: Evaluation, lang: str) -> Iterator[str]:
    registered, outcome = told.registered, told.outcome
    yield f"{registered.title}  [{registered.id}]"
    when = (
        "NOT REGISTERED" if registered.at is None else f"registered {registered.at:%Y-%m-%d %H:%M}"
    )
    logged = (
        ""
        if registered.logged_at is None
        else f", in the log since {registered.logged_at:%Y-%m-%d}"
    )
    yield f"plan       {registered.digest}  {when}{logged}"
    for departure in told.departures:
        mark = "!" if departure.is_substantial else " "
        yield f"departure {mark}{say(departure.what, lang)}"
    yield f"outcome    {say(outcome.unit, lang)}{' (log)' if outcome.is_log else ''}"
    yield f"source     {outcome.source}"
    yield (
        f"weeks      {day(outcome.first_week)} to {day(outcome.last_week)}, start"
        f" {day(outcome.start_week)}: {outcome.weeks_before} before, {outcome.weeks_after} after"
    )
    for market in told.markets:
        yield (
            f"  {market.role:<10} {market.market:<10} {figure(market.before):>10} →"
            f" {figure(market.after):>10}  {market.name}"
        )


def _design(design: Design, lang: str) -> Iterator[str]:
    yield f"design     {design.name} ({design.label}): {say(design.estimate, lang)}"
    yield f"inference  {say(design.inference, lang)}"
    for warning in design.warnings:
        yield f"  warning: {say(warning, lang)}"
    yield from _refusals(design, lang)


def _refusals(design: Design, lang: str) -> Iterator[str]:
    for refusal in design.refusals:
        yield f"  refused: {say(refusal.why, lang)}"
        yield f"    needed: {say(refusal.need, lang)}"


def _rest(told: Evaluation, lang: str) -> Iterator[str]:
    if told.found is not None:
        yield from _found(told.found, lang)
    yield ""
    yield "other designs"
    for other in told.others:
        reasons = "; ".join(say(r.why, lang) for r in other.refusals)
        yield f"  {other.name:<14} {'refused: ' + reasons if reasons else 'not registered'}"
    yield ""
    yield told.verdict.sentence.vi
    yield told.verdict.sentence.en
    for because in told.verdict.because:
        yield f"  {say(because, lang)}"


def _found(found: Found, lang: str) -> Iterator[str]:
    effect = found.effect
    relative = (
        "" if effect.relative is None else f", {share(effect.relative)} of what would have been"
    )
    yield ""
    yield f"effect     {interval(effect.value, effect.low, effect.high)}{relative}"
    yield f"p          {chance(effect.p)}  {say(effect.method, lang)}"
    if effect.p_min > 0:
        yield f"           the smallest possible is {figure(effect.p_min, digits=2)}"
    if found.collapsed is not None:
        yield f"t          {_estimate(found.collapsed)}, {figure(found.collapsed.df)} degrees"
    if found.vendor_level is not None:
        yield f"vendors    {_estimate(found.vendor_level)}"
        yield "           misleading: vendors of one market share its shocks"
    if found.power is not None:
        detectable = figure(found.power.detectable)
        yield f"power      an effect of {detectable} would be found in {share(found.power.power)}"
    if found.pre_trend is not None:
        trend = found.pre_trend
        yield (
            f"before     slope {figure(trend.slope)} a week (p {chance(trend.slope_p)}), jointly"
            f" p {chance(trend.joint_p)} over {trend.periods} weeks"
        )
    elif found.pre_trend_p is not None:
        yield f"before     p {chance(found.pre_trend_p)}"
    if found.variance is not None:
        variance = found.variance
        yield (
            f"variance   pilots {figure(variance.ratio)} times the others before the start"
            f" (p {chance(variance.ratio_p)}); allowing for it p {chance(variance.robust.p)}"
        )
    yield from _sensitivity(found)
    for beside in found.beside:
        note = "" if beside.note is None else f"  {say(beside.note, lang)}"
        p = "" if beside.p is None else f", p {chance(beside.p)}"
        shown = interval(beside.value, beside.low, beside.high)
        yield f"beside     {say(beside.title, lang)}: {shown}{p}{note}"
    yield from _events(found)


def _estimate(estimate: Estimate) -> str:
    return f"{interval(estimate.value, estimate.low, estimate.high)}, p {chance(estimate.p)}"


def _sensitivity(found: Found) -> Iterator[str]:
    if found.sensitivity is None:
        return
    sensitivity = found.sensitivity
    yield (
        f"sensitive  holds up to M̄ = {figure(sensitivity.breakdown)} times the largest change"
        f" before ({figure(sensitivity.largest_before)}, blocks of {sensitivity.block} weeks)"
    )
    for bound in sensitivity.bounds:
        yield f"  M̄ {figure(bound.m):>6}  {figure(bound.low):>10} to {figure(bound.high):>10}"


def _events(found: Found) -> Iterator[str]:
    for event in found.events[:EVENTS_SHOWN_MAX]:
        week = "" if event.week is None else day(event.week)
        yield (
            f"  {'after' if event.is_post else 'before':<6} {event.event:>4} {week:<10}"
            f" {interval(event.value, event.low, event.high)}"
        )


def render_explain(told: Evaluation, lang: str = "en") -> list[str]:
    """Every design: what it would estimate, why it may not, what evidence would be needed."""
    lines = list(_head(told, lang))
    for design in (told.design, *told.others):
        lines += ["", *_design(design, lang)]
        if design.is_admissible:
            lines.append("  admissible")
    return lines


def render_live(told: Live, lang: str = "en") -> list[str]:
    """A line for each week, and what may be said of it."""
    lines = [
        f"{told.registered.title}  [{told.registered.id}]  {told.registered.digest}",
        f"intervals at {share(told.confidence)} for all {told.horizon} weeks together",
    ]
    for refusal in told.refusals:
        lines += [f"refused: {say(refusal.why, lang)}", f"  needed: {say(refusal.need, lang)}"]
    for point in told.points:
        here = (
            ""
            if point.here_low is None
            else (f"  these markets alone {figure(point.here_low)} to {figure(point.here_high)}")
        )
        lines.append(f"  {day(point.week)}  {interval(point.value, point.low, point.high)}{here}")
    return [*lines, told.sentence.vi, told.sentence.en]


def render_whom(told: Whom, lang: str = "en") -> list[str]:
    """A line for each group."""
    lines = [f"by {told.by} ({told.label}): {say(told.why, lang)}"]
    for group in told.groups:
        lines.append(
            f"  {group.group:<24} {interval(group.value, group.low, group.high)}"
            f"  p {chance(group.p)}, of all groups {chance(group.p_adjusted)}"
            f"  shrunk {interval(group.shrunk, group.shrunk_low, group.shrunk_high)}"
            f"  {group.vendors} vendors in {group.markets} markets"
        )
    if told.left_out:
        lines.append(f"  too few vendors or markets: {', '.join(told.left_out)}")
    return [*lines, told.sentence.vi, told.sentence.en]


def render_dose(told: Dose, lang: str = "en") -> list[str]:
    """Visits had, weeks at risk and first payments; then the sides' courses."""
    lines = [f"visits and first payments ({told.label})"]
    for row in told.rows:
        rate = "–" if row.share is None else share(row.share)
        more = "+" if row is told.rows[-1] else " "
        lines.append(
            f"  {row.visits}{more} visits: {row.first_payments} first payments in"
            f" {row.vendor_weeks} vendor-weeks, {rate} a week"
        )
    for course in told.courses:
        median = (
            "not reached" if course.median_week is None else f"week {figure(course.median_week)}"
        )
        lines.append(f"  {say(course.name, lang)}: {course.vendors} vendors, half paid by {median}")
    return [*lines, told.sentence.vi, told.sentence.en]
