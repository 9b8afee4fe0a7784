"""What a reader must know before he trusts the page: what is missing, running or contradicted."""

from dataclasses import dataclass

from consumers.adoption.metrics.ladder import LadderRow
from consumers.adoption.question.answer import Answer
from consumers.web.names import group_name
from consumers.web.view import View


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not complete, and where more about it stands."""

    text: str
    detail: str
    href: str


def gaps(view: View, *, ladder: Answer, weeks: Answer) -> list[Gap]:
    """Most urgent first; empty where all is complete."""
    found = [Gap(view.say("Work does not move"), t, "/health") for t in _troubles(view)]
    waiting = view.site.asker.scene().cut_off.waiting_days
    if waiting:
        text = view.say_count(
            "%(count)s day waits to be counted", "%(count)s days wait to be counted", len(waiting)
        )
        days = view.language.days(min(waiting), max(waiting))
        found.append(Gap(text, days, "/health"))
    found += _running(view, weeks)
    found += _without_census(view, ladder)
    found += _evidence(view, ladder)
    return found


def _troubles(view: View) -> list[str]:
    return [view.say(trouble) for trouble in view.site.progress.troubles(view.now)]


def _running(view: View, weeks: Answer) -> list[Gap]:
    return [
        Gap(
            view.say("The running week enters no comparison"),
            f"{view.language.days(p.first_day, p.last_day)}: {view.why(p.reason)}",
            "/definitions#activity",
        )
        for p in weeks.periods[-1:]
        if not p.is_complete
    ]


def _without_census(view: View, ladder: Answer) -> list[Gap]:
    rows = [r for r in ladder.rows if isinstance(r, LadderRow) and r.market]
    return [
        Gap(
            view.say("No share of stalls at %(name)s", name=group_name(view, row)),
            view.why(row.census.reason),
            "/definitions#ladder",
        )
        for row in rows
        if row.census.value is None and not row.suppressed
    ]


def _evidence(view: View, answer: Answer) -> list[Gap]:
    health, number = answer.health, view.language.number
    found = []
    if health.conflict:
        found.append(
            Gap(
                view.say_count(
                    "%(count)s payment is contradicted by its evidence",
                    "%(count)s payments are contradicted by their evidence",
                    health.conflict,
                ),
                view.say("counted nowhere until it is settled"),
                "/health",
            )
        )
    share = health.attributed
    if share.value is not None and share.denominator and share.numerator is not None:
        without = share.denominator - share.numerator
        if without:
            found.append(
                Gap(
                    view.say_count(
                        "%(count)s payment has no known vendor",
                        "%(count)s payments have no known vendor",
                        without,
                    ),
                    view.say("of %(all)s valid payments", all=number(share.denominator)),
                    "/health",
                )
            )
    if health.rejected:
        found.append(
            Gap(
                view.say_count(
                    "%(count)s record was rejected",
                    "%(count)s records were rejected",
                    health.rejected,
                ),
                view.say("kept with their reasons; no evidence"),
                "/health",
            )
        )
    return found
