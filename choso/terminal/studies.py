"""What is looked at beside an evaluation: week by week, for whom, how often visited. Pure."""

from choso.terminal.evaluation import interval
from consumers.evaluation.dose import Dose
from consumers.evaluation.live_series import LiveSeries
from consumers.evaluation.names import BY, LABELS
from consumers.evaluation.whom import Whom
from consumers.language.language import Language
from schemas.message import Count, Message, Name, Probability, Share, leading


def render_live(told: LiveSeries, language: Language) -> list[str]:
    """A line for each week, and what may be said of it."""
    say = language.render
    together = Message(
        "terminal.live.together", level=Share(told.confidence, 0), weeks=Count(told.horizon)
    )
    lines = [
        f"{told.registered.title}  [{told.registered.id}]  {told.registered.digest}",
        say(together),
    ]
    for refusal in told.refusals:
        lines.append(say(Message("terminal.refused", why=refusal.why)))
        lines.append("  " + say(Message("terminal.needed", need=refusal.need)))
    for point in told.points:
        words = [language.day(point.week), say(interval(point.value, point.low, point.high))]
        if point.here_low is not None:
            here = Message(
                "terminal.live.here", low=leading(point.here_low), high=leading(point.here_high)
            )
            words.append(say(here))
        lines.append("  " + "  ".join(words))
    return [*lines, say(told.sentence)]


def render_whom(told: Whom, language: Language) -> list[str]:
    """A line for each group."""
    say = language.render
    head = Message("terminal.whom", by=BY[told.by], label=LABELS[told.label], why=told.why)
    lines = [say(head)]
    for group in told.groups:
        said = Message(
            "terminal.whom.group",
            effect=interval(group.value, group.low, group.high),
            p=Probability(group.p),
            p_adjusted=Probability(group.p_adjusted),
            shrunk=interval(group.shrunk, group.shrunk_low, group.shrunk_high),
            vendors=Count(group.vendors),
            markets=Count(group.markets),
        )
        lines.append(f"  {group.group:<24} {say(said)}")
    if told.left_out:
        left_out = Message("terminal.whom.left_out", groups=tuple(map(Name, told.left_out)))
        lines.append(f"  {say(left_out)}")
    return [*lines, say(told.sentence)]


def render_dose(told: Dose, language: Language) -> list[str]:
    """Visits had, weeks at risk and first payments; then the sides' courses."""
    say = language.render
    lines = [say(Message("terminal.dose", label=LABELS[told.label]))]
    for row in told.rows:
        more = "+" if row is told.rows[-1] else ""
        said = Message(
            "terminal.dose.row",
            visits=Name(f"{language.number(row.visits)}{more}"),
            first_payments=Count(row.first_payments),
            weeks=Count(row.vendor_weeks),
            rate=Share(row.share),
        )
        lines.append(f"  {say(said)}")
    for course in told.courses:
        half = Message("terminal.dose.not_reached")
        if course.median_week is not None:
            half = Message("terminal.dose.week", week=leading(course.median_week))
        said = Message(
            "terminal.dose.course", side=course.name, vendors=Count(course.vendors), half=half
        )
        lines.append(f"  {say(said)}")
    return [*lines, say(told.sentence)]
