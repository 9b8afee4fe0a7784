"""Forecasts of running sites in a report, with their bands, and how past ones did. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from consumers.charts.line import Point, Series, line_chart
from consumers.charts.svg import AltText
from consumers.language.language import languages
from consumers.reports.document import Block, Bullets, Cell, ChartFigure, Paragraph, Table
from consumers.reports.figures import PAPER, Numbers
from consumers.reports.number_format import Lang
from consumers.reports.rollout_plan import SITE, STALLS, day_of, name_of, stalls
from consumers.rollout.names import method
from consumers.rollout.outcome import Band, Forecast, Score, SiteForecast, WeekForecast
from consumers.rollout.site import LeftOut
from schemas.message import Count, Day, Message, Name, Number, Share

AHEAD = (4, 13, 26, 39, 52)  # weeks whose figures stand in tables
CHARTS_MAX = 6
LEVEL, WIDE_LEVEL = 0.8, 0.95
NOT_AHEAD = Message("reason.not_within_forecast")


def forecast_blocks(
    found: Forecast | None, left_out: Sequence[LeftOut], numbers: Numbers
) -> Iterator[Block]:
    """Where each site stands and when it will have come how far; charts of the first ones."""
    if found is None:
        yield Paragraph(Message("rollout.nothing_runs"))
    else:
        goal = numbers.put("goal", Share(found.target_share))
        yield Table(
            Message("rollout.when_reached", goal=goal),
            (
                SITE,
                STALLS,
                Message("column.adopted"),
                Message("column.half_sure"),
                Message("column.rather_sure"),
                Message("column.not_within"),
            ),
            tuple(_stands(each, numbers) for each in found.sites),
        )
        half = numbers.put("goal.half", Share(0.5, 0))
        sure = numbers.put("goal.sure", Share(0.8, 0))
        yield Paragraph(Message("rollout.sureness", half=half, sure=sure), style="note")
        for each in found.sites[:CHARTS_MAX]:
            yield _chart(each, numbers)
    if left_out:
        yield Paragraph(Message("rollout.not_forecast"))
        yield Bullets(tuple(_left_out(each, numbers) for each in left_out))


def _left_out(each: LeftOut, numbers: Numbers) -> Message:
    reason = numbers.place(each.reason, f"left_out.{each.code}")
    return Message("rollout.left_out", code=Name(each.code), reason=reason)


def _stands(site: SiteForecast, numbers: Numbers) -> tuple[Cell, ...]:
    key = f"forecast.{site.code}"
    by = {each.probability: each.day for each in site.target.quantiles}
    cells: list[Cell] = [
        name_of(site.code, site.name),
        numbers.put(f"{key}.stalls", Count(site.stall_count)),
        numbers.put(f"{key}.now", Count(site.adopted_count)),
    ]
    if site.target.is_reached:
        cells += [Message("rollout.reached"), Message("rollout.reached")]
    else:
        cells += [
            day_of(numbers, f"{key}.by.half", by[0.5], NOT_AHEAD),
            day_of(numbers, f"{key}.by.sure", by[0.8], NOT_AHEAD),
        ]
    cells.append(numbers.put(f"{key}.never", Share(site.target.never)))
    return tuple(cells)


def band_of(week: WeekForecast, level: float) -> Band:
    """The band of a level."""
    return next(each for each in week.bands if each.level == level)


def _chart(site: SiteForecast, numbers: Numbers) -> ChartFigure:
    key = f"forecast.{site.code}"
    weeks = site.weeks
    chosen = [n for n in AHEAD if n <= len(weeks)] or [len(weeks)]
    rows: list[tuple[Cell, ...]] = []
    for n in chosen:
        week = weeks[n - 1]
        near, wide = band_of(week, LEVEL), band_of(week, WIDE_LEVEL)
        rows.append(
            (
                day_of(numbers, f"{key}.{n}.end", week.last_day),
                stalls(numbers, f"{key}.{n}", week.median, (near.low, near.high)),
                numbers.put(f"{key}.{n}.low", Number(wide.low, 0)),
                numbers.put(f"{key}.{n}.high", Number(wide.high, 0)),
            )
        )
    title = Message("rollout.forecast_of", site=Name(site.name))

    def draw(lang: Lang) -> str:
        language = languages()[lang]
        first = site.first_week + timedelta(days=6)
        past = tuple(
            Point(first + timedelta(weeks=n), float(count)) for n, count in enumerate(site.past)
        )
        ahead = [weeks[n] for n in range(len(weeks))]
        foreseen = tuple(
            Point(week.last_day, week.median, band_of(week, LEVEL).low, band_of(week, LEVEL).high)
            for week in ahead
        )
        return line_chart(
            [
                Series(language.show(Message("rollout.seen")), past),
                Series(language.show(Message("rollout.foreseen")), foreseen),
            ],
            AltText(f"forecast-{site.code}", language.show(title), language.show(title)),
            value=language.number,
            day=language.month,
            size=PAPER,
        )

    return ChartFigure(
        title=title,
        alt=Message("rollout.forecast_chart"),
        draw=draw,
        table=Table(
            title,
            (
                Message("column.until"),
                Message("column.median"),
                Message("column.wide_from"),
                Message("column.wide_to"),
            ),
            tuple(rows),
        ),
    )


def score_blocks(found: Score | None, why_not: Message, numbers: Numbers) -> Iterator[Block]:
    """How forecasts of the past did against what came, beside three simple methods."""
    if found is None:
        yield Paragraph(why_not)
        return
    yield Paragraph(
        Message(
            "rollout.origins",
            sites=numbers.put("origins.sites", Count(found.site_count)),
            origins=numbers.put("origins", Count(found.origin_count)),
            first=numbers.put("origins.first", Day(found.first_origin)),
            last=numbers.put("origins.last", Day(found.last_origin)),
        )
    )
    rows: list[tuple[Cell, ...]] = []
    for each in (score for score in found.methods if score.weeks_ahead == 0):
        key = f"score.{each.method}"
        rows.append(
            (
                method(each.method),
                numbers.put(f"{key}.count", Count(each.forecast_count)),
                numbers.put(f"{key}.crps", Number(each.crps_share, 4)),
                numbers.put(f"{key}.held", Share(each.coverage80)),
                numbers.put(f"{key}.held_wide", Share(each.coverage95)),
            )
        )
    level = numbers.put("score.level", Share(LEVEL, 0))
    wide = numbers.put("score.wide", Share(WIDE_LEVEL, 0))
    yield Table(
        Message("rollout.score_table"),
        (
            Message("column.method"),
            Message("column.forecasts"),
            Message("column.crps"),
            Message("column.band_held", level=level),
            Message("column.band_held", level=wide),
        ),
        tuple(rows),
    )


assert all(earlier < later for earlier, later in pairwise(AHEAD))
