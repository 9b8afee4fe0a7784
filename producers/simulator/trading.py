"""When markets are open and how busy a day and an hour are. Days are local (Asia/Ho_Chi_Minh)."""

from datetime import UTC, date, datetime, time, timedelta

from producers.simulator.draw import Weights, chance, rng_of
from schemas.calendar import LOCAL, TET
from schemas.registry import MarketKind

_TET_DAYS = {first + timedelta(days=n): n for first in TET for n in range(-10, 10)}
_STORM_SHARE = {7: 0.04, 8: 0.06, 9: 0.07, 10: 0.04}  # by month; 0.004 in all others

_HOURS: dict[MarketKind, Weights] = {
    # hours 0 … 23; a wet market peaks in the early morning and has a few night stalls
    "traditional_market": Weights(
        (2, 1, 1, 4, 20, 70, 120, 130, 110, 90, 70, 40, 15, 10, 20, 45, 70, 60, 30, 10, 5, 4, 4, 6)
    ),
    "supermarket": Weights(
        (0, 0, 0, 0, 0, 0, 0, 5, 40, 60, 65, 55, 30, 25, 35, 50, 70, 95, 100, 90, 60, 20, 0, 0)
    ),
    "convenience_store": Weights(
        (12, 8, 4, 3, 4, 12, 40, 60, 45, 35, 40, 55, 50, 30, 30, 35, 45, 65, 70, 60, 50, 40, 30, 20)
    ),
    "service_centre": Weights(
        (0, 0, 0, 0, 0, 0, 0, 20, 90, 100, 80, 15, 0, 40, 80, 70, 25, 0, 0, 0, 0, 0, 0, 0)
    ),
}
_WEEKDAYS = (0.9, 0.92, 0.95, 1.0, 1.08, 1.25, 1.3)  # Monday … Sunday


def midnight(day: date) -> datetime:
    """The instant, in UTC, at which a local day begins."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def local_day(moment: datetime) -> date:
    """The local day of an instant."""
    return moment.astimezone(LOCAL).date()


def is_storm(seed: int, day: date) -> bool:
    """Whether a storm closes the whole city's markets on this day."""
    return chance(rng_of(seed, "storm", day), _STORM_SHARE.get(day.month, 0.004))


def closed_because(seed: int, market: str, kind: MarketKind, day: date) -> str | None:
    """Why the market is closed on this day, or None where it is open."""
    if 0 <= _TET_DAYS.get(day, -1) <= (0 if kind == "convenience_store" else 2):
        return "Tết"
    if kind == "service_centre" and (day.weekday() >= 5 or _TET_DAYS.get(day, -99) in range(-2, 5)):
        return "Ngày nghỉ"
    if kind != "service_centre" and is_storm(seed, day):
        return "Bão"
    if kind == "traditional_market" and chance(rng_of(seed, "closed", market, day), 1 / 60):
        return "Vệ sinh chợ"
    return None


def busyness(seed: int, kind: MarketKind, day: date) -> float:
    """How much is bought on an open day, 1.0 being usual."""
    to_tet = _TET_DAYS.get(day)
    factor = 1.0
    if to_tet is not None:
        factor = 1.3 + 0.06 * (10 + to_tet) if to_tet < 0 else 0.35 + 0.06 * to_tet
    if is_storm(seed, day - timedelta(days=1)):
        factor *= 0.7
    return factor * (1.0 if kind == "service_centre" else _WEEKDAYS[day.weekday()])


def hours_of(kind: MarketKind) -> Weights:
    """When on a day people pay."""
    return _HOURS[kind]


def booking_day(day: date, second_of_day: int) -> date:
    """The day under which a bank books a credit: evenings, weekends and Tết go to the next one.

    At most 13 days later: Tết's seven days, and the weekends around them.
    """
    booked = day + timedelta(days=1) if second_of_day >= 18 * 3600 else day
    for _ in range(14):
        if booked.weekday() < 5 and _TET_DAYS.get(booked, -99) not in range(-2, 5):
            return booked
        booked += timedelta(days=1)
    raise AssertionError(f"{day}: no banking day within two weeks")
