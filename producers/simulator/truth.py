"""The figures that must come out, from what the city knows: its payments and how they were told.

Nothing here reads a record. Definitions: schemas/sql/current, payment and figures.
"""

from datetime import date, datetime, timedelta

from producers.simulator.city import City
from producers.simulator.noise import Noise
from producers.simulator.story import Story, Telling, day_stories
from producers.simulator.trading import local_day

FIGURES = (
    "payment_count",
    "payment_vnd",
    "payer_count",
    "cash_count",
    "cash_vnd",
    "refund_count",
    "refund_vnd",
    "reversed_count",
    "conflict_count",
    "failed_count",
)

VendorDay = tuple[date, str, str]  # local day, market, vendor; '' and '' for whom nobody knows


class _Tally:
    """Figures of vendor-days, while they are counted."""

    def __init__(self) -> None:
        self.figures: dict[VendorDay, dict[str, int]] = {}
        self.payers: dict[VendorDay, set[str]] = {}

    def add(self, where: VendorDay, figure: str, amount_vnd: int | None = None) -> None:
        row = self.figures.setdefault(where, dict.fromkeys(FIGURES, 0))
        row[f"{figure}_count"] += 1
        if amount_vnd is not None:
            row[f"{figure}_vnd"] += amount_vnd

    def add_payer(self, where: VendorDay, payer_token: str) -> None:
        self.payers.setdefault(where, set()).add(payer_token)

    def close(self) -> dict[VendorDay, dict[str, int]]:
        for where, tokens in self.payers.items():
            self.figures[where]["payer_count"] = len(tokens)
        return dict(sorted(self.figures.items()))


def expected_vendor_days(city: City, noise: Noise | None = None) -> dict[VendorDay, dict[str, int]]:
    """The figures of every vendor-day on which anything is told, when all has arrived.

    Amounts in đồng; the least amount that counts is 1 đồng.
    """
    tally = _Tally()
    for number in range(city.days):
        for story in day_stories(city, noise or Noise(), city.start + timedelta(days=number)):
            _count(tally, city, story)
    return tally.close()


def _count(tally: _Tally, city: City, story: Story) -> None:
    payment = story.payment
    is_doubtful = story.telling.is_contradicted(payment.amount_vnd)
    for repayment, telling in zip(payment.repayments, story.repayment_tellings, strict=True):
        where = _where(city, story, telling, repayment.occurred_at)
        if telling.is_contradicted(repayment.amount_vnd):
            tally.add(where, "conflict")
            is_doubtful = True
        else:
            tally.add(where, "refund", repayment.amount_vnd)
    where = _where(city, story, story.telling, payment.occurred_at, is_payment=True)
    if payment.fate == "failed":
        tally.add(where, "failed")
    elif is_doubtful:
        tally.add(where, "conflict")
    elif payment.fate == "cash":
        tally.add(where, "cash", payment.amount_vnd)
    elif _is_given_back(story):
        tally.add(where, "reversed")
    else:
        tally.add(where, "payment", payment.amount_vnd)
        for payer_token in _payer(city, story):
            tally.add_payer(where, payer_token)


def _is_given_back(story: Story) -> bool:
    repayments = story.payment.repayments
    return any(repayment.kind == "reversed" for repayment in repayments) or (
        sum(repayment.amount_vnd for repayment in repayments) >= story.payment.amount_vnd
    )


def _where(
    city: City, story: Story, telling: Telling, at: datetime, *, is_payment: bool = False
) -> VendorDay:
    """The day and the vendor under which a fact is booked, by what its channels can know."""
    payment = story.payment
    channels = telling.channels
    is_instant = any(channel.time_precision == "instant" for channel in channels)
    day = local_day(at) if is_instant else telling.booked_on
    if is_payment and story.failure_channel is not None:
        channels = (*channels, story.failure_channel)
    knows_virtual = any(channel.tells_virtual for channel in channels)
    market, vendor = city.owner(
        day,
        virtual=payment.virtual if knows_virtual else None,
        account=payment.account,
        stall_code=payment.stall_code,
    )
    return day, market, vendor


def _payer(city: City, story: Story) -> list[str]:
    """The payer that is counted: of two the one whose source comes first; none if nobody tells."""
    first = story.payment.payer
    named = set()
    for place, channel in enumerate(story.telling.channels):
        payer = story.other_payer if place == 1 and story.other_payer is not None else first
        if channel.tells_payer and payer is not None:
            named.add((channel.source, city.payer_token(payer)))
    return [min(named)[1]] if named else []
