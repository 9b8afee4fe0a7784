"""Law: an event id belongs to one payment. Where it names several, whenever and however these came,
none of them counts, and each is a conflict; as known before that, they are as they were.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.adoption.daily.daily import daily_known_on
from consumers.sql import statement
from consumers.verify.folded import Folded
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.engine import (
    FixedClock,
    Rec,
    come_to_rest,
    fold_all,
    land,
    new_fold,
    records,
    vendor_days,
)
from tests.laws.drawn import RECORDED, A, B
from tests.laws.ledgers import MONDAY, STRAY, SUNDAY, fact, said
from tests.reference import FIGURES, Body, figures_from_events

pytestmark = pytest.mark.real
AUTUMN = date(2026, 5, 20)  # further from the others than the fold of a day looks
SPANS = ((SUNDAY, SUNDAY + timedelta(days=3)), (AUTUMN, AUTUMN + timedelta(days=2)))
OWNERS = [
    fact("a", "account_linked", account=A, market="HL1", vendor="V1"),
    fact("b", "account_linked", account=B, market="CD", vendor="V2"),
]
TABLES = (
    "evidence", "compensation", "day_fold", "vendor_bits", "event_seen", "event_conflict",
)  # fmt: skip
Figures = dict[tuple[date, str, str], dict[str, int]]


def figures(bodies: Sequence[Body], known_at: datetime | None = None) -> Figures:
    rows = figures_from_events(bodies, [(body, RECORDED) for body in OWNERS], known_at)
    return {where: row for where, row in rows.items() if any(row.values())}


def folded(store: Store) -> Figures:
    return {
        where: {name: row[name] for name in FIGURES} for where, row in vendor_days(store).items()
    }


def known(store: Store, at: datetime) -> Figures:
    """Figures as known at a moment."""
    found = {}
    for first_day, last_day in SPANS:
        for row in daily_known_on(
            store,
            known_at=at,
            market=None,
            vendor=None,
            first_day=first_day,
            last_day=last_day,
            by="vendor",
            settings=FoldSettings(),
            clock=FixedClock(),
        ):
            told = {name: getattr(row, name) for name in FIGURES}
            if any(told.values()):
                found[row.day, row.market, row.vendor] = told
    return found


def folding(store: Store, *, is_one: bool) -> Callable[[], list[date]]:
    """Folds until nothing is dirty: always with one fold, as the role does, or each time anew."""
    return partial(come_to_rest, new_fold(store)) if is_one else partial(fold_all, store)


@pytest.fixture
def owned(store: Store) -> Store:
    land(store, records(OWNERS, at=RECORDED), shape="registry", topic_id="R")
    return store


def test_an_event_told_again_for_other_payments_counts_nowhere(owned: Store) -> None:
    """1 → 0 → 0 million, and no longer 1 → 2 → 3."""
    again = [
        said("credited", "E", account=account, reference=reference, amount_vnd=1_000_000, day=day)
        for account, reference, day in (
            (A, "FT1", SUNDAY),
            (B, "FT1", MONDAY),
            (STRAY, "FT2", AUTUMN),
        )
    ]
    told: list[Body] = []
    wanted = [(1_000_000, 0), (0, 2), (0, 3)]
    fold = folding(owned, is_one=True)
    for number, body in enumerate(again):
        told.append((body, RECORDED + timedelta(days=number)))
        land(owned, records([body], 10 * number, told[-1][1]))
        fold()
        assert folded(owned) == figures(told)
        [sums] = owned.query("SELECT sum(payment_vnd), sum(conflict_count) FROM vendor_day")
        assert sums == wanted[number]
    late: list[list[date]] = []
    for number in range(3):
        at = RECORDED + timedelta(days=number, hours=1)
        assert known(owned, at) == figures(told, at)
        rows = owned.query(statement("consumers.evaluation", "late_days"), {"known_at": at})
        late.append([day for (day,) in rows])
    # what an evaluation computes anew: days that were other then, whose own evidence is older too
    assert late == [[SUNDAY, MONDAY, AUTUMN], [AUTUMN], []]


PAYMENT = said("credited", "E", account=A, reference="FT1")
REFUND = said("refunded", "R", account=A, reference="FT1", compensation_reference="RF1", day=MONDAY)
OTHERS = {
    "another account": said("credited", "E", account=B, reference="FT1"),
    "another reference": said("credited", "E", account=A, reference="FT2"),
    "another reference, another week": said(
        "credited", "E", account=A, reference="FT2", day=MONDAY
    ),
    "another account, months later": said("credited", "E", account=B, reference="FT9", day=AUTUMN),
    "a refund of another payment": said(
        "refunded", "R", account=B, reference="FT1", compensation_reference="RF1", day=AUTUMN
    ),
    "a refund under another reference of its own": said(
        "refunded", "R", account=A, reference="FT1", compensation_reference="RF2", day=AUTUMN
    ),
}
OWN = said("credited", "own", account=B, reference="FT1", day=MONDAY)


@pytest.mark.parametrize("name", OTHERS)
def test_it_is_the_same_in_any_order_and_batching(owned: Store, name: str) -> None:
    """In one batch, and one by one in either order, with one fold and with a new one each time.

    The other payment has evidence of its own, so that its day was folded before.
    """
    bodies = [PAYMENT, REFUND, OWN, OTHERS[name]]
    wanted = figures([(body, RECORDED) for body in bodies])
    assert sum(row["conflict_count"] for row in wanted.values()) >= 2
    one_by_one = [[body] for body in bodies]
    for number, batches in enumerate([[bodies], one_by_one, one_by_one[::-1]]):
        for table in TABLES:
            owned.command(f"TRUNCATE TABLE {table}")
        fold = folding(owned, is_one=bool(number % 2))
        for at, batch in enumerate(batches):
            land(owned, records(batch, 10 * at, RECORDED))
            fold()
        assert folded(owned) == wanted, batches


@pytest.mark.parametrize("point", ["identity.seen", "identity.noted", "fold.staged"])
def test_a_fold_that_dies_leaves_nothing_unread(
    owned: Store, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """Wherever it dies, the next one finds what names several payments."""
    bodies = [PAYMENT, REFUND, OWN, *OTHERS.values()]
    land(owned, records(bodies[:3], at=RECORDED))
    fold_all(owned)
    land(owned, records(bodies[3:], 10, RECORDED))

    def die(reached: str) -> None:
        if reached == point:
            raise KeyboardInterrupt(point)

    with monkeypatch.context() as dying:
        dying.setattr("consumers.fold.identity.reach", die)
        dying.setattr("consumers.fold.fold.reach", die)
        with pytest.raises(KeyboardInterrupt):
            fold_all(owned)
    fold_all(owned)
    assert folded(owned) == figures([(body, RECORDED) for body in bodies])
    assert Folded(owned, FoldSettings(), settle_s_max=0).identity() == []


# Each place is a payment; all its evidence lies within the window, others may be months away.
PLACES = [
    (account, reference, day)
    for account, reference, day in (
        (A, "FT1", SUNDAY), (A, "FT2", MONDAY), (B, "FT1", MONDAY), (B, "FT3", AUTUMN),
    )
]  # fmt: skip


@st.composite
def tellings(draw: st.DrawFn) -> bytes:
    """Evidence of one of a few payments, under an id of its own or one that others use too."""
    at = draw(st.integers(0, len(PLACES) - 1))
    account, reference, day = PLACES[at]
    kind = draw(st.sampled_from(["credited"] * 5 + ["failed", "refunded", "refunded", "reversed"]))
    fields: dict[str, str] = {}
    if kind in ("refunded", "reversed"):
        fields["compensation_reference"] = f"R{draw(st.integers(1, 2))}"
    return said(
        kind,
        draw(st.sampled_from([f"own-{at}"] * 6 + ["shared", "shared-too"])),
        account=account,
        reference=reference,
        day=day + timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 2]))),
        source=draw(st.sampled_from(["/sepay", "/statement"])),
        **fields,  # type: ignore[arg-type]
    )


moments = st.integers(0, 20 * 86_400).map(lambda s: RECORDED + timedelta(seconds=s))
histories = st.lists(st.tuples(tellings(), moments), min_size=4, max_size=24)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Body], list[list[Body]]]:
    """A history, and the same in another order, some of it again later, cut into batches."""
    told = draw(histories)
    again = draw(st.lists(st.sampled_from(told), max_size=4))
    later = [(body, at + timedelta(hours=1)) for body, at in again]
    order = draw(st.permutations([*told, *later]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    return told, [order[a:b] for a, b in pairwise([0, *cuts, len(order)])]


def test_any_history_gives_what_the_reference_says(owned: Store) -> None:
    @settings(max_examples=8, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(deliveries(), st.booleans(), moments)
    def hold(both: tuple[list[Body], list[list[Body]]], is_one_fold: bool, at: datetime) -> None:
        told, batches = both
        for table in TABLES:
            owned.command(f"TRUNCATE TABLE {table}")
        fold = folding(owned, is_one=is_one_fold)
        offset = 0
        for batch in batches:
            stamps = [(body, int(moment.timestamp() * 1000)) for body, moment in batch]
            land(owned, [Rec(offset + n, stamp, body) for n, (body, stamp) in enumerate(stamps)])
            offset += len(batch)
            fold()
        assert folded(owned) == figures(told)
        assert known(owned, at) == figures(told, at)
        assert Folded(owned, FoldSettings(), settle_s_max=0).identity() == []

    hold()
