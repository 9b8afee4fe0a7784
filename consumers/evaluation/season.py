"""What comes back every year in a market: waves of the year, Tết, public holidays. Pure."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from consumers.statistics.arrays import Floats
from schemas.calendar import PUBLIC_HOLIDAYS, TET

HARMONICS = 2
WEEKS_A_YEAR = 365.2425 / 7


@lru_cache(maxsize=8)
def season_terms(weeks: tuple[date, ...]) -> Floats:
    """Two harmonics of the year, the fortnight before Tết, its week, and public holidays.

    The last three are shares of the week's seven days.
    """
    turn = np.array([2 * np.pi * w.toordinal() / 7 / WEEKS_A_YEAR for w in weeks])
    waves = [f(k * turn) for k in range(1, HARMONICS + 1) for f in (np.sin, np.cos)]
    before, during = np.zeros(len(weeks)), np.zeros(len(weeks))
    holiday = np.zeros(len(weeks))
    for number, week in enumerate(weeks):
        for day in (week + timedelta(days=n) for n in range(7)):
            to_tet = min(((day - first).days for first in TET), key=abs)
            before[number] += -14 <= to_tet < 0
            during[number] += 0 <= to_tet < 7
            holiday[number] += day in PUBLIC_HOLIDAYS
    return np.column_stack([*waves, before / 7, during / 7, holiday / 7])
