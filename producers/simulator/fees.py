"""Market fees: what each stall owes for a month, and how much of it is paid by which tender.

A market's office states a month's fees on its first day and what has been paid so far as it comes
in: the sum by tender, so that each statement replaces the one before. Amounts are invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

from producers.simulator.city import City, Trader
from producers.simulator.draw import below, chance, pick, rng_of

Tender = Literal["cashless", "cash"]
FeeMonth = tuple[str, str, date]  # market, stall, first day of the month
FEE = "Thuê quầy"
_DUE_K = (250, 300, 350, 400, 450, 600)  # thousands of đồng a month


@dataclass(frozen=True, slots=True)
class FeeStatement:
    """One thing that the office states. `tender` None: what is due; else what is paid so far."""

    market: str
    stall: str
    vendor: str
    month: date
    stated_on: date
    tender: Tender | None
    amount_vnd: int


def fee_statements(city: City) -> Iterator[FeeStatement]:
    """All statements up to the city's last day, each stall's in order of time."""
    for trader in city.traders:
        for stall in trader.stalls:
            rng = rng_of(city.tag, "fees", stall)
            due_vnd = pick(rng, _DUE_K) * 1_000
            for month in _months(city):
                for said in _month(city, trader, stall, month, due_vnd, rng):
                    if said.stated_on <= city.last_day:
                        yield said


def expected_fees(city: City) -> dict[FeeMonth, tuple[int, int, int]]:
    """(market, stall, month) → đồng due, paid cashless, paid in cash, when all is stated."""
    found: dict[FeeMonth, tuple[int, int, int]] = {}
    for said in fee_statements(city):
        key = (said.market, said.stall, said.month)
        due_vnd, cashless_vnd, cash_vnd = found.get(key, (0, 0, 0))
        if said.tender is None:
            due_vnd = said.amount_vnd
        elif said.tender == "cashless":
            cashless_vnd = said.amount_vnd
        else:
            cash_vnd = said.amount_vnd
        found[key] = (due_vnd, cashless_vnd, cash_vnd)
    return dict(sorted(found.items()))


def _months(city: City) -> Iterator[date]:
    month = city.start.replace(day=1)
    while month <= city.last_day:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _month(
    city: City, trader: Trader, stall: str, month: date, due_vnd: int, rng: Random
) -> Iterator[FeeStatement]:
    """What is stated about one month. Draws the same whatever is in the past already."""
    pays, by_cashless, in_parts = rng.random(), rng.random(), rng.random()
    paid_on = month + timedelta(days=2 + below(rng, 20))
    corrected = chance(rng, 0.04)

    def said(stated_on: date, tender: Tender | None, amount_vnd: int) -> FeeStatement:
        vendor = trader.vendor_on(stated_on)
        return FeeStatement(trader.plan.code, stall, vendor, month, stated_on, tender, amount_vnd)

    # Fees are stated for months that had begun: the first one counts as stated on the first day.
    yield said(max(month, city.start), None, due_vnd)
    if pays < 0.1:
        return
    first_on = trader.life.first_on
    is_used_to_it = first_on is not None and first_on <= paid_on
    tender: Tender = "cashless" if by_cashless < (0.6 if is_used_to_it else 0.08) else "cash"
    paid_on = max(paid_on, city.start)
    if in_parts < 0.15:
        yield said(paid_on, tender, due_vnd // 2)
        paid_on += timedelta(days=9)
    if corrected:  # a slip of the pen, set right on the next day
        yield said(paid_on, tender, due_vnd * 10)
        paid_on += timedelta(days=1)
    yield said(paid_on, tender, due_vnd)
