"""M1 for retention and first payments, on 520 random cities; M2: two ways to one number; M3.

M3: a closed week changes no rate that is defined per open day.
"""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from consumers.adoption.metrics.activity import METRIC as ACTIVITY
from consumers.adoption.metrics.first_payment import METRIC as FIRST_PAYMENT
from consumers.adoption.metrics.intensity import METRIC as INTENSITY
from consumers.adoption.metrics.lifecycle import METRIC as LIFECYCLE
from consumers.adoption.metrics.retention import METRIC as RETENTION
from consumers.adoption.metrics.retention import WEEK_NAMES
from consumers.adoption.question.rate import Rate
from tests.consumers.adoption.laid_weeks import GAPS, Laid, value
from tests.consumers.adoption.plain_vendors import DAY, PlainVendors, Who
from tests.consumers.adoption.weeks import FIRST_DAY, GAP, LAST_DAY, WEEK

MIDDLE = FIRST_DAY + 9 * WEEK + timedelta(days=2)  # a Wednesday


@pytest.mark.real
@pytest.mark.parametrize(
    ("by", "end"),
    [("market", LAST_DAY), ("market", MIDDLE), ("all", LAST_DAY), ("row", LAST_DAY),
     ("product", LAST_DAY), ("kind", MIDDLE)],
)  # fmt: skip
def test_retention_is_the_plain_one(laid_weeks: Laid, by: str, end: date) -> None:
    plain, first = laid_weeks.plain(end), FIRST_DAY + timedelta(days=3)
    answer = laid_weeks.ask(RETENTION, first, end, by=by, grain="week")
    cells: dict[Any, list[Who]] = defaultdict(list)
    for who in plain.everybody:
        began = plain.first(who)
        if began is not None and began >= first:
            monday = max(first, began - timedelta(days=began.weekday()))
            cells[(monday, *plain.group(by, *who))].append(who)
    rows: dict[Any, Any] = {(row.first_day, row.market, row.group): row for row in answer.rows}
    assert cells.keys() <= rows.keys()
    for key, row in rows.items():
        cohort = cells.get(key, [])
        assert row.vendor_count.value == len(cohort), key
        for number, name in enumerate(WEEK_NAMES, start=1):
            wanted = [plain_week(plain, who, number, end) for who in cohort]
            found: Rate = getattr(row, name)
            if not wanted or None in wanted:
                assert found.value is None and found.reason, (key, name)
                continue
            there = [paid for paid, is_there in wanted if is_there]  # type: ignore[misc]
            assert (found.numerator, found.denominator) == (sum(there), len(there)), (key, name)
            assert found.value == (sum(there) / len(there) if there else None)


def plain_week(plain: PlainVendors, who: Who, number: int, end: date) -> tuple[bool, bool] | None:
    """(paid, there) in the number-th open week after the first payment; None: it is not over."""
    began = plain.first(who)
    assert began is not None
    monday = began - timedelta(days=began.weekday())
    while number:
        monday += WEEK
        number -= not plain.market_is_closed(who[0], monday, monday + 6 * DAY)
    if monday + 6 * DAY > end:
        return None
    paid = plain.is_paid(who, monday, monday + 6 * DAY)
    return paid, paid or not plain.is_away(who, monday, monday + 6 * DAY)


@pytest.mark.real
@pytest.mark.parametrize(
    ("by", "grain"), [("market", "month"), ("all", "window"), ("row", "window"), ("kind", "month")]
)
def test_time_to_first_payment_is_the_plain_one(laid_weeks: Laid, by: str, grain: str) -> None:
    plain = laid_weeks.plain(LAST_DAY)
    answer = laid_weeks.ask(FIRST_PAYMENT, FIRST_DAY, LAST_DAY, by=by, grain=grain)
    cells: dict[Any, list[tuple[int, bool]]] = defaultdict(list)
    before: dict[Any, int] = defaultdict(int)
    for who in plain.everybody:
        found = plain.wait(who)
        if found is None or found[0] < FIRST_DAY:
            continue
        issued, days, paid, was_before = found
        start = max(FIRST_DAY, issued.replace(day=1)) if grain == "month" else FIRST_DAY
        key = (start, *plain.group(by, *who))
        if was_before:
            before[key] += 1
        else:
            cells[key].append((days, paid))
    rows: dict[Any, Any] = {(row.first_day, row.market, row.group): row for row in answer.rows}
    assert cells.keys() | before.keys() <= rows.keys()
    for key, row in rows.items():
        times = cells.get(key, [])
        assert row.before_count.value == before.get(key, 0), key
        assert (row.issued_count.value, row.paid_count.value) == (
            len(times), sum(paid for _, paid in times),
        )  # fmt: skip
        unpaid = Fraction(1)
        reached: dict[int, Fraction] = {}
        for day in sorted({days for days, paid in times if paid}):
            at_risk = sum(days >= day for days, _ in times)
            unpaid *= 1 - Fraction(sum(t == (day, True) for t in times), at_risk)
            reached[day] = 1 - unpaid
        half = next((day for day, share in reached.items() if share >= Fraction(1, 2)), None)
        assert row.median_open_days.value == half, key
        for horizon in (7, 14, 30):
            share = max((s for day, s in reached.items() if day <= horizon), default=Fraction(0))
            is_known = bool(times) and (share == 1 or max(t for t, _ in times) >= horizon)
            found_share = getattr(row, f"paid_within_{horizon}").value
            assert found_share == (pytest.approx(float(share)) if is_known else None), key


