"""What pages, API and demo ask of forecast and plan where nothing else is asked, and may show."""

from collections.abc import Collection
from datetime import date, timedelta

from consumers.rollout.outcome import Forecast, SiteForecast
from consumers.rollout.plan_question import PlanQuestion
from consumers.web.access.audience import Audience
from infra.errors import Refused
from schemas.thresholds import Thresholds

FORECAST_WEEKS = 52
FORECAST_TARGET = 80  # percent
PLAN_WEEKS = 26
PLAN_TEAMS = 3
PLAN_TARGET = 40  # percent


def seen_sites(
    forecast: Forecast, audience: Audience, markets: Collection[str]
) -> tuple[tuple[SiteForecast, ...], tuple[str, ...]]:
    """The sites that are asked for, and the codes of those that are withheld as small cells."""
    least = Thresholds().k_stalls_min
    sites = [
        s for s in forecast.sites if audience.sees(s.code) and (not markets or s.code in markets)
    ]
    small = [
        s.code
        for s in sites
        if audience.is_shared and (s.stall_count < least or 0 < s.adopted_count < least)
    ]
    return tuple(s for s in sites if s.code not in small), tuple(small)


def plan_question(teams: int, first: date, last: date, percent: int) -> PlanQuestion:
    """The question of page, API and demo; every other rule has the command's default."""

    return PlanQuestion(teams=teams, first_day=first, last_day=last, target_share=percent / 100)


def days_of(today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """What is asked, or half a year from the next Monday on."""
    start = first or today + timedelta(days=7 - today.weekday())
    return start, last or start + timedelta(weeks=PLAN_WEEKS) - timedelta(days=1)


def weight_of(name: str, text: str) -> float:
    """A weight. Refused: it is no number."""
    try:
        return float(text)
    except ValueError:
        raise Refused(f"weight of {name!r}: {text[:20]!r} is not a number") from None
