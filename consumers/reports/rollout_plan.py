"""A plan in a report: which site starts when with which teams, and what teams are worth. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from consumers.charts.line import Point, Series, line_chart
from consumers.charts.svg import Said as Alt
from consumers.language.language import languages
from consumers.reports.document import Block, Cell, Figure, Paragraph, Ref, Table, Text, same
from consumers.reports.figures import PAPER, Numbers
from consumers.reports.quote import plain_words, said
from consumers.reports.shown import Lang
from consumers.rollout.plan_outcome import Plan, PlannedSite, TargetAnswer, WeekLoad

WEEKS_BETWEEN = 4  # rows of the table by weeks; the chart draws the same weeks
BAND = 0.8
STALLS = Text("Quầy", "Stalls")
SITE = Text("Điểm", "Site")
NOT_WITHIN = "not within the weeks of the plan"


def asked(plan: Plan, name: str) -> str:
    """What the plan was asked, as text."""
    return str(plan.question[name])


def stalls(
    numbers: Numbers, fact_id: str, value: float, band: tuple[float, float] | None = None
) -> Ref:
    """A number of stalls that is expected, with its 80 % band."""
    level = None if band is None else BAND
    return numbers.put(fact_id, value, decimals=0, interval=band, level=level)


def day_of(numbers: Numbers, fact_id: str, day: date | None, reason: str = NOT_WITHIN) -> Ref:
    """A day, or why there is none."""
    return numbers.put(fact_id, None if day is None else day.isoformat(), "date", reason=reason)


def schedule_blocks(plan: Plan, numbers: Numbers) -> Iterator[Block]:
    """Every site that starts, in the order of its start; those that do not; the lots."""
    if plan.sites:
        yield Table(
            Text(
                "Điểm nào bắt đầu tuần nào, với đội nào; số quầy dự kiến đã dùng vào cuối kỳ",
                "Which site starts in which week with which teams; stalls adopted by the end",
            ),
            (
                Text("Bắt đầu", "Start"),
                SITE,
                STALLS,
                Text("Đội số", "Teams"),
                Text("Xong", "Done"),
                Text("Đã dùng", "Adopted"),
            ),
            tuple(
                _site(each, numbers)
                for each in sorted(plan.sites, key=lambda s: (s.start_day, s.code))
            ),
        )
    else:
        yield Paragraph(Text("Không điểm nào bắt đầu trong kỳ.", "No site starts within the plan."))
    if plan.unplanned:
        yield Table(
            Text("Điểm không bắt đầu trong kỳ, và vì sao", "Sites that do not start, and why"),
            (SITE, STALLS, Text("Lý do", "Reason")),
            tuple(
                (
                    name_of(each.code, each.name),
                    numbers.put(f"unplanned.{each.code}.stalls", each.stall_count, "count"),
                    said(each.reason),
                )
                for each in plan.unplanned
            ),
        )
    yield from _lots(plan, numbers)


def name_of(code: str, name: str) -> Text:
    """A site in a table: its name, and its code, by which other tables speak of it."""
    return same(plain_words(f"{name}, {code}"))


def _site(each: PlannedSite, numbers: Numbers) -> tuple[Cell, ...]:
    key = f"site.{each.code}"
    return (
        day_of(numbers, f"{key}.start", each.start_day),
        name_of(each.code, each.name),
        numbers.put(f"{key}.stalls", each.stall_count, "count"),
        numbers.put(f"{key}.teams", ", ".join(map(str, each.teams)), "code"),
        day_of(numbers, f"{key}.done", each.last_day),
        stalls(numbers, f"{key}.adopted", each.adopted_at_end, (each.low80, each.high80)),
    )


def _lots(plan: Plan, numbers: Numbers) -> Iterator[Block]:
    if not plan.assignment.is_randomised:
        yield Paragraph(
            Text(
                "Thứ tự do kế hoạch chọn, không bốc thăm.",
                "The plan chose the order; there was no lot.",
            )
        )
        return
    seed = numbers.put("lot.seed", str(plan.assignment.seed), "code")
    yield Paragraph(
        Text(
            "Trong mỗi nhóm cùng ưu tiên và gần cùng khối lượng, thứ tự được bốc thăm từ hạt giống"
            f" công bố {{{seed.fact_id}}}. Điểm có ngày hoặc thứ tự riêng không bốc thăm.",
            "In each stratum of like priority and size the order was drawn by lot from the"
            f" published seed {{{seed.fact_id}}}. A site with a date or an order of its own has no"
            " lot.",
        )
    )
    drawn = [each for each in plan.strata if each.fixed_because is None]
    if drawn:
        yield Table(
            Text("Thứ tự theo thăm trong mỗi nhóm", "The order of the lot in each stratum"),
            (Text("Nhóm", "Stratum"), Text("Các điểm theo thứ tự", "Sites in order")),
            tuple(
                (
                    numbers.put(f"stratum.{each.name}", each.name, "code"),
                    numbers.put(f"stratum.{each.name}.order", ", ".join(each.codes), "code"),
                )
                for each in drawn
            ),
        )


def team_blocks(plan: Plan, numbers: Numbers) -> Iterator[Block]:
    """Adopters over the plan's weeks, what one more team is worth, how many the target needs."""
    yield _weeks(plan, numbers)
    more = plan.one_more_team
    yield Table(
        Text("Giá trị của thêm một đội", "What one more team is worth"),
        (Text("Đại lượng", "Quantity"), Text("Thêm", "Gain")),
        (
            (
                Text("Tuần-quầy, theo ưu tiên", "Stall-weeks, by priority"),
                stalls(numbers, "more.priority_stall_weeks", more.priority_stall_weeks),
            ),
            (
                Text("Tuần-quầy, theo thăm đã bốc", "Stall-weeks, by the lots drawn"),
                stalls(numbers, "more.stall_weeks", more.stall_weeks),
            ),
            (
                Text("Quầy vào cuối kỳ", "Stalls at the end"),
                stalls(numbers, "more.adopted_at_end", more.adopted_at_end),
            ),
            (
                Text("Điểm bắt đầu thêm", "More sites that start"),
                numbers.put("more.sites", more.planned_count, "count"),
            ),
        ),
    )
    if plan.target is None:
        yield Paragraph(
            Text(
                "Kế hoạch không nêu mục tiêu, nên không nói cần bao nhiêu đội.",
                "No target was asked for, so nothing is said of the teams that it needs.",
            )
        )
    else:
        yield from _target(plan.target, numbers)


