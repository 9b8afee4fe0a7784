"""Paid days as bits and the registry as intervals: made from what is folded, and kept fresh."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.fold.fold import Fold
from consumers.fold.projections import (
    WEEK_ZERO,
    WEEKS_PER_BLOCK,
    stale_blocks,
    week_number,
)
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.payment import Kind, payment_event
from schemas.registry import registry_event
from tests.engine import FixedClock, fold_all, land, records

NOW = datetime(2026, 6, 30, 3, tzinfo=UTC)
# The last day of a block of 52 weeks, and the first of the next.
BLOCK = week_number(date(2026, 5, 1)) // WEEKS_PER_BLOCK
EDGE = WEEK_ZERO + timedelta(weeks=BLOCK * WEEKS_PER_BLOCK)
PAID = """
    SELECT market, vendor, week, mask FROM (
        SELECT market, vendor, toUInt16(block * 52 + n) AS week,
            reinterpretAsUInt8(substring(days, n + 1, 1)) AS mask
        FROM vendor_bits ARRAY JOIN range(52) AS n WHERE ask = '' AND row_kind = 'vendor')
    WHERE mask != 0 ORDER BY ALL
"""
FOLDED = """
    SELECT market, vendor, toUInt16(intDiv(toUInt16(day) + 3, 7)) AS week,
        groupBitOr(toUInt8(bitShiftLeft(1, toDayOfWeek(day) - 1))) AS mask
    FROM vendor_day WHERE vendor != '' AND payment_count > 0
    GROUP BY market, vendor, week ORDER BY ALL
"""
LINKS = """
    SELECT key, vendor, effective_from, effective_to FROM registry_span
    WHERE ask = '' AND shape = 'link' ORDER BY ALL
"""


def fact(number: int, kind: str, day: date = date(2024, 1, 1), **fields: object) -> bytes:
    return encode(
        registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"f{number}",
            stated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            effective_from=day,
            **fields,
        )
    )


def paid(number: int, account: str, day: date, kind: Kind = "credited") -> bytes:
    return encode(
        payment_event(
            kind=kind,
            source="/sepay",
            source_transaction_id=f"{kind}{number}",
            occurred_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
            account=account,
            bank_reference=f"FT{number}",
            amount_vnd=10_000,
            rail_class="p2p_transfer",
            compensation_reference=f"R{number}" if kind == "reversed" else None,
        )
    )


A, B = "a" * 32, "b" * 32
REGISTRY = [
    fact(1, "account_linked", account=A, market="M", vendor="V1"),
    fact(2, "account_linked", account=B, market="M", vendor="V2"),
]
DAYS = [EDGE - timedelta(days=n) for n in (0, 1, 2, 8, 300)] + [EDGE + timedelta(days=9)]


@pytest.fixture
def laid(store: Store) -> Store:
    land(store, records(REGISTRY, at=NOW), shape="registry")
    bodies = [paid(n, A if n % 2 else B, day) for n, day in enumerate(DAYS)]
    land(store, records(bodies, at=NOW))
    fold_all(store)
    return store


def assert_fresh(store: Store) -> list[tuple[str, str, int, int]]:
    found = store.query(PAID)
    assert found == store.query(FOLDED)
    return [tuple(row) for row in found]


@pytest.mark.real
def test_bits_follow_what_comes_and_what_is_taken_back(laid: Store) -> None:
    before = assert_fresh(laid)
    assert {week // WEEKS_PER_BLOCK for *_, week, _ in before} == {BLOCK - 1, BLOCK}
    # Everything of one week is given back: the week goes, whole.
    land(laid, records([paid(4, B, DAYS[4], "reversed")], first=100, at=NOW))
    fold_all(laid)
    after = assert_fresh(laid)
    assert (
        set(before) - set(after) == {("M", "V2", week_number(DAYS[4]), before[-1][3])}
        or len(after) == len(before) - 1
    )
    # An account changes hands in the past: the bits move to the other vendor.
    told = [fact(3, "account_linked", account=B, market="M", vendor="V1")]
    land(laid, records(told, first=100, at=NOW), shape="registry")
    fold_all(laid)
    assert {vendor for _, vendor, *_ in assert_fresh(laid)} == {"V1"}
    assert {row[1] for row in laid.query(LINKS)} == {"V1"}


@pytest.mark.real
@pytest.mark.parametrize(
    "lost",
    [
        f"ALTER TABLE vendor_bits DROP PARTITION ('', {BLOCK})",
        "TRUNCATE TABLE vendor_bits",
        "TRUNCATE TABLE registry_span",
        "INSERT INTO vendor_bits SELECT * FROM vendor_bits",
        "INSERT INTO registry_span SELECT * FROM registry_span",
    ],
)
def test_what_is_lost_or_doubled_is_made_anew_by_a_fold_that_runs(laid: Store, lost: str) -> None:
    fold = Fold(store=laid, settings=FoldSettings(), clock=FixedClock(), report=lambda _: None)
    assert fold.tick() == []
    bits, links = assert_fresh(laid), laid.query(LINKS)
    laid.command(lost)
    assert laid.query(PAID) != bits or laid.query(LINKS) != links
    assert fold.tick() == []
    assert assert_fresh(laid) == bits
    assert laid.query(LINKS) == links
    assert laid.query("SELECT count() FROM registry_span WHERE shape = 'state'") == [(1,)]


@pytest.mark.real
def test_a_fold_that_died_before_the_bits_leaves_them_to_the_next(laid: Store) -> None:
    """The week of day_fold was replaced, its bits were not: as after a kill at `fold.replaced`."""
    bits = laid.query("SELECT * FROM vendor_bits")
    land(laid, records([paid(50, A, DAYS[4])], first=100, at=NOW))
    fold_all(laid)
    fresh = assert_fresh(laid)
    laid.command("TRUNCATE TABLE vendor_bits")
    names = "ask, block, row_kind, market, vendor, days, weeks, hashes"
    for row in bits:
        laid.command(
            f"INSERT INTO vendor_bits ({names}) SELECT {{ask:String}}, {{block:UInt16}},"
            " {kind:String}, {market:String}, {vendor:String}, unhex({days:String}),"
            " {weeks:Array(UInt16)}, {hashes:Array(UInt64)}",
            {
                "ask": row[0],
                "block": row[1],
                "kind": row[2],
                "market": row[3],
                "vendor": row[4],
                "days": bytes(row[5]).hex(),
                "weeks": row[6],
                "hashes": row[7],
            },
        )
    assert laid.query(PAID) != fresh
    fold_all(laid)
    assert assert_fresh(laid) == fresh


weeks = st.dictionaries(st.integers(2_900, 3_100), st.integers(1, 2**64 - 1), max_size=6)


@given(weeks, weeks)
def test_exactly_the_weeks_that_differ_are_stale(
    wanted: dict[int, int], kept: dict[int, int]
) -> None:
    found = stale_blocks(wanted, kept)
    differ = {week for week in wanted | kept if wanted.get(week) != kept.get(week)}
    assert {week for part in found.values() for week in part} == differ
    assert all(week // WEEKS_PER_BLOCK == block for block, part in found.items() for week in part)
