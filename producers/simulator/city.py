"""The city: its markets, stalls, traders and accounts, and whose account is whose on which day.

Everything is decided when the city is founded (founding.py); nothing here knows of events.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from producers.simulator.banks import Bank
from producers.simulator.plans import MarketPlan, Trade
from schemas.ids import token

REGISTERED_BEFORE = timedelta(days=60)  # markets, stalls and traders are known from then on

Owner = tuple[str, str]  # market, vendor
NOBODY: Owner = ("", "")


@dataclass(frozen=True, slots=True)
class Life:
    """A trader's way into cashless payment; a day that is None never comes."""

    equipped_on: date | None = None
    first_on: date | None = None
    ramp_days: int = 1
    lapsed_on: date | None = None
    back_on: date | None = None
    payments_per_day: float = 0.0

    def rate(self, day: date) -> float:
        """Payments expected on a usual open day."""
        if self.first_on is None or day < self.first_on:
            return 0.0
        if self.lapsed_on is not None and self.lapsed_on <= day:
            if self.back_on is None or day < self.back_on:
                return 0.0
            return self.payments_per_day * 0.6
        grown = (day - self.first_on).days / self.ramp_days
        return self.payments_per_day * min(1.0, 0.2 + 0.8 * grown)


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a trader shows a code for. Of a virtual account `token` is the market's own.

    `link` is the token under which the registry knows it, None where it knows the stall only.
    """

    token: str
    virtual: str | None
    link: str | None
    bank: Bank
    last4: str
    qr: str
    issued_on: date
    linked_on: date
    unlinked_on: date | None
    misstated_on: date | None  # when the registry first named another vendor, by mistake


@dataclass(frozen=True, slots=True)
class Trader:
    """Who trades at one or two stalls; from `handover_on` a successor, with the same accounts."""

    index: int
    plan: MarketPlan
    trade: Trade
    stalls: tuple[str, ...]
    vendor: str
    successor: str | None
    handover_on: date | None
    accounts: tuple[Account, ...]
    life: Life
    cash_measured_from: date | None  # a team counts cash sales from then on, one day a week
    absent_on: frozenset[date]
    regulars: tuple[int, ...]  # payers who return

    def vendor_on(self, day: date) -> str:
        """The vendor code valid on a day."""
        if self.handover_on is not None and day >= self.handover_on:
            assert self.successor is not None
            return self.successor
        return self.vendor


@dataclass(frozen=True, slots=True)
class City:
    """A city with its past fixed: `days` local days from `start`."""

    seed: int
    start: date
    days: int
    plans: tuple[MarketPlan, ...]
    tag: str  # makes references and tokens of different cities different
    traders: tuple[Trader, ...]
    collecting: dict[str, str]  # market → token of its own collecting account
    owners: dict[str, Trader | Owner]  # registered account token → whose it is
    stall_traders: dict[str, Trader]
    links: dict[str, Account]
    payer_count: int

    @property
    def last_day(self) -> date:
        """The last day on which anything happens."""
        return self.start + timedelta(days=self.days - 1)

    @property
    def registered_on(self) -> date:
        """From when markets, stalls and traders are known."""
        return self.start - REGISTERED_BEFORE

    def owner(
        self, day: date, *, virtual: str | None, account: str, stall_code: str | None
    ) -> Owner:
        """Market and vendor that a payment belongs to: virtual account, account, stall code."""
        for key in (virtual, account):
            if key is not None and (owner := self._account_owner(key, day)) is not None:
                return owner
        trader = self.stall_traders.get(stall_code or "")
        if trader is None or day < self.registered_on:
            return NOBODY
        return trader.plan.code, trader.vendor_on(day)

    def _account_owner(self, key: str, day: date) -> Owner | None:
        owner = self.owners.get(key)
        if owner is None or isinstance(owner, tuple):
            return owner
        account = self.links[key]
        if day < account.linked_on or (account.unlinked_on and day >= account.unlinked_on):
            return None
        return owner.plan.code, owner.vendor_on(day)

    def payer_token(self, payer: int) -> str:
        """A payer's token: the same in all months, unlike that of a real deployment."""
        return sha256(f"{self.tag}\npayer\n{payer}".encode()).hexdigest()[:32]

    def account_token(self, name: str) -> str:
        """The token of a named account of this city."""
        return token(self.tag.encode(), "account", name)
