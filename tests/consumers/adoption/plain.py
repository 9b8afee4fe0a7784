"""The adoption metrics in plain Python, from sales and registry events: what the engine must say.

A second reading of the definitions, written for plainness. Groups and names follow
`consumers/adoption/question/answer.py`; figures are whole numbers and fractions.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from schemas.registry import RegistryEvent
from tests.reference import NEVER, Body, Owners, Sale, sales_from_events, statements

Key = tuple[date, str, str]  # first day of the period, market, group


class PlainLedger:
    """All that plain metrics are computed from, as known at a moment."""

    def __init__(
        self,
        payments: Iterable[Body],
        registry: Iterable[Body],
        on_day: date,
        known_at: datetime | None = None,
    ) -> None:
        self.on_day = on_day
        self._keyed: dict[tuple[str, str, date, date], dict[Key, list[Sale]]] = {}
        registry = list(registry)
        self.sales = sales_from_events(payments, registry, known_at)
        self.facts = statements(registry, known_at)
        self.owners = Owners(self.facts)
        self.kinds = {
            m: e.data.market_kind or "" for (m,), e in self.standing("market", "market").items()
        }
        self.closed = {
            (e.data.market, e.data.effective_from)
            for e in self.winners("trading_day", "market", "vendor", "effective_from")
            if not e.data.open and e.data.vendor is None
        }
        self.absent = {
            (e.data.market, e.data.vendor, e.data.effective_from)
            for e in self.winners("trading_day", "market", "vendor", "effective_from")
            if not e.data.open and e.data.vendor is not None
        }
        self.places = self._places()
        self.firsts: dict[tuple[str, str], date] = {}
        for sale in self.sales:
            if not sale.is_cash:
                who = (sale.market, sale.vendor)
                self.firsts[who] = min(self.firsts.get(who, sale.day), sale.day)

    def winners(self, kind: str, *subject: str) -> list[RegistryEvent]:
        """Of facts with one subject the latest."""
        latest: dict[tuple[Any, ...], RegistryEvent] = {}
        for event in self.facts:
            if event.kind == kind:
                latest[tuple(getattr(event.data, name) for name in subject)] = event
        return list(latest.values())

    def standing(self, kind: str, *subject: str) -> dict[tuple[Any, ...], RegistryEvent]:
        """The fact of each subject that holds on the day."""
        found: dict[tuple[Any, ...], RegistryEvent] = {}
        for event in self.winners(kind, *subject, "effective_from"):
            key = tuple(getattr(event.data, name) for name in subject)
            if event.data.effective_from <= self.on_day < NEVER:
                last = found.get(key)
                if last is None or last.data.effective_from < event.data.effective_from:
                    found[key] = event
        return found

    def _places(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(market, vendor) → row of stalls and product."""
        stalls = self.standing("stall", "market", "stall")
        vendors = self.standing("vendor", "vendor")
        best: dict[tuple[str, str], tuple[bool, date, str]] = {}
        for facts in self.owners.facts.values():
            for since, event in facts:
                if event.kind != "account_unlinked" and since <= self.on_day and event.data.vendor:
                    who = (event.data.market or "", event.data.vendor)
                    stall = event.data.stall or ""
                    rank = (stall != "", since, stall)
                    best[who] = max(best.get(who, (False, date.min, "")), rank)
        found = {}
        for (market, vendor), (_, _, stall) in best.items():
            fact, owner = stalls.get((market, stall)), vendors.get((vendor,))
            product = (owner.data.product if owner else None) or (
                fact.data.product if fact else None
            )
            found[market, vendor] = ((fact.data.area if fact else None) or "", product or "")
        return found

    def is_open(self, sale: Sale) -> bool:
        market, vendor, day = sale.market, sale.vendor, sale.day
        return (market, day) not in self.closed and (market, vendor, day) not in self.absent

    def group(self, by: str, market: str, vendor: str) -> tuple[str, str]:
        row, product = self.places.get((market, vendor), ("", ""))
        first = self.firsts.get((market, vendor))
        return {
            "all": ("", ""),
            "kind": ("", self.kinds.get(market, "")),
            "market": (market, market),
            "vendor": (market, vendor),
            "row": (market, row),
            "product": ("", product),
            "cohort": ("", f"{first:%Y-%m}" if first and vendor else ""),
        }[by]

    def keyed(self, by: str, grain: str, first: date, last: date) -> dict[Key, list[Sale]]:
        """The sales of a range by cell."""
        asked = (by, grain, first, last)
        if asked in self._keyed:
            return self._keyed[asked]
        cells: dict[Key, list[Sale]] = defaultdict(list)
        self._keyed[asked] = cells
        for sale in self.sales:
            if first <= sale.day <= last:
                start = start_of(sale.day, grain, first)
                cells[(start, *self.group(by, sale.market, sale.vendor))].append(sale)
        return cells


