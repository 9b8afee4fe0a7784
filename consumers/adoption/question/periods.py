"""The periods of a range, and which of them are complete. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta

from consumers.adoption.question.answer import Grain, MetricContext, Period, Question
from infra.errors import Refused
from schemas.calendar import LOCAL
from schemas.message import Count, Day, Message

CUT = Message("adoption.range_cuts")
RUNNING = Message("adoption.not_over")
WAITING = Message("adoption.waits")
SILENT = Message("adoption.nothing_recorded")
NOTHING = Message("adoption.no_evidence")
BEFORE = Message("adoption.begins_before")

KNOWN_ON_DAYS_MAX = 92  # each day is computed from evidence anew
_DAY = timedelta(days=1)


def period_start(day: date, grain: Grain, first_day: date) -> date:
    """The first day of the calendar period that `day` is in; of the window, `first_day`."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return day.replace(day=1)
    return day if grain == "day" else first_day


def next_start(start: date, grain: Grain, last_day: date) -> date:
    """The first day after the calendar period that begins on `start`."""
    if grain == "week":
        return start + timedelta(days=7)
    if grain == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start + _DAY if grain == "day" else last_day + _DAY


def spans(first_day: date, last_day: date, grain: Grain) -> Iterator[tuple[date, date]]:
    """Whole calendar periods, first and last day, that touch the range, ascending."""
    start = period_start(first_day, grain, first_day)
    while start <= last_day:
        following = next_start(start, grain, last_day)
        yield start, following - _DAY
        start = following


def periods(question: Question, scene: MetricContext) -> tuple[Period, ...]:
    """The range in its grain, each period cut to the range, with why it is incomplete."""
    return tuple(
        _period(first, last, question, scene)
        for first, last in spans(question.first_day, question.last_day, question.grain)
    )


def _period(first: date, last: date, question: Question, scene: MetricContext) -> Period:
    shown = max(first, question.first_day), min(last, question.last_day)
    reason = CUT if shown != (first, last) else incomplete(*shown, question=question, scene=scene)
    return Period(*shown, is_complete=reason is None, reason=reason)


def incomplete(
    first: date, last: date, *, question: Question, scene: MetricContext
) -> Message | None:
    """Why these days are not all known; None where they are."""
    moment = scene.now if question.known_on is None else min(scene.now, question.known_on)
    cut_off = scene.cut_off
    if last >= moment.astimezone(LOCAL).date():
        return RUNNING
    if cut_off.at is None or cut_off.first_day is None:
        return NOTHING
    if first < cut_off.first_day:
        return BEFORE
    if last >= cut_off.at.astimezone(LOCAL).date():
        return SILENT
    # As known on a moment is computed from evidence and waits for no fold.
    if question.known_on is None and any(first <= day <= last for day in cut_off.waiting_days):
        return WAITING
    return None


def check_range(first_day: date, last_day: date, *, days_max: int) -> None:
    """Refused: the range is reversed or longer than allowed."""
    days = (last_day - first_day).days + 1
    if days < 1:
        raise Refused(Message("refused.reversed", first=Day(first_day), last=Day(last_day)))
    if days > days_max:
        raise Refused(Message("refused.days", days=Count(days), most=Count(days_max)))
