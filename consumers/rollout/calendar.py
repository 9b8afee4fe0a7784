"""Weeks from Monday to Sunday, and what is known of coming ones: Tết, and named black-outs.

Days are local (Asia/Ho_Chi_Minh). Tết's dates are those of the evaluation. Pure.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from consumers.statistics.diffusion.prior import Bools, Floats
from infra.errors import Refused
from schemas.calendar import TET

WEEK = timedelta(days=7)
WEEKS_MAX = 520
TET_CLOSED_DAYS = 3  # the first three days of the year
# Nobody is trained while people buy for Tết, nor before they are back.
TET_BLACKOUT_BEFORE, TET_BLACKOUT_AFTER = 7, 6


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from `first` to `last`, both in it."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "DayRange":
        """`2026-08-10..2026-08-16`, or one day. Refused: anything else."""
        first, _, last = text.partition("..")
        try:
            span = cls(date.fromisoformat(first), date.fromisoformat(last or first))
        except ValueError as error:
            raise Refused(
                f"days {text!r}: must be YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD: {error}"
            ) from None
        if span.last < span.first:
            raise Refused(f"days {text!r}: the last day is before the first")
        return span


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks_from(first: date, count: int) -> tuple[date, ...]:
    """`count` Mondays. Refused: more weeks than anybody plans."""
    assert first.weekday() == 0, first
    if not 0 <= count <= WEEKS_MAX:
        raise Refused(f"weeks: from 0 to {WEEKS_MAX}, not {count}")
    return tuple(first + n * WEEK for n in range(count))


def tet_days() -> frozenset[date]:
    """Days on which markets are closed for Tết in the years whose Tết is known."""
    return frozenset(first + timedelta(days=n) for first in TET for n in range(TET_CLOSED_DAYS))


def tet_blackouts() -> tuple[DayRange, ...]:
    """The weeks around each Tết in which no team works."""
    return tuple(
        DayRange(first - timedelta(days=TET_BLACKOUT_BEFORE), first + timedelta(TET_BLACKOUT_AFTER))
        for first in TET
    )


def open_share(mondays: Iterable[date], closed: Collection[date]) -> tuple[float, ...]:
    """Of each week, the share of its days on which a site is not `closed`."""
    return tuple(
        sum(first + timedelta(days=n) not in closed for n in range(7)) / 7 for first in mondays
    )


def open_share_ahead(mondays: Iterable[date], usual: float) -> Floats:
    """What to expect of coming weeks: the site's usual share, less Tết."""
    return usual * np.array(open_share(mondays, tet_days()))


def blacked_out(mondays: Iterable[date], spans: Iterable[DayRange]) -> Bools:
    """Whether a week has a day of any of the spans."""
    spans = tuple(spans)
    return np.array(
        [
            any(span.first <= first + timedelta(days=6) and first <= span.last for span in spans)
            for first in mondays
        ],
        dtype=bool,
    )
