"""A site: what runs and how it went, or what might start. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from consumers.rollout.calendar import WEEK
from consumers.statistics.diffusion.hazard import Weeks
from schemas.message import Message
from schemas.registry import MARKET_KINDS, MarketKind

KIND_INDEX = {kind: number for number, kind in enumerate(MARKET_KINDS)}
FIRST_WEEK_SHARE_MAX = 0.3  # more adopters than this at once: the site had begun before


@dataclass(frozen=True, slots=True)
class RunningSite:
    """A running site. `new` and `open_share` tell of its complete weeks, from `first_week` on.

    `first_week` is a Monday; `stall_count` the census, its ceiling. `notes` say what a reader must
    know of its data.
    """

    code: str
    name: str
    kind: MarketKind
    ward: str
    stall_count: int
    start_day: date
    first_week: date
    new: tuple[int, ...]
    open_share: tuple[float, ...]
    notes: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        assert self.first_week.weekday() == 0, self
        assert len(self.new) == len(self.open_share), self
        assert 0 <= sum(self.new) <= self.stall_count, self

    @property
    def next_week(self) -> date:
        """The Monday after the last week that is known."""
        return self.first_week + len(self.new) * WEEK

    @property
    def usual_open_share(self) -> float:
        """The share of days that it is open, without its worst weeks; 1 where nothing is known."""
        return float(np.median(self.open_share)) if self.open_share else 1.0

    def until(self, week: date) -> "RunningSite":
        """As it was known before this Monday."""
        length = max(0, (week - self.first_week).days // 7)
        return RunningSite(
            self.code, self.name, self.kind, self.ward, self.stall_count, self.start_day,
            self.first_week, self.new[:length], self.open_share[:length], self.notes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A site that might start. `attributes` are numbers that priorities may weigh."""

    code: str
    name: str
    kind: MarketKind
    ward: str
    stall_count: int
    earliest: date | None = None
    after: tuple[str, ...] = ()
    attributes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.stall_count > 0, self


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A site of which nothing is forecast or planned, and why."""

    code: str
    reason: Message


def as_weeks(sites: Sequence[RunningSite]) -> Weeks:
    """Arrays of running sites, padded to the longest."""
    length = max((len(site.new) for site in sites), default=0)
    new = np.zeros((len(sites), length))
    open_share = np.zeros((len(sites), length))
    for row, site in enumerate(sites):
        new[row, : len(site.new)] = site.new
        open_share[row, : len(site.new)] = site.open_share
    return Weeks(
        ceiling=np.array([float(site.stall_count) for site in sites]),
        new=new,
        open_share=open_share,
        length=np.array([len(site.new) for site in sites], dtype=np.int64),
    )
