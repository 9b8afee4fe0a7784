"""Sources agreed with providers: what was agreed, what came, what to do next. Pure."""

import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from choso.terminal.table import render_table
from consumers.language.language import Language
from consumers.ledger.sources import SourceReports
from producers.webhooks.provider import Incoming
from producers.webhooks.sources import AgreedSource
from schemas.banks import bank_codes
from schemas.message import Count, Instant, Message, Name

HEAD = (
    Message("provider.source"),
    Message("provider.provider"),
    Message("provider.bank"),
    Message("provider.last_message"),
    Message("provider.reported"),
    Message("provider.unattributed"),
    Message("provider.forged"),
    Message("provider.malformed"),
    Message("provider.last_day"),
)


def render_added(source: AgreedSource, language: Language, *, address: str, trial: Incoming) -> str:
    """What to do now that a source is agreed."""
    say = language.render
    place = webhook_address(address, source.name)
    lines = [
        say(Message("provider.added", source=Name(source.name), title=Name(source.provider.title))),
        f"  {place}",
    ]
    if source.provider.advice is not None:
        lines += ["", say(source.provider.advice)]
    lines += ["", say(Message("provider.try")), curl_line(place, trial, source.provider.method)]
    lines += ["", say(Message("provider.then", source=Name(source.name)))]
    return "\n".join(lines)


def render_sources(
    sources: Iterable[AgreedSource],
    reports: Mapping[str, SourceReports],
    counts: Mapping[str, Mapping[str, Any]],
    language: Language,
) -> str:
    """All sources as a table; counts of the gateway are since it started."""
    rows = []
    for source in sources:
        told = reports.get(source.evidence.source)
        since = counts.get(source.name, {})
        rows.append(
            (
                source.name,
                source.provider.title,
                bank_codes().get(source.bank_bin or "", "–"),
                _moment(since.get("last_at"), language),
                language.number(told.report_count if told else 0),
                language.number(told.unattributed_count if told else 0),
                language.number(since.get("forged", 0)),
                language.number(since.get("malformed", 0)),
                language.day(told.last_day) if told else "–",
            )
        )
    if not rows:
        return language.render(Message("provider.none"))
    return render_table([*map(language.render, HEAD)], rows)


def _moment(text: str | None, language: Language) -> str:
    return language.show(Instant(datetime.fromisoformat(text))) if text else "–"


def render_trial(
    language: Language, *, status: int, is_found: bool, vendor: str | None, waited_s: int
) -> str:
    """Where a trial message ended."""
    say = language.render
    if not is_found:
        return say(Message("provider.not_arrived", status=Count(status), seconds=Count(waited_s)))
    if vendor is None:
        return say(Message("provider.arrived_unattributed", status=Count(status)))
    return say(Message("provider.arrived", status=Count(status), vendor=Name(vendor)))


def webhook_address(gateway: str, name: str) -> str:
    """Where a source's messages go."""
    return f"{gateway}/v1/webhooks/{name}"


def curl_line(address: str, incoming: Incoming, method: str) -> str:
    """The command that sends this message, secrets not in it: it is signed already."""
    if method == "GET":
        return f"  curl {shlex.quote(f'{address}?{incoming.query}')}"
    headers = {"content-type": "application/json", **incoming.headers}
    told = " ".join(f"-H {shlex.quote(f'{name}: {text}')}" for name, text in headers.items())
    return f"  curl {told} --data-raw {shlex.quote(incoming.body.decode())} {address}"
