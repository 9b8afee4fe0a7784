"""What every adoption metric is asked and what it answers: one shape for CLI, API, page and docs.

A metric is one .sql file and one function `(store, question, scene) -> Answer`, listed with its row
type and its definition in `metrics/catalogue.py`. All of this is frozen and pure.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from consumers.adoption.question.facts import Facts
from consumers.adoption.question.partition_cache import Marks, PartitionCache
from consumers.adoption.question.rate import Figure, Rate
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.message import Message
from schemas.thresholds import Thresholds

By = Literal["all", "kind", "market", "row", "product", "cohort", "vendor"]
Grain = Literal["day", "week", "month", "window"]  # window: the whole range is one period


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. Days are local (Asia/Ho_Chi_Minh) and inclusive; empty filters mean all.

    A metric "as of a date" is asked at `last_day`; `first_day` then bounds only its trend.
    `is_shared` asks for an answer that may leave the house: small cells are suppressed.
    """

    metric: str
    first_day: date
    last_day: date
    by: By = "market"
    grain: Grain = "window"
    markets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    known_on: datetime | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    is_shared: bool = False

    def digest(self) -> str:
        """A hash that is equal for equal questions, for ETags and for reports."""
        text = json.dumps(asdict(self), default=str, sort_keys=True)
        return sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class CutOff:
    """How far evidence is folded: nothing stored that was recorded until `at` is missing.

    `at` and `first_day` (the first day that evidence names) are None where there is no evidence.
    `version` changes whenever figures or registry may have.
    """

    at: datetime | None
    first_day: date | None
    version: str
    waiting_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class MetricContext:
    """What a metric needs beside the question: the time, the fold's rules, how far the fold is.

    `facts` is the registry's short part (markets and closed days) as the question asks for it.
    `partitions` keeps what was read under its `marks`, so that later questions need not.
    """

    now: datetime
    fold: FoldSettings
    cut_off: CutOff
    facts: Facts
    marks: Marks = field(default_factory=Marks)
    partitions: PartitionCache = field(default_factory=PartitionCache, compare=False)


@dataclass(frozen=True, slots=True)
class Period:
    """One period of the answer; an incomplete one has a reason and enters no comparison."""

    first_day: date
    last_day: date
    is_complete: bool
    reason: Message | None

    def __post_init__(self) -> None:
        assert self.is_complete == (self.reason is None), self


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What every row says first: which group in which period. `group` '' is what has no owner.

    Row types derive from it and add `Figure` and `Rate` fields (or whole numbers that are never
    suppressed). `suppressed` is the reason where the row's figures are withheld.
    """

    first_day: date
    last_day: date
    market: str  # '' where the group spans markets
    group: str
    group_name: str
    is_complete: bool
    suppressed: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What evidence the figures rest on, over the question's range; shown beside every rate.

    `received`, `duplicate` and `late` count reports about the asked markets, `conflict` payments.
    `attributed` is of all valid payments, where all markets are asked about, and `rejected`
    counts rejected records that came on the range's days, of any market. `forged` is None where no
    door that checks signatures keeps what it refused.
    """

    received: int
    duplicate: int
    late: int
    conflict: int
    attributed: Rate
    rejected: int
    forged: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a metric means. docs/metrics.md is written from these."""

    id: str
    version: int
    title: str
    text: str  # numerator, denominator, window
    nulls: str  # when a figure is null
    interval: str  # which interval, and why
    thresholds: tuple[str, ...]  # names of fields of Thresholds
    sql: tuple[str, ...]  # of .sql files, from consumers/adoption on: `metrics/fees`


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Rows of the metric's row type with everything that a reader must know about them.

    `cut_off_at` is how far evidence is folded, or `known_on` where that is earlier.
    """

    question: Question
    definition: Definition
    cut_off_at: datetime | None
    periods: tuple[Period, ...]
    rows: tuple[Cell, ...]
    health: Health
    notes: tuple[Message, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every period is."""
        return all(period.is_complete for period in self.periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric of the catalogue. `days` is the length of the range where none is asked."""

    answer: Callable[[Store, Question, MetricContext], Answer]
    row: type[Cell]
    definition: Definition
    by: frozenset[By]
    grains: frozenset[Grain]
    days: int = 28
