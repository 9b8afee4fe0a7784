"""Law: the ledger is that of what was not retracted, in whatever order all of it came.

A retraction takes what a delivery told out of every payment and event; what another
delivery tells too, holds. As known before it, the ledger is as it was.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.adoption.daily.daily import daily_known_on
from consumers.language.language import in_every_language
from consumers.ledger.payment import payment_show
from consumers.ledger.render import render_payment
from consumers.sql import statement
from consumers.verify.findings import VerifyReport
from consumers.verify.folded import Folded
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.delivery import retracted
from schemas.topics import DELIVERY_HEADER
from tests.engine import FixedClock, Rec, come_to_rest, land, new_fold, records, vendor_days
from tests.laws.drawn import FAR, RECORDED, VIRTUAL, A, B, Told, apart, payments
from tests.laws.ledgers import MONDAY, SUNDAY, fact, noon, said
from tests.reference import FIGURES, Body, figures_from_events

pytestmark = pytest.mark.real
OWNERS = [
    fact("a", "account_linked", account=A, market="HL1", vendor="V1"),
    fact("b", "account_linked", account=B, market="CD", vendor="V2"),
    fact("v", "account_linked", account=VIRTUAL, market="CD", vendor="V3"),
]
TABLES = (
    "evidence", "compensation", "delivery_fact", "day_fold", "vendor_bits", "event_seen",
    "event_conflict",
)  # fmt: skip
DELIVERIES = ["1" * 32, "2" * 32, "3" * 32]
Figures = dict[tuple[object, str, str], dict[str, int]]


@pytest.fixture
def owned(store: Store) -> Store:
    land(store, records(OWNERS, at=RECORDED), shape="registry", topic_id="R")
    return store


@dataclass(frozen=True, slots=True)
class Step:
    """A record with the delivery that tells it, or the retraction of that delivery (no body)."""

    delivery: str
    at: datetime
    body: bytes = b""

    def land(self, store: Store, offset: int) -> None:
        at_ms = int(self.at.timestamp() * 1000)
        if self.body:
            headers = [(DELIVERY_HEADER, self.delivery.encode())] if self.delivery else []
            land(store, [Rec(offset, at_ms, self.body, headers)])
        else:
            event = retracted(
                delivery=self.delivery, source="/test", stated_at=noon(SUNDAY), who="lan", why="sai"
            )
            land(store, [Rec(offset, at_ms, encode(event))], shape="delivery", topic_id="D")


def figures(steps: list[Step], known_at: datetime | None = None) -> Figures:
    """What plain Python says: of records that are not retracted then."""
    gone = {
        step.delivery
        for step in steps
        if not step.body and (known_at is None or step.at <= known_at)
    }
    bodies: list[Body] = [
        (step.body, step.at) for step in steps if step.body and step.delivery not in gone
    ]
    rows = figures_from_events(bodies, [(body, RECORDED) for body in OWNERS], known_at)
    return {where: row for where, row in rows.items() if any(row.values())}


def folded(store: Store) -> Figures:
    return {
        where: {name: row[name] for name in FIGURES} for where, row in vendor_days(store).items()
    }


def known(store: Store, at: datetime) -> Figures:
    rows = daily_known_on(
        store, known_at=at, market=None, vendor=None, first_day=SUNDAY, last_day=FAR, by="vendor",
        settings=FoldSettings(), clock=FixedClock(),
    )  # fmt: skip
    found: Figures = {}
    for row in rows:
        told = {name: getattr(row, name) for name in FIGURES}
        if any(told.values()):
            found[row.day, row.market, row.vendor] = told
    return found


def prove(store: Store, steps: list[Step]) -> None:
    """Figures, tables beside them, and verify agree with plain Python."""
    assert folded(store) == figures(steps)
    verify = Folded(store, FoldSettings(), settle_s_max=0)
    assert verify.identity() == []
    assert verify.check(VerifyReport(), set()) == []


def days(count: int) -> datetime:
    return RECORDED + timedelta(days=count)


WRONG, RIGHT, OTHER = DELIVERIES
HISTORIES = {
    "wrong amounts, the right file, then the wrong one retracted": [
        Step(WRONG, days(0), said("credited", "1", amount_vnd=45)),
        Step(WRONG, days(0), said("credited", "2", amount_vnd=120)),
        Step(RIGHT, days(1), said("credited", "1", amount_vnd=45_000)),
        Step(RIGHT, days(1), said("credited", "2", amount_vnd=120_000)),
        Step(WRONG, days(2)),
    ],
    "of another account, and of another week": [
        Step(WRONG, days(0), said("credited", "1", account=B, amount_vnd=45_000)),
        Step(WRONG, days(0), said("credited", "2", account=B, amount_vnd=120_000, day=MONDAY)),
        Step(RIGHT, days(1), said("credited", "1", amount_vnd=45_000)),
        Step(RIGHT, days(1), said("credited", "2", amount_vnd=120_000)),
        Step(WRONG, days(2)),
    ],
    "what another delivery tells too holds": [
        Step(WRONG, days(0), said("credited", "1", amount_vnd=45_000)),
        Step("", days(1), said("credited", "1", amount_vnd=45_000)),
        Step(RIGHT, days(1), said("credited", "2", amount_vnd=120_000)),
        Step(WRONG, days(2)),
    ],
    "a refund that was none, of a payment of another week": [
        Step("", days(0), said("credited", "1", amount_vnd=45_000)),
        Step(RIGHT, days(0), said("credited", "2", amount_vnd=120_000)),
        Step(WRONG, days(1), said("refunded", "1", amount_vnd=45_000, day=MONDAY,
                                  compensation_reference="R1")),
        Step(WRONG, days(2)),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_a_wrong_delivery_is_taken_back(owned: Store, name: str) -> None:
    """165,000 đồng in the end, and before it what was known before it."""
    fold, steps = new_fold(owned), HISTORIES[name]
    for offset, step in enumerate(steps):
        step.land(owned, offset)
        come_to_rest(fold)
    prove(owned, steps)
    assert sum(row["payment_vnd"] for row in folded(owned).values()) == 165_000
    assert sum(row["conflict_count"] for row in folded(owned).values()) == 0
    for at in (days(0), days(1), days(2)):
        assert known(owned, at) == figures(steps, at)
    late = owned.query(statement("consumers.evaluation", "late_days"), {"known_at": days(1)})
    assert late


def test_a_payment_shows_what_of_it_was_retracted(owned: Store) -> None:
    steps = HISTORIES["wrong amounts, the right file, then the wrong one retracted"]
    for offset, step in enumerate([*steps, Step(RIGHT, days(3))]):
        step.land(owned, offset)
        if offset == len(steps) - 1:
            [story] = payment_show(owned, "FT1", settings=FoldSettings())
            assert story.merged
            assert (story.merged["status"], story.merged["amount_vnd"]) == ("settled", 45_000)
            assert [bool(row["retracted_at"]) for row in story.evidence] == [True, False]
            assert "(retracted 2026-06-03T" in render_payment(
                [story], "text", in_every_language, "en"
            )
    [story] = payment_show(owned, "FT1", settings=FoldSettings())
    assert story.merged is None
    assert story.counted == []


@dataclass(frozen=True, repr=False)
class History:
    """Steps in the order in which they come, cut into ticks of the fold."""

    steps: list[Step]
    cuts: list[int]


@st.composite
def histories(draw: st.DrawFn) -> History:
    told: list[Told] = apart(draw(st.lists(payments, min_size=10, max_size=40)))
    tellers = st.sampled_from(["", *DELIVERIES])
    steps = [Step(draw(tellers), one.recorded_at, one.body) for one in told]
    again = draw(st.lists(st.sampled_from(steps), max_size=8))  # by other deliveries, and later
    steps += [
        replace(step, delivery=draw(tellers), at=step.at + timedelta(hours=1 + n))
        for n, step in enumerate(again)
    ]
    for delivery in draw(st.sets(st.sampled_from(DELIVERIES), min_size=1)):
        steps.append(Step(delivery, RECORDED + timedelta(days=draw(st.integers(0, 40)))))
    steps = draw(st.permutations(steps))
    return History(steps, draw(st.lists(st.integers(1, len(steps) - 1), max_size=3)))


def test_the_ledger_is_of_what_was_not_retracted(owned: Store) -> None:
    @settings(max_examples=4, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(histories(), st.integers(0, 35))
    def hold(history: History, day: int) -> None:
        for table in TABLES:
            owned.command(f"TRUNCATE TABLE {table}")
        fold = new_fold(owned)
        for first, after in pairwise(sorted({0, len(history.steps), *history.cuts})):
            for offset in range(first, after):
                history.steps[offset].land(owned, offset)
            come_to_rest(fold)
        prove(owned, history.steps)
        assert known(owned, days(day)) == figures(history.steps, days(day))

    hold()
