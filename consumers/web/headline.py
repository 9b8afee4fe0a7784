"""The sentence of the morning: who is active, how sure that is, and how it moved."""

from dataclasses import dataclass

from markupsafe import Markup

from consumers.adoption.metrics.activity import ActivityRow
from consumers.adoption.question.answer import Answer
from consumers.web.view import View

WEEKS_BACK = 4
CHANGE_MIN = 0.0005  # 0,1 points: what rounds to less is no change


@dataclass(frozen=True, slots=True)
class Headline:
    """The sentence, and what proves it."""

    sentence: Markup
    proof: str
    change: Markup


def headline(view: View, now: Answer, weeks: Answer, *, where: str) -> Headline:
    """`now` is activity at the end of the last complete day, `weeks` the same week by week."""
    language = view.language
    row = next((r for r in now.rows if isinstance(r, ActivityRow)), None)
    if row is None or row.active.value is None:
        reason = row.active.reason if row else None
        sentence = view.say_strong("Who is active at %(where)s is not known.", where=where)
        return Headline(sentence, view.why(reason), Markup())
    sentence = view.say_strong(
        "%(share)s of the vendors at %(where)s use cashless payment actively.",
        share=language.share(row.active.value),
        where=where,
    )
    thresholds = now.question.thresholds
    proof = view.say(
        "95%% interval %(interval)s; %(active)s of %(open)s vendors who were open in the %(window)s"
        " days to %(day)s. Active: at least %(payments)s payments from %(payers)s payers on"
        " %(days)s open days.",
        interval=language.interval(row.active.low, row.active.high),
        active=language.number(row.active.numerator),
        open=language.number(row.active.denominator),
        window=thresholds.active_window_days,
        day=language.day(row.last_day),
        payments=thresholds.active_payments_min,
        payers=thresholds.active_payers_min,
        days=thresholds.active_days_min,
    )
    return Headline(sentence, proof, _change(view, weeks))


def _change(view: View, weeks: Answer) -> Markup:
    """Between the last complete week and four weeks before it."""
    rows = [r for r in weeks.rows if isinstance(r, ActivityRow) and r.is_complete]
    if len(rows) <= WEEKS_BACK:
        return Markup()
    last, before = rows[-1].active.value, rows[-1 - WEEKS_BACK].active.value
    if last is None or before is None:
        return Markup()
    points = view.language.points(abs(last - before)).lstrip("+")
    day = view.language.day(rows[-1].last_day)
    if abs(last - before) < CHANGE_MIN:
        return view.say_strong("As four weeks before, in the week to %(day)s.", day=day)
    if last > before:
        return view.say_strong(
            "Up %(points)s points in the four weeks to %(day)s.", points=points, day=day
        )
    return view.say_strong(
        "Down %(points)s points in the four weeks to %(day)s.", points=points, day=day
    )