def _target(target: TargetAnswer, numbers: Numbers) -> Iterator[Block]:
    yield Table(
        Text(
            "Xác suất đạt {target} số quầy trước {target.by}, theo số đội",
            "Probability of {target} of stalls by {target.by}, by the number of teams",
        ),
        (Text("Số đội đã thử", "Teams tried"), Text("Xác suất", "Probability")),
        tuple(
            (
                numbers.put(f"tried.{each.teams}.teams", each.teams, "count"),
                numbers.put(f"tried.{each.teams}", each.probability, "share", decimals=1),
            )
            for each in target.tried
        ),
    )
    yield Table(
        Text(
            "Khi nào đạt {target} với số đội hiện có",
            "When {target} is reached with the teams there are",
        ),
        (Text("Xác suất ít nhất", "At least so likely"), Text("Ngày", "Day")),
        tuple(
            (
                numbers.put(f"by.{each.probability:g}", each.probability, "share", decimals=0),
                day_of(numbers, f"by.{each.probability:g}.day", each.day),
            )
            for each in target.date_by
        ),
    )


def _shown_weeks(weeks: Sequence[WeekLoad]) -> list[WeekLoad]:
    return [each for n, each in enumerate(weeks, 1) if n % WEEKS_BETWEEN == 0 or n == len(weeks)]


def _weeks(plan: Plan, numbers: Numbers) -> Figure:
    weeks = _shown_weeks(plan.weeks)
    rows: list[tuple[Cell, ...]] = []
    for each in weeks:
        key = f"week.{each.monday.isoformat()}"
        started = sum(site.start_day <= each.monday for site in plan.sites)
        rows.append(
            (
                day_of(numbers, f"{key}.end", each.monday + timedelta(days=6)),
                numbers.put(f"{key}.teams", each.teams, "count"),
                numbers.put(f"{key}.busy", each.teams_busy, "count"),
                numbers.put(f"{key}.started", started, "count"),
                stalls(
                    numbers,
                    f"{key}.adopted",
                    each.adopted,
                    (each.adopted_low80, each.adopted_high80),
                ),
            )
        )
    title = Text("Số quầy đã dùng theo kế hoạch", "Stalls that adopt under the plan")

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        points = tuple(
            Point(each.monday + timedelta(days=6), each.adopted, each.adopted_low80,
                  each.adopted_high80)
            for each in weeks
        )  # fmt: skip
        return line_chart(
            [Series(title.of(lang), points)],
            Alt("plan-weeks", title.of(lang), title.of(lang)),
            value=language.number,
            day=language.month,
            size=PAPER,
        )

    return Figure(
        title=title,
        alt=Text(
            "Biểu đồ: số quầy dự kiến và dải dự báo; số liệu ở bảng dưới.",
            "Chart: expected stalls and their band; figures in the table below.",
        ),
        draw=draw,
        table=Table(
            Text("Từng bốn tuần của kế hoạch", "Every fourth week of the plan"),
            (
                Text("Đến ngày", "Until"),
                Text("Đội", "Teams"),
                Text("Đội bận", "Busy"),
                Text("Điểm đã bắt đầu", "Sites started"),
                Text("Quầy đã dùng", "Stalls adopted"),
            ),
            tuple(rows),
        ),
    )
