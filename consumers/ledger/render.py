"""A payment's story as text for a terminal and as plain data for JSON. Pure."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from consumers.ledger.payment import PaymentStory
from consumers.ledger.printable import shown
from consumers.plain import Words, as_json
from infra.errors import Refused
from schemas.message import Message, one_of

Say = Callable[[Message], str]
FOR_EVER = date(2149, 6, 6)  # where the view registry_link ends an interval that nothing ends
MORE = {
    "compensation_reference": "gives back as",
    "virtual_account": "virtual account",
    "stall_code": "stall",
    "payer_token": "payer",
    "balance_after_vnd": "balance after",
    "text": "text",
}


def story_json(story: PaymentStory, words: Words | None = None) -> dict[str, Any]:
    """The story as JSON types: times and days as ISO text; `words` say a message."""
    return {"payment_id": story.payment_id, **as_json(story, words)}


def render_payment(stories: Sequence[PaymentStory], output: str, words: Words, code: str) -> str:
    """As `text`, its reasons in the language of this code, or `json`. Refused: another format."""
    if output == "json":
        return json.dumps([story_json(s, words) for s in stories], ensure_ascii=False, indent=1)
    if output != "text":
        raise Refused(one_of("format", output, ("text", "json")))
    return "\n\n".join(
        "\n".join(_lines(story, lambda message: words(message)[code])) for story in stories
    )


def _lines(story: PaymentStory, say: Say) -> Iterator[str]:
    yield f"payment {story.payment_id}"
    yield from _merged_lines(story, say)
    yield "  evidence"
    for row in story.evidence:
        yield from _evidence_lines(row)
    if story.also_named:
        yield "  the same events name also (none of these payments counts)"
    for row in story.also_named:
        back = row["other_compensation_reference"]
        of = f", {back}" if back else ""
        yield (
            f"    {row['other_payment_id']}{of}: event {row['event_id']},"
            f" since {_instant(row['contested_at'])}"
        )
    if story.compensations:
        yield "  given back"
    for row in story.compensations:
        wrong = " (contradicted)" if row["is_conflict"] else ""
        yield (
            f"    {row['compensation_reference']}: {row['kind']} {row['amount_vnd']:,} đồng"
            f" on {row['day']}{wrong}"
        )
    yield "  counts in"
    for figure in story.counted:
        where = f"{figure.market} {figure.vendor}".strip() or "(unattributed)"
        yield f"    {figure.day}, {where}: {figure.measure} {figure.amount_vnd:,} đồng"


def _merged_lines(story: PaymentStory, say: Say) -> Iterator[str]:
    merged = story.merged
    if merged is None:
        yield "  no evidence of the payment itself, or none that was not retracted"
        return
    yield (
        f"  {merged['status']}: {merged['amount_vnd']:,} đồng on {merged['day']}"
        f" ({_instant(merged['occurred_at'])}), {merged['rail_class']}"
    )
    if story.time_reason is not None:
        yield f"  {say(story.time_reason)}"
    if len(merged["days_named"]) > 1:
        yield f"  days named: {', '.join(map(str, merged['days_named']))}"
    for reason in story.status_reasons:
        yield f"  {say(reason)}"
    owner = story.attribution
    if owner is None:
        yield "  unattributed: the registry knows no owner on that day"
    else:
        until = "" if owner.effective_to >= FOR_EVER else f" to before {owner.effective_to}"
        yield (
            f"  of vendor {owner.vendor} in market {owner.market}, by {owner.method}"
            f" (valid from {owner.effective_from}{until})"
        )


def _evidence_lines(row: dict[str, Any]) -> Iterator[str]:
    again = " (the same, delivered again)" if row["is_duplicate"] else ""
    contested = " (contested: one event id, several payments)" if row["is_contested"] else ""
    retracted_at = row["retracted_at"]
    retracted = f" (retracted {_instant(retracted_at)})" if retracted_at else ""
    day_only = " (a day, no instant)" if row["time_precision"] == "day" else ""
    yield (
        f"    {row['kind']} {row['amount_vnd']:,} đồng, {_instant(row['time'])}{day_only},"
        f" {row['rail_class']}{again}{contested}{retracted}"
    )
    yield (
        f"      by {row['source']} {row['source_transaction_id']}, recorded"
        f" {_instant(row['recorded_at'])} at {row['topic_id']} {row['partition']} {row['offset']}"
    )
    more = [
        f"{label} {row[name]:,}" if isinstance(row[name], int) else f"{label} {row[name]}"
        for name, label in MORE.items()
        if row[name] is not None
    ]
    yield f"      event {row['event_id']}{''.join(f', {shown(m.encode())}' for m in more)}"


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
