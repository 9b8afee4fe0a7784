"""What a plan is asked: weeks, teams, what a team does, and every rule that it must keep. Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from math import ceil
from typing import Literal

import numpy as np

from consumers.rollout.calendar import (
    WEEK,
    WEEKS_MAX,
    DayRange,
    blacked_out,
    monday,
    tet_blackouts,
    weeks_from,
)
from consumers.rollout.site import Candidate
from consumers.statistics.diffusion.prior import Bools, Ints
from infra.errors import Refused

Order = Literal["randomised", "free"]

STALLS_PER_TEAM_WEEK = 30
TEAMS_PER_SITE_MAX = 2
TRAINING_WEEKS = 1
TRAININGS_PER_WEEK_MAX = 3
SEED = 20_260_104
GAP_MAX = 1e-3
PROBABILITY_WANTED = 0.8
TEAMS_MAX = 1_000


@dataclass(frozen=True)
class PlanQuestion:
    """The question. A site's teams work through its stalls; before them its managers are trained.

    `team_changes`: from a day on, so many teams. `black_outs`: no work and no training in any week
    that has such a day; Tết's are added where `is_tet_black`. `ward_minimum`: in every ward at
    least so many sites (all, where there are fewer) start by `ward_by` (None: by `last_day`).
    `target_share`: of the candidates' stalls, by `last_day`, with `probability_wanted`.
    """

    teams: int
    first_day: date
    last_day: date
    team_changes: tuple[tuple[date, int], ...] = ()
    stalls_per_team_week: int = STALLS_PER_TEAM_WEEK
    teams_per_site_max: int = TEAMS_PER_SITE_MAX
    training_weeks: int = TRAINING_WEEKS
    trainings_per_week_max: int = TRAININGS_PER_WEEK_MAX
    black_outs: tuple[DayRange, ...] = ()
    is_tet_black: bool = True
    ward_minimum: int = 0
    ward_by: date | None = None
    order: Order = "randomised"
    seed: int = SEED
    target_share: float | None = None
    probability_wanted: float = PROBABILITY_WANTED
    gap_max: float = GAP_MAX

    def __post_init__(self) -> None:
        counts = [self.teams, *(teams for _, teams in self.team_changes)]
        rules = (
            (all(0 <= each <= TEAMS_MAX for each in counts), f"teams: from 0 to {TEAMS_MAX}"),
            (self.first_day <= self.last_day, "the last day is before the first"),
            (self.stalls_per_team_week >= 1, "a team does at least one stall a week"),
            (1 <= self.teams_per_site_max <= 10, "teams at one site: from 1 to 10"),
            (0 <= self.training_weeks <= 12, "training: from 0 to 12 weeks"),
            (self.trainings_per_week_max >= 1, "at least one training in a week"),
            (self.ward_minimum >= 0, "a minimum per ward is not negative"),
            (self.target_share is None or 0 < self.target_share <= 1, "target: above 0, to 100 %"),
            (0 < self.probability_wanted < 1, "the probability wanted is between 0 and 1"),
            (0 < self.gap_max < 1, "the gap is between 0 and 1"),
        )
        for holds, rule in rules:
            if not holds:
                raise Refused(f"plan: {rule}")
        first = self.first_monday
        count = (self.last_day + timedelta(days=1) - first).days // 7
        if not 1 <= count <= WEEKS_MAX:
            raise Refused(
                f"plan: {self.first_day} to {self.last_day} holds {max(0, count)} whole weeks:"
                f" from 1 to {WEEKS_MAX}"
            )

    @property
    def first_monday(self) -> date:
        """The first Monday that is not before `first_day`."""
        return monday(self.first_day + timedelta(days=6))

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of all whole weeks."""
        first = self.first_monday
        return weeks_from(first, (self.last_day + timedelta(days=1) - first).days // 7)

    @cached_property
    def is_black(self) -> Bools:
        """Which weeks are blacked out."""
        spans = self.black_outs + (tet_blackouts() if self.is_tet_black else ())
        return blacked_out(self.weeks, spans)

    @cached_property
    def teams_by_week(self) -> Ints:
        """How many teams there are in each week; a change counts from the first whole week on."""
        found = np.full(len(self.weeks), self.teams, dtype=np.int64)
        for since, teams in sorted(self.team_changes):
            found[[week >= since for week in self.weeks]] = teams
        return found

    @property
    def ward_last_week(self) -> int:
        """The last week in which a site may start that counts for its ward's minimum."""
        if self.ward_by is None:
            return len(self.weeks) - 1
        return sum(week <= self.ward_by for week in self.weeks) - 1

    @property
    def last_days(self) -> tuple[date, ...]:
        """The Sundays of all whole weeks."""
        return tuple(week + timedelta(days=6) for week in self.weeks)

    def without_lot(self) -> "PlanQuestion":
        """The same with the order left to the plan."""
        return replace(self, order="free")

    def with_teams(self, teams: int) -> "PlanQuestion":
        """The same with another number of teams all the time."""
        return replace(self, teams=teams, team_changes=())

    def with_more_teams(self, more: int) -> "PlanQuestion":
        """The same with so many more teams in every week."""
        changes = tuple((since, teams + more) for since, teams in self.team_changes)
        return replace(self, teams=self.teams + more, team_changes=changes)

    def weeks_of_work(self, stall_count: int, teams: int) -> int:
        """Working weeks of `teams` teams at a site."""
        return ceil(stall_count / (self.stalls_per_team_week * teams))

    def first_start_week(self, candidate: Candidate) -> int:
        """The first week that begins on or after the candidate's earliest day."""
        if candidate.earliest is None:
            return 0
        return max(0, -((self.weeks[0] - candidate.earliest) // WEEK))
