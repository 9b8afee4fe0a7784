"""The city as registry facts, effective-dated and stated when somebody would have stated them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from producers.simulator.city import Account, City, Trader
from producers.simulator.delivery import Delivery
from producers.simulator.draw import below, chance, rng_of
from producers.simulator.fees import FEE, fee_statements
from producers.simulator.trading import closed_because, midnight
from schemas.cloudevent import encode
from schemas.registry import RegistryEvent, registry_event
from schemas.topics import REGISTRY

SOURCE = "/registry/simulated"
ARRIVES_AFTER = timedelta(seconds=2)
FACTS_MAX = 3_600_000  # milliseconds of the last hour


class _Clerk:
    """Writes facts down: numbers them, and never states one after the city's last day."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.number = 0
        self.closing = midnight(city.last_day + timedelta(days=1)) - timedelta(hours=1)

    def state(
        self, kind: str, effective_from: date, stated_at: datetime, **fields: Any
    ) -> RegistryEvent:
        self.number += 1
        assert self.number < FACTS_MAX
        return registry_event(
            kind=kind,
            source=SOURCE,
            source_transaction_id=f"{self.city.tag}-{self.number}",
            # a millisecond for each number: two facts of one key and day are never tied
            stated_at=min(stated_at, self.closing) + timedelta(milliseconds=self.number),
            effective_from=effective_from,
            **fields,
        )


def registry_deliveries(city: City) -> list[Delivery]:
    """All facts of the city in the order of their arrival."""
    found = [
        Delivery(
            event.time + ARRIVES_AFTER,
            REGISTRY,
            (event.data.market or "").encode(),
            encode(event),
        )
        for event in registry_events(city)
    ]
    return sorted(found, key=lambda delivery: delivery.deliver_at)


def registry_events(city: City) -> Iterator[RegistryEvent]:
    """Every fact that is stated up to the city's last day, in no order of time."""
    clerk = _Clerk(city)
    yield from _markets(clerk)
    for trader in city.traders:
        yield from _trader(clerk, trader)
        for account in trader.accounts:
            if account.issued_on <= city.last_day:
                yield from _account(clerk, trader, account)
    yield from _calendar(clerk)
    yield from _fees(clerk)


def _markets(clerk: _Clerk) -> Iterator[RegistryEvent]:
    city = clerk.city
    founded = city.registered_on
    for plan in city.plans:
        code, at = plan.code, midnight(founded) + timedelta(hours=8)
        yield clerk.state(
            "market",
            founded,
            at,
            market=code,
            name=plan.name,
            market_kind=plan.kind,
            area=plan.area,
        )
        yield clerk.state("census_taken", founded, at, market=code, stall_count=plan.stall_count)
        if plan.is_collecting_linked:
            office = f"{code}-BQL"
            yield clerk.state(
                "vendor", founded, at, vendor=office, market=code, name=f"Ban quản lý {plan.name}"
            )
            yield clerk.state(
                "account_linked",
                date(2000, 1, 1),
                at,
                account=city.collecting[code],
                market=code,
                vendor=office,
                bank_bin="970418",
                note="Tài khoản thu hộ",
            )


def _trader(clerk: _Clerk, trader: Trader) -> Iterator[RegistryEvent]:
    city, market = clerk.city, trader.plan.code
    at = midnight(city.registered_on) + timedelta(hours=9)
    for stall in trader.stalls:
        yield clerk.state(
            "stall",
            city.registered_on,
            at,
            market=market,
            stall=stall,
            name=f"Quầy {stall}",
            product=trader.trade.product,
            area=f"Dãy {trader.trade.row}",
        )
        owners = [(trader.vendor, city.registered_on, at)]
        if trader.handover_on and trader.successor:
            told = midnight(trader.handover_on) + timedelta(hours=33)
            owners.append((trader.successor, trader.handover_on, told))
        for vendor, since, stated_at in owners:
            yield clerk.state(
                "vendor",
                since,
                stated_at,
                vendor=vendor,
                market=market,
                stall=stall,
                name=f"Tiểu thương {vendor}",
                product=trader.trade.product,
            )


