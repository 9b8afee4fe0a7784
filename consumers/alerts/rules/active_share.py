"""Rule: a market's active share fell from one complete week to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from consumers.adoption.ask import ask, question_of
from consumers.adoption.metrics.activity import ActivityRow
from consumers.adoption.question.answer import MetricContext, Question
from consumers.alerts.alert import Alert, AlertRule, last_week_over
from infra.clickhouse import Store
from infra.settings import AlertSettings
from schemas.message import Count, Day, Message, Share
from schemas.message import mark as _

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekEnd:
    """How a market stood at the end of a week: active of open vendors, and its open days."""

    market: str
    monday: date
    active_count: int
    open_count: int
    open_days: int
    is_complete: bool


def read_week_ends(store: Store, scene: MetricContext, last_monday: date) -> list[WeekEnd]:
    """The last two weeks of every market, by the definition of `activity`."""
    question = question_of(
        "activity",
        now=scene.now,
        first_day=last_monday - WEEK,
        last_day=last_monday + timedelta(days=6),
        by="market",
        grain="week",
    )
    rows = ask(store, question, scene).rows
    return [_week_end(row, question, scene) for row in rows if isinstance(row, ActivityRow)]


def _week_end(row: ActivityRow, question: Question, scene: MetricContext) -> WeekEnd:
    window = timedelta(days=question.thresholds.active_window_days - 1)
    return WeekEnd(
        market=row.market,
        monday=row.first_day,
        active_count=row.active.numerator or 0,
        open_count=row.active.denominator or 0,
        open_days=scene.facts.open_days(row.market, row.last_day - window, row.last_day),
        is_complete=row.is_complete,
    )


def active_share_alerts(weeks: Sequence[WeekEnd], limits: AlertSettings) -> list[Alert]:
    """Markets that fell by at least the set points, both weeks complete, open and big enough."""
    by_place = {(week.market, week.monday): week for week in weeks}
    found = []
    for (market, monday), now in by_place.items():
        before = by_place.get((market, monday - WEEK))
        if before is None or not market:
            continue
        fits = all(
            week.is_complete
            and week.open_count >= limits.active_vendors_min
            and week.open_days >= limits.active_open_days_min
            for week in (before, now)
        )
        if not fits:
            continue
        then_share = before.active_count / before.open_count
        share = now.active_count / now.open_count
        # Rounding in binary must not decide at the limit itself.
        if then_share - share >= limits.active_fall_min - 1e-9:
            detail = Message(
                "alert.active_share_fell",
                before=Share(then_share),
                active_before=Count(before.active_count),
                open_before=Count(before.open_count),
                now=Share(share),
                active=Count(now.active_count),
                open=Count(now.open_count),
                week=Day(monday),
            )
            found.append(Alert(monday, "active_share_fell", market, "", detail))
    return sorted(found)


def find(store: Store, scene: MetricContext, limits: AlertSettings) -> list[Alert]:
    """Of the last two weeks that are over."""
    return active_share_alerts(read_week_ends(store, scene, last_week_over(scene)), limits)


RULE = AlertRule(
    name="active_share_fell",
    title=_("The share of active vendors fell"),
    raised="a market's active share (`choso adoption activity`) fell by `active_fall_min` from one"
    " complete week's end to the next",
    exposure="`active_vendors_min` open vendors and `active_open_days_min` open days in both"
    " windows of 28 days",
    about="market",
    find=find,
)
