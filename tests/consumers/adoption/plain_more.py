"""Fees, growth and health in plain Python; see plain.py."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from schemas.payment import PaymentEvent
from tests.consumers.adoption.plain import Key, PlainLedger
from tests.reference import Body, Owners, Sale, admitted


def fees(ledger: PlainLedger, by: str, first: date, last: date) -> dict[Key, dict[str, Any]]:
    """By cell, months as periods. Only registered rows and products have a place."""
    stalls = ledger.standing("stall", "market", "stall")
    due: dict[tuple[Any, ...], int] = {}
    paid: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for event in ledger.winners("fee_due", "market", "stall", "effective_from", "note"):
        data = event.data
        due[data.market, data.stall, data.effective_from, data.note] = data.amount_vnd or 0
    for event in ledger.winners("fee_paid", "market", "stall", "effective_from", "note", "tender"):
        data = event.data
        sums = paid[data.market, data.stall, data.effective_from, data.note]
        sums[data.tender == "cash"] += data.amount_vnd or 0
    cells: dict[Key, dict[Any, list[tuple[int, int, int]]]] = defaultdict(lambda: defaultdict(list))
    for fee in due.keys() | paid.keys():
        market, stall, month, _ = fee
        if not first.replace(day=1) <= month <= last:
            continue
        fact = stalls.get((market, stall))
        group = {
            "all": ("", ""),
            "kind": ("", ledger.kinds.get(market, "")),
            "market": (market, market),
            "row": (market, (fact.data.area if fact else None) or ""),
            "product": ("", (fact.data.product if fact else None) or ""),
        }[by]
        cashless, cash = paid[fee]
        cells[(max(month, first), *group)][market, stall].append((due.get(fee, 0), cashless, cash))
    return {key: _fees_of(found) for key, found in cells.items()}


def _fees_of(stalls: dict[Any, list[tuple[int, int, int]]]) -> dict[str, Any]:
    owed = [[fee for fee in found if fee[0]] for found in stalls.values()]
    owed = [found for found in owed if found]
    every = [fee for found in owed for fee in found]
    due, cashless, cash = (sum(fee[n] for fee in every) for n in range(3))
    undue = [fee for found in stalls.values() for fee in found if not fee[0]]
    whole = sum(all(fee[1] >= fee[0] for fee in found) for found in owed)
    return {
        "fee_count": len(every),
        "due_vnd": due,
        "paid_cashless_vnd": cashless,
        "paid_cash_vnd": cash,
        "undue_vnd": sum(fee[1] + fee[2] for fee in undue),
        "vnd_share": cashless / due if due else None,
        "stall_share": whole / len(owed) if owed else None,
    }


def growth(ledger: PlainLedger, now: list[Sale], then: list[Sale]) -> dict[str, Any]:
    """Of one cell, without what depends on the calendar of whole markets."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for sales, place in ((now, 0), (then, 2)):
        for sale in sales:
            if not sale.is_cash:
                sums[sale.market, sale.vendor][place] += 1
                sums[sale.market, sale.vendor][place + 1] += sale.amount_vnd
    count, vnd, count0, vnd0 = (sum(row[n] for row in sums.values()) for n in range(4))
    named = {who: row for who, row in sums.items() if who[1]}
    same = [row for row in named.values() if row[0] and row[2]]
    same_count, same_vnd, same_count0, same_vnd0 = (sum(row[n] for row in same) for n in range(4))
    return {
        "payment_count": count,
        "before_payment_count": count0,
        "payment_vnd": vnd,
        "before_payment_vnd": vnd0,
        "same_vendor_count": len(same),
        "started_vendor_count": sum(bool(row[0] and not row[2]) for row in named.values()),
        "stopped_vendor_count": sum(bool(row[2] and not row[0]) for row in named.values()),
        "growth_count_all": count / count0 - 1 if count0 else None,
        "growth_count_same": same_count / same_count0 - 1 if same_count0 else None,
        "growth_vnd_all": vnd / vnd0 - 1 if vnd0 else None,
        "growth_vnd_same": same_vnd / same_vnd0 - 1 if same_vnd0 else None,
    }


def reports(
    payments: Iterable[Body], owners: Owners, known_at: datetime | None = None
) -> dict[tuple[date, str], dict[str, int]]:
    """(named day, market) → how many records, how many of them said it again, how many late."""
    payments = [body for body in payments if known_at is None or body[1] <= known_at]
    events = admitted(PaymentEvent, payments)
    found: dict[tuple[date, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("report_count", "duplicate_count", "late_count"), 0)
    )
    times: dict[bytes, int] = defaultdict(int)
    for body, _ in payments:
        times[body] += 1
    for body, (event, recorded_at) in events.items():
        day, market, _ = owners.place([(event, recorded_at)])
        row = found[day, market]
        row["report_count"] += times[body]
        row["duplicate_count"] += times[body] - 1
        row["late_count"] += (recorded_at + timedelta(hours=7)).date() > day + timedelta(days=1)
    return dict(found)
