"""Small sites, candidates and questions for the tests of the rollout."""

from datetime import date, timedelta
from typing import Any

from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.site import Candidate, RunningSite
from schemas.registry import MarketKind

MONDAY = date(2026, 3, 2)


def site(
    code: str,
    new: tuple[int, ...],
    *,
    stall_count: int = 200,
    kind: MarketKind = "traditional_market",
    first_week: date = MONDAY,
) -> RunningSite:
    """A running site, open on all days."""
    return RunningSite(
        code=code,
        name=f"Chợ {code}",
        kind=kind,
        ward="Phường 1",
        stall_count=stall_count,
        start_day=first_week,
        first_week=first_week,
        new=new,
        open_share=(1.0,) * len(new),
    )


def candidate(
    code: str, stall_count: int = 90, *, ward: str = "Phường 1", **more: Any
) -> Candidate:
    """A traditional market that might start."""
    kind: MarketKind = more.pop("kind", "traditional_market")
    return Candidate(code, f"Chợ {code}", kind, ward, stall_count, **more)


def question(teams: int, weeks: int, **more: Any) -> PlanQuestion:
    """A question over whole weeks from MONDAY on; no training and no Tết unless asked."""
    given: dict[str, Any] = {"training_weeks": 0, "is_tet_black": False, "order": "free", **more}
    return PlanQuestion(
        teams=teams,
        first_day=MONDAY,
        last_day=MONDAY + timedelta(days=7 * weeks - 1),
        **given,
    )
