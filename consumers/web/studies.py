"""Evaluations, forecasts and plans for pages and API: what the commands of these names compute."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from consumers.evaluation.ask import (
    FOLDER,
    StudyContext,
    answer,
    answer_dose,
    answer_live,
    answer_whom,
    registered_plans,
)
from consumers.evaluation.dose import Dose
from consumers.evaluation.live_series import LiveSeries
from consumers.evaluation.panel_reader import complete_weeks
from consumers.evaluation.plan import Plan
from consumers.evaluation.registration import read_log, registered_plan
from consumers.evaluation.result import Evaluation
from consumers.evaluation.whom import By, Whom
from consumers.fold.projections import NOW_AND_EVER
from consumers.ledger.payment import NotThere
from consumers.rollout.candidates import read_candidates
from consumers.rollout.forecast import forecast
from consumers.rollout.outcome import Forecast, Score
from consumers.rollout.plan import plan as make_plan
from consumers.rollout.plan_outcome import RolloutPlan
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.running_sites import read_running
from consumers.rollout.score import score
from consumers.rollout.site import Candidate
from consumers.sql import statement
from consumers.web.cache import Cache, Limits
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import Refused
from infra.settings import FoldSettings, WebSettings
from schemas.calendar import LOCAL
from schemas.message import Message, Name
from schemas.thresholds import Thresholds

# A program of so many sites × weeks is solved within seconds.
PLAN_CELLS_MAX = 3_500
PLAN_TEAMS_MAX = 50
CANDIDATES = "rollout/candidates.csv"  # of the data directory: the sites that pages plan with


@dataclass(frozen=True, slots=True)
class Registration:
    """A line of the log of registrations. `is_binding`: the first one under its plan's id."""

    number: int
    id: str
    title: str
    estimator: str
    digest: str
    at: datetime
    is_binding: bool


