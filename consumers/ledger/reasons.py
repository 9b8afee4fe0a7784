"""Why a payment merged as it did: the rules of the view `payment` in words, for its evidence. Pure.

The view decides; this only explains, and a test holds the explanation against the view.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from schemas.message import Count, Message, Money, Name

Row = dict[str, Any]


def best_time(credits_: Sequence[Row]) -> tuple[datetime, Message]:
    """The time that wins among evidence rows, and why. `credits_` is not empty."""
    why = []
    rows = credits_
    settled = [row for row in rows if row["kind"] != "failed"]
    if settled and len(settled) < len(rows):
        why.append(Message("ledger.settled_first"))
    rows = settled or rows
    instants = [row for row in rows if row["time_precision"] == "instant"]
    if instants and len(instants) < len(rows):
        why.append(Message("ledger.instant_first"))
    rows = instants or rows
    times = {row["time"] for row in rows}
    if len(times) > 1:
        why.append(Message("ledger.earliest_first", times=Count(len(times))))
    if not why:
        return min(times), Message("ledger.one_time")
    return min(times), Message("ledger.time_wins", reasons=tuple(why))


def status_reasons(
    merged: Row,
    compensations: Sequence[Row],
    also_named: Sequence[Row],
    *,
    window_days: int,
    amount_vnd_min: int,
) -> list[Message]:
    """What made the status and the figure that counts it; empty for a plain settled payment."""
    why = []
    if merged["status"] == "failed":
        why.append(Message("ledger.all_failed"))
    if merged["amount_vnd"] != merged["amount_vnd_max"]:
        low, high = Money(int(merged["amount_vnd"])), Money(int(merged["amount_vnd_max"]))
        why.append(Message("ledger.amounts_differ", low=low, high=high))
    if merged["kinds"] & 3 == 3:
        why.append(Message("ledger.credit_and_cash"))
    why += [
        Message("ledger.event_names_more", event=Name(str(event_id)))
        for event_id in sorted({row["event_id"] for row in also_named})
    ]
    why += [
        Message("ledger.told_in_two_ways", reference=Name(row["compensation_reference"]))
        for row in compensations
        if row["is_conflict"]
    ]
    if any(row["kind"] == "reversed" for row in compensations):
        why.append(Message("ledger.reversed"))
    elif compensations:
        given_back = sum(int(row["amount_vnd"]) for row in compensations)
        why.append(Message("ledger.given_back", amount=Money(given_back)))
    if merged["measure"] == "small":
        why.append(Message("ledger.small", least=Money(amount_vnd_min)))
    days = merged["days_named"]
    if (days[-1] - days[0]).days > window_days:
        why.append(Message("ledger.days_apart", days=Count(window_days)))
    return why
