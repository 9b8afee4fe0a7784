"""Why a payment merged as it did: the rules of the view `payment` in words, for its evidence. Pure.

The view decides; this only explains, and a test holds the explanation against the view.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

Row = dict[str, Any]


def best_time(credits_: Sequence[Row]) -> tuple[datetime, str]:
    """The time that wins among evidence rows, and why. `credits_` is not empty."""
    why = []
    rows = credits_
    settled = [row for row in rows if row["kind"] != "failed"]
    if settled and len(settled) < len(rows):
        why.append("settled evidence goes before failed")
    rows = settled or rows
    instants = [row for row in rows if row["time_precision"] == "instant"]
    if instants and len(instants) < len(rows):
        why.append("an instant goes before a day")
    rows = instants or rows
    times = {row["time"] for row in rows}
    if len(times) > 1:
        why.append(f"the earliest of {len(times)} times goes before later ones")
    return min(times), "; ".join(why) or "no evidence says another time"


def status_reasons(
    merged: Row,
    compensations: Sequence[Row],
    also_named: Sequence[Row],
    *,
    window_days: int,
    amount_vnd_min: int,
) -> list[str]:
    """What made the status and the figure that counts it; empty for a plain settled payment."""
    why = []
    if merged["status"] == "failed":
        why.append("all evidence says that it failed")
    if merged["amount_vnd"] != merged["amount_vnd_max"]:
        low, high = merged["amount_vnd"], merged["amount_vnd_max"]
        why.append(f"contradiction: amounts from {low:,} to {high:,} đồng were said")
    if merged["kinds"] & 3 == 3:
        why.append("contradiction: it was told as a credit and as cash")
    why += [
        f"contradiction: event {event_id} names more than one payment or refund"
        for event_id in sorted({row["event_id"] for row in also_named})
    ]
    why += [
        f"contradiction: {row['compensation_reference']} was told in two ways"
        for row in compensations
        if row["is_conflict"]
    ]
    if any(row["kind"] == "reversed" for row in compensations):
        why.append("it was reversed")
    elif compensations:
        given_back = sum(int(row["amount_vnd"]) for row in compensations)
        why.append(f"{given_back:,} đồng of it were given back")
    if merged["measure"] == "small":
        why.append(f"less than the least amount, {amount_vnd_min:,} đồng")
    days = merged["days_named"]
    if (days[-1] - days[0]).days > window_days:
        why.append(
            f"its evidence names days more than {window_days} days apart, which is further than"
            " the fold of a day looks: it may be counted twice (`choso verify` names it)"
        )
    return why
