"""When could a vendor be paid at all? Days and periods on which his market was open and he there.

Tết, storms, cleaning days and absences are exposure, not decline: rates are per open day or week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from consumers.adoption.panel.panel import (
    DAYS_PER_WEEK,
    EPOCH,
    MONDAY_ZERO,
    Bools,
    Ints,
    Panel,
    date_of,
    day_number,
)
from consumers.adoption.question.answer import Grain
from consumers.adoption.question.facts import Facts
from consumers.adoption.question.readings import Records, read_absent
from consumers.adoption.question.scope import Scope

_MONTHS_BEFORE_EPOCH = EPOCH.year * 12


@dataclass(frozen=True, slots=True)
class Absences:
    """Rows of the panel with day numbers, and with weeks and months in which nobody was there."""

    days: tuple[Ints, Ints]
    weeks: tuple[Ints, Ints]
    months: tuple[Ints, Ints]


def read_absences(scope: Scope, panel: Panel) -> Absences:
    """Single days, whole weeks and whole months of absence of the panel's vendors."""
    days, weeks, months = read_absent(scope)
    return Absences(_marked(panel, days), _marked(panel, weeks), _marked(panel, months))


def _marked(panel: Panel, records: Records) -> tuple[Ints, Ints]:
    rows = panel.rows_of(records["vendor"])
    is_there = rows >= 0
    return rows[is_there], records["number"][is_there].astype(np.int64)


def market_open_days(facts: Facts, markets: Sequence[str], first: int, last: int) -> Bools:
    """Which market was open on which of the days from `first` to `last`, by the calendar."""
    found = np.ones((len(markets), last - first + 1), bool)
    for n, market in enumerate(markets):
        for day in facts.closed.get(market, ()):
            at = day_number(day) - first
            if 0 <= at < found.shape[1]:
                found[n, at] = False
    return found


def vendor_open_days(panel: Panel, absences: Absences, open_days: Bools, first: int) -> Bools:
    """Which vendor was there on which open day: rows are vendors, columns days from `first` on."""
    found = open_days[panel.market]
    rows, days = absences.days
    within = (days >= first) & (days < first + found.shape[1])
    found[rows[within], days[within] - first] = False
    return found


def period_number(day: date, grain: Grain) -> int:
    """The number of the period that a day is in."""
    if grain == "month":
        return day.year * 12 + day.month - 1 - _MONTHS_BEFORE_EPOCH
    number = day_number(day)
    return (number - MONDAY_ZERO) // DAYS_PER_WEEK if grain == "week" else number


def period_days(number: int, grain: Grain) -> tuple[int, int]:
    """First and last day number of a period."""
    if grain == "month":
        year, month = divmod(number + _MONTHS_BEFORE_EPOCH, 12)
        first = date(year, month + 1, 1)
        following = (first + timedelta(days=32)).replace(day=1)
        return day_number(first), day_number(following) - 1
    if grain == "week":
        first_day = MONDAY_ZERO + number * DAYS_PER_WEEK
        return first_day, first_day + DAYS_PER_WEEK - 1
    return number, number


def closed_periods(facts: Facts, market: str, grain: Grain) -> frozenset[int]:
    """Periods in which a market was not open on any day."""
    return _whole_periods(facts.closed.get(market, frozenset()), grain)


@lru_cache(maxsize=1_000)  # markets of one city have few calendars
def _whole_periods(days: frozenset[date], grain: Grain) -> frozenset[int]:
    """Periods of which every day is one of these."""
    found = set()
    for number in {period_number(day, grain) for day in days}:
        first, last = period_days(number, grain)
        if all(date_of(day) in days for day in range(first, last + 1)):
            found.add(number)
    return frozenset(found)


def leave(panel: Panel, absences: Absences, facts: Facts, grain: Grain, span: range) -> Bools:
    """Which vendor had no open day in which period of `span`: closed markets, and absences."""
    closed = np.zeros((len(panel.markets), len(span)), bool)
    for n, market in enumerate(panel.markets):
        for number in closed_periods(facts, market, grain):
            if number in span:
                closed[n, number - span.start] = True
    found = closed[panel.market]
    rows, numbers = {"week": absences.weeks, "month": absences.months}.get(grain, absences.days)
    within = (numbers >= span.start) & (numbers < span.stop)
    found[rows[within], numbers[within] - span.start] = True
    return found


def leave_so_far(panel: Panel, absences: Absences, facts: Facts, first: int, last: int) -> Bools:
    """Which vendor had no open day from `first` to `last`, where no more of a period is known."""
    open_days = market_open_days(facts, panel.markets, first, last)
    there = vendor_open_days(panel, absences, open_days, first)
    nobody: Bools = np.logical_not(np.any(there, axis=1))
    return nobody


def paid_periods(panel: Panel, grain: Grain, span: range) -> Bools:
    """Which vendor was paid in which period of `span`."""
    if grain == "week":
        found = np.zeros((panel.count, len(span)), bool)
        begin = max(span.start, panel.first_week)
        end = min(span.stop, panel.first_week + panel.weeks.shape[1])
        if begin < end:
            weeks = panel.weeks[:, begin - panel.first_week : end - panel.first_week]
            found[:, begin - span.start : end - span.start] = weeks != 0
        return found
    bounds = [period_days(number, grain) for number in span]
    days = panel.paid_days(bounds[0][0], bounds[-1][1])
    starts = np.array([first for first, _ in bounds]) - bounds[0][0]
    return np.logical_or.reduceat(days, starts, axis=1)
