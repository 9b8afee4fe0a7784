"""The forecast: a market's adoption curve with bands, and when a share will have adopted."""

from collections.abc import Sequence

from fastapi import HTTPException, Response

from consumers.rollout.outcome import SiteForecast
from consumers.web.access.rules import AccessRule
from consumers.web.exhibits.forecasts import curve, date_of_target, sites_table, when
from consumers.web.studies import whole_percent
from consumers.web.study_questions import FORECAST_TARGET, FORECAST_WEEKS, seen_sites
from consumers.web.view import Page, View
from schemas.message import mark as _

WEEKS = (26, 52, 104)


def render(view: View) -> Response:
    """Of the market that the address names, or of the first one that is forecast."""
    weeks, percent = _weeks(view), whole_percent(view.query.get("target", ()), FORECAST_TARGET)
    found = view.site.studies.forecast(target_share=percent / 100, horizon_weeks=weeks)
    sites, small = seen_sites(found, view.audience, ())
    chosen = next(iter(view.state.markets), "") or (sites[0].code if sites else "")
    site = next((each for each in sites if each.code == chosen), None)
    left_out = [each for each in found.left_out if view.audience.sees(each.code)]
    if chosen and site is None and chosen not in {*small, *(each.code for each in left_out)}:
        raise HTTPException(404, "no market of this code is known")
    return view.render(
        "forecast.html",
        forecast=found,
        site=site,
        chosen=chosen,
        is_small=chosen in small,
        reason=next((each.reason for each in left_out if each.code == chosen), None),
        weeks=weeks,
        all_weeks=WEEKS,
        percent=percent,
        sentence="" if site is None else when(view, site),
        exhibits=() if site is None else (curve(view, site), date_of_target(view, site)),
        table=sites_table(view, sites, _addresses(view, sites, weeks, percent)),
        left_out=left_out,
    )


def _addresses(
    view: View, sites: Sequence[SiteForecast], weeks: int, percent: int
) -> dict[str, str]:
    kept = f"&weeks={weeks}&target={percent}"
    return {s.code: view.address("/forecast", markets=(s.code,)) + kept for s in sites}


def _weeks(view: View) -> int:
    text = (view.query.get("weeks") or [""])[-1]
    known = {str(weeks): weeks for weeks in WEEKS}
    if text and text not in known:
        raise HTTPException(422, f"weeks: {text[:20]!r} is not one of {', '.join(known)}")
    return known.get(text, FORECAST_WEEKS)


PAGE = Page(
    path="/forecast",
    title=_("Forecast"),
    rule=AccessRule("figures", "query"),
    render=render,
    in_nav=True,
)
