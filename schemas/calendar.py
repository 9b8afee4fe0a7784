"""Vietnam's calendar: its time, Tết and its public holidays. A day is a day of this zone.

Lunar dates are those of UTC+7. A year that is not here has no Tết.
"""

from datetime import date
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

# The first day of the lunar year in Vietnam.
TET = (
    date(2018, 2, 16),
    date(2019, 2, 5),
    date(2020, 1, 25),
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 2),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
)
# The tenth day of the third lunar month: the Hùng kings.
HUNG_KINGS = (
    date(2018, 4, 25),
    date(2019, 4, 14),
    date(2020, 4, 2),
    date(2021, 4, 21),
    date(2022, 4, 10),
    date(2023, 4, 29),
    date(2024, 4, 18),
    date(2025, 4, 7),
    date(2026, 4, 26),
    date(2027, 4, 16),
    date(2028, 4, 4),
    date(2029, 4, 23),
    date(2030, 4, 12),
)
# 1 January, 30 April, 1 May, 2 September: by Article 112 of the Labour Code 2019.
FIXED = ((1, 1), (4, 30), (5, 1), (9, 2))
PUBLIC_HOLIDAYS = frozenset(HUNG_KINGS) | {
    date(first.year, month, day) for first in TET for month, day in FIXED
}