@pytest.mark.real
def test_vendors_paid_in_a_week_are_those_whom_intensity_counts(laid_weeks: Laid) -> None:
    first = FIRST_DAY + 2 * WEEK
    moves: Any = laid_weeks.ask(LIFECYCLE, first, LAST_DAY, by="market", grain="week").rows
    paid: Any = laid_weeks.ask(INTENSITY, first, LAST_DAY, by="market", grain="week").rows
    one = {
        (row.first_day, row.group): value(row.new) + value(row.returning) + value(row.resurrected)
        for row in moves
    }
    two = {(row.first_day, row.group): value(row.vendor_count) for row in paid if row.group}
    assert {k: v for k, v in one.items() if v} == {k: v for k, v in two.items() if v}


@pytest.mark.real
def test_a_closed_week_changes_nothing_that_is_per_open_day(laid_weeks: Laid) -> None:
    """The same cities with a week put in, in which the market is closed and nothing happens."""
    then, now = LAST_DAY, LAST_DAY + WEEK
    markets = [(f"W{number}", f"G{number}") for number in range(GAPS)]

    def both(metric: Any, first: date, **words: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        one = laid_weeks.ask(metric, first, then, markets=tuple(w for w, _ in markets), **words)
        moved = first + WEEK if first >= GAP else first
        two = laid_weeks.ask(metric, moved, now, markets=tuple(g for _, g in markets), **words)
        return (
            {(row.first_day, row.group[1:]): row for row in one.rows},
            {(row.first_day, row.group[1:]): row for row in two.rows},
        )

    seen = 0
    one, two = both(ACTIVITY, then, by="market")
    for (_, market), row in one.items():
        after = two[now, market]
        assert shares(row.regular) == shares(after.regular)
        assert row.habitual.numerator == after.habitual.numerator
        seen += row.habitual.numerator > 0
    one, two = both(RETENTION, FIRST_DAY, by="market", grain="week")
    for (monday, market), row in one.items():
        after = two[monday + WEEK if monday >= GAP else monday, market]
        assert [getattr(row, name) for name in WEEK_NAMES] == [
            getattr(after, name) for name in WEEK_NAMES
        ], (monday, market)
        seen += monday < GAP and (row.w5.numerator or 0) > 0
    one, two = both(FIRST_PAYMENT, FIRST_DAY, by="market")
    for key, row in one.items():
        assert {n: getattr(row, n) for n in MEASURED} == {n: getattr(two[key], n) for n in MEASURED}
        seen += row.median_open_days.value is not None
    one, two = both(LIFECYCLE, FIRST_DAY, by="market", grain="week")
    for (monday, market), row in one.items():
        after = two[monday + WEEK if monday >= GAP else monday, market]
        assert {n: getattr(row, n) for n in MOVES} == {n: getattr(after, n) for n in MOVES}
    for market in {market for _, market in one}:
        closed = two[GAP, market]
        assert value(closed.on_leave) == value(closed.active) == value(closed.active_before)
        assert not value(closed.dormant) + value(closed.new) + value(closed.resurrected)
    assert seen > GAPS


def shares(rate: Rate) -> tuple[Any, ...]:
    return rate.numerator, rate.denominator, rate.value, rate.low


MEASURED = ("issued_count", "paid_count", "median_open_days", "paid_within_14", "paid_within_30")
MOVES = ("active_before", "new", "returning", "resurrected", "dormant", "active", "dormant_share")
