"""What a report on the rollout is made with, and how it is made again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from consumers.reports.document import Document
from consumers.reports.report import Report, Sources
from consumers.reports.rollout import Outlook, rollout_report
from consumers.reports.weekly_order import is_current
from consumers.rollout.candidates import parse_candidates
from consumers.rollout.first_payments_as_of import first_days_known
from consumers.rollout.forecast import forecast
from consumers.rollout.outcome import Forecast, Score
from consumers.rollout.plan import plan
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.running_sites import RunningSites, last_complete_sunday, read_running
from consumers.rollout.score import score
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.message import Message, Name

FORECAST_WEEKS = 52
SCORE_WEEKS = 26
GOAL = 0.8  # of the census, where the plan names no target
QUESTION = TypeAdapter(PlanQuestion)
WEIGHTS = TypeAdapter(dict[str, float] | None)
STARTS = TypeAdapter(dict[str, date])
TOO_SHORT = Message("rollout.no_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutOrder:
    """Enough to make the same report again. `candidates` is the text of their file; `as_of`: weeks
    that were over before this day; `known_on` None: without the ledger."""

    candidates: str
    question: PlanQuestion
    weights: dict[str, float] | None
    starts: dict[str, date]
    as_of: date
    known_on: datetime | None
    day: date
    issuer: str
    place: str

    def params(self) -> dict[str, str]:
        """As text, for the file."""
        known = self.known_on
        return {
            "candidates": self.candidates,
            "question": QUESTION.dump_json(self.question).decode(),
            "weights": json.dumps(
                self.weights and {name: float(value) for name, value in self.weights.items()}
            ),
            "starts": STARTS.dump_json(self.starts).decode(),
            "as_of": self.as_of.isoformat(),
            "known_on": "" if known is None else known.isoformat(timespec="milliseconds"),
            "day": self.day.isoformat(),
            "issuer": self.issuer,
            "place": self.place,
        }


def rollout_order_of(params: Mapping[str, str]) -> RolloutOrder:
    """The order that a file was made by. Refused: it lacks something."""
    try:
        return RolloutOrder(
            candidates=params["candidates"],
            question=QUESTION.validate_json(params["question"]),
            weights=WEIGHTS.validate_json(params["weights"]),
            starts=STARTS.validate_json(params["starts"]),
            as_of=date.fromisoformat(params["as_of"]),
            known_on=datetime.fromisoformat(params["known_on"]) if params["known_on"] else None,
            day=date.fromisoformat(params["day"]),
            issuer=params["issuer"],
            place=params["place"],
        )
    except (KeyError, ValueError, ValidationError) as error:
        raise Refused(
            Message("refused.order_damaged", kind=Name("rollout"), cause=Name(repr(error)))
        ) from None


def make_rollout_report(
    store: Store | None, order: RolloutOrder, *, now: datetime, fold: FoldSettings
) -> Document:
    """Plans, forecasts and scores with what was known at the order's moment. `store` is None only
    for an order without the ledger. Refused: what the planner or the forecast refuses."""
    running = _running(store, order, now=now, fold=fold)
    candidates = parse_candidates(order.candidates, subject="report rollout: candidates")
    return rollout_report(
        Outlook(
            plan=plan(candidates, running.sites, order.question, weights=order.weights),
            forecast=_forecast(running, order),
            score=_score(running),
            no_score=TOO_SHORT,
            left_out=running.left_out,
            cut_off_day=running.cut_off_day,
            known_on=order.known_on,
        ),
        issuer=Name(order.issuer),
        place=Name(order.place),
        day=order.day,
        params=order.params(),
    )


def _running(
    store: Store | None, order: RolloutOrder, *, now: datetime, fold: FoldSettings
) -> RunningSites:
    last_day = last_complete_sunday(order.as_of)
    if order.known_on is None:
        return RunningSites((), (), last_day)
    assert store is not None, "report rollout: an order with a ledger needs its store"
    known: dict[str, Any] = {"today": order.as_of, "known_at": order.known_on}
    if not is_current(store, order.known_on, now=now, fold=fold):
        known["first_days"] = first_days_known(
            store, last_day=last_day, known_on=order.known_on, now=now, fold=fold
        )
    return read_running(store, starts=order.starts, **known)


def _forecast(running: RunningSites, order: RolloutOrder) -> Forecast | None:
    if not running.sites:
        return None
    return forecast(
        running.sites,
        (),
        cut_off_day=running.cut_off_day,
        horizon_weeks=FORECAST_WEEKS,
        target_share=order.question.target_share or GOAL,
    )


def _score(running: RunningSites) -> Score | None:
    try:
        return score(running.sites, horizon_weeks=SCORE_WEEKS)
    except Refused:  # no site has run for long enough
        return None


def _make(sources: Sources, params: Mapping[str, str]) -> Document:
    order = rollout_order_of(params)
    if order.known_on is None:
        return make_rollout_report(None, order, now=sources.now, fold=sources.fold)
    with sources.store() as store:
        return make_rollout_report(store, order, now=sources.now, fold=sources.fold)


ROLLOUT = Report(kind="rollout", title=Message("report.rollout"), make=_make)
