"""Who is active, who sells regularly, who has the habit, and who could: decided over arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from consumers.adoption.panel.exposure import (
    Absences,
    leave,
    market_open_days,
    paid_periods,
    vendor_open_days,
)
from consumers.adoption.panel.paid_cells import paid_cells
from consumers.adoption.panel.panel import Bools, Ints, Panel, day_number
from consumers.adoption.question.facts import Facts
from consumers.adoption.question.readings import QR, read_figures
from consumers.adoption.question.scope import Scope
from consumers.fold.projections import week_number
from schemas.thresholds import Thresholds

# How far back open days and weeks are looked for: longer than any closure.
REGULAR_LOOKBACK_DAYS = 120
HABIT_LOOKBACK_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Standing:
    """How each vendor of a panel stands at the end of a day. Vectors over vendors.

    `is_open`: open on a day of the window, the denominator. `is_active` by what is known of payers;
    `is_undecided`: not so, but active if payments of unknown payers each came from another person.
    """

    is_open: Bools
    is_active: Bools
    is_undecided: Bools
    is_regular: Bools
    is_habitual: Bools


@dataclass(frozen=True, slots=True)
class ActiveWindow:
    """Payments, payers and payments of unknown payers of each vendor in the active window.

    Payers are counted up to the threshold, and only of who has as many payments as it asks for.
    """

    payments: Ints
    payers: Ints
    payerless: Ints


def lookback(first_end: date, thresholds: Thresholds) -> date:
    """The first day that any definition looks at, for standings from `first_end` on."""
    days = max(REGULAR_LOOKBACK_DAYS, thresholds.active_window_days)
    return first_end - timedelta(days=days)


def window_range(ends: Sequence[date], thresholds: Thresholds) -> list[tuple[date, date]]:
    """The days whose payers the active windows look at."""
    return [(min(ends) - timedelta(days=thresholds.active_window_days - 1), max(ends))]


def read_windows(scope: Scope, panel: Panel, ends: Sequence[date]) -> list[ActiveWindow]:
    """The active window up to each of the `ends`."""
    thresholds = scope.question.thresholds
    [(first, last)] = window_range(ends, thresholds)
    payers_min = thresholds.active_payers_min
    paid = paid_cells(
        panel,
        read_figures(scope, first, last, payers_min=payers_min),
        day_number(first),
        day_number(last),
    )
    windows = []
    for end in ends:
        at = day_number(end) + 1 - day_number(first)
        days = slice(at - thresholds.active_window_days, at)
        payments = paid.payments[:, days].sum(axis=1)
        payerless = paid.payerless[:, days].sum(axis=1)
        payers = np.zeros(panel.count, np.int64)
        often = np.flatnonzero(payments >= thresholds.active_payments_min)
        payers[often] = paid.distinct_payers(often, days, payers_min)
        windows.append(ActiveWindow(payments, payers, payerless))
    return windows


def standings(
    panel: Panel,
    absences: Absences,
    facts: Facts,
    windows: Sequence[ActiveWindow],
    ends: Sequence[date],
    thresholds: Thresholds,
) -> list[Standing]:
    """The standing of every vendor at the end of each of the `ends`."""
    first = day_number(lookback(min(ends), thresholds))
    last = day_number(max(ends))
    open_days = vendor_open_days(
        panel, absences, market_open_days(facts, panel.markets, first, last), first
    )
    paid = panel.paid_days(first, last)
    week = week_number(max(ends))
    span = range(week_number(min(ends)) - HABIT_LOOKBACK_WEEKS, week + 1)
    open_weeks = ~leave(panel, absences, facts, "week", span)
    paid_weeks = paid_periods(panel, "week", span)
    found = []
    for window, end in zip(windows, ends, strict=True):
        at = day_number(end) + 1 - first
        recent = slice(at - thresholds.active_window_days, at)
        paid_open_count = (paid[:, recent] & open_days[:, recent]).sum(axis=1)
        is_active, is_undecided = active(window, paid_open_count, thresholds)
        complete = week_number(end + timedelta(days=1)) - span.start  # weeks that are over
        back = slice(at - REGULAR_LOOKBACK_DAYS, at)
        habit = slice(complete - HABIT_LOOKBACK_WEEKS, complete)
        is_habitual = paid_in_last(
            paid_weeks[:, habit],
            open_weeks[:, habit],
            of_last=thresholds.habitual_window_weeks,
            at_least=thresholds.habitual_weeks_min,
        )
        is_regular = paid_in_last(
            paid[:, back],
            open_days[:, back],
            of_last=thresholds.regular_window_days,
            at_least=thresholds.regular_days_min,
        )
        is_open = open_vendors(panel, open_days[:, recent], first + recent.start)
        found.append(Standing(is_open, is_active, is_undecided, is_regular, is_habitual))
    return found


def active(
    window: ActiveWindow, paid_open_days: Ints, thresholds: Thresholds
) -> tuple[Bools, Bools]:
    """(active, undecided). All payments of unknown payers count as one payer, or as one each."""
    often = (window.payments >= thresholds.active_payments_min) & (
        paid_open_days >= thresholds.active_days_min
    )
    fewest = window.payers + (window.payerless > 0)
    most = window.payers + window.payerless
    is_active = often & (fewest >= thresholds.active_payers_min)
    return is_active, often & ~is_active & (most >= thresholds.active_payers_min)


def paid_in_last(paid: Bools, is_open: Bools, *, of_last: int, at_least: int) -> Bools:
    """Who was paid in `at_least` of the last `of_last` open columns. The last column is newest."""
    # 1 for the newest open column; 16 bits are enough, and a quarter of the bytes
    number = np.cumsum(is_open[:, ::-1], axis=1, dtype=np.int16)[:, ::-1]
    looked_at = is_open & (number <= of_last)
    found: Bools = (paid & looked_at).sum(axis=1) >= at_least
    return found


def open_vendors(panel: Panel, open_days: Bools, first: int) -> Bools:
    """Who had a stall or an account on an open day of the columns, which begin with day `first`."""
    spans = panel.spans
    reach = np.zeros((panel.count, open_days.shape[1] + 1), np.int64)
    np.cumsum(open_days, axis=1, out=reach[:, 1:])
    kept = np.flatnonzero((spans.kind != QR) & (spans.vendor >= 0))
    low = np.clip(spans.first[kept] - first, 0, open_days.shape[1])
    high = np.clip(spans.after[kept] - first, 0, open_days.shape[1])
    rows = spans.vendor[kept]
    is_there = reach[rows, np.maximum(low, high)] > reach[rows, low]
    found = np.zeros(panel.count, bool)
    found[rows[is_there]] = True
    return found
