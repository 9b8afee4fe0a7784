"""What becomes of a payment on its way to us: who tells of it, and what they get wrong.

Stories are decided before any record is written, so that the truth can be told from them alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Literal

from producers.simulator.banks import Channel
from producers.simulator.city import City
from producers.simulator.draw import chance, rng_of
from producers.simulator.noise import Noise
from producers.simulator.payments import PaymentAttempt, day_payments
from producers.simulator.trading import booking_day
from schemas.calendar import LOCAL

NAMED_DAYS_APART_MAX = 15  # as far as a fold looks around a day

# amounts: two channels tell different amounts. contents: one event id, two amounts or texts.
Twist = Literal["none", "amounts", "contents"]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells of one payment or repayment. `booked_on`: the day that a day file gives it."""

    channels: tuple[Channel, ...]
    twist: Twist
    booked_on: date

    def retells_amount(self, amount_vnd: int) -> bool:
        """Whether the one event id that has two contents has two amounts, and not two texts."""
        return self.twist == "contents" and (amount_vnd // 1_000) % 2 == 1

    def is_contradicted(self, amount_vnd: int) -> bool:
        """Whether two amounts are told. Two texts are no contradiction."""
        return self.twist == "amounts" or self.retells_amount(amount_vnd)


@dataclass(frozen=True, slots=True)
class Story:
    """A payment, how it is told, and how its repayments are told (in their order)."""

    payment: PaymentAttempt
    telling: Telling
    failure_channel: Channel | None  # who told of a failure before the success
    other_payer: int | None  # whom the second channel names instead
    repayment_tellings: tuple[Telling, ...]


def day_stories(city: City, noise: Noise, day: date) -> Iterator[Story]:
    """The stories of the payments that happen on a local day."""
    teller = _Teller(city, noise, rng_of(city.tag, "stories", day))
    for payment in day_payments(city, noise, day):
        yield teller.story(payment)


class _Teller:
    """What the stories of one day share."""

    def __init__(self, city: City, noise: Noise, rng: Random) -> None:
        self.noise, self.rng = noise, rng
        self.last_day, self.payer_count = city.last_day, city.payer_count

    def story(self, payment: PaymentAttempt) -> Story:
        telling = self.telling(payment, payment.occurred_at)
        other_payer = None
        if chance(self.rng, self.noise.payer_conflict) and payment.payer is not None:
            other_payer = (payment.payer + 1) % self.payer_count
        tellers = (channel for channel in payment.channels if channel.tells_failure)
        return Story(
            payment,
            telling,
            next(tellers) if payment.fate == "paid_after_failure" else None,
            other_payer,
            tuple(self.telling(payment, back.occurred_at) for back in payment.repayments),
        )

    def telling(self, payment: PaymentAttempt, at: datetime) -> Telling:
        rng, noise = self.rng, self.noise
        channels = payment.channels
        if payment.fate == "failed":
            channels = tuple(channel for channel in channels if channel.tells_failure)
        if len(channels) > 1 and chance(rng, noise.lost):
            # A lost webhook is likelier than a missing statement.
            channels = channels[1:] if chance(rng, 0.6) else channels[:1]
        twist: Twist = "none"
        lot = rng.random()
        if payment.fate != "failed" and lot < noise.amount_conflict + noise.content_conflict:
            twist = "contents" if lot < noise.content_conflict else "amounts"
        if twist == "amounts" and len(channels) < 2:
            twist = "none"
        local = at.astimezone(LOCAL)
        second_of_day = local.hour * 3_600 + local.minute * 60 + local.second
        booked_on = min(booking_day(local.date(), second_of_day), self.last_day)
        assert 0 <= (booked_on - local.date()).days <= NAMED_DAYS_APART_MAX
        return Telling(channels, twist, booked_on)
