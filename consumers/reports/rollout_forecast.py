"""Forecasts of running sites in a report, with their bands, and how past ones did. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from consumers.charts.line import Point, Series, line_chart
from consumers.charts.svg import Said as Alt
from consumers.language.language import in_every_language, languages
from consumers.reports.document import Block, Bullets, Cell, Figure, Paragraph, Table, Text, same
from consumers.reports.figures import PAPER, Numbers
from consumers.reports.quote import plain_words
from consumers.reports.rollout_plan import SITE, STALLS, day_of, name_of, stalls
from consumers.reports.shown import LANGS, Lang
from consumers.rollout.outcome import Band, Forecast, Score, SiteForecast, WeekForecast
from consumers.rollout.site import LeftOut

AHEAD = (4, 13, 26, 39, 52)  # weeks whose figures stand in tables
CHARTS_MAX = 6
LEVEL, WIDE_LEVEL = 0.8, 0.95
NOT_AHEAD = "not within the weeks of the forecast"
METHODS = {
    "pooled hazard": Text("dự báo này", "this forecast"),
    "naive slope": Text("đường thẳng", "a straight line"),
    "Bass, free m": Text("Bass với trần tự do", "Bass with a free ceiling"),
}


def forecast_blocks(
    found: Forecast | None, left_out: Sequence[LeftOut], numbers: Numbers
) -> Iterator[Block]:
    """Where each site stands and when it will have come how far; charts of the first ones."""
    if found is None:
        yield Paragraph(
            Text(
                "Không có điểm đang chạy nào để dự báo.",
                "No running site is there to be forecast.",
            )
        )
    else:
        goal = numbers.put("goal", found.target_share, "share", decimals=1)
        yield Table(
            Text(
                f"Khi nào các điểm đang chạy đạt {{{goal.fact_id}}} tổng điều tra",
                f"When running sites reach {{{goal.fact_id}}} of their census",
            ),
            (
                SITE,
                STALLS,
                Text("Đã dùng", "Adopted"),
                Text("Nửa phần chắc", "Half sure by"),
                Text("Khá chắc", "Rather sure by"),
                Text("Không đạt trong kỳ", "Not within it"),
            ),
            tuple(_stands(each, numbers) for each in found.sites),
        )
        half = numbers.put("goal.half", 0.5, "share", decimals=0)
        sure = numbers.put("goal.sure", 0.8, "share", decimals=0)
        yield Paragraph(
            Text(
                f"“Nửa phần chắc”: với xác suất {{{half.fact_id}}}; “khá chắc”:"
                f" {{{sure.fact_id}}}.",
                f"“Half sure”: with probability {{{half.fact_id}}}; “rather sure”:"
                f" {{{sure.fact_id}}}.",
            ),
            style="note",
        )
        for each in found.sites[:CHARTS_MAX]:
            yield _chart(each, numbers)
    if left_out:
        yield Paragraph(Text("Không dự báo được:", "Not forecast:"))
        yield Bullets(tuple(_left_out(each) for each in left_out))


def _left_out(each: LeftOut) -> Text:
    code, why = plain_words(each.code), in_every_language(each.reason)
    return Text(*(f"{code}: {plain_words(why[lang])}" for lang in LANGS))


def _stands(site: SiteForecast, numbers: Numbers) -> tuple[Cell, ...]:
    key = f"forecast.{site.code}"
    by = {each.probability: each.day for each in site.target.quantiles}
    cells: list[Cell] = [
        name_of(site.code, site.name),
        numbers.put(f"{key}.stalls", site.stall_count, "count"),
        numbers.put(f"{key}.now", site.adopted_count, "count"),
    ]
    if site.target.is_reached:
        cells += [Text("đã đạt", "reached"), Text("đã đạt", "reached")]
    else:
        cells += [
            day_of(numbers, f"{key}.by.half", by[0.5], NOT_AHEAD),
            day_of(numbers, f"{key}.by.sure", by[0.8], NOT_AHEAD),
        ]
    cells.append(numbers.put(f"{key}.never", site.target.never, "share", decimals=1))
    return tuple(cells)


def band_of(week: WeekForecast, level: float) -> Band:
    """The band of a level."""
    return next(each for each in week.bands if each.level == level)


def _chart(site: SiteForecast, numbers: Numbers) -> Figure:
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
                numbers.put(f"{key}.{n}.low", wide.low, decimals=0),
                numbers.put(f"{key}.{n}.high", wide.high, decimals=0),
            )
        )
    name = plain_words(site.name)
    title = Text(f"{name}: số quầy đã dùng và dự báo", f"{name}: stalls adopted, and forecast")

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
                Series(Text("đã thấy", "seen").of(lang), past),
                Series(Text("dự báo", "forecast").of(lang), foreseen),
            ],
            Alt(f"forecast-{site.code}", title.of(lang), title.of(lang)),
            value=language.number,
            day=language.month,
            size=PAPER,
        )

    return Figure(
        title=title,
        alt=Text(
            "Biểu đồ: những gì đã thấy, và dự báo với dải của nó; số liệu ở bảng dưới.",
            "Chart: what was seen, and the forecast with its band; figures in the table below.",
        ),
        draw=draw,
        table=Table(
            title,
            (
                Text("Đến ngày", "Until"),
                Text("Trung vị và dải", "Median and band"),
                Text("Dải rộng, từ", "Wide band, from"),
                Text("Dải rộng, đến", "Wide band, to"),
            ),
            tuple(rows),
        ),
    )


def score_blocks(found: Score | None, why_not: Text, numbers: Numbers) -> Iterator[Block]:
    """How forecasts of the past did against what came, beside three simple methods."""
    if found is None:
        yield Paragraph(why_not)
        return
    first = numbers.put("origins.first", found.first_origin.isoformat(), "date").fact_id
    last = numbers.put("origins.last", found.last_origin.isoformat(), "date").fact_id
    count = numbers.put("origins", found.origin_count, "count").fact_id
    sites = numbers.put("origins.sites", found.site_count, "count").fact_id
    yield Paragraph(
        Text(
            f"{{{sites}}} điểm được dự báo lại tại {{{count}}} gốc thời gian, từ {{{first}}} đến"
            f" {{{last}}}, chỉ với những gì khi đó đã biết.",
            f"{{{sites}}} sites were forecast again at {{{count}}} origins, from {{{first}}} to"
            f" {{{last}}}, with what was known then only.",
        )
    )
    rows: list[tuple[Cell, ...]] = []
    for each in (score for score in found.methods if score.weeks_ahead == 0):
        key = f"score.{each.method}"
        rows.append(
            (
                METHODS.get(each.method, same(each.method)),
                numbers.put(f"{key}.count", each.forecast_count, "count"),
                numbers.put(f"{key}.crps", each.crps_share, decimals=4),
                numbers.put(f"{key}.held", each.coverage80, "share", decimals=1),
                numbers.put(f"{key}.held_wide", each.coverage95, "share", decimals=1),
            )
        )
    level = numbers.put("score.level", LEVEL, "share", decimals=0).fact_id
    wide = numbers.put("score.wide", WIDE_LEVEL, "share", decimals=0).fact_id
    yield Table(
        Text("Dự báo trước đây so với thực tế", "Past forecasts against what came"),
        (
            Text("Phương pháp", "Method"),
            Text("Dự báo", "Forecasts"),
            Text("CRPS (phần tổng điều tra)", "CRPS (of census)"),
            Text(f"Dải {{{level}}} đúng", f"{{{level}}} band held"),
            Text(f"Dải {{{wide}}} đúng", f"{{{wide}}} band held"),
        ),
        tuple(rows),
    )


assert all(earlier < later for earlier, later in pairwise(AHEAD))
