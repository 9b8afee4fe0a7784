"""Small random cities, as records: many fit into one database, each in markets of its own.

All that the metrics depend on happens in some of them: evidence twice, late, by two channels, on
two days, contradictory, given back; accounts that change hands or are nobody's; closed days and
absences; cash that is measured here and there; fees stated and set right.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import MARKET_KINDS, registry_event
from tests.engine import Rec

FIRST_DAY, LAST_DAY = date(2026, 3, 2), date(2026, 3, 22)  # three whole weeks
NOW = datetime(2026, 4, 20, 3, tzinfo=UTC)
HALFWAY = datetime(2026, 3, 13, 5, tzinfo=UTC)  # when some questions are asked "as known on"
RAILS = ("p2p_transfer", "p2m_payment", "wallet", "card", "unknown")
TOLD_AT = datetime(2025, 12, 1, tzinfo=UTC)

Body = tuple[bytes, datetime]


def token(*words: object) -> str:
    return sha256(" ".join(map(str, words)).encode()).hexdigest()[:32]


@dataclass(slots=True)
class City:
    """Records of one city with the times at which they are recorded."""

    number: int
    registry: list[Body] = field(default_factory=list)
    payments: list[Body] = field(default_factory=list)
    markets: list[str] = field(default_factory=list)


def random_city(seed: int, number: int) -> City:
    return _Maker(City(number), Random(f"{seed} {number}")).make()


class _Maker:
    def __init__(self, city: City, rng: Random) -> None:
        self.city, self.rng, self.count = city, rng, 0
        self.tag = f"C{city.number}"
        self.stalls: list[tuple[str, str, str]] = []  # market, stall, vendor
        self.accounts = [token(self.tag, "orphan")]

    def make(self) -> City:
        for letter in "AB"[: self.rng.choice((1, 1, 2))]:
            self.market(f"{self.tag}{letter}")
        self.changes()
        for _ in range(self.rng.randint(5, 40)):
            self.payment()
        self.city.payments.sort(key=lambda body: body[1])
        return self.city

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.rng.randrange(21))

    def fact(self, kind: str, day: date, at: datetime = TOLD_AT, **fields: Any) -> None:
        self.count += 1
        event = registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"{self.tag}-{self.count}",
            stated_at=at + timedelta(milliseconds=self.count),
            effective_from=day,
            **{name: value for name, value in fields.items() if value is not None},
        )
        self.city.registry.append((encode(event), at + timedelta(minutes=1)))

    def market(self, code: str) -> None:
        rng, since = self.rng, date(2025, 1, 1)
        self.city.markets.append(code)
        if rng.random() < 0.95:  # a market that links name need not be stated
            self.fact(
                "market",
                since,
                market=code,
                name=f"Chợ {code}",
                market_kind=rng.choice(MARKET_KINDS),
            )
        for number in range(rng.randint(1, 7)):
            stall, vendor = f"{code}{number}", f"{self.tag}V{rng.randint(0, 9)}"
            self.stalls.append((code, stall, vendor))
            if rng.random() < 0.8:
                self.fact(
                    "stall",
                    since,
                    market=code,
                    stall=stall,
                    area=rng.choice(("Dãy A", "Dãy B", None)),
                    product=rng.choice(("Cá", "Rau", None)),
                )
            self.fact(
                "vendor",
                since,
                vendor=vendor,
                market=code,
                name=f"Cô {vendor}",
                stall=stall if rng.random() < 0.7 else None,
                product=rng.choice(("Cá", None, None)),
            )
            for index in range(rng.randint(0, 2)):
                account = token(stall, index)
                self.accounts.append(account)
                self.fact(
                    "account_linked",
                    since if rng.random() < 0.7 else self.day(),
                    account=account,
                    market=code,
                    vendor=vendor,
                    stall=stall if rng.random() < 0.5 else None,
                )
            self.fees(code, stall)
        for _ in range(rng.randint(0, 5)):
            self.fact("trading_day", self.day(), market=code, open=rng.random() < 0.2)

    def fees(self, market: str, stall: str) -> None:
        rng = self.rng
        for month in (date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)):
            for note in (None, "rác")[: rng.randint(0, 2)]:
                due = rng.choice((0, 100_000, 150_000))
                if rng.random() < 0.9:
                    self.fact(
                        "fee_due", month, market=market, stall=stall, amount_vnd=due, note=note
                    )
                for tender in ("cashless", "cash", "cashless")[: rng.randint(0, 3)]:
                    paid = rng.choice((50_000, 100_000, 150_000))
                    self.fact(
                        "fee_paid",
                        month,
                        market=market,
                        stall=stall,
                        amount_vnd=paid,
                        tender=tender,
                        note=note,
                    )

    def changes(self) -> None:
        """What is stated later: other owners, absences, other products, nobody's accounts."""
        rng = self.rng
        late = TOLD_AT + timedelta(days=rng.randint(90, 130))
        for _ in range(rng.randint(0, 3)):
            market, stall, vendor = rng.choice(self.stalls)
            account = rng.choice(self.accounts[-3:])
            self.fact(
                "account_linked", self.day(), late, account=account, market=market, vendor=vendor
            )
            self.fact(
                "trading_day",
                self.day(),
                late,
                market=market,
                vendor=vendor,
                open=rng.random() < 0.3,
            )
            if rng.random() < 0.5:
                self.fact("account_unlinked", self.day(), late, account=rng.choice(self.accounts))
                self.fact(
                    "stall",
                    self.day(),
                    late,
                    market=market,
                    stall=stall,
                    area="Dãy C",
                    product="Vải",
                )
                self.fact(
                    "vendor",
                    self.day(),
                    late,
                    vendor=vendor,
                    market=market,
                    name="Khác",
                    product="Hoa",
                    stall=stall,
                )

    def payment(self) -> None:
        rng = self.rng
        self.count += 1
        day = self.day()
        if rng.random() < 0.1:  # few days, because each must be folded
            day = (
                FIRST_DAY + timedelta(days=rng.randrange(3)) - timedelta(days=rng.choice((364, 21)))
            )
        at = datetime(
            day.year, day.month, day.day, rng.randrange(24), rng.randrange(60), tzinfo=UTC
        )
        at -= timedelta(hours=7)
        reference, amount = (
            f"FT{self.tag}{self.count}",
            rng.choice((5_000, 20_000, 20_000, 45_000, 1_000_000)),
        )
        where: dict[str, Any] = {"account": rng.choice(self.accounts)}
        if rng.random() < 0.3:
            where = {"account": token(self.tag, "till"), "stall_code": rng.choice(self.stalls)[1]}
        payer = token(self.tag, "payer", rng.randrange(7)) if rng.random() < 0.85 else None
        fact: dict[str, Any] = {
            **where,
            "bank_reference": reference,
            "amount_vnd": amount,
            "rail_class": rng.choice(RAILS),
            "payer_token": payer,
        }
        if rng.random() < 0.15:
            self.say(
                "cash_sale_reported",
                at,
                **fact | {"rail_class": "cash_reported", "payer_token": None},
            )
            return
        if rng.random() < 0.1:
            self.say("failed", at, **fact)
            if rng.random() < 0.5:
                return
        self.say("credited", at, **fact)
        if rng.random() < 0.3:  # another channel: another day, other words, rarely another amount
            other = fact | {
                "rail_class": rng.choice(RAILS),
                "amount_vnd": amount + (rng.random() < 0.2),
            }
            later = at + timedelta(days=rng.randrange(4))
            self.say("credited", later, time_precision=rng.choice(("instant", "day")), **other)
        if rng.random() < 0.15:
            given = rng.choice((amount, amount // 2))
            back = fact | {
                "amount_vnd": given,
                "compensation_reference": f"RF{self.tag}{self.count}",
                "payer_token": None,
            }
            self.say(
                rng.choice(("refunded", "reversed")), at + timedelta(days=rng.randrange(6)), **back
            )

    def say(self, kind: Any, at: datetime, **fields: Any) -> None:
        self.count += 1
        event = payment_event(
            kind=kind,
            source="/sepay",
            source_transaction_id=f"{self.tag}-{self.count}",
            occurred_at=at,
            **fields,
        )
        delay = timedelta(minutes=self.rng.choice((1, 5, 60, 3_000, 12_000)))
        for _ in range(1 + (self.rng.random() < 0.15)):
            self.city.payments.append((encode(event), at + delay))
            delay += timedelta(hours=30)


def log_records(bodies: list[Body], first: int = 0) -> Iterator[Rec]:
    """Records with ascending offsets at the times at which they were recorded."""
    for number, (body, at) in enumerate(bodies):
        yield Rec(first + number, int(at.timestamp() * 1000), body)