def start_of(day: date, grain: str, first: date) -> date:
    start = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "window": first,
    }[grain]
    return max(start, first)


def intensity(ledger: PlainLedger, sales: list[Sale]) -> dict[str, Any]:
    paid = [sale for sale in sales if not sale.is_cash]
    on_open = [sale for sale in paid if sale.vendor and ledger.is_open(sale)]
    days = {(s.market, s.vendor, s.day) for s in on_open}
    tickets = sorted(sale.amount_vnd for sale in on_open)
    middle = tickets[(len(tickets) - 1) // 2 : len(tickets) // 2 + 1]
    counts, vnds = Counter(sale.rail_class for sale in paid), Counter[str]()
    for sale in paid:
        vnds[sale.rail_class] += sale.amount_vnd
    return {
        "vendor_count": len({(s.market, s.vendor) for s in paid if s.vendor}),
        "active_day_count": len(days),
        "payment_count": len(paid),
        "payment_vnd": sum(sale.amount_vnd for sale in paid),
        "closed_payment_count": sum(not ledger.is_open(sale) for sale in paid),
        "payments_per_active_day": len(tickets) / len(days) if days else None,
        "vnd_per_active_day": sum(tickets) / len(days) if days else None,
        "median_ticket_vnd": sum(middle) / len(middle) if middle else None,
        "rails": [(name, counts[name], vnds[name]) for name in sorted(counts)],
    }


def reach(_: PlainLedger, sales: list[Sale]) -> dict[str, Any]:
    paid = [sale for sale in sales if not sale.is_cash]
    days: dict[str, set[date]] = defaultdict(set)
    for sale in paid:
        if sale.payer_token:
            days[sale.payer_token].add(sale.day)
    repeaters = sum(len(found) > 1 for found in days.values())
    told = len(days) >= 5 or not paid
    return {
        "payment_count": len(paid),
        "payerless_count": sum(sale.payer_token is None for sale in paid),
        "payer_count": len(days) if told else None,
        "repeat_share": (repeaters / len(days) if days else None) if told else None,
    }


def concentration(_: PlainLedger, sales: list[Sale]) -> dict[str, Any]:
    money: Counter[tuple[str, str]] = Counter()
    for sale in sales:
        if not sale.is_cash and sale.vendor:
            money[sale.market, sale.vendor] += sale.amount_vnd
    amounts = sorted(money.values())
    n, total = len(amounts), sum(amounts)
    if n < 3:
        return {
            "vendor_count": n,
            "payment_vnd": total,
            "gini": None,
            "top_count": None,
            "top_share": None,
        }
    # the mean absolute difference, from its definition
    difference = sum(abs(a - b) for a in amounts for b in amounts)
    top = -(-n // 10)
    return {
        "vendor_count": n,
        "payment_vnd": total,
        "gini": float(Fraction(difference, 2 * n * total)),
        "top_count": top,
        "top_share": sum(amounts[-top:]) / total,
    }


def cashless_share(_: PlainLedger, sales: list[Sale]) -> dict[str, Any]:
    measured = {(s.market, s.vendor, s.day) for s in sales if s.is_cash and s.vendor}
    stalls: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    unmeasured = set()
    for sale in sales:
        if not sale.vendor:
            continue
        if (sale.market, sale.vendor, sale.day) not in measured:
            unmeasured.add((sale.market, sale.vendor, sale.day))
            continue
        sums = stalls[sale.market, sale.vendor]
        sums[1] += 1
        sums[3] += sale.amount_vnd
        if not sale.is_cash:
            sums[0] += 1
            sums[2] += sale.amount_vnd
    rows = list(stalls.values())
    shares = {}
    for name, q, t in (("count_share", 0, 1), ("vnd_share", 2, 3)):
        above, below = sum(row[q] for row in rows), sum(row[t] for row in rows)
        shares[name] = above / below if below else None
        residuals = [row[q] - above / below * row[t] for row in rows] if below else []
        n = len(residuals)
        square = sum(r * r for r in residuals) * n / (n - 1) if n > 1 else None
        shares[f"{name} error"] = square**0.5 / below if square is not None else None
    return {
        "stall_count": len(rows),
        "measured_day_count": len(measured),
        "unmeasured_day_count": len(unmeasured),
        **shares,
    }
