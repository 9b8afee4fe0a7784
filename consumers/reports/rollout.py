"""The report on where to go next: plan, teams, ranking, forecasts, score, method. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from consumers.reports.document import Block, Bullets, Document, Heading, Paragraph, Text
from consumers.reports.fact import FactTable, query_hash
from consumers.reports.figures import Numbers
from consumers.reports.quote import quoted
from consumers.reports.rollout_forecast import forecast_blocks, score_blocks
from consumers.reports.rollout_method import limits, method_blocks
from consumers.reports.rollout_plan import asked, schedule_blocks, stalls, team_blocks
from consumers.reports.rollout_ranking import ranking_blocks
from consumers.rollout.outcome import Forecast, Score
from consumers.rollout.plan_outcome import Plan
from consumers.rollout.site import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """All that the report tells. `score` is None with the reason in `no_score`; `forecast` is None
    where no site runs. `known_on` None: made without the ledger."""

    plan: Plan
    forecast: Forecast | None
    score: Score | None
    no_score: Text
    left_out: tuple[LeftOut, ...]
    cut_off_day: date
    known_on: datetime | None


def rollout_report(
    outlook: Outlook, *, issuer: Text, place: Text, day: date, params: dict[str, str]
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
        title=Text(
            "Nhân rộng thanh toán không tiền mặt: kế hoạch và dự báo",
            "Rollout of cashless payment: plan and forecast",
        ),
        issuer=issuer,
        place=place,
        day=day,
        params=params,
        blocks=(
            Heading(Text("I. Tóm tắt", "I. Summary")),
            *_summary(outlook, planned),
            Heading(Text("II. Lịch bắt đầu", "II. Who starts when")),
            *schedule_blocks(plan, planned),
            Heading(Text("III. Số đội và mục tiêu", "III. Teams and target")),
            *team_blocks(plan, planned),
            Heading(Text("IV. Xếp hạng ưu tiên", "IV. Ranking")),
            *ranking_blocks(plan.ranking, ranked),
            Heading(Text("V. Dự báo các điểm đang chạy", "V. Forecasts of running sites")),
            *forecast_blocks(outlook.forecast, outlook.left_out, foreseen),
            Heading(Text("VI. Dự báo trước đây so với thực tế", "VI. Past forecasts and truth")),
            *score_blocks(outlook.score, outlook.no_score, scored),
            Heading(Text("VII. Phương pháp và giới hạn", "VII. Method and limits")),
            *method_blocks(plan, outlook.cut_off_day, foreseen),
            Bullets(limits(is_without_ledger=known is None)),
        ),
        facts=facts,
    )


def _summary(outlook: Outlook, numbers: Numbers) -> Iterator[Block]:
    plan = outlook.plan
    totals, more = plan.totals, plan.one_more_team
    last_day = (plan.weeks[-1].monday + timedelta(days=6)).isoformat()
    teams = numbers.put("teams", int(asked(plan, "teams")), "count")
    known = [
        teams,
        numbers.put("planned", totals.planned_count, "count"),
        numbers.put("sites", totals.site_count, "count"),
        numbers.put("stalls", totals.stall_count, "count"),
        stalls(numbers, "adopted_at_end", totals.adopted_at_end),
        numbers.put("first_week", plan.weeks[0].monday.isoformat(), "date"),
        numbers.put("last_week_end", last_day, "date"),
        numbers.put("gap", max(totals.gap, 0.0), "share", decimals=1),
    ]
    if totals.last_day is not None:
        known.append(numbers.put("last_team_done", totals.last_day.isoformat(), "date"))
    first, *rest = plan.said
    yield Paragraph(quoted(first, numbers.facts, known), style="lead")
    items = [quoted(each, numbers.facts, known) for each in rest]
    gained = [
        teams,
        numbers.put("more.teams", more.teams, "count"),
        stalls(numbers, "more.priority_stall_weeks", more.priority_stall_weeks),
        stalls(numbers, "more.adopted_at_end", more.adopted_at_end),
        numbers.put("more.sites", more.planned_count, "count"),
    ]
    for fact_id, day in (("more.last_day", more.last_day), ("last_team_done", totals.last_day)):
        if day is not None:
            gained.append(numbers.put(fact_id, day.isoformat(), "date"))
    items.append(quoted(more.said, numbers.facts, gained))
    if plan.price_of_lot is not None:
        lost = numbers.put("lot.lost", plan.price_of_lot.share_lost, "share", decimals=1)
        items.append(quoted(plan.price_of_lot.said, numbers.facts, [lost]))
    if plan.target is not None:
        target = plan.target
        goal = [
            teams,
            numbers.put("target", target.share, "share", decimals=1),
            numbers.put("target.by", target.by_day.isoformat(), "date"),
            numbers.put("target.wanted", target.probability_wanted, "share", decimals=1),
            numbers.put("target.probability", target.probability, "share", decimals=1),
            numbers.put(
                "target.teams_needed", target.teams_needed, "count", reason="no number of teams"
            ),
            numbers.put("target.best", target.best_probability, "share", decimals=1),
            numbers.put("target.best_share", target.best_share, "share", decimals=1),
        ]
        items.insert(0, quoted(target.said, numbers.facts, goal))
    yield Bullets(tuple(items))
