"""A site's forecast: its curve with bands, and when a share of its stalls will have adopted."""

from datetime import timedelta

from consumers.charts.fan import Ahead, Level, fan_chart
from consumers.charts.line import Point, Series, line_chart
from consumers.charts.svg import AltText, Size
from consumers.rollout.outcome import Band, SiteForecast, WeekForecast
from consumers.web.exhibit import Exhibit, ExhibitTable, Link, TableCell, drawn, head, number_cell
from consumers.web.links import definition_address
from consumers.web.view import View


def when(view: View, site: SiteForecast) -> str:
    """When the target is reached, in a sentence."""
    say, language, target = view.say, view.language, site.target
    share = language.whole_share(target.share)
    if target.is_reached:
        return say("%(share)s of the stalls have adopted already.", share=share)
    by = {each.probability: each.day for each in target.quantiles}
    never = language.whole_share(target.never)
    if by[0.5] is None:
        return say(
            "%(share)s of the stalls: more likely not within this forecast (%(never)s).",
            share=share,
            never=never,
        )
    if by[0.8] is None:
        return say(
            "%(share)s of the stalls: as likely as not by %(half)s; not within this forecast with a"
            " probability of %(never)s.",
            share=share,
            half=language.day(by[0.5]),
            never=never,
        )
    return say(
        "%(share)s of the stalls: as likely as not by %(half)s, with 80%% certainty by %(sure)s;"
        " not within this forecast with a probability of %(never)s.",
        share=share,
        half=language.day(by[0.5]),
        sure=language.day(by[0.8]),
        never=never,
    )


def curve(view: View, site: SiteForecast) -> Exhibit:
    """What was counted, and what is expected, in nested bands up to the census."""
    say, language = view.say, view.language
    first = site.first_week + timedelta(days=6)
    past = [(first + timedelta(weeks=n), float(count)) for n, count in enumerate(site.past)]
    widest_first = [
        Ahead(week.last_day, week.median, tuple((b.low, b.high) for b in reversed(week.bands)))
        for week in site.weeks
    ]
    finding = say("Stalls that have adopted, and that are expected to")
    note = say(
        "Counted up to %(day)s, then median and bands of 50, 80 and 95%%. Adopted: a first valid"
        " cashless payment.",
        day=language.day(past[-1][0]) if past else language.day(site.first_week),
    )
    levels = (
        Level(site.stall_count, say("census: %(count)s", count=language.number(site.stall_count))),
        Level(
            site.target.stalls_needed,
            say("target: %(share)s", share=language.whole_share(site.target.share)),
        ),
    )

    def draw(said: AltText, size: Size) -> str:
        return fan_chart(
            past,
            widest_first,
            said,
            value=language.short_number,
            day=language.short_day,
            levels=levels,
            size=size,
        )

    return drawn(
        draw,
        key="curve",
        finding=finding,
        note=note,
        table=_curve_table(view, site, finding),
        links=(Link(say("Definition"), definition_address("first-payment")),),
    )


def _curve_table(view: View, site: SiteForecast, caption: str) -> ExhibitTable:
    say, language = view.say, view.language
    names = (say("Week to"), say("Median"), *(_level(view, b) for b in site.weeks[0].bands))
    rows = tuple(_week_row(view, week) for week in site.weeks)
    first = (
        TableCell(language.day(site.weeks[0].last_day - timedelta(weeks=1)), why=say("counted")),
        number_cell(language.number(site.adopted_count)),
        *(number_cell("") for _band in site.weeks[0].bands),
    )
    return ExhibitTable(caption, head(*names), (first, *rows), is_long=True)


def _level(view: View, band: Band) -> str:
    return view.say("%(level)s band", level=view.language.whole_share(band.level))


def _week_row(view: View, week: WeekForecast) -> tuple[TableCell, ...]:
    language = view.language
    return (
        TableCell(language.day(week.last_day)),
        number_cell(language.number(round(week.median))),
        *(
            number_cell(f"{language.number(round(b.low))}–{language.number(round(b.high))}")
            for b in week.bands
        ),
    )


def date_of_target(view: View, site: SiteForecast) -> Exhibit:
    """The date as a distribution: how likely it is that the target is reached by each week."""
    say, language, target = view.say, view.language, site.target
    finding = say(
        "How likely it is that %(share)s of the stalls have adopted by then",
        share=language.whole_share(target.share),
    )
    points = tuple(
        Point(week.last_day, chance)
        for week, chance in zip(site.weeks, target.by_week, strict=True)
    )
    note = when(view, site)

    def draw(said: AltText, size: Size) -> str:
        return line_chart(
            [Series(site.name, points)],
            said,
            value=language.whole_share,
            day=language.short_day,
            size=size,
            top=1.0,
        )

    rows = tuple(
        (
            TableCell(language.whole_share(each.probability)),
            number_cell(
                say("reached")
                if target.is_reached
                else say("not within this forecast")
                if each.day is None
                else language.day(each.day)
            ),
        )
        for each in target.quantiles
    )
    table = ExhibitTable(finding, head(say("Probability"), say("Not later than")), rows)
    return drawn(draw, key="target", finding=finding, note=note, table=table)


def sites_table(
    view: View, sites: tuple[SiteForecast, ...], address: dict[str, str]
) -> ExhibitTable:
    """Every site in a row: where it stands, and when it reaches the target."""
    say, language = view.say, view.language
    rows = []
    for site in sites:
        by = {each.probability: each.day for each in site.target.quantiles}
        last = site.weeks[-1]
        band = next(b for b in last.bands if b.level == 0.8)
        rows.append(
            (
                TableCell(site.name or site.code, href=address[site.code]),
                number_cell(language.number(site.stall_count)),
                number_cell(language.share(site.adopted_share)),
                number_cell(
                    language.number(round(last.median)),
                    why=f"{language.number(round(band.low))}–{language.number(round(band.high))}",
                ),
                number_cell(say("reached") if site.target.is_reached else language.day(by[0.5])),
                number_cell(language.share(site.target.never)),
            )
        )
    names = (
        say("Market"),
        say("Stalls"),
        say("Adopted"),
        say("Expected at the end (80% band)"),
        say("Target as likely as not by"),
        say("Not within this forecast"),
    )
    share = language.whole_share(sites[0].target.share) if sites else ""
    caption = say("Where each stands, and when %(share)s of its stalls will adopt", share=share)
    return ExhibitTable(caption, head(*names), tuple(rows))
