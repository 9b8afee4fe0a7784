"""Vendors in plain Python, day by day: ladder, activity, retention, lifecycle, first payments.

A second reading of the definitions, from sales and registry facts, written for plainness.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

from schemas.registry import RegistryEvent
from tests.consumers.adoption.plain import PlainLedger
from tests.consumers.adoption.weeks import all_days
from tests.reference import NEVER, Body, Sale

Who = tuple[str, str]  # market, vendor
Span = tuple[date, date, str]  # from, the day after the last, stall ('' for none named)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LONG_AGO = date(2000, 1, 1)


class PlainVendors(PlainLedger):
    """Vendors as of a day: nothing after it is looked at."""

    def __init__(
        self,
        payments: Iterable[Body],
        registry: Iterable[Body],
        on_day: date,
        known_at: datetime | None = None,
    ) -> None:
        super().__init__(payments, registry, on_day, known_at)
        self.paid: dict[Who, dict[date, list[Sale]]] = defaultdict(lambda: defaultdict(list))
        for sale in self.sales:
            if not sale.is_cash and sale.vendor and sale.day <= on_day:
                self.paid[sale.market, sale.vendor][sale.day].append(sale)
        self.accounts: dict[Who, list[Span]] = defaultdict(list)
        self.stalls: dict[Who, list[Span]] = defaultdict(list)
        self.stall_owner: dict[str, list[tuple[date, date, Who]]] = defaultdict(list)
        for (method, key), facts in self.owners.facts.items():
            untils = [since for since, _ in facts[1:]] + [NEVER]
            for (since, event), until in zip(facts, untils, strict=True):
                if event.kind == "account_unlinked" or not event.data.vendor:
                    continue
                who = (event.data.market or "", event.data.vendor)
                if method == "account":
                    self.accounts[who].append((since, until, event.data.stall or ""))
                else:
                    self.stalls[who].append((since, until, key))
                    self.stall_owner[key].append((since, until, who))
        self.codes = self._codes()
        self.kept: dict[object, list[dict[str, int]]] = {}
        self.census = self.standing("census_taken", "market")
        known = [*self.paid, *self.accounts, *self.stalls, *(who for who, *_ in self.codes)]
        self.everybody = sorted({who for who in known if who[1] and self._is_known(who)})

    def _is_known(self, who: Who) -> bool:
        spans = [*self.accounts[who], *self.stalls[who]]
        spans += [(issued, after, at) for holder, issued, after, at in self.codes if holder == who]
        return who in self.paid or any(since <= self.on_day for since, *_ in spans)

    def _codes(self) -> list[tuple[Who, date, date, str]]:
        """(to whom it was issued, issued, revoked, stall)."""
        by_code: dict[str, dict[date, RegistryEvent]] = defaultdict(dict)
        for event in self.facts:
            if event.kind in ("qr_issued", "qr_revoked"):
                by_code[event.data.qr or ""][event.data.effective_from] = event
        found = []
        for told in by_code.values():
            days = [*sorted(told), NEVER]
            for since, until in pairwise(days):
                event = told[since]
                if event.kind == "qr_issued":
                    stall, market = event.data.stall or "", event.data.market or ""
                    owner = self.owner_of(stall, market, since)
                    vendor = event.data.vendor or (owner[1] if owner else "")
                    found.append(((market, vendor), since, until, stall))
        return found

    def owner_of(self, stall: str, market: str, day: date) -> Who | None:
        for since, until, who in self.stall_owner.get(stall, ()):
            if since <= day < until and who[0] == market:
                return who
        return None

    def is_there(self, who: Who, day: date) -> bool:
        return (who[0], day) not in self.closed and (*who, day) not in self.absent

    def first(self, who: Who) -> date | None:
        return min(self.paid[who], default=None) if who in self.paid else None

    def equipped(self, who: Who) -> int:
        """Stalls with a live account or code on the day."""
        day = self.on_day
        live = [stall for since, until, stall in self.accounts[who] if since <= day < until]
        places = [*live, *(s for since, until, s in self.stalls[who] if since <= day < until)]
        for holder, issued, revoked, stall in self.codes:
            if issued <= day < revoked:
                owner = self.owner_of(stall, holder[0], day) if stall else None
                if (owner or holder) == who:
                    live.append(stall)
                    places.append(stall)
        named = {stall for stall in places if stall}
        return max(1, len(named)) if "" in live else len(set(live))

    # The definitions, one by one.

    def is_active(self, who: Who, end: date, *, window: int = 28) -> tuple[bool, bool]:
        """(active, undecided)."""
        days = [day for day in all_days(end - (window - 1) * DAY, end) if self.paid[who].get(day)]
        sales = [sale for day in days for sale in self.paid[who][day]]
        payers = {sale.payer_token for sale in sales}
        unknown = sum(sale.payer_token is None for sale in sales)
        often = len(sales) >= 4 and sum(self.is_there(who, day) for day in days) >= 3
        told = len(payers - {None})
        return often and len(payers) >= 3, often and len(payers) < 3 <= told + unknown

    def was_open(self, who: Who, end: date, *, window: int = 28) -> bool:
        spans = [*self.accounts[who], *self.stalls[who]]
        return any(
            self.is_there(who, day) and any(since <= day < until for since, until, _ in spans)
            for day in all_days(end - (window - 1) * DAY, end)
        )

    def is_regular(self, who: Who, end: date) -> bool:
        days = [end - n * DAY for n in range(120) if self.is_there(who, end - n * DAY)][:30]
        return sum(bool(self.paid[who].get(day)) for day in days) >= 8

    def is_habitual(self, who: Who, end: date) -> bool:
        last = end + DAY - timedelta(days=(end + DAY).weekday())  # the Monday after the last week
        weeks = [last - n * WEEK for n in range(1, 27)]
        there = [monday for monday in weeks if not self.is_away(who, monday, monday + 6 * DAY)]
        return sum(self.is_paid(who, monday, monday + 6 * DAY) for monday in there[:4]) >= 3

    def is_paid(self, who: Who, first: date, last: date) -> bool:
        return any(self.paid[who].get(day) for day in all_days(first, last))

    def is_away(self, who: Who, first: date, last: date) -> bool:
        return not any(self.is_there(who, day) for day in all_days(first, last))

    def market_is_closed(self, market: str, first: date, last: date) -> bool:
        return all((market, day) in self.closed for day in all_days(first, last))

    def wait(self, who: Who) -> tuple[date, int, bool, bool] | None:
        """(issued, open days, is paid, was paid before), None without a code."""
        mine = [(issued, revoked) for holder, issued, revoked, _ in self.codes
                if holder == who and issued <= self.on_day]  # fmt: skip
        if not mine:
            return None
        issued = min(since for since, _ in mine)
        seen_until = min(self.on_day, max(revoked for _, revoked in mine) - DAY)
        first = self.first(who)
        paid = first is not None and issued <= first <= seen_until
        until = first if paid and first else seen_until
        days = sum(self.is_there(who, day) for day in all_days(issued + DAY, until))
        return issued, days, paid, first is not None and first < issued

    def walk(self, who: Who, periods: list[tuple[date, date]]) -> list[str]:
        """What a vendor does in each period: '' while he is not active."""
        states, active, seen = [], False, False
        for first, last in periods:
            paid = self.is_paid(who, first, last)
            if paid:
                state = "returning" if active else "resurrected" if seen else "new"
            elif active:
                state = "on_leave" if self.is_away(who, first, last) else "dormant"
            else:
                state = ""
            active = bool(state) and state != "dormant"
            seen = seen or paid
            states.append(state)
        return states


def grouped(
    plain: PlainVendors, by: str, key: object, figures: Callable[[Who], dict[str, int]]
) -> dict[tuple[str, str], dict[str, int]]:
    """(market, group) → figures of its vendors, summed. They are computed once for each key."""
    if key not in plain.kept:
        plain.kept[key] = [figures(who) for who in plain.everybody]
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for who, numbers in zip(plain.everybody, plain.kept[key], strict=True):
        cell = found[plain.group(by, *who)]
        for name, value in numbers.items():
            cell[name] += value
    return found