def _account(clerk: _Clerk, trader: Trader, account: Account) -> Iterator[RegistryEvent]:
    city, market, stall = clerk.city, trader.plan.code, trader.stalls[0]
    vendor = trader.vendor_on(account.issued_on)
    rng = rng_of(city.tag, "registry", account.qr)
    at = midnight(account.issued_on) + timedelta(hours=10, minutes=below(rng, 300))
    yield clerk.state(
        "qr_issued",
        account.issued_on,
        at,
        qr=account.qr,
        market=market,
        stall=stall,
        vendor=vendor,
        account=account.link,
        bank_bin=account.bank.bin,
    )
    if chance(rng, 0.5):
        team = f"TO-{market}-{1 + below(rng, 9)}"
        yield clerk.state(
            "team_visit",
            account.issued_on,
            at,
            market=market,
            team=team,
            stall=stall,
            vendor=vendor,
        )
    if account.link is not None and account.linked_on <= city.last_day:
        yield from _links(clerk, trader, account, at)
    ends = trader.life.lapsed_on if trader.life.back_on is None else None
    if ends is not None and account.issued_on < ends <= city.last_day:
        yield clerk.state("qr_revoked", ends, midnight(ends) + timedelta(hours=15), qr=account.qr)


def _links(
    clerk: _Clerk, trader: Trader, account: Account, issued_at: datetime
) -> Iterator[RegistryEvent]:
    city, market = clerk.city, trader.plan.code
    told = issued_at + (account.linked_on - account.issued_on) + timedelta(minutes=5)
    known = {
        "account": account.link,
        "market": market,
        "account_last4": account.last4,
        "bank_bin": account.bank.bin,
    }
    vendor = trader.vendor_on(account.linked_on)
    if account.misstated_on is not None:
        wrong = city.traders[(trader.index + 1) % len(city.traders)].vendor
        yield clerk.state("account_linked", account.linked_on, told, vendor=wrong, **known)
        told += timedelta(days=4)
    yield clerk.state("account_linked", account.linked_on, told, vendor=vendor, **known)
    last = account.unlinked_on
    moved_on = trader.handover_on
    if moved_on and moved_on <= city.last_day and (last is None or moved_on < last):
        yield clerk.state(
            "account_linked",
            moved_on,
            midnight(moved_on) + timedelta(hours=57),  # said two days later
            vendor=trader.successor,
            note="Sang nhượng quầy",
            **known,
        )
    if last is not None and last <= city.last_day:
        said = midnight(last) + timedelta(hours=16)
        yield clerk.state("account_unlinked", last, said, account=account.link)


def _calendar(clerk: _Clerk) -> Iterator[RegistryEvent]:
    city = clerk.city
    for number in range(city.days):
        day = city.start + timedelta(days=number)
        at = midnight(day) + timedelta(hours=5)
        for plan in city.plans:
            why = closed_because(city.seed, plan.code, plan.kind, day)
            yield clerk.state("trading_day", day, at, market=plan.code, open=why is None, note=why)
    for trader in city.traders:
        for day in sorted(trader.absent_on):
            at = midnight(day) + timedelta(hours=6)
            yield clerk.state(
                "trading_day",
                day,
                at,
                market=trader.plan.code,
                vendor=trader.vendor_on(day),
                open=False,
                note="Nghỉ",
            )


def _fees(clerk: _Clerk) -> Iterator[RegistryEvent]:
    for said in fee_statements(clerk.city):
        yield clerk.state(
            "fee_due" if said.tender is None else "fee_paid",
            said.month,
            midnight(said.stated_on) + timedelta(hours=11),
            market=said.market,
            stall=said.stall,
            vendor=said.vendor,
            amount_vnd=said.amount_vnd,
            tender=said.tender,
            note=FEE,
        )
