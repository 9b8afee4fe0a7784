"""The report on where to go next: plan, teams, ranking, forecasts, score, method. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from consumers.reports.document import Block, Bullets, Document, Heading, Paragraph
from consumers.reports.fact import FactTable, query_hash
from consumers.reports.figures import Numbers
from consumers.reports.rollout_forecast import forecast_blocks, score_blocks
from consumers.reports.rollout_method import limits, method_blocks
from consumers.reports.rollout_plan import asked, schedule_blocks, stalls, team_blocks
from consumers.reports.rollout_ranking import ranking_blocks
from consumers.rollout.outcome import Forecast, Score
from consumers.rollout.plan_outcome import RolloutPlan
from consumers.rollout.site import LeftOut
from schemas.message import Count, Day, Message, Name, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """All that the report tells. `score` is None with the reason in `no_score`; `forecast` is None
    where no site runs. `known_on` None: made without the ledger."""

    plan: RolloutPlan
    forecast: Forecast | None
    score: Score | None
    no_score: Message
    left_out: tuple[LeftOut, ...]
    cut_off_day: date
    known_on: datetime | None


def rollout_report(
    outlook: Outlook, *, issuer: Name, place: Name, day: date, params: dict[str, str]
) -> Document:
    """The whole document; its numbers are those of `choso rollout plan`, `forecast`, `score`."""
    facts, plan = FactTable(), outlook.plan
    known = outlook.known_on
    common = {
        "cut_off_at": None if known is None else known.isoformat(timespec="milliseconds"),
        "query_hash": query_hash(params),
    }
    span = {"first_day": plan.weeks[0].monday.isoformat(), "last_day": asked(plan, "last_day")}
    planned = Numbers(facts, "plan", "plan v1", common | span)
    ranked = Numbers(facts, "plan", "ranking v1", common)
    foreseen = Numbers(facts, "forecast", "forecast v1", common)
    scored = Numbers(facts, "forecast", "score v1", common)
    return Document(
        kind="rollout",
        title=Message("rollout.title"),
        issuer=issuer,
        place=place,
        day=day,
        params=params,
        blocks=(
            Heading(Message("report.summary")),
            *_summary(outlook, planned),
            Heading(Message("rollout.schedule")),
            *schedule_blocks(plan, planned),
            Heading(Message("rollout.teams")),
            *team_blocks(plan, planned),
            Heading(Message("rollout.ranking")),
            *ranking_blocks(plan.ranking, ranked),
            Heading(Message("rollout.forecasts")),
            *forecast_blocks(outlook.forecast, outlook.left_out, foreseen),
            Heading(Message("rollout.scores")),
            *score_blocks(outlook.score, outlook.no_score, scored),
            Heading(Message("rollout.method")),
            *method_blocks(plan, outlook.cut_off_day, foreseen),
            Bullets(limits(is_without_ledger=known is None)),
        ),
        facts=facts,
    )


def _summary(outlook: Outlook, numbers: Numbers) -> Iterator[Block]:
    plan = outlook.plan
    more, put = plan.one_more_team, numbers.put
    first, *rest = plan.said
    teams = put("teams", Count(int(asked(plan, "teams"))))
    yield Paragraph(numbers.place(first, "plan", teams=teams), style="lead")
    items = [numbers.place(each, "plan") for each in rest]
    gained = {
        "stall_weeks": stalls(numbers, "more.priority_stall_weeks", more.priority_stall_weeks),
        "adopted_at_end": stalls(numbers, "more.adopted_at_end", more.adopted_at_end),
    }
    items.append(numbers.place(more.said, "more", teams=teams, **gained))
    if plan.price_of_lot is not None:
        items.append(numbers.place(plan.price_of_lot.said, "lot"))
    if plan.target is not None:
        by = put("target.by", Day(plan.target.by_day))
        goal = put("target", Share(plan.target.share))
        items.insert(0, numbers.place(plan.target.said, "target", teams=teams, target=goal, by=by))
    yield Bullets(tuple(items))
