"""A plan: what will be looked at, in whom, when, how, and what would count as success.

Written before the data are opened, hashed in one canonical form and dated (registration.py).
"""

import json
import tomllib
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from infra.errors import Refused
from schemas.calendar import LOCAL
from schemas.cloudevent import Code
from schemas.payment import RailClass

Estimator = Literal["did", "stepped_wedge", "onboarding", "its", "ancova"]
Metric = Literal["payments", "vnd", "paying_share"]
WEEKS_MAX = 520
MARKETS_MAX = 400


class PlanModel(BaseModel):
    """A part of a plan: frozen, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _monday(day: date) -> date:
    if day.weekday() != 0:
        raise ValueError(f"{day} is not a Monday: weeks are named by their Monday")
    return day


class Outcome(PlanModel):
    """What is measured: per stall and open day, or (paying_share) per stall and week.

    `events` are payments of the ledger; `market_total` what an acquirer or a fee office reported
    of whole markets. The two are never mixed.
    """

    metric: Metric
    source: Literal["events", "market_total"] = "events"
    reported_by: str | None = None
    rail_class: RailClass | None = None
    scale: Literal["level", "log"] = "level"
    direction: Literal["up", "down"] = "up"

    @model_validator(mode="after")
    def _check(self) -> Self:
        is_total = self.source == "market_total"
        if is_total != (self.reported_by is not None and self.rail_class is not None):
            raise ValueError("reported_by and rail_class belong to source market_total, both")
        if is_total and self.metric == "paying_share":
            raise ValueError("a market total does not say how many vendors were paid")
        return self


class StudyWindow(PlanModel):
    """Complete weeks, by their Mondays. `start_week` is the first under treatment, of markets that
    `markets.starts` does not name one by one."""

    first_week: date
    start_week: date
    last_week: date

    @model_validator(mode="after")
    def _check(self) -> Self:
        for day in (self.first_week, self.start_week, self.last_week):
            _monday(day)
        if not self.first_week <= self.start_week <= self.last_week:
            raise ValueError("weeks must ascend: first_week, start_week, last_week")
        if (self.last_week - self.first_week).days // 7 >= WEEKS_MAX:
            raise ValueError(f"more than {WEEKS_MAX} weeks")
        return self


class Markets(PlanModel):
    """Who is treated and who is compared. `starts`: pilots that start in another week."""

    pilots: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MARKETS_MAX)]
    comparisons: Annotated[tuple[Code, ...], Field(max_length=MARKETS_MAX)] = ()
    starts: dict[Code, date] = {}

    @model_validator(mode="after")
    def _check(self) -> Self:
        named = self.pilots + self.comparisons
        if len(set(named)) != len(named):
            raise ValueError("a market is named twice")
        if unknown := sorted(set(self.starts) - set(self.pilots)):
            raise ValueError(f"starts of markets that are no pilots: {', '.join(unknown)}")
        for day in self.starts.values():
            _monday(day)
        return self


class Assignment(PlanModel):
    """How it was decided who is treated when: `how` in words; randomised only by a published seed.

    `strata` are the groups inside which the order was drawn (all sites in one, where none is
    named). `treated` and `control` are vendors of a randomised sub-sample.
    """

    how: Annotated[str, Field(min_length=3)]
    is_randomised: bool = False
    seed: int | None = None
    strata: dict[Code, str] = {}
    treated: tuple[Code, ...] = ()
    control: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.is_randomised and self.seed is None:
            raise ValueError("an order that was randomised has a published seed")
        if set(self.treated) & set(self.control):
            raise ValueError("a vendor is both treated and control")
        return self


class DecisionThresholds(PlanModel):
    """What will be believed. `effect_min` is the least effect worth having, in the outcome's unit
    (with scale log, and for estimator its, as a ratio less 1)."""

    effect_min: float = Field(ge=0)
    alpha: float = Field(0.05, gt=0, le=0.2)
    pre_trend_alpha: float = Field(0.05, gt=0, le=0.5)
    sensitivity_min: float = Field(0.0, ge=0, le=10)


class RunSettings(PlanModel):
    """Numbers that steer the computation, and no conclusion. With `placebo_runs` 0 no synthetic
    comparison is made."""

    seed: int = 1
    permutations: int = Field(9_999, ge=99, le=1_000_000)
    placebo_runs: int = Field(200, ge=0, le=10_000)
    bootstrap_runs: int = Field(999, ge=0, le=100_000)
    block_weeks: int = Field(4, ge=1, le=26)


class Plan(PlanModel):
    """One evaluation. Figures are those known at `known_on`, whenever it is run."""

    id: Code
    title: Annotated[str, Field(min_length=3, max_length=160)]
    estimator: Estimator
    known_on: datetime
    outcome: Outcome
    window: StudyWindow
    markets: Markets
    assignment: Assignment
    thresholds: DecisionThresholds
    running: RunSettings = RunSettings()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.known_on.tzinfo is None:
            raise ValueError("known_on: a moment needs its offset, such as +07:00")
        over = datetime.combine(self.window.last_week + timedelta(days=7), time(), LOCAL)
        if self.known_on < over:
            raise ValueError(
                f"known_on: the last week of the window is over on {over:%Y-%m-%d} only"
            )
        for market, day in self.markets.starts.items():
            if not self.window.first_week <= day <= self.window.last_week:
                raise ValueError(f"start of {market} is outside the window")
        return self

    def start_of(self, market: str) -> date | None:
        """The first week under treatment; None for a comparison market."""
        if market not in self.markets.pilots:
            return None
        return self.markets.starts.get(market, self.window.start_week)

    def canonical(self) -> bytes:
        """The plan with every default written out, keys sorted: equal plans have equal bytes."""
        said = self.model_dump(mode="json")
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    def digest(self) -> str:
        """64 hex digits of SHA-256 over the canonical bytes."""
        return sha256(self.canonical()).hexdigest()

    def differences(self, other: "Plan") -> list[tuple[str, Any, Any]]:
        """Field, what stands here, what stands there: of every field that differs."""
        return list(_differences("", self.model_dump(mode="json"), other.model_dump(mode="json")))


def _differences(name: str, mine: Any, theirs: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        found = []
        for key in sorted(mine.keys() | theirs.keys()):
            inner = f"{name}.{key}" if name else key
            found += _differences(inner, mine.get(key), theirs.get(key))
        return found
    return [] if mine == theirs else [(name, mine, theirs)]


def parse_plan(text: str, *, subject: str) -> Plan:
    """A plan from TOML. Refused: what is wrong, by field."""
    try:
        return Plan.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{subject}: not TOML: {error}") from None
    except ValidationError as error:
        lines = [
            f"{subject}: {'.'.join(map(str, e['loc'])) or 'plan'}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        raise Refused("\n".join(lines)) from None


def read_plan(path: Path) -> Plan:
    """A plan from a file. Refused where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: not readable: {error}") from None
    return parse_plan(text, subject=str(path))
