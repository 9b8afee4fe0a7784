"""M1 and M2 for activity, ladder and lifecycle: as a plain recomputation on 520 random cities.

Lifecycles balance, ladders never widen, parts sum to wholes.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from consumers.adoption.metrics.activity import METRIC as ACTIVITY
from consumers.adoption.metrics.ladder import METRIC as LADDER
from consumers.adoption.metrics.lifecycle import METRIC as LIFECYCLE
from schemas.thresholds import Thresholds
from tests.consumers.adoption.laid_weeks import Laid, at, compare, value
from tests.consumers.adoption.plain_vendors import DAY, PlainVendors, Who, grouped
from tests.consumers.adoption.weeks import FIRST_DAY, LAST_DAY, WEEK

MIDDLE = FIRST_DAY + 9 * WEEK + timedelta(days=2)  # a Wednesday
GROUPINGS = ("all", "kind", "market", "row", "product", "cohort", "vendor")


def activity_figures(plain: PlainVendors, who: Who, end: date, window: int = 28) -> dict[str, int]:
    active, undecided = plain.is_active(who, end, window=window)
    return {
        "open": plain.was_open(who, end, window=window),
        "active": active,
        "undecided": undecided,
        "habitual": plain.is_habitual(who, end),
        "regular": plain.is_regular(who, end),
    }


def activity_counts(row: Any) -> dict[str, int]:
    return {
        "open": value(row.open_count),
        "active": row.active.numerator,
        "undecided": value(row.undecided_count),
        "habitual": row.habitual.numerator,
        "regular": row.regular.numerator,
    }


def plain_activity(plain: PlainVendors, by: str, start: date, end: date, window: int = 28) -> Any:
    figures = partial(activity_figures, plain, end=end, window=window)
    return at(start, grouped(plain, by, ("activity", end, window), figures))


@pytest.mark.real
@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("end", [LAST_DAY, MIDDLE])
def test_activity_is_the_plain_one(laid_weeks: Laid, by: str, end: date) -> None:
    is_series = by == "market"
    first, grain = (end - 9 * DAY, "week") if is_series else (end, "window")
    answer = laid_weeks.ask(ACTIVITY, first, end, by=by, grain=grain)
    plain = laid_weeks.plain(end)
    wanted: dict[Any, dict[str, int]] = {}
    for period in answer.periods:
        wanted |= plain_activity(plain, by, period.first_day, period.last_day)
    assert len(answer.periods) == (2 if is_series else 1)
    compare(answer, wanted, activity_counts)


@pytest.mark.real
def test_as_known_on_an_earlier_moment_it_is_the_plain_one_too(laid_weeks: Laid) -> None:
    """Half of the evidence of the last days has not come yet, and nothing of it is told."""
    end = MIDDLE
    known_on = datetime(end.year, end.month, end.day, 20, tzinfo=UTC)
    plain = laid_weeks.plain(end, known_on)
    words: dict[str, Any] = {"by": "market", "known_on": known_on}
    thresholds = Thresholds(active_window_days=6)  # few days, because each is computed anew
    answer = laid_weeks.ask(ACTIVITY, end, end, thresholds=thresholds, **words)
    wanted = plain_activity(plain, "market", end, end, 6)
    compare(answer, wanted, activity_counts)
    assert wanted != plain_activity(laid_weeks.plain(end), "market", end, end, 6)
    answer = laid_weeks.ask(LIFECYCLE, end - 3 * DAY, end, grain="week", **words)
    shown = {period.last_day: period.first_day for period in answer.periods}
    compare(answer, plain_lifecycle(plain, "market", "week", shown, end), lifecycle_counts)
    store = laid_weeks.store
    for table in ("known_day", "asked_group", "registry_span"):
        assert store.query(f"SELECT count() FROM {table} WHERE ask != ''") == [(0,)]


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
    answer = laid_weeks.ask(LIFECYCLE, first, LAST_DAY, by=by, grain=grain)
    shown = {period.last_day: period.first_day for period in answer.periods}
    wanted = plain_lifecycle(laid_weeks.plain(LAST_DAY), by, grain, shown, LAST_DAY)
    compare(answer, wanted, lifecycle_counts)
    for row in answer.rows:
        come_and_gone: Any = row
        assert value(come_and_gone.active) == (
            value(come_and_gone.active_before)
            + value(come_and_gone.new)
            + value(come_and_gone.resurrected)
            - value(come_and_gone.dormant)
        )


MOVES = ("active_before", "new", "returning", "resurrected", "dormant", "on_leave", "active")


def lifecycle_counts(row: Any) -> dict[str, int]:
    return {name: value(getattr(row, name)) for name in MOVES}


def plain_lifecycle(
    plain: PlainVendors, by: str, grain: str, shown: dict[date, date], end: date
) -> dict[Any, dict[str, int]]:
    """By first shown day, market and group: sums of what each vendor does."""
    calendar = list(periods_from(grain, end))
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
    return wanted


def periods_from(grain: str, end: date) -> Iterator[tuple[date, date]]:
    """Calendar periods from the first to the last day, the last cut off."""
    start = FIRST_DAY.replace(day=1) if grain == "month" else FIRST_DAY
    while start <= end:
        if grain == "month":
            following = (start + timedelta(days=32)).replace(day=1)
        else:
            following = start + (WEEK if grain == "week" else DAY)
        yield start, min(following - DAY, end)
        start = following
