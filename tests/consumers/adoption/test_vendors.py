"""M1 and M2 for activity, ladder and lifecycle: as a plain recomputation on 520 random cities.

Lifecycles balance, ladders never widen, parts sum to wholes.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from consumers.adoption.activity import METRIC as ACTIVITY
from consumers.adoption.answer import Answer
from consumers.adoption.ladder import METRIC as LADDER
from consumers.adoption.lifecycle import METRIC as LIFECYCLE
from tests.consumers.adoption.laid_weeks import Laid, at, compare, value
from tests.consumers.adoption.plain_vendors import DAY, PlainVendors, Who, grouped
from tests.consumers.adoption.weeks import FIRST_DAY, LAST_DAY, WEEK

MIDDLE = FIRST_DAY + 9 * WEEK + timedelta(days=2)  # a Wednesday
GROUPINGS = ("all", "kind", "market", "row", "product", "cohort", "vendor")


@pytest.mark.real
@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("end", [LAST_DAY, MIDDLE])
def test_activity_is_the_plain_one(laid_weeks: Laid, by: str, end: date) -> None:
    ends = [end] if by != "market" else [end - WEEK, end]
    first = end - 9 * DAY if by == "market" else end
    answer = laid_weeks.ask(
        ACTIVITY, first, end, by=by, grain="week" if by == "market" else "window"
    )
    plain = laid_weeks.plain(end)
    for period in answer.periods:
        stop = period.last_day

        def figures(who: Who, stop: date = stop) -> dict[str, int]:
            active, undecided = plain.is_active(who, stop)
            return {
                "open": plain.was_open(who, stop),
                "active": active,
                "undecided": undecided,
                "habitual": plain.is_habitual(who, stop),
                "regular": plain.is_regular(who, stop),
            }

        rows = tuple(row for row in answer.rows if row.first_day == period.first_day)
        compare(
            Answer(**{f: getattr(answer, f) for f in ANSWER} | {"rows": rows}),
            at(period.first_day, grouped(plain, by, ("activity", stop), figures)),
            lambda row: {
                "open": value(row.open_count),
                "active": row.active.numerator,
                "undecided": value(row.undecided_count),
                "habitual": row.habitual.numerator,
                "regular": row.regular.numerator,
            },
        )
    assert ends


ANSWER = ("question", "definition", "cut_off_at", "periods", "health", "notes")


@pytest.mark.real
@pytest.mark.parametrize("by", GROUPINGS[:5])
@pytest.mark.parametrize("end", [LAST_DAY, MIDDLE])
def test_the_ladder_is_the_plain_one(laid_weeks: Laid, by: str, end: date) -> None:
    plain = laid_weeks.plain(end)

    def figures(who: Who) -> dict[str, int]:
        equipped = plain.equipped(who)
        ever = plain.first(who) is not None
        lately = plain.is_paid(who, end - 29 * DAY, end)
        active, undecided = plain.is_active(who, end)
        return {
            "equipped": equipped,
            "paid_ever": equipped * ever,
            "paid_lately": equipped * lately,
            "active": equipped * (lately and active),
            "habitual": equipped * (lately and active and plain.is_habitual(who, end)),
            "undecided_count": equipped * (lately and undecided),
            "unequipped_paid_count": int(not equipped and lately),
        }

    answer = laid_weeks.ask(LADDER, end, end, by=by)
    names = figures(plain.everybody[0])
    wanted = at(end, grouped(plain, by, "ladder", figures))
    compare(answer, wanted, lambda row: {name: value(getattr(row, name)) for name in names})
    for row in answer.rows:
        steps: Any = [getattr(row, name).value for name in STEPS]
        known = [step for step in steps if step is not None]
        assert all(upper >= lower for upper, lower in pairwise(known)), row
        if by == "market":
            assert_census(plain, row)
    if by != "all":
        [whole] = laid_weeks.ask(LADDER, end, end, by="all").rows
        for name in names:
            assert sum(getattr(r, name).value for r in answer.rows) == getattr(whole, name).value


STEPS = ("census", "equipped", "paid_ever", "paid_lately", "active", "habitual")


def assert_census(plain: PlainVendors, row: Any) -> None:
    told = plain.census.get((row.group,))
    stalls = told.data.stall_count if told else None
    if stalls is None or stalls < row.equipped.value:
        assert row.census.value is None and row.census.reason
        assert row.active_of_census.value is None
        return
    assert row.census.value == stalls
    share = row.active_of_census
    assert share.value == (row.active.value / stalls if stalls else None)


@pytest.mark.real
@pytest.mark.parametrize(
    ("by", "grain", "first"),
    [(by, "week", FIRST_DAY + 4 * WEEK) for by in GROUPINGS]
    + [("market", "month", date(2026, 2, 1)), ("kind", "day", LAST_DAY - 9 * DAY)],
)
def test_lifecycle_is_the_plain_one_and_balances(
    laid_weeks: Laid, by: str, grain: str, first: date
) -> None:
    plain = laid_weeks.plain(LAST_DAY)
    answer = laid_weeks.ask(LIFECYCLE, first, LAST_DAY, by=by, grain=grain)
    calendar = list(periods_from(grain))
    shown = {period.last_day: period.first_day for period in answer.periods}
    wanted: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for who in plain.everybody:
        states = plain.walk(who, calendar)
        for (_, last), before, state in zip(calendar, ["", *states], states, strict=False):
            if last not in shown:
                continue
            cell = wanted[(shown[last], *plain.group(by, *who))]
            cell["active_before"] += before not in ("", "dormant")
            cell["active"] += state not in ("", "dormant")
            if state:
                cell[state] += 1
    names = ("active_before", "new", "returning", "resurrected", "dormant", "on_leave", "active")
    compare(answer, wanted, lambda row: {name: value(getattr(row, name)) for name in names})
    for row in answer.rows:
        come_and_gone: Any = row
        assert value(come_and_gone.active) == (
            value(come_and_gone.active_before)
            + value(come_and_gone.new)
            + value(come_and_gone.resurrected)
            - value(come_and_gone.dormant)
        )


def periods_from(grain: str) -> Iterator[tuple[date, date]]:
    """Calendar periods from the first to the last day, the last cut off."""
    start = FIRST_DAY.replace(day=1) if grain == "month" else FIRST_DAY
    while start <= LAST_DAY:
        if grain == "month":
            following = (start + timedelta(days=32)).replace(day=1)
        else:
            following = start + (WEEK if grain == "week" else DAY)
        yield start, min(following - DAY, LAST_DAY)
        start = following
