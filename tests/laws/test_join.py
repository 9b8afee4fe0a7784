"""Law: a payment is the join of what is told of it. What a report leaves out takes nothing away.

However events are told in parts, again, in whatever order and batches, the ledger is that of every
event told once and whole. Another amount, payment or kind contradicts; nothing else does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.clickhouse import Store
from tests.engine import Rec, come_to_rest, fold_all, land, new_fold, records
from tests.laws.drawn import RECORDED, VIRTUAL, A, B
from tests.laws.ledgers import MONDAY, SUNDAY, fact, said

pytestmark = pytest.mark.real
OWNERS = [
    fact("a", "account_linked", account=A, market="HL1", vendor="V1"),
    fact("b", "account_linked", account=B, market="CD", vendor="V2"),
    fact("v", "account_linked", account=VIRTUAL, market="CD", vendor="V3"),
    fact("s", "vendor", stall="S1", market="HL1", vendor="V4"),
]
TABLES = ("evidence", "compensation", "day_fold", "vendor_bits", "event_seen", "event_conflict")
PAYMENTS_PER_LEDGER = 40
HOURS = timedelta(hours=3)


@pytest.fixture
def owned(store: Store) -> Store:
    land(store, records(OWNERS, at=RECORDED), shape="registry", topic_id="R")
    return store


def emptied(store: Store) -> None:
    for table in TABLES:
        store.command(f"TRUNCATE TABLE {table}")


def outcome(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """The ledger, but for when it was told and how often."""
    span = f"first_day = toDate('{SUNDAY}'), last_day = toDate('{MONDAY}'), window_days = 15"
    known = "known_at = '2100-01-01 00:00:00'"
    return {
        "payments": store.query(
            f"SELECT * EXCEPT (recorded_first_at) FROM payment({span}, {known}) ORDER BY ALL"
        ),
        "compensations": store.query(f"SELECT * FROM payment_compensation({known}) ORDER BY ALL"),
        "vendors": store.query("SELECT * FROM vendor_day ORDER BY day, market, vendor"),
        "links": store.query("SELECT day, link_days, link_hashes FROM fold_state ORDER BY day"),
    }


def sums(store: Store) -> tuple[int, int]:
    """What counts, and how many payments are contradicted."""
    [found] = store.query("SELECT sum(payment_vnd), sum(conflict_count) FROM vendor_day")
    return found[0], found[1]


FIRST: dict[str, Any] = {"account": A, "reference": "GW220001", "amount_vnd": 45_000}
ADDED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a balance": {"balance_after_vnd": 145_000},
    "a text": {"text": "chuyển tiền phở"},
    "a payer": {"payer_token": "1" * 32},
    "a virtual account": {"virtual_account": VIRTUAL},
    "a stall": {"stall_code": "S1"},
    "a rail": {"rail_class": "p2m_payment"},
    "a finer time": {"at": HOURS, "time_precision": "instant"},
    "all of them": {
        "balance_after_vnd": 145_000, "text": "phở", "payer_token": "1" * 32, "stall_code": "S1",
    },
}  # fmt: skip
COARSE: dict[str, Any] = {**FIRST, "time_precision": "day", "rail_class": "unknown"}


@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_payment_told_again_with_more_or_less_counts_once(
    owned: Store, name: str, is_first: bool
) -> None:
    told = [said("credited", "t22", **COARSE), said("credited", "t22", **{**COARSE, **ADDED[name]})]
    for number, body in enumerate(told if is_first else told[::-1]):
        land(owned, records([body], number, RECORDED + timedelta(days=number)))
        fold_all(owned)
        assert sums(owned) == (45_000, 0)


@pytest.mark.parametrize("name", ["a balance", "a text", "a payer", "a virtual account"])
def test_what_two_reports_say_differently_contradicts_nothing(owned: Store, name: str) -> None:
    """Nor does one event id that is told with another value: the first telling holds."""
    [(field, value)] = ADDED[name].items()
    other = value + 1 if isinstance(value, int) else value[:-1] + "0"
    one: dict[str, Any] = {**FIRST, field: value}
    two: dict[str, Any] = {**FIRST, field: other}
    bodies = [
        said("credited", "t", **one),
        said("credited", "t", **two),
        said("credited", "t", source="/statement", **two),
    ]
    land(owned, records(bodies, at=RECORDED))
    fold_all(owned)
    assert sums(owned) == (45_000, 0)
    if name in ("a payer", "a virtual account"):
        [merged] = outcome(owned)["payments"]
        assert bytes.fromhex(value) in merged


CONTRADICTIONS = {
    "another amount": said("credited", "t", **{**FIRST, "amount_vnd": 54_000}),
    "another channel's amount": said(
        "credited", "u", **{**FIRST, "amount_vnd": 54_000}, source="/statement"
    ),
    "another account": said("credited", "t", **{**FIRST, "account": B}),
    "another reference": said("credited", "t", **{**FIRST, "reference": "GW2"}),
    "cash": said("cash_sale_reported", "t", **FIRST, source="/till"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_an_amount_a_payment_or_a_kind_that_differs_contradicts(owned: Store, name: str) -> None:
    land(owned, records([said("credited", "t", **FIRST), CONTRADICTIONS[name]], at=RECORDED))
    fold_all(owned)
    counted_vnd, conflict_count = sums(owned)
    assert counted_vnd == 0
    assert conflict_count >= 1


def test_what_failed_says_no_amount(owned: Store) -> None:
    """It moved nothing, gives way to what settled, and fills what that left out."""
    bodies = [
        said("failed", "f", **{**FIRST, "amount_vnd": 1}, payer_token="1" * 32),
        said("failed", "f", **{**FIRST, "amount_vnd": 2}, payer_token="2" * 32),
        said("credited", "t", **FIRST, source="/z"),
    ]
    land(owned, records(bodies, at=RECORDED))
    fold_all(owned)
    assert sums(owned) == (45_000, 0)
    [(payer_count,)] = owned.query("SELECT sum(payer_count) FROM vendor_day")
    assert payer_count == 1


def test_a_refund_told_as_a_reversal_is_contradicted(owned: Store) -> None:
    """Of 5,000 đồng given back of 45,000 the one leaves 40,000, the other nothing."""
    back: dict[str, Any] = {**FIRST, "amount_vnd": 5_000, "compensation_reference": "R1"}
    bodies = [
        said("credited", "t", **FIRST),
        said("refunded", "r", **back),
        said("reversed", "r", **back, source="/statement"),
    ]
    land(owned, records(bodies, at=RECORDED))
    fold_all(owned)
    assert sums(owned) == (0, 2)


@dataclass(frozen=True, slots=True)
class Event:
    """One event with all that anybody tells of it."""

    kind: str
    number: str
    said: dict[str, Any]
    optional: dict[str, Any]

    def told(self, names: Sequence[str]) -> bytes:
        """A telling with these optional fields alone; "at" is the finer time."""
        given = {name: self.optional[name] for name in names if name != "at"}
        if "at" in names:
            given["at"] = self.optional["at"]
        else:
            given["time_precision"] = "day"
        given.setdefault("rail_class", "unknown")
        return said(self.kind, self.number, **self.said, **given)


tokens = st.sampled_from([letter * 32 for letter in "123"])
fields = st.fixed_dictionaries(
    {"at": st.integers(-11 * 60, 11 * 60).map(lambda minutes: timedelta(minutes=minutes))},
    optional={
        "payer_token": tokens,
        "virtual_account": st.just(VIRTUAL),
        "stall_code": st.just("S1"),
        "rail_class": st.sampled_from(["p2m_payment", "p2p_transfer", "wallet"]),
        "balance_after_vnd": st.integers(0, 9).map(lambda n: n * 1_000),
        "text": st.sampled_from(["phở", "bún"]),
    },
)
amounts = st.sampled_from([20_000] * 8 + [2_000])


@st.composite
def events(draw: st.DrawFn, number: int) -> list[Event]:
    """What up to three channels tell of one payment, and of what was given back of it."""
    where: dict[str, Any] = {
        "account": draw(st.sampled_from([A, B])),
        "reference": f"FT{number}",
        "day": draw(st.sampled_from([SUNDAY, MONDAY])),
    }
    found = []
    for source in draw(st.sets(st.sampled_from(["/casso", "/sepay", "/statement"]), min_size=1)):
        kind = draw(st.sampled_from(["credited"] * 8 + ["failed", "cash_sale_reported"]))
        given = {**where, "source": source, "amount_vnd": draw(amounts)}
        found.append(Event(kind, str(number), given, draw(fields)))
        if draw(st.sampled_from([False, False, True])):
            kind = draw(st.sampled_from(["refunded", "refunded", "reversed"]))
            back = {**given, "amount_vnd": 1_000, "compensation_reference": f"R{number}"}
            found.append(Event(kind, str(number), back, draw(fields)))
    return found


@st.composite
def tellings(draw: st.DrawFn, event: Event) -> list[bytes]:
    """The event in parts that together tell all of it; some parts again."""
    names = list(event.optional)
    parts = draw(st.lists(st.sets(st.sampled_from(names)), max_size=3))
    parts.append(set(names).difference(*parts))
    return [event.told(sorted(part)) for part in parts]


@dataclass(frozen=True, slots=True, repr=False)
class Deliveries:
    """A ledger told whole, and the same in parts, again and in another order, cut into batches."""

    whole: list[bytes]
    batches: list[list[bytes]]


@st.composite
def deliveries(draw: st.DrawFn) -> Deliveries:
    ledger = [event for n in range(PAYMENTS_PER_LEDGER) for event in draw(events(n))]
    whole = [event.told(list(event.optional)) for event in ledger]
    parts = [body for event in ledger for body in draw(tellings(event))]
    again = draw(st.lists(st.sampled_from(parts), max_size=20))
    order = draw(st.permutations([*parts, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    return Deliveries(whole, [order[a:b] for a, b in pairwise([0, *cuts, len(order)])])


def test_events_told_in_parts_are_the_events_told_whole(owned: Store) -> None:
    @settings(
        max_examples=8,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(deliveries(), st.booleans())
    def hold(both: Deliveries, is_folded_between: bool) -> None:
        found = []
        for told in ([both.whole], both.batches):
            emptied(owned)
            fold = new_fold(owned)
            offset = 0
            for batch in told:
                at_ms = int(RECORDED.timestamp() * 1000) + offset
                land(owned, [Rec(offset + n, at_ms, body) for n, body in enumerate(batch)])
                offset += len(batch)
                if is_folded_between:
                    come_to_rest(fold)
            come_to_rest(fold)
            found.append(outcome(owned))
        for what, value in found[0].items():
            assert found[1][what] == value, what

    hold()
