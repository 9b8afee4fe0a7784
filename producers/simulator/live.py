"""The city going on today: records with real times, for a demonstration that moves."""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from producers.simulator.banks import Channel
from producers.simulator.city import Account, City, Trader
from producers.simulator.delivery import Delivery
from producers.simulator.draw import Weights, below, chance, pick, rng_of
from producers.simulator.evidence import ChannelReport, write
from producers.simulator.payments import PaymentAttempt
from producers.simulator.run import Simulation
from producers.simulator.trading import local_day
from schemas.cloudevent import write_time
from schemas.topics import PAYMENTS

BEHIND_MAX = timedelta(seconds=5)  # a reader that is later than this does not catch up
EVENTS_PER_S_MAX = 10_000
DUPLICATE_SHARE = 0.05


def live(
    simulation: Simulation, now: Callable[[], datetime], events_per_s: float
) -> Iterator[Delivery]:
    """Records of payments that are made while you read, without end.

    Publish each when its `deliver_at` has come; the next is due 1 / `events_per_s` later, or now if
    the reader is far behind. The clock `now` (UTC) is read at the start and once for each record;
    nothing else beside the simulation decides what comes. Two runs that begin at different
    milliseconds share no payment. The simulation's truth does not know of these payments. Ends at
    once if nobody in the city takes payments that are told at once.
    """
    if not 0 < events_per_s <= EVENTS_PER_S_MAX:
        raise ValueError(
            f"events_per_s: must be over 0, at most {EVENTS_PER_S_MAX}: {events_per_s}"
        )
    city = simulation.city
    shown = _shown(city)
    if not shown:
        return
    weights = Weights([1 + int(10 * trader.life.rate(city.last_day)) for trader, _ in shown])
    due = now()
    rng = rng_of(city.tag, "live", write_time(due))
    prefix = f"LV{city.tag}{int(due.timestamp() * 1_000)}"
    number = 0
    told: deque[Delivery] = deque()
    while True:
        moment = now()
        if moment - due > BEHIND_MAX:
            due = moment
        if not told:
            number += 1
            trader, account = shown[weights.draw(rng)]
            payer = pick(rng, trader.regulars)
            payment = PaymentAttempt(
                fate="paid",
                account=account.token,
                virtual=account.virtual,
                stall_code=trader.stalls[0] if account.link is None else None,
                reference=f"{prefix}{number:07d}",
                occurred_at=_written(due),
                amount_vnd=pick(rng, trader.trade.amounts_k) * 1_000,
                rail_class=account.bank.rail_class,
                payer=payer if chance(rng, 0.7) else below(rng, city.payer_count),
                channels=_hooks(account.bank.channels),
            )
            told += _deliveries(city, payment)
            if chance(rng, DUPLICATE_SHARE):
                told.append(told[-1])
        yield told.popleft()._replace(deliver_at=due)
        due += timedelta(seconds=1 / events_per_s)


def _shown(city: City) -> list[tuple[Trader, Account]]:
    """The codes that are paid to at the city's end, and are told of at once."""
    return [
        (trader, account)
        for trader in city.traders
        for account in trader.accounts
        if account.issued_on <= city.last_day
        and trader.life.rate(city.last_day) > 0
        and _hooks(account.bank.channels)
    ]


def _hooks(channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
    return tuple(channel for channel in channels if not channel.waits_for_file)


def _written(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def _deliveries(city: City, payment: PaymentAttempt) -> Iterator[Delivery]:
    """One record for each channel; when they are due is not known yet."""
    assert payment.payer is not None
    for channel in payment.channels:
        report = ChannelReport(
            channel=channel,
            kind="credited",
            transaction=payment.reference,
            time=payment.occurred_at,
            booked_on=local_day(payment.occurred_at),
            amount_vnd=payment.amount_vnd,
            payer_token=city.payer_token(payment.payer) if channel.tells_payer else None,
            text=channel.text,
            repayment_reference=None,
        )
        yield Delivery(
            payment.occurred_at, PAYMENTS, payment.account.encode(), write(payment, report)
        )
