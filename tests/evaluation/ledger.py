"""A small ledger with known counts: eight markets over six weeks, and evidence that came late."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from consumers.evaluation.plan import Plan
from infra.clickhouse import Store
from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import registry_event
from tests.engine import Rec, fold_all, land, migrate
from tests.evaluation.pilots import plan_of

FIRST = date(2026, 3, 2)
WEEKS = 6
START = FIRST + timedelta(weeks=4)
KNOWN_ON = datetime(2026, 4, 14, tzinfo=UTC)
LATE = datetime(2026, 6, 1, 3, tzinfo=UTC)
LATER = datetime(2026, 6, 10, tzinfo=UTC)
MARKETS = tuple(f"M{n}" for n in range(8))
STALLS = 4
TOLD_AT = datetime(2026, 1, 1, tzinfo=UTC)
REPORTER = "Kho bạc Nhà nước"
WEEK = tuple(FIRST + timedelta(weeks=n) for n in range(WEEKS))

Key = tuple[str, date]  # market, week


def token(*words: object) -> str:
    return sha256(" ".join(map(str, words)).encode()).hexdigest()[:32]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass
class Ledger:
    """What is in the store, and what a reader must find. Amounts are 10,000 đồng each."""

    early: Counter[Key] = field(default_factory=Counter)  # payments known at KNOWN_ON
    whole: Counter[Key] = field(default_factory=Counter)  # with those that came later
    paid: dict[Key, set[str]] = field(default_factory=dict)
    by_vendor: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    totals: dict[Key, tuple[int, int]] = field(default_factory=dict)
    closed: set[tuple[str, date]] = field(default_factory=set)
    registry: list[tuple[bytes, datetime]] = field(default_factory=list)
    payments: list[tuple[bytes, datetime]] = field(default_factory=list)
    number: int = 0

    def fact(
        self, kind: str, at: datetime = TOLD_AT, day: date = date(2026, 1, 1), **f: Any
    ) -> None:
        self.number += 1
        event = registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"f{self.number}",
            stated_at=at,
            effective_from=day,
            **f,
        )
        self.registry.append((encode(event), at + timedelta(seconds=1)))

    def pay(self, vendor: str, day: date, at: datetime | None = None, **more: Any) -> str:
        """A payment at noon; recorded an hour later, or at `at`."""
        self.number += 1
        occurred = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        event = payment_event(
            kind=more.pop("kind", "credited"),
            source="/sepay",
            source_transaction_id=f"t{self.number}",
            occurred_at=more.pop("occurred", occurred),
            account=token(vendor),
            bank_reference=more.pop("reference", f"FT{self.number}"),
            amount_vnd=10_000,
            rail_class="p2p_transfer",
            **more,
        )
        self.payments.append((encode(event), at or occurred + timedelta(hours=1)))
        return f"FT{self.number}"


def plan(known_on: datetime, **outcome: Any) -> Plan:
    return plan_of(
        markets=8,
        known_on=known_on,  # type: ignore[arg-type]
        outcome=outcome,
        window={"first_week": FIRST, "start_week": START, "last_week": WEEK[-1]},
    )


def fill(store: Store) -> Ledger:
    """The ledger in an empty database, folded."""
    rng = Random(5)
    ledger = Ledger()
    for market in MARKETS:
        _found(ledger, market)
    for number, market in enumerate(MARKETS):
        for week in (FIRST + timedelta(weeks=n) for n in range(WEEKS)):
            count = 10 + rng.randrange(8) + (20 if number < 3 and week >= START else 0)
            for n in range(count):
                vendor = f"{market}-V{rng.randrange(3)}"
                day = week + timedelta(days=n % 3)  # few days to be folded
                ledger.pay(vendor, day)
                ledger.early[market, week] += 1
                ledger.paid.setdefault((market, week), set()).add(vendor)
                ledger.by_vendor[market, vendor, week] += 1
            ledger.totals[market, week] = (100 + rng.randrange(50), 10**6 + rng.randrange(10**6))
    ledger.whole = Counter(ledger.early)
    _late(ledger)
    for (market, week), (count, amount) in ledger.totals.items():
        for stated, factor in ((0, 3), (1, 1)):  # set right a day later
            ledger.fact(
                "market_total",
                datetime.combine(week, datetime.min.time(), UTC)
                + timedelta(days=7 + stated, hours=12),
                week,
                market=market,
                name=REPORTER,
                payment_count=count * factor,
                amount_vnd=amount * factor,
                rail_class="p2m_payment",
            )
    _put(store, ledger)
    return ledger


def _found(ledger: Ledger, market: str) -> None:
    ledger.fact("market", market=market, name=f"Chợ {market}", market_kind="traditional_market")
    ledger.fact("census_taken", market=market, stall_count=STALLS)
    for n in range(3):
        vendor, stall = f"{market}-V{n}", f"{market}-S{n}"
        row, product = f"Dãy {'AB'[n % 2]}", ("Rau củ", "Hải sản")[n % 2]
        ledger.fact("stall", market=market, stall=stall, area=row, product=product)
        ledger.fact("vendor", vendor=vendor, market=market, stall=stall)
        ledger.fact("account_linked", account=token(vendor), market=market, vendor=vendor)
    for day in (FIRST + timedelta(days=6), START + timedelta(days=6)):  # two Sundays
        ledger.closed.add((market, day))
        ledger.fact("trading_day", day=day, market=market, open=False)
    ledger.fact(
        "team_visit", day=START + timedelta(days=1), market=market, team="T1", vendor=f"{market}-V0"
    )
    ledger.fact(
        "team_visit", day=FIRST - timedelta(days=9), market=market, team="T1", stall=f"{market}-S1"
    )
    ledger.fact(
        "trading_day",
        day=START + timedelta(days=2),
        market=market,
        vendor=f"{market}-V0",
        open=False,
    )


def _late(ledger: Ledger) -> None:
    """After the cut-off: three new payments, one given back, one account that was another's."""
    week = FIRST + timedelta(weeks=2)
    for n in range(3):
        ledger.pay("M0-V0", week + timedelta(days=n), at=LATE)
        ledger.whole["M0", week] += 1
    given_back = ledger.pay("M4-V1", START)
    ledger.early["M4", START] += 1
    ledger.paid["M4", START].add("M4-V1")
    ledger.by_vendor["M4", "M4-V1", START] += 1
    ledger.pay(
        "M4-V1",
        date(2026, 5, 31),
        at=LATE,
        kind="reversed",
        reference=given_back,
        compensation_reference="R1",
    )
    last = FIRST + timedelta(weeks=WEEKS - 1)
    ledger.fact("account_linked", LATE, last, account=token("M5-V2"), market="M6", vendor="M6-V2")
    moved = ledger.by_vendor["M5", "M5-V2", last]
    assert moved > 0
    ledger.whole["M5", last] -= moved
    ledger.whole["M6", last] += moved


def _put(store: Store, ledger: Ledger) -> None:
    migrate(store)
    for shape, bodies in (("registry", ledger.registry), ("payment", ledger.payments)):
        ordered = sorted(bodies, key=lambda body: body[1])
        recs = [
            Rec(offset, int(at.timestamp() * 1000), body)
            for offset, (body, at) in enumerate(ordered)
        ]
        land(store, recs, shape=shape)
    fold_all(store)
