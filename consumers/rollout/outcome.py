"""What a forecast and its score say: one tree of facts for page, report, API, terminal. Pure.

Counts are stalls, shares are of the census, days are local, and weeks are named by their last day,
a Sunday.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from consumers.rollout.site import LeftOut
from schemas.message import Message

BANDS = (0.5, 0.8, 0.95)
DATE_PROBABILITIES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95)

State = Literal["running", "unstarted"]


@dataclass(frozen=True, slots=True)
class Band:
    """The truth lies between `low` and `high` with probability `level`, if the model is right."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class WeekForecast:
    """Stalls that will have adopted at the end of a week; `week` 1 is the first since the start."""

    week: int
    last_day: date
    mean: float
    median: float
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class DateBy:
    """With this probability the day is not later; None: later than the horizon, or never."""

    probability: float
    day: date | None


@dataclass(frozen=True, slots=True)
class TargetDate:
    """When a share of the census has adopted, as a distribution.

    `by_week` is the probability that it is reached by the end of each week of the forecast;
    `never` that it is not reached within the horizon.
    """

    share: float
    stalls_needed: int
    is_reached: bool
    never: float
    quantiles: tuple[DateBy, ...]
    by_week: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PosteriorEstimate:
    """A parameter's median and its 80 % band."""

    name: str
    median: float
    low80: float
    high80: float


@dataclass(frozen=True, slots=True)
class SiteForecast:
    """One site. `past` are adopters at the end of each known week, from `first_week`'s on."""

    code: str
    name: str
    kind: str
    ward: str
    state: State
    stall_count: int
    start_day: date
    first_week: date
    past: tuple[int, ...]
    adopted_count: int
    adopted_share: float
    weeks: tuple[WeekForecast, ...]
    target: TargetDate
    parameters: tuple[PosteriorEstimate, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class KindEstimate:
    """What is believed of a kind's mean after the data; with `site_count` 0 it is mostly prior."""

    kind: str
    site_count: int
    parameters: tuple[PosteriorEstimate, ...]


@dataclass(frozen=True, slots=True)
class ForecastModel:
    """How it was computed, so that it can be computed again."""

    definition: Message
    prior: Message
    kinds: tuple[KindEstimate, ...]
    between_sites: tuple[
        PosteriorEstimate, ...
    ]  # τ: deviations between sites of a kind, logs and logits
    luck_variance: PosteriorEstimate
    draws: int
    seed: int
    r_hat: float
    sweeps: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Adoption of running and of unstarted sites as known at the end of `cut_off_day`, a Sunday."""

    cut_off_day: date
    horizon_weeks: int
    target_share: float
    sites: tuple[SiteForecast, ...]
    left_out: tuple[LeftOut, ...]
    model: ForecastModel


@dataclass(frozen=True, slots=True)
class MethodScore:
    """How one method did at a number of weeks ahead (0: all weeks together).

    `crps_share` is in shares of the census, less is better. `coverage80` and `coverage95` are how
    often the truth was inside; `pit80` and `pit95` the same with ties of counts broken at random,
    which is fair to small sites.
    """

    method: str
    weeks_ahead: int
    forecast_count: int
    crps_share: float
    coverage80: float
    coverage95: float
    pit80: float
    pit95: float


@dataclass(frozen=True, slots=True)
class Score:
    """Past forecasts against what happened: each site as it was known at each origin."""

    first_origin: date
    last_origin: date
    origin_count: int
    site_count: int
    horizon_weeks: int
    methods: tuple[MethodScore, ...]
    better_than: tuple[tuple[str, float], ...]  # by which share our CRPS is below a method's
    left_out: tuple[LeftOut, ...]
    model: Message
