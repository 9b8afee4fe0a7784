"""Founds a city: draws its traders, their accounts and their lives from the seed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from random import Random

from producers.simulator.banks import (
    COLLECTING,
    SHOP_BANK_WEIGHTS,
    SHOP_BANKS,
    STALL_BANK_WEIGHTS,
    STALL_BANKS,
)
from producers.simulator.city import Account, City, Life, Trader
from producers.simulator.draw import Weights, below, chance, pick, rng_of, skewed
from producers.simulator.plans import TRADES, MarketPlan, Trade

DAYS_MAX = 3_650
ACCOUNTS_PER_TRADER_MAX = 3
_BANK_WEIGHTS = {"stall": Weights(STALL_BANK_WEIGHTS), "shop": Weights(SHOP_BANK_WEIGHTS)}


def found_city(*, seed: int, start: date, days: int, plans: Sequence[MarketPlan]) -> City:
    """A city of these markets. Raises ValueError where a number cannot be."""
    if not 1 <= days <= DAYS_MAX:
        raise ValueError(f"days: must be from 1 to {DAYS_MAX}: {days}")
    if len({plan.code for plan in plans}) != len(plans) or not plans:
        raise ValueError("plans: at least one market, each code once")
    stalls = sum(plan.stall_count for plan in plans)
    names = f"{seed}\n{start}\n{days}\n" + "\n".join(f"{p.code} {p.stall_count}" for p in plans)
    city = City(
        seed=seed,
        start=start,
        days=days,
        plans=tuple(plans),
        tag=sha256(names.encode()).hexdigest()[:6].upper(),
        traders=(),
        collecting={},
        owners={},
        stall_traders={},
        links={},
        payer_count=40 + 20 * stalls,
    )
    traders: list[Trader] = []
    for plan in plans:
        shared = city.account_token(f"{plan.code} collecting")
        city.collecting[plan.code] = shared
        if plan.is_collecting_linked:
            city.owners[shared] = (plan.code, f"{plan.code}-BQL")
        traders += _traders(city, plan, len(traders))
    for trader in traders:
        city.stall_traders.update(dict.fromkeys(trader.stalls, trader))
        for account in trader.accounts:
            if account.link is not None:
                city.owners[account.link] = trader
                city.links[account.link] = account
    return replace(city, traders=tuple(traders))


def programme_start(start: date, days: int) -> date:
    """The Monday from which traders are equipped in the pilot's markets alone: a third of the
    city's days after its start, or a little later."""
    third = start + timedelta(days=days // 3)
    return third + timedelta(days=-third.weekday() % 7)


def _traders(city: City, plan: MarketPlan, first_index: int) -> list[Trader]:
    rng = rng_of(city.tag, "traders", plan.code)
    found: list[Trader] = []
    trades = TRADES[plan.kind]
    row_size = -(-plan.stall_count // len(trades))
    number = 0
    while number < plan.stall_count:
        trade = trades[number // row_size]
        in_row = number % row_size
        wanted = 2 if chance(rng, 0.06) and in_row + 1 < row_size else 1
        stalls = tuple(
            f"{plan.code}-{trade.row}{in_row + n + 1:03d}"
            for n in range(min(wanted, plan.stall_count - number))
        )
        found.append(_trader(city, plan, trade, stalls, index=first_index + len(found), rng=rng))
        number += len(stalls)
    return found


def _trader(
    city: City,
    plan: MarketPlan,
    trade: Trade,
    stalls: tuple[str, ...],
    *,
    index: int,
    rng: Random,
) -> Trader:
    life = _life(city, plan, rng)
    vendor = f"{plan.code}-V{index + 1:05d}"
    accounts = _accounts(city, plan, stalls[0], life, rng) if life.equipped_on else ()
    handover_on = None
    if accounts and chance(rng, 0.04):
        handover_on = city.start + timedelta(days=below(rng, city.days))
        if any(handover_on <= account.linked_on for account in accounts):
            handover_on = None
    measured = chance(rng, 0.06) and plan.kind == "traditional_market"
    return Trader(
        index=index,
        plan=plan,
        trade=trade,
        stalls=stalls,
        vendor=vendor,
        successor=f"{vendor}-2" if handover_on else None,
        handover_on=handover_on,
        accounts=accounts,
        life=life,
        cash_measured_from=city.start + timedelta(days=below(rng, 7)) if measured else None,
        absent_on=_absences(city, rng) if accounts else frozenset(),
        regulars=tuple(below(rng, city.payer_count) for _ in range(10 + below(rng, 30))),
    )


def _life(city: City, plan: MarketPlan, rng: Random) -> Life:
    is_market = plan.kind == "traditional_market"
    if is_market and chance(rng, 0.3):
        return Life()
    before, after = 40, int(city.days * 0.6)
    equipped_on = city.start + timedelta(days=below(rng, before + after) - before)
    if plan.is_comparison and equipped_on >= programme_start(city.start, city.days):
        return Life()
    if is_market and chance(rng, 0.25):
        return Life(equipped_on=equipped_on)
    first_on = equipped_on + timedelta(days=int(20 * rng.random() * rng.random()))
    life = Life(
        equipped_on=equipped_on,
        first_on=first_on,
        ramp_days=5 + below(rng, 40),
        payments_per_day=(2 if is_market else 15) + 38 * skewed(rng),
    )
    if is_market and chance(rng, 0.2):
        lapsed_on = first_on + timedelta(days=5 + below(rng, city.days))
        back_on = lapsed_on + timedelta(days=7 + below(rng, 30)) if chance(rng, 0.3) else None
        return replace(life, lapsed_on=lapsed_on, back_on=back_on)
    return life


def _accounts(
    city: City, plan: MarketPlan, stall: str, life: Life, rng: Random
) -> tuple[Account, ...]:
    assert life.equipped_on is not None
    is_stall = plan.kind == "traditional_market"
    banks = STALL_BANKS if is_stall else SHOP_BANKS
    count = 1 + (chance(rng, 0.45) + chance(rng, 0.15))
    assert count <= ACCOUNTS_PER_TRADER_MAX
    made = []
    for number in range(count):
        bank = banks[_BANK_WEIGHTS["stall" if is_stall else "shop"].draw(rng)]
        form = pick(rng, ("own",) * 14 + ("virtual",) * 4 + ("stall",) * 2)
        own = city.account_token(f"{stall} {number}")
        issued_on = life.equipped_on + timedelta(days=number * below(rng, 20))
        linked_on = issued_on + timedelta(days=1 + below(rng, 5) if chance(rng, 0.08) else 0)
        lapse = life.lapsed_on if life.back_on is None else None
        unlinked = lapse is not None and chance(rng, 0.5) and form != "stall"
        unlinked_on = max(lapse, linked_on) + timedelta(days=10) if unlinked and lapse else None
        made.append(
            Account(
                token=own if form == "own" else city.collecting[plan.code],
                virtual=own if form == "virtual" else None,
                link=None if form == "stall" else own,
                bank=bank if form == "own" else COLLECTING,
                last4=f"{below(rng, 10_000):04d}",
                qr=f"QR-{stall}-{number + 1}",
                issued_on=issued_on,
                linked_on=linked_on,
                unlinked_on=unlinked_on,
                misstated_on=linked_on if chance(rng, 0.03) else None,
            )
        )
    return tuple(made)


def _absences(city: City, rng: Random) -> frozenset[date]:
    """The days on which an equipped trader stays at home, as a team writes them down."""
    count = below(rng, 2 + city.days // 30)
    return frozenset(city.start + timedelta(days=below(rng, city.days)) for _ in range(count))
