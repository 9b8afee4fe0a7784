"""Random cities over fifteen weeks, for what needs a history: one market each, few vendors.

With `gap` the same city has one more week before day `GAP`: its market is closed in it and all that
happens from that day on happens seven days later.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import MARKET_KINDS, registry_event
from tests.consumers.adoption.cities import City, token

FIRST_DAY = date(2026, 1, 5)  # a Monday
WEEKS = 15
LAST_DAY = FIRST_DAY + timedelta(weeks=WEEKS, days=-1)
NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
GAP = FIRST_DAY + timedelta(weeks=9)
WEEK = timedelta(weeks=1)
TRADE_DAYS = (0, 1, 4, 6)  # few, because each must be folded
TOLD_AT = datetime(2025, 12, 1, tzinfo=UTC)
SINCE = date(2025, 6, 1)
SOURCES = ("/sepay", "/casso", "/statement/vcb")


def random_weeks(seed: int, number: int, *, gap: bool = False) -> City:
    """One city: its market's code is W (or G with a gap) and the number."""
    return _Maker(City(number), Random(f"{seed} {number}"), gap=gap).make()


class _Maker:
    def __init__(self, city: City, rng: Random, *, gap: bool) -> None:
        self.city, self.rng, self.gap = city, rng, gap
        self.market = f"{'G' if gap else 'W'}{city.number}"
        self.count = 0

    def make(self) -> City:
        rng, market = self.rng, self.market
        self.city.markets.append(market)
        kind = rng.choice(MARKET_KINDS)
        self.fact("market", SINCE, market=market, name=market, market_kind=kind)
        for day in (SINCE, self.day())[: rng.choice((0, 1, 1, 2))]:
            self.fact("census_taken", day, market=market, stall_count=rng.randint(0, 8))
        self.calendar()
        vendors = [self.vendor(number) for number in range(rng.randint(2, 5))]
        self.changes()
        for vendor, paths in vendors:
            self.trade(paths)
            self.absences(vendor)
        if self.gap:
            for number in range(7):
                self.fact(
                    "trading_day", GAP + timedelta(days=number), market=market, open=False, raw=True
                )
        self.city.payments.sort(key=lambda body: body[1])
        return self.city

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.rng.randrange(WEEKS * 7))

    def moved(self, day: date) -> date:
        return day + WEEK if self.gap and day >= GAP else day

    def fact(self, kind: str, day: date, *, raw: bool = False, **fields: Any) -> None:
        self.count += 1
        event = registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"{self.market}-{self.count}",
            stated_at=TOLD_AT + timedelta(milliseconds=self.count),
            effective_from=day if raw else self.moved(day),
            **{name: value for name, value in fields.items() if value is not None},
        )
        self.city.registry.append((encode(event), TOLD_AT + timedelta(minutes=1)))

    def calendar(self) -> None:
        rng = self.rng
        closed = [self.day() for _ in range(rng.randrange(8))]
        for _ in range(rng.choice((0, 0, 1, 2))):
            monday = FIRST_DAY + WEEK * rng.randrange(1, WEEKS)
            closed += [monday + timedelta(days=n) for n in range(7)]
        for day in closed:
            self.fact("trading_day", day, market=self.market, open=False)
        for day in closed[: rng.randrange(3)]:  # it was open after all
            self.fact("trading_day", day, market=self.market, open=True)

    def vendor(self, number: int) -> tuple[str, list[dict[str, Any]]]:
        """A vendor with stalls, accounts and codes, and the ways in which he can be paid."""
        rng, market = self.rng, self.market
        vendor = f"{market}V{number}"
        stalls = [f"{market}S{number}{letter}" for letter in "ab"[: rng.choice((0, 1, 1, 2))]]
        since = SINCE if rng.random() < 0.7 else self.day()
        for stall in stalls:
            area, product = rng.choice(("Dãy A", "Dãy B", None)), rng.choice(("Cá", "Rau", None))
            self.fact("stall", SINCE, market=market, stall=stall, area=area, product=product)
            self.fact("vendor", since, vendor=vendor, market=market, stall=stall, name="Cô")
        ways: list[dict[str, Any]] = [
            {"account": token(market, "till"), "stall_code": stall} for stall in stalls
        ]
        for index in range(rng.choice((0, 1, 1, 2))):
            account = token(vendor, index)
            at = rng.choice([None, *stalls])
            day = SINCE if rng.random() < 0.4 else self.day()
            named: dict[str, Any] = {"market": market, "vendor": vendor, "stall": at}
            self.fact("account_linked", day, account=account, **named)
            ways.append({"account": account})
            if rng.random() < 0.15:
                ways.append({"account": token(market, "va"), "virtual_account": account})
            if rng.random() < 0.15:
                self.fact("account_unlinked", self.day(), account=account)
        for index in range(rng.choice((0, 1, 1, 2))):
            qr, at = f"{vendor}Q{index}", rng.choice([None, *stalls])
            owner = vendor if rng.random() < 0.8 else None
            issued = self.day() if rng.random() < 0.8 else SINCE
            self.fact("qr_issued", issued, qr=qr, market=market, stall=at, vendor=owner)
            if rng.random() < 0.2:
                self.fact("qr_revoked", issued + timedelta(days=rng.randrange(60)), qr=qr)
        return vendor, ways or [{"account": token(vendor, "unknown")}]

    def changes(self) -> None:
        """A stall or an account changes hands."""
        rng, market = self.rng, self.market
        if rng.random() < 0.4:
            heir = f"{market}V{rng.randrange(3)}"
            self.fact("vendor", self.day(), vendor=heir, market=market, stall=f"{market}S0a")
            account = token(f"{market}V1", 0)
            self.fact("account_linked", self.day(), account=account, market=market, vendor=heir)

    def absences(self, vendor: str) -> None:
        rng = self.rng
        days = [self.day() for _ in range(rng.randrange(6))]
        for _ in range(rng.choice((0, 0, 1, 2))):
            monday = FIRST_DAY + WEEK * rng.randrange(WEEKS)
            days += [monday + timedelta(days=n) for n in range(7)]
        for day in days:
            self.fact("trading_day", day, market=self.market, vendor=vendor, open=False)
        for day in days[: rng.randrange(2)]:
            self.fact("trading_day", day, market=self.market, vendor=vendor, open=True)

    def trade(self, ways: list[dict[str, Any]]) -> None:
        """Weeks of much, of little and of nothing."""
        rng = self.rng
        begins = rng.randrange(WEEKS)
        for week in range(begins, WEEKS):
            for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
                day = FIRST_DAY + WEEK * week + timedelta(days=rng.choice(TRADE_DAYS))
                self.payment(day, rng.choice(ways))

    def payment(self, day: date, way: dict[str, Any]) -> None:
        rng = self.rng
        self.count += 1
        at = datetime.combine(self.moved(day), datetime.min.time(), UTC)
        at += timedelta(minutes=rng.randrange(600))
        payer = token(self.market, "payer", rng.randrange(5)) if rng.random() < 0.75 else None
        fact: dict[str, Any] = {
            **way,
            "bank_reference": f"FT{self.market}{self.count}",
            "amount_vnd": rng.choice((5_000, 20_000, 45_000)),
            "rail_class": "p2p_transfer",
            "payer_token": payer,
        }
        self.say("credited", at, **fact)
        if rng.random() < 0.2:  # a second channel, rarely with another amount
            other = fact | {"amount_vnd": fact["amount_vnd"] + (rng.random() < 0.15)}
            self.say("credited", at + timedelta(minutes=1), **other)
        if rng.random() < 0.08:
            back = fact | {"compensation_reference": f"R{self.market}{self.count}"}
            kind = rng.choice(("refunded", "reversed"))
            self.say(kind, at + timedelta(minutes=rng.choice((5, 600))), **back)

    def say(self, kind: Any, at: datetime, **fields: Any) -> None:
        self.count += 1
        event = payment_event(
            kind=kind,
            source=SOURCES[self.count % 3],
            source_transaction_id=f"{self.market}-{self.count}",
            occurred_at=at,
            **fields,
        )
        delay = timedelta(minutes=self.rng.choice((1, 60, 3_000, 12_000)))
        for _ in range(1 + (self.rng.random() < 0.1)):
            self.city.payments.append((encode(event), at + delay))
            delay += timedelta(hours=30)


def all_days(first: date, last: date) -> Iterator[date]:
    """The days of a range, ascending."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
