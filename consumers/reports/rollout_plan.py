"""A plan in a report: which site starts when with which teams, and what teams are worth. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from consumers.charts.line import Point, Series, line_chart
from consumers.charts.svg import AltText
from consumers.language.language import languages
from consumers.reports.document import Block, Cell, ChartFigure, Paragraph, Table
from consumers.reports.figures import PAPER, Numbers
from consumers.reports.number_format import Lang
from consumers.rollout.plan_outcome import PlannedSite, RolloutPlan, TargetAnswer, WeekLoad
from schemas.message import Count, Day, Message, Name, Number, Ref, Share

WEEKS_BETWEEN = 4  # rows of the table by weeks; the chart draws the same weeks
BAND = 0.8
STALLS = Message("column.stalls")
SITE = Message("column.site")
NOT_WITHIN = Message("reason.not_within_plan")


def asked(plan: RolloutPlan, name: str) -> str:
    """What the plan was asked, as text."""
    return str(plan.question[name])


def stalls(
    numbers: Numbers, fact_id: str, value: float, band: tuple[float, float] | None = None
) -> Ref:
    """A number of stalls that is expected, with its 80 % band."""
    level = None if band is None else BAND
    return numbers.put(fact_id, Number(value, 0), interval=band, level=level)


def day_of(numbers: Numbers, fact_id: str, day: date | None, reason: Message = NOT_WITHIN) -> Ref:
    """A day, or why there is none."""
    return numbers.put(fact_id, Day(day), reason=reason)


def schedule_blocks(plan: RolloutPlan, numbers: Numbers) -> Iterator[Block]:
    """Every site that starts, in the order of its start; those that do not; the lots."""
    if plan.sites:
        yield Table(
            Message("rollout.schedule_table"),
            (
                Message("column.start"),
                SITE,
                STALLS,
                Message("column.team_numbers"),
                Message("column.done"),
                Message("column.adopted"),
            ),
            tuple(
                _site(each, numbers)
                for each in sorted(plan.sites, key=lambda s: (s.start_day, s.code))
            ),
        )
    else:
        yield Paragraph(Message("rollout.nothing_starts"))
    if plan.unplanned:
        yield Table(
            Message("rollout.unplanned"),
            (SITE, STALLS, Message("column.reason")),
            tuple(
                (
                    name_of(each.code, each.name),
                    numbers.put(f"unplanned.{each.code}.stalls", Count(each.stall_count)),
                    each.reason,
                )
                for each in plan.unplanned
            ),
        )
    yield from _lots(plan, numbers)


def name_of(code: str, name: str) -> Name:
    """A site in a table: its name, and its code, by which other tables speak of it."""
    return Name(f"{name}, {code}")


def _site(each: PlannedSite, numbers: Numbers) -> tuple[Cell, ...]:
    key = f"site.{each.code}"
    return (
        day_of(numbers, f"{key}.start", each.start_day),
        name_of(each.code, each.name),
        numbers.put(f"{key}.stalls", Count(each.stall_count)),
        numbers.put(f"{key}.teams", Name(", ".join(map(str, each.teams)))),
        day_of(numbers, f"{key}.done", each.last_day),
        stalls(numbers, f"{key}.adopted", each.adopted_at_end, (each.low80, each.high80)),
    )


def _lots(plan: RolloutPlan, numbers: Numbers) -> Iterator[Block]:
    if not plan.assignment.is_randomised:
        yield Paragraph(Message("rollout.no_lot"))
        return
    yield Paragraph(
        Message("rollout.lot", seed=numbers.put("lot.seed", Name(str(plan.assignment.seed))))
    )
    drawn = [each for each in plan.strata if each.fixed_because is None]
    if drawn:
        yield Table(
            Message("rollout.lots"),
            (Message("column.stratum"), Message("column.sites_in_order")),
            tuple(
                (
                    numbers.put(f"stratum.{each.name}", Name(each.name)),
                    numbers.put(f"stratum.{each.name}.order", Name(", ".join(each.codes))),
                )
                for each in drawn
            ),
        )


def team_blocks(plan: RolloutPlan, numbers: Numbers) -> Iterator[Block]:
    """Adopters over the plan's weeks, what one more team is worth, how many the target needs."""
    yield _weeks(plan, numbers)
    more = plan.one_more_team
    yield Table(
        Message("rollout.one_more_team"),
        (Message("column.quantity"), Message("column.gain")),
        (
            (
                Message("gain.by_priority"),
                stalls(numbers, "more.priority_stall_weeks", more.priority_stall_weeks),
            ),
            (
                Message("gain.by_lot"),
                stalls(numbers, "more.stall_weeks", more.stall_weeks),
            ),
            (
                Message("gain.at_end"),
                stalls(numbers, "more.adopted_at_end", more.adopted_at_end),
            ),
            (
                Message("gain.sites"),
                numbers.put("more.sites", Count(more.planned_count)),
            ),
        ),
    )
    if plan.target is None:
        yield Paragraph(Message("rollout.no_target"))
    else:
        yield from _target(plan.target, numbers)


def _target(target: TargetAnswer, numbers: Numbers) -> Iterator[Block]:
    goal = Ref("target")
    yield Table(
        Message("rollout.target_table", target=goal, by=Ref("target.by")),
        (Message("column.teams_tried"), Message("column.probability")),
        tuple(
            (
                numbers.put(f"tried.{each.teams}.teams", Count(each.teams)),
                numbers.put(f"tried.{each.teams}", Share(each.probability)),
            )
            for each in target.tried
        ),
    )
    yield Table(
        Message("rollout.target_days", target=goal),
        (Message("column.at_least"), Message("column.day")),
        tuple(
            (
                numbers.put(f"by.{each.probability:g}", Share(each.probability, 0)),
                day_of(numbers, f"by.{each.probability:g}.day", each.day),
            )
            for each in target.date_by
        ),
    )


def _shown_weeks(weeks: Sequence[WeekLoad]) -> list[WeekLoad]:
    return [each for n, each in enumerate(weeks, 1) if n % WEEKS_BETWEEN == 0 or n == len(weeks)]


def _weeks(plan: RolloutPlan, numbers: Numbers) -> ChartFigure:
    weeks = _shown_weeks(plan.weeks)
    rows: list[tuple[Cell, ...]] = []
    for each in weeks:
        key = f"week.{each.monday.isoformat()}"
        started = sum(site.start_day <= each.monday for site in plan.sites)
        rows.append(
            (
                day_of(numbers, f"{key}.end", each.monday + timedelta(days=6)),
                numbers.put(f"{key}.teams", Count(each.teams)),
                numbers.put(f"{key}.busy", Count(each.teams_busy)),
                numbers.put(f"{key}.started", Count(started)),
                stalls(
                    numbers,
                    f"{key}.adopted",
                    each.adopted,
                    (each.adopted_low80, each.adopted_high80),
                ),
            )
        )
    title = Message("rollout.adopting")

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        points = tuple(
            Point(each.monday + timedelta(days=6), each.adopted, each.adopted_low80,
                  each.adopted_high80)
            for each in weeks
        )  # fmt: skip
        return line_chart(
            [Series(language.show(title), points)],
            AltText("plan-weeks", language.show(title), language.show(title)),
            value=language.number,
            day=language.month,
            size=PAPER,
        )

    return ChartFigure(
        title=title,
        alt=Message("rollout.adopting_chart"),
        draw=draw,
        table=Table(
            Message("rollout.weeks"),
            (
                Message("column.until"),
                Message("column.teams"),
                Message("column.busy"),
                Message("column.sites_started"),
                Message("column.stalls_adopted"),
            ),
            tuple(rows),
        ),
    )
