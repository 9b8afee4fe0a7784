"""A plan: which site starts when, how teams are used, what is expected of it, and the ranking."""

from collections.abc import Sequence
from datetime import timedelta

from consumers.charts.line import Point, Series, ShadedSpan, line_chart
from consumers.charts.schedule import ScheduleBar, ScheduleRow, schedule_chart
from consumers.charts.svg import AltText, Size
from consumers.language.language import NOTHING
from consumers.rollout.names import attribute
from consumers.rollout.plan_outcome import RolloutPlan, WeekLoad
from consumers.web.exhibit import Exhibit, ExhibitTable, Link, TableCell, drawn, head, number_cell
from consumers.web.links import definition_address
from consumers.web.view import View

OVERTAKING_SHOWN = 2  # of each candidate
SUNDAY = timedelta(days=6)


def schedule(view: View, plan: RolloutPlan) -> Exhibit:
    """Sites by weeks: training, then the work of the teams."""
    say, language = view.say, view.language
    finding = say("Which site starts in which week")
    note = say("Pale: managers are trained. Full: teams work, with their numbers. Shaded: nobody.")
    rows = [
        ScheduleRow(
            site.name,
            (
                *(ScheduleBar(week, week + SUNDAY, is_light=True) for week in site.training_weeks),
                ScheduleBar(site.start_day, site.last_day, label=" ".join(map(str, site.teams))),
            ),
        )
        for site in sorted(plan.sites, key=lambda s: (s.start_day, s.code))
    ]
    first, last = plan.weeks[0].monday, plan.weeks[-1].monday + SUNDAY
    black = [(week.monday, week.monday + SUNDAY) for week in plan.weeks if week.is_black]

    def draw(said: AltText, size: Size) -> str:
        return schedule_chart(
            rows,
            said,
            first_day=first,
            last_day=last,
            day=language.short_day,
            shaded=black,
            size=size,
        )

    return drawn(
        draw,
        key="schedule",
        finding=finding,
        note=note,
        table=_schedule_table(view, plan, finding),
    )


def _schedule_table(view: View, plan: RolloutPlan, caption: str) -> ExhibitTable:
    say, language = view.say, view.language
    rows = tuple(
        (
            TableCell(site.name, why=site.code),
            TableCell(site.ward),
            number_cell(language.number(site.stall_count)),
            number_cell(", ".join(map(language.day, site.training_weeks)) or NOTHING),
            number_cell(language.day(site.start_day)),
            number_cell(language.day(site.last_day)),
            number_cell(" ".join(map(str, site.teams))),
            number_cell(
                language.number(round(site.adopted_at_end)),
                why=f"{language.number(round(site.low80))}–{language.number(round(site.high80))}",
            ),
        )
        for site in sorted(plan.sites, key=lambda s: (s.start_day, s.code))
    )
    names = (TableCell(say("Site")), TableCell(say("Ward")))
    numbers = (
        say("Stalls"),
        say("Training, week of"),
        say("Start"),
        say("Done"),
        say("Teams"),
        say("Adopted at the end, 80% band"),
    )
    return ExhibitTable(caption, (*names, *head(*numbers, numbers_from=0)), rows)


def expected(view: View, plan: RolloutPlan) -> Exhibit:
    """Adopters at all sites that start, week by week, and how many teams are busy."""
    say, language = view.say, view.language
    finding = say("Stalls expected to have adopted")
    note = say(
        "At all sites that start by then, with a band of 80%. Shaded weeks are without work."
    )
    points = tuple(
        Point(week.monday + SUNDAY, week.adopted, week.adopted_low80, week.adopted_high80)
        for week in plan.weeks
    )

    def draw(said: AltText, size: Size) -> str:
        return line_chart(
            [Series(finding, points)],
            said,
            value=language.short_number,
            day=language.short_day,
            size=size,
            spans=_black(plan.weeks),
        )

    rows = tuple(
        (
            TableCell(language.day(week.monday)),
            number_cell(f"{week.teams_busy}/{week.teams}"),
            number_cell(language.number(week.trainings)),
            number_cell(", ".join(week.starts) or NOTHING),
            number_cell(language.number(round(week.adopted))),
            number_cell(
                f"{language.number(round(week.adopted_low80))}–"
                f"{language.number(round(week.adopted_high80))}"
            ),
        )
        for week in plan.weeks
    )
    names = (
        say("Week"),
        say("Teams busy"),
        say("Trainings"),
        say("Starts"),
        say("Adopted"),
        say("80% band"),
    )
    return drawn(
        draw,
        key="expected",
        finding=finding,
        note=note,
        table=ExhibitTable(finding, head(*names), rows, is_long=True),
        links=(Link(say("Definition"), definition_address("first-payment")),),
    )


def _black(weeks: Sequence[WeekLoad]) -> tuple[ShadedSpan, ...]:
    return tuple(
        ShadedSpan(week.monday, week.monday + SUNDAY, "") for week in weeks if week.is_black
    )


def teams_table(view: View, plan: RolloutPlan) -> ExhibitTable | None:
    """How likely the target is with so many teams; None where no target was asked."""
    if plan.target is None:
        return None
    say, language = view.say, view.language
    rows = tuple(
        (TableCell(language.number(each.teams)), number_cell(language.share(each.probability)))
        for each in plan.target.tried
    )
    caption = say("Numbers of teams that were tried")
    return ExhibitTable(caption, head(say("Teams"), say("Probability of the target")), rows)


def ranking_table(view: View, plan: RolloutPlan) -> ExhibitTable:
    """All candidates, best first, with why: their scores, and who overtakes them when."""
    say, language = view.say, view.language
    rows = []
    for each in plan.ranking.ranked:
        overtakes = [o for o in plan.ranking.overtaking if o.behind == each.code]
        reasons = [say(o.said) for o in overtakes[:OVERTAKING_SHOWN]]
        rows.append(
            (
                TableCell(each.name, why=each.code),
                number_cell(language.number(each.rank)),
                number_cell(language.number(each.score, 2)),
                *(number_cell(language.number(value, 2)) for value in each.values),
                number_cell(language.share(each.top3)),
                TableCell("; ".join(reasons) or NOTHING),
            )
        )
    weights = [
        f"{language.show(attribute(each.attribute))}"
        f" ({'−' if each.is_less_better else ''}{language.share(each.weight)})"
        for each in plan.ranking.weights
    ]
    numbers = (say("Rank"), say("Score"), *weights, say("In the top three"))
    heads = (
        TableCell(say("Site")),
        *head(*numbers, numbers_from=0),
        TableCell(say("Would overtake")),
    )
    return ExhibitTable(
        say("Ranking: attributes from 0 to 1, with their weights"), heads, tuple(rows)
    )


def unplanned_table(view: View, plan: RolloutPlan) -> ExhibitTable | None:
    """Sites that do not start, and why; None where all do."""
    say = view.say
    rows = tuple(
        (
            TableCell(site.name, why=site.code),
            number_cell(view.language.number(site.stall_count)),
            TableCell(say(site.reason)),
        )
        for site in plan.unplanned
    )
    names = (
        TableCell(say("Site")),
        TableCell(say("Stalls"), is_number=True),
        TableCell(say("Why")),
    )
    return ExhibitTable(say("Sites that do not start"), names, rows, is_long=True) if rows else None
