"""Alerts for people: what was noticed, and who has seen to it. Pure."""

from collections.abc import Sequence

from choso.terminal.table import render_table
from consumers.alerts.book import RecordedAlert
from consumers.alerts.rules import RULES
from consumers.alerts.watch import Round
from consumers.language.language import Language
from schemas.message import Count, Message, Name

HEAD = (
    Message("terminal.alert"),
    Message("terminal.day"),
    Message("terminal.rule"),
    Message("terminal.market"),
    Message("terminal.subject"),
    Message("terminal.state"),
    Message("terminal.detail"),
)


def render_alerts(found: Sequence[RecordedAlert], language: Language) -> str:
    """The alerts as a table."""
    say = language.render
    if not found:
        return say(Message("terminal.no_alerts"))
    rows = [
        (
            kept.alert[:12],
            language.day(kept.day),
            rule_title(kept.rule, language),
            kept.market,
            kept.subject,
            say(_state(kept)),
            say(kept.detail),
        )
        for kept in found
    ]
    return render_table([*map(say, HEAD)], rows)


def render_round(found: Round, language: Language) -> str:
    """What one look raised, and how much it delivered."""
    lines = [
        f"{alert.id[:12]} {rule_title(alert.rule, language)} {alert.market} {alert.subject}:"
        f" {language.render(alert.detail)}"
        for alert in found.raised
    ]
    counts = {"raised": Count(len(found.raised)), "delivered": Count(found.delivered_count)}
    return "\n".join([*lines, language.render(Message("terminal.looked", **counts))])


def rule_title(name: str, language: Language) -> str:
    """What a rule is called; one that is no more by its name."""
    return language.say(RULES[name].title) if name in RULES else name


def _state(kept: RecordedAlert) -> Message:
    if kept.state == "open":
        return Message("terminal.open")
    return Message("terminal.seen_to", who=Name(kept.acknowledged_by))
