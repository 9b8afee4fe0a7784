"""From stories to records: what the providers send, byte for byte, and when it arrives.

The canonical bytes are written here directly, several times faster than through the model; a test
holds them to `schemas.cloudevent.encode`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from producers.simulator.bad import bad_body
from producers.simulator.banks import Channel
from producers.simulator.city import City
from producers.simulator.delivery import Delivery
from producers.simulator.draw import below, chance, pick, rng_of, skewed
from producers.simulator.noise import Noise
from producers.simulator.payments import PaymentAttempt
from producers.simulator.story import Story, Telling, day_stories
from producers.simulator.trading import midnight
from schemas.cloudevent import write_time
from schemas.ids import event_id
from schemas.payment import PREFIX, Kind
from schemas.topics import PAYMENTS

RETRY_MINUTES = (1, 3, 7, 14, 26, 33)  # when a provider tries again, after its first attempt
LATE_MS_MAX = 10 * 86_400_000
AGAIN_MS_MAX = 3 * 86_400_000
FILE_AT = timedelta(hours=30)  # a day's file comes at six on the next morning
NOON = timedelta(hours=12)
CLOCK_BEHIND = timedelta(seconds=7)  # of the second channel against the first
FAILED_BEFORE = timedelta(seconds=40)
OTHER_TEXT = "Nội dung đã sửa"


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """One thing that one channel tells, before it is written."""

    channel: Channel
    kind: Kind
    transaction: str  # the source's own id: its reference
    time: datetime  # as the source writes it
    booked_on: date
    amount_vnd: int
    payer_token: str | None
    text: str | None
    repayment_reference: str | None


def day_deliveries(city: City, noise: Noise, day: date) -> Iterator[Delivery]:
    """All records about the payments that happen on a local day, none of which arrives before it.

    They come in no order of arrival.
    """
    rng = rng_of(city.tag, "deliveries", day)
    begins_at = midnight(day)
    for story in day_stories(city, noise, day):
        key = story.payment.account.encode()
        for report in reports(city, story):
            body = write(story.payment, report)
            arrives_at = max(begins_at, _arrival(rng, noise, report))
            yield Delivery(arrives_at, PAYMENTS, key, body)
            if chance(rng, noise.duplicate):
                again = timedelta(milliseconds=1 + int(AGAIN_MS_MAX * skewed(rng)))
                yield Delivery(arrives_at + again, PAYMENTS, key, body)
            if chance(rng, noise.bad):
                yield Delivery(arrives_at, PAYMENTS, key, bad_body(rng, body), False)


def reports(city: City, story: Story) -> list[ChannelReport]:
    """Everything that is told about one payment, in the order of its channels."""
    payment = story.payment
    found: list[ChannelReport] = []
    if story.failure_channel is not None:
        found.append(
            ChannelReport(
                channel=story.failure_channel,
                kind="failed",
                transaction=payment.reference,
                time=_grained(payment.occurred_at - FAILED_BEFORE, story.failure_channel),
                booked_on=story.telling.booked_on,
                amount_vnd=payment.amount_vnd,
                payer_token=None,
                text=None,
                repayment_reference=None,
            )
        )
    kind: Kind = "credited"
    if payment.fate in ("failed", "cash"):
        kind = "failed" if payment.fate == "failed" else "cash_sale_reported"
    found += _told(
        story.telling,
        kind,
        payment.reference,
        at=payment.occurred_at,
        amount_vnd=payment.amount_vnd,
        payers=_payers(city, story),
    )
    for repayment, telling in zip(payment.repayments, story.repayment_tellings, strict=True):
        found += _told(
            telling,
            repayment.kind,
            repayment.reference,
            at=repayment.occurred_at,
            amount_vnd=repayment.amount_vnd,
            payers=(None, None),
        )
    return found


def _payers(city: City, story: Story) -> tuple[str | None, str | None]:
    """The payer's token as the first and as the second channel would tell it."""
    if story.payment.payer is None:
        return None, None
    first = city.payer_token(story.payment.payer)
    if story.other_payer is None:
        return first, first
    return first, city.payer_token(story.other_payer)


def _told(
    telling: Telling,
    kind: Kind,
    reference: str,
    *,
    at: datetime,
    amount_vnd: int,
    payers: tuple[str | None, str | None],
) -> Iterator[ChannelReport]:
    """One fact told by each of its channels, with the twist that its story wants."""
    for place, channel in enumerate(telling.channels):
        is_wrong = place == 1 and telling.twist == "amounts"
        if channel.time_precision == "day":
            time = midnight(telling.booked_on) + NOON
        else:
            time = _grained(at + CLOCK_BEHIND if place else at, channel)
        contents = [(amount_vnd + 1_000 if is_wrong else amount_vnd, channel.text)]
        if place == 0 and telling.twist == "contents":
            retells_amount = telling.retells_amount(amount_vnd)
            other = (amount_vnd + 2_000, None) if retells_amount else (amount_vnd, OTHER_TEXT)
            contents.append(other)
        for amount_told_vnd, text in contents:
            yield ChannelReport(
                channel=channel,
                kind=kind,
                transaction=reference,
                time=time,
                booked_on=telling.booked_on,
                amount_vnd=amount_told_vnd,
                payer_token=payers[place] if channel.tells_payer else None,
                text=text,
                repayment_reference=reference if kind in ("refunded", "reversed") else None,
            )


def _grained(moment: datetime, channel: Channel) -> datetime:
    """The moment as finely as the source writes it: down to its grain, within the minute."""
    if channel.grain_ms == 60_000:
        return moment.replace(second=0, microsecond=0)
    if channel.grain_ms == 1_000:
        return moment.replace(microsecond=0)
    return moment


def _arrival(rng: Random, noise: Noise, report: ChannelReport) -> datetime:
    """When a report arrives at the log."""
    lot = rng.random()
    if report.channel.waits_for_file:
        arrives_at = midnight(report.booked_on) + FILE_AT
    else:
        arrives_at = report.time + timedelta(milliseconds=1_000 + below(rng, 4_000))
        if lot < noise.delayed:
            arrives_at += timedelta(minutes=pick(rng, RETRY_MINUTES))
    if chance(rng, noise.late):
        late_ms = 3_600_000 + int((LATE_MS_MAX - 3_600_000) * skewed(rng))
        arrives_at += timedelta(milliseconds=late_ms)
    return arrives_at


def _quoted(text: str | None) -> str:
    """A JSON string or null. The texts of a city hold nothing that JSON escapes."""
    return "null" if text is None else f'"{text}"'


def write(payment: PaymentAttempt, report: ChannelReport) -> bytes:
    """The canonical bytes of the event that a report is."""
    channel = report.channel
    virtual = payment.virtual if channel.tells_virtual else None
    return (
        f'{{"specversion":"1.0","id":"{event_id(channel.source, report.transaction, report.kind)}"'
        f',"source":"{channel.source}","type":"{PREFIX}{report.kind}.v1"'
        f',"time":"{write_time(report.time)}"'
        f',"data":{{"source_transaction_id":"{report.transaction}","account":"{payment.account}"'
        f',"bank_reference":"{payment.reference}"'
        f',"compensation_reference":{_quoted(report.repayment_reference)}'
        f',"amount_vnd":{report.amount_vnd},"currency":"VND"'
        f',"time_precision":"{channel.time_precision}","rail_class":"{payment.rail_class}"'
        f',"virtual_account":{_quoted(virtual)},"stall_code":{_quoted(payment.stall_code)}'
        f',"payer_token":{_quoted(report.payer_token)},"balance_after_vnd":null'
        f',"text":{_quoted(report.text)}}}}}'
    ).encode()
