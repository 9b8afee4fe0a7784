"""What a plan says: one tree of typed facts for page, report, API and terminal. Pure.

JSON-able by `outcome.as_json`. Weeks are named by their Monday; adopters are expected stalls.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from consumers.rollout.outcome import DateBy, ForecastModel
from consumers.rollout.ranking import Ranking
from schemas.message import Message


@dataclass(frozen=True, slots=True)
class PlannedSite:
    """A site that starts. Its managers are trained in `training_weeks`; its teams, by number, work
    from `start_day` to `last_day`. `low80` and `high80` bound the adopters at the plan's end."""

    code: str
    name: str
    kind: str
    ward: str
    stall_count: int
    tier: int
    stratum: str
    place: int  # in the order of the stratum's lot, from 1
    fixed_because: Message | None  # why no lot placed it
    training_weeks: tuple[date, ...]
    start_day: date
    last_day: date
    teams: tuple[int, ...]
    adopted_at_end: float
    low80: float
    high80: float


@dataclass(frozen=True, slots=True)
class UnplannedSite:
    """A site that does not start within the plan, and why."""

    code: str
    name: str
    stall_count: int
    reason: Message


@dataclass(frozen=True, slots=True)
class StratumShown:
    """A stratum: its sites in the order of its lot, or why there was none."""

    name: str
    tier: int
    codes: tuple[str, ...]
    fixed_because: Message | None


@dataclass(frozen=True, slots=True)
class WeekLoad:
    """How a week of the plan is used, and what is expected by its end."""

    monday: date
    is_black: bool
    teams: int
    teams_busy: int
    trainings: int
    starts: tuple[str, ...]
    adopted: float
    adopted_low80: float
    adopted_high80: float


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """What the plan is worth: all candidates, until the last week."""

    site_count: int
    stall_count: int
    planned_count: int
    stall_weeks: float  # stall-weeks with cashless payment, as the lots fell
    priority_stall_weeks: float  # by priority and the mean of all lots: what is maximised
    bound: float  # no plan under these rules exceeds it
    gap: float
    adopted_at_end: float
    last_day: date | None  # when the last team is done


@dataclass(frozen=True, slots=True)
class OneMoreTeam:
    """The same plan with one team more in every week, less this one.

    `priority_stall_weeks`, what is maximised, is never negative; the others are of the lots drawn.
    """

    teams: int
    priority_stall_weeks: float
    stall_weeks: float
    adopted_at_end: float
    planned_count: int
    last_day: date | None
    said: Message


@dataclass(frozen=True, slots=True)
class PriceOfLot:
    """What an order by lot costs against the best order: the price of evidence."""

    free_priority_stall_weeks: float
    share_lost: float
    said: Message


@dataclass(frozen=True, slots=True)
class Tried:
    """A number of teams, and how likely the target then is."""

    teams: int
    probability: float


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """How many teams make it likely that a share of all candidates' stalls has adopted by the end.

    `teams_needed` is None where no number does: `best_probability` and `best_share` then say what
    all sites starting at once would reach (the share with the probability wanted).
    """

    share: float
    by_day: date
    probability_wanted: float
    probability: float  # of the plan as asked
    date_by: tuple[DateBy, ...]  # of the plan as asked
    teams_needed: int | None
    tried: tuple[Tried, ...]
    best_probability: float
    best_share: float
    said: Message


@dataclass(frozen=True, slots=True)
class StartAssignment:
    """What a later evaluation registers: how it was decided who starts when."""

    how: Message
    is_randomised: bool
    seed: int
    strata: dict[str, str]
    starts: dict[str, date]


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """The plan and everything that it was made from."""

    question: dict[str, Any]
    totals: PlanTotals
    sites: tuple[PlannedSite, ...]
    unplanned: tuple[UnplannedSite, ...]
    weeks: tuple[WeekLoad, ...]
    strata: tuple[StratumShown, ...]
    assignment: StartAssignment
    one_more_team: OneMoreTeam
    price_of_lot: PriceOfLot | None
    target: TargetAnswer | None
    ranking: Ranking
    model: ForecastModel
    said: tuple[Message, ...]
