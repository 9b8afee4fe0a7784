"""A payment's story as text for a terminal and as plain data for JSON. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from consumers.ledger.payment import PaymentStory
from infra.errors import Refused


def story_json(story: PaymentStory) -> dict[str, Any]:
    """The story as JSON types: times and days as ISO text."""
    plain: dict[str, Any] = _plain({"payment_id": story.payment_id, **asdict(story)})
    return plain


def render_payment(stories: Sequence[PaymentStory], output: str) -> str:
    """As `text` or `json`. Refused: another format."""
    if output == "json":
        return json.dumps([story_json(s) for s in stories], ensure_ascii=False, indent=1)
    if output != "text":
        raise Refused(f"format {output!r}: must be text or json")
    return "\n\n".join("\n".join(_lines(story)) for story in stories)


def _lines(story: PaymentStory) -> Iterator[str]:
    yield f"payment {story.payment_id}"
    merged = story.merged
    if merged is None:
        yield "  no evidence of the payment itself, only of what was given back"
    else:
        yield (
            f"  {merged['status']}: {merged['amount_vnd']:,} đồng on {merged['day']}"
            f" ({merged['occurred_at']:%Y-%m-%dT%H:%M:%S}Z), {merged['rail_class']}"
        )
        if merged["amount_vnd"] != merged["amount_vnd_max"]:
            yield f"  contradiction: amounts up to {merged['amount_vnd_max']:,} đồng were said"
        if merged["contested"]:
            yield "  contradiction: one event id came with two contents"
        if len(merged["days_named"]) > 1:
            days = ", ".join(map(str, merged["days_named"]))
            yield f"  days named: {days}; the best time decides (an instant before a day)"
    owner = story.attribution
    if owner is None:
        yield "  unattributed: the registry knows no owner on that day"
    else:
        yield f"  of vendor {owner.vendor} in market {owner.market}, by {owner.method}"
    yield "  evidence"
    for row in story.evidence:
        again = " (delivered again)" if row["is_duplicate"] else ""
        yield (
            f"    {row['kind']} {row['amount_vnd']:,} đồng, {row['time']:%Y-%m-%dT%H:%M:%S}Z by"
            f" {row['source']} {row['source_transaction_id']}, recorded"
            f" {row['recorded_at']:%Y-%m-%dT%H:%M:%S}Z at {row['topic_id']}-{row['partition']}"
            f" offset {row['offset']}{again}"
        )
    for row in story.compensations:
        wrong = " (contradicted)" if row["is_conflict"] else ""
        yield (
            f"  {row['kind']} {row['amount_vnd']:,} đồng on {row['day']},"
            f" {row['compensation_reference']}{wrong}"
        )
    yield "  counts in"
    for figure in story.counted:
        where = f"{figure.market} {figure.vendor}".strip() or "(unattributed)"
        yield f"    {figure.day}, {where}: {figure.measure} {figure.amount_vnd:,} đồng"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