class Studies:
    """Any thread may ask. `data_dir` None: nothing is registered, and there are no candidates."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        settings: WebSettings,
        fold: FoldSettings,
        data_dir: Path | None,
    ) -> None:
        self._store, self._clock, self._fold = store, clock, fold
        self._data_dir = data_dir
        self._worker = ThreadPoolExecutor(1, "studies")
        self._answers = Cache(
            self._worker,
            Limits(
                age_s_max=settings.slow_age_s_max,
                stale_s_max=settings.slow_age_s_max,
                kept_max=settings.slow_kept_max,
                waiting_max=settings.slow_waiting_max,
                wait_s_max=settings.slow_wait_s_max,
            ),
        )

    def close(self) -> None:
        """Let what is being computed come to its end, and drop what waits."""
        self._worker.shutdown(cancel_futures=True)

    @property
    def today(self) -> date:
        """The local day."""
        return self._clock.now().astimezone(LOCAL).date()

    def registrations(self) -> tuple[Registration, ...]:
        """Every registration, newest first. Refused: the log was altered."""

        folder = self._evaluation_folder()
        if folder is None:
            return ()
        found: list[Registration] = []
        for entry in read_log(folder):
            plan = registered_plan(folder, entry)
            found.append(
                Registration(
                    number=entry.number,
                    id=entry.id,
                    title=plan.title,
                    estimator=plan.estimator,
                    digest=entry.digest,
                    at=datetime.fromisoformat(entry.at),
                    is_binding=entry.id not in {each.id for each in found},
                )
            )
        return tuple(reversed(found))

    def registered(self, plan_id: str) -> Plan:
        """The plan that binds under this id. NotThere: none is registered under it."""

        folder = self._evaluation_folder()
        for plan in registered_plans(folder) if folder else ():
            if plan.id == plan_id:
                return plan
        raise NotThere(Message("refused.no_plan", plan=Name(plan_id[:80])))

    def has_weeks(self, plan: Plan) -> bool:
        """Whether a week of the plan's window is over: before, there is nothing to evaluate."""

        return bool(complete_weeks(plan, min(plan.known_on, self._clock.now())))

    def evaluation(self, plan: Plan) -> Evaluation:
        """The evaluation of a registered plan. Unavailable: no week of its window is over."""

        key = ("evaluation", plan.digest(), self.today)
        return self._answers.get(key, lambda: answer(self._scene(), plan))

    def live(self, plan: Plan) -> LiveSeries:
        """The effect over the weeks that are over now, as it may be looked at every week."""

        key = ("live", plan.digest(), self.today)
        return self._answers.get(key, lambda: answer_live(self._scene(), plan))

    def whom(self, plan: Plan, by: By) -> Whom:
        """Effects by group of vendors."""

        key = ("whom", plan.digest(), by, self.today)
        return self._answers.get(key, lambda: answer_whom(self._scene(), plan, by))

    def dose(self, plan: Plan) -> Dose:
        """Visits of teams and first payments in the pilots."""

        key = ("dose", plan.digest(), self.today)
        return self._answers.get(key, lambda: answer_dose(self._scene(), plan))

    def forecast(self, *, target_share: float, horizon_weeks: int) -> Forecast:
        """All running sites, which all teach; who may see which of them is the caller's care."""

        def make() -> Forecast:
            running = read_running(self._store, today=self.today, known_at=NOW_AND_EVER)
            return forecast(
                running.sites,
                (),
                cut_off_day=running.cut_off_day,
                horizon_weeks=horizon_weeks,
                target_share=target_share,
                left_out=running.left_out,
            )

        return self._answers.get(("forecast", self.today, target_share, horizon_weeks), make)

    def score(self, *, horizon_weeks: int) -> Score:
        """Past forecasts of the running sites against what came. Refused: none can be scored."""

        def make() -> Score:
            running = read_running(self._store, today=self.today, known_at=NOW_AND_EVER)
            return score(running.sites, horizon_weeks=horizon_weeks, left_out=running.left_out)

        return self._answers.get(("score", self.today, horizon_weeks), make)

    def candidates(self) -> tuple[Candidate, ...]:
        """The sites of the data directory's file; none where it is not there.

        Refused: the file cannot be planned with.
        """

        path = None if self._data_dir is None else self._data_dir / CANDIDATES
        if path is None or not path.exists():
            return ()
        try:
            return read_candidates(path)
        except Refused as refused:
            # A page does not tell where on this machine the file lies.
            raise Refused(str(refused).replace(str(path), CANDIDATES)) from None

    def plan(self, question: PlanQuestion, weights: Mapping[str, float] | None) -> RolloutPlan:
        """A plan for the candidates. Refused: there are none, or it is more than a page solves."""

        candidates = self.candidates()
        if not candidates:
            raise Refused(f"plan: {CANDIDATES} of the data directory is not there: no candidates")
        if not 1 <= question.teams <= PLAN_TEAMS_MAX:
            raise Refused(f"teams: from 1 to {PLAN_TEAMS_MAX}, not {question.teams}")
        cells = len(candidates) * len(question.weeks)
        if cells > PLAN_CELLS_MAX:
            raise Refused(
                f"plan: {len(candidates)} sites over {len(question.weeks)} weeks are {cells}"
                f" site-weeks, at most {PLAN_CELLS_MAX} here: plan fewer weeks, or use the command"
            )

        names = sorted({name for each in candidates for name in each.attributes})
        stated = dict(weights or dict.fromkeys(names or ["stall_count"], 1.0))

        def make() -> RolloutPlan:
            running = read_running(self._store, today=self.today, known_at=NOW_AND_EVER)
            return make_plan(candidates, running.sites, question, weights=stated)

        sites = tuple(map(repr, candidates))
        key = ("plan", self.today, sites, question, tuple(sorted(stated.items())))
        return self._answers.get(key, make)

    def small_markets(self) -> frozenset[str]:
        """Markets of so few stalls that figures of theirs are withheld from a shared answer."""
        params = {"last_day": self.today, "known_at": NOW_AND_EVER}
        rows = self._store.query(statement("consumers.rollout", "stalls_and_codes"), params)
        least = Thresholds().k_stalls_min
        return frozenset(market for market, stalls, _ in rows if not stalls or stalls < least)

    def _scene(self) -> StudyContext:

        folder = self._evaluation_folder()
        assert folder is not None, "a plan is registered, so there is a folder"
        return StudyContext(self._store, folder, self._clock.now(), self._fold)

    def _evaluation_folder(self) -> Path | None:

        return None if self._data_dir is None else self._data_dir / FOLDER


def whole_percent(values: Sequence[str], default: int) -> int:
    """The last of the values as whole percent, such as `80` or `80%`. Refused: anything else."""
    text = next((value for value in reversed(values) if value), "").strip().removesuffix("%")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise Refused(f"target: {text[:20]!r} is not a whole number of percent, from 1 to 100")
    return int(text)
