"""What an evaluation says: one tree of facts for the command, the page and the reports."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from consumers.evaluation.plan import Estimator
from consumers.statistics.arrays import Estimate
from consumers.statistics.collapsed import VarianceCheck
from consumers.statistics.contrast import PreTrend
from consumers.statistics.permutation import PermutationTest
from consumers.statistics.power import Power
from consumers.statistics.sensitivity import Sensitivity
from schemas.message import Message

Label = Literal["causal", "descriptive"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a design cannot answer, and what evidence would be needed. `code` names the rule."""

    code: str
    why: Message
    need: Message


@dataclass(frozen=True, slots=True)
class Design:
    """One design: what it estimates, on what its inference rests, and why it may not be used."""

    name: Estimator
    label: Label
    estimate: Message
    inference: Message
    refusals: tuple[Refusal, ...]
    warnings: tuple[Message, ...] = ()

    @property
    def is_admissible(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Departure:
    """What differs from what was registered. `is_substantial`: the conclusion may hang on it.

    `is_early`: it is only that the registered cut-off is still to come.
    """

    what: Message
    is_substantial: bool
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """Which plan, in which form, registered when. `at` None: the plan is not registered."""

    id: str
    title: str
    digest: str
    at: datetime | None
    logged_at: datetime | None  # when the log itself recorded the hash, where it has


@dataclass(frozen=True, slots=True)
class MarketFigure:
    """A market's outcome before and after the start. `role`: pilot or comparison."""

    market: str
    name: str
    role: Literal["pilot", "comparison"]
    start_week: date | None
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class MeasuredOutcome:
    """What was measured and where it comes from."""

    metric: str
    unit: Message
    source: Message
    is_log: bool
    first_week: date
    start_week: date
    last_week: date
    weeks_before: int
    weeks_after: int
    weeks_left_out: tuple[date, ...]
    cut_off_at: datetime | None


@dataclass(frozen=True, slots=True)
class Effect:
    """The headline. `low` to `high` is the interval that belongs to `p` (with infinite ends where
    nothing could be rejected). `relative` is the effect over what would have been without it."""

    value: float
    low: float
    high: float
    confidence: float
    p: float
    p_min: float
    method: Message
    relative: float | None


@dataclass(frozen=True, slots=True)
class EventPoint:
    """One week (of calendar time, or `event` weeks since the start) of the event study."""

    week: date | None
    event: int
    value: float
    low: float
    high: float
    is_post: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Another estimator's answer, shown beside the headline and never instead of it."""

    name: str
    title: Message
    value: float
    low: float | None
    high: float | None
    p: float | None
    note: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a design found. Parts that a design does not have are None or empty.

    `pre_trend_p` is the p of what `pre_trend` shows, or of the design's own check of the time
    before. `interrupted` weeks of events have no interval: low, value and high are equal.
    """

    effect: Effect
    events: tuple[EventPoint, ...] = ()
    beside: tuple[Beside, ...] = ()
    pre_trend_p: float | None = None
    permutation: PermutationTest | None = None
    collapsed: Estimate | None = None
    vendor_level: Estimate | None = None
    power: Power | None = None
    pre_trend: PreTrend | None = None
    variance: VarianceCheck | None = None
    sensitivity: Sensitivity | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`key` names the rule (verdict.py); `is_success` is true of two of them only."""

    key: str
    is_success: bool
    sentence: Message
    because: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything. `found` is None where the design was refused."""

    registered: Registered
    departures: tuple[Departure, ...]
    design: Design
    others: tuple[Design, ...]  # and why they were not used
    outcome: MeasuredOutcome
    markets: tuple[MarketFigure, ...]
    found: Found | None
    verdict: Verdict
