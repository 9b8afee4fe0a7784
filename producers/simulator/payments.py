"""What was really paid: every attempt, sale and repayment of a day, as the city itself knows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from producers.simulator.banks import CASH as CASH_CHANNEL
from producers.simulator.banks import MBBANK, Channel
from producers.simulator.city import Account, City, Trader
from producers.simulator.draw import below, chance, pick, rng_of, skewed
from producers.simulator.noise import Noise
from producers.simulator.trading import busyness, closed_because, hours_of, midnight
from schemas.payment import RailClass

PAYMENTS_PER_TRADER_DAY_MAX = 400
REPAID_AFTER_DAYS_MAX = 40

Fate = Literal["paid", "paid_after_failure", "failed", "cash"]


@dataclass(frozen=True, slots=True)
class Repayment:
    """A refund or reversal, with a reference of its own."""

    kind: Literal["refunded", "reversed"]
    reference: str
    occurred_at: datetime
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class PaymentAttempt:
    """One attempt to pay. `account`, `virtual` and `stall_code` are where it went to."""

    fate: Fate
    account: str
    virtual: str | None
    stall_code: str | None
    reference: str
    occurred_at: datetime  # UTC, milliseconds
    amount_vnd: int
    rail_class: RailClass
    payer: int | None
    channels: tuple[Channel, ...]
    repayments: tuple[Repayment, ...] = ()


def day_payments(city: City, noise: Noise, day: date) -> Iterator[PaymentAttempt]:
    """The payments that happen on a local day, trader by trader."""
    rng = rng_of(city.tag, "payments", day)
    opens = {
        plan.code: busyness(city.seed, plan.kind, day)
        for plan in city.plans
        if closed_because(city.seed, plan.code, plan.kind, day) is None
    }
    draft = _Draft(city, noise, day, rng)
    for trader in city.traders:
        busy = opens.get(trader.plan.code)
        if busy is None or not trader.accounts or day in trader.absent_on:
            continue
        rate = trader.life.rate(day) * busy
        if rate > 0:
            yield from _cashless(draft, trader, rate)
        if trader.cash_measured_from and (day - trader.cash_measured_from).days % 7 == 0:
            yield from _cash(draft, trader, busy)


class _Draft:
    """What the payments of one day share: its chance, its clock and its numbers."""

    def __init__(self, city: City, noise: Noise, day: date, rng: Random) -> None:
        self.city, self.noise, self.day, self.rng = city, noise, day, rng
        self.midnight = midnight(day)
        self.ends_at = midnight(city.last_day + timedelta(days=1))
        self.prefix = f"{city.tag}{day:%y%m%d}"
        self.number = 0

    def reference(self, letters: str) -> str:
        self.number += 1
        return f"{letters}{self.prefix}{self.number:05d}"

    def moment(self, trader: Trader) -> datetime:
        rng = self.rng
        hour = hours_of(trader.plan.kind).draw(rng)
        return self.midnight + timedelta(hours=hour, milliseconds=below(rng, 3_600_000))

    def amount_vnd(self, trader: Trader) -> int:
        amount = pick(self.rng, trader.trade.amounts_k) * 1_000
        kind = self.rng.random()
        if kind < 0.25:  # two of something, or a bit of another thing
            amount += pick(self.rng, trader.trade.amounts_k) * 1_000
        return amount + 500 if kind > 0.97 else amount


def _cashless(draft: _Draft, trader: Trader, rate: float) -> Iterator[PaymentAttempt]:
    rng, day = draft.rng, draft.day
    shown = [account for account in trader.accounts if account.issued_on <= day]
    count = int(rate * (0.6 + 0.8 * rng.random()) + rng.random())
    for _ in range(min(count, PAYMENTS_PER_TRADER_DAY_MAX) if shown else 0):
        # The first code on the stall is used most.
        account = shown[int(len(shown) * rng.random() * rng.random())]
        yield _payment(draft, trader, account)


def _payment(draft: _Draft, trader: Trader, account: Account) -> PaymentAttempt:
    rng, noise = draft.rng, draft.noise
    is_orphan = chance(rng, noise.orphan)
    bank = MBBANK if is_orphan else account.bank
    moment, amount_vnd = draft.moment(trader), draft.amount_vnd(trader)
    regular = chance(rng, 0.7)
    nearly = rng.random()
    payer = (
        trader.regulars[int(len(trader.regulars) * nearly * nearly)]
        if regular
        else int(draft.city.payer_count * nearly)
    )
    can_fail = any(channel.tells_failure for channel in bank.channels)
    lot = rng.random()
    fate: Fate = "paid"
    if can_fail and lot < noise.failed + noise.failed_first:
        fate = "failed" if lot < noise.failed else "paid_after_failure"
    by_stall = account.link is None and not is_orphan
    return PaymentAttempt(
        fate=fate,
        account=draft.city.account_token("orphan") if is_orphan else account.token,
        virtual=None if is_orphan else account.virtual,
        stall_code=trader.stalls[0] if by_stall else None,
        reference=draft.reference("FT"),
        occurred_at=moment,
        amount_vnd=amount_vnd,
        rail_class=bank.rail_class,
        payer=payer,
        channels=bank.channels,
        repayments=() if fate == "failed" else _repayments(draft, moment, amount_vnd),
    )


def _repayments(draft: _Draft, moment: datetime, amount_vnd: int) -> tuple[Repayment, ...]:
    rng, noise = draft.rng, draft.noise
    lot = rng.random()
    if lot >= noise.refunded + noise.reversed:
        return ()
    form = rng.random()
    parts: tuple[int, ...]
    if lot < noise.reversed or form < 0.45:
        parts = (amount_vnd,)
    elif form < 0.85:
        parts = (max(1, amount_vnd // 3),)
    else:  # in two parts, that together give all or nearly all back
        first = amount_vnd // 2
        parts = (first, amount_vnd - first - (500 if form > 0.93 and amount_vnd > 1_000 else 0))
    found: list[Repayment] = []
    for amount in parts:
        minutes = int(REPAID_AFTER_DAYS_MAX * 1_440 * skewed(rng))
        at = moment + timedelta(minutes=2 + minutes)
        if at < draft.ends_at:
            kind: Literal["refunded", "reversed"]
            kind = "reversed" if lot < noise.reversed else "refunded"
            found.append(Repayment(kind, draft.reference("RF"), at, amount))
    return tuple(found)


def _cash(draft: _Draft, trader: Trader, busy: float) -> Iterator[PaymentAttempt]:
    count = int(busy * (4 + 12 * draft.rng.random()))
    till = draft.city.account_token(f"{trader.stalls[0]} till")
    for _ in range(count):
        yield PaymentAttempt(
            fate="cash",
            account=till,
            virtual=None,
            stall_code=trader.stalls[0],
            reference=draft.reference("TM"),
            occurred_at=draft.moment(trader),
            amount_vnd=draft.amount_vnd(trader),
            rail_class="cash_reported",
            payer=None,
            channels=(CASH_CHANNEL,),
        )
