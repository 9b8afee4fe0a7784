"""One market: how it stands and moves, and its vendors for those who may see persons."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

from fastapi import HTTPException, Response

from consumers.adoption.metrics.first_payment import FirstPaymentRow
from consumers.adoption.metrics.intensity import IntensityRow
from consumers.adoption.metrics.ladder import LadderRow
from consumers.adoption.question.answer import Answer, Question
from consumers.adoption.question.facts import MarketFact
from consumers.web.access.rules import AccessRule
from consumers.web.changes import changes
from consumers.web.exhibit import Exhibit
from consumers.web.exhibits.days import DayTable, day_columns
from consumers.web.exhibits.key_figures import METRICS_ASKED, key_figures
from consumers.web.exhibits.ladders import ladder_panel
from consumers.web.exhibits.small_trends import small_trends
from consumers.web.exhibits.vendors import vendor_table
from consumers.web.exhibits.waiting import waiting_dots
from consumers.web.headline import headline
from consumers.web.links import links_of
from consumers.web.market_vendors import SORTS, Sort, load_market_vendors
from consumers.web.measures import MEASURES
from consumers.web.names import group_name
from consumers.web.view import Page, View
from infra.errors import Refused
from schemas.message import mark as _

WEEKS = 8
TREND_WEEKS = 12
VENDORS_MAX = 50
PAGES_MAX = 200


def render(view: View) -> Response:
    """404 where neither the registry nor a payment names the market."""
    market = view.path("market")
    asker = view.site.asker
    fact = asker.scene().facts.on(view.today).get(market)
    if fact is None:
        raise HTTPException(404, "the registry has no market of this code")
    answers = asker.ask_all(questions(view, market))
    return view.render(
        "market.html",
        market=market,
        fact=fact,
        answer=answers["intensity"],
        health=answers["intensity"].health,
        live=view.today_figures((market,)).markets.get(market),
        live_at=view.now,
        days=days_exhibit(view, answers["days"], fact),
        **_adoption(view, answers, market),
        figures=key_figures(view, answers, market),
        changes=changes(view, answers["growth"]),
        **_vendors(view, market),
    )


def questions(view: View, market: str) -> dict[str, Question]:
    """All that the page asks; by the metric's name, and `days`."""
    own = {"markets": (market,), "by": "market"}
    found = {metric: view.question(metric, **own) for metric in METRICS_ASKED}
    first, last = view.days(WEEKS)
    days = {"first_day": first, "last_day": last}
    found["days"] = view.question("intensity", grain="day", **{**own, **days})
    first, last = view.weeks(TREND_WEEKS)
    days = {"first_day": first, "last_day": last}
    found["weeks"] = view.question("activity", grain="week", **{**own, **days})
    found["ladder"] = view.question("ladder", **own)
    found["first-payment"] = view.question("first-payment", **own)
    return found


def _adoption(view: View, answers: Mapping[str, Answer], market: str) -> dict[str, Any]:
    """The headline, the ladder, the weeks, and the wait for the first payment."""
    [ladder] = [r for r in answers["ladder"].rows if isinstance(r, LadderRow) and r.market]
    name = group_name(view, ladder)
    [trend] = small_trends(view, answers["weeks"], MEASURES["active"], key="trend")
    waiting = [r for r in answers["first-payment"].rows if isinstance(r, FirstPaymentRow)]
    heading = view.say("How far it has come")
    return {
        "headline": headline(view, answers["activity"], answers["weeks"], where=name),
        "ladder": ladder_panel(view, answers["ladder"].question, ladder, heading=heading),
        "trend": replace(trend, finding=view.say("Active vendors, week by week")),
        "waiting": [waiting_dots(view, answers["first-payment"], row) for row in waiting[:1]],
    }


def days_exhibit(view: View, answer: Answer, fact: MarketFact) -> Exhibit:
    """Payments day by day."""
    facts = view.site.asker.scene().facts
    days = []
    for row in answer.rows:
        assert isinstance(row, IntensityRow), row
        count, vnd = row.payment_count.value, row.payment_vnd.value
        is_open = facts.is_open(fact.market, row.first_day)
        days.append(DayTable(row.first_day, count, vnd, is_open, row.is_complete))
    complete = [d for d in days if d.is_complete and d.payment_count is not None and d.is_open]
    recent = [d.payment_count or 0.0 for d in complete if d.day > view.today - timedelta(days=29)]
    finding = view.say("No complete day yet")
    if recent:
        finding = view.say(
            "%(count)s payments on a usual open day", count=view.language.number(_middle(recent))
        )
    links = links_of(answer.question, view.language)
    return day_columns(view, days, key="days", finding=finding, links=links)


def _middle(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _vendors(view: View, market: str) -> dict[str, Any]:
    """The table of vendors, where the caller may see persons."""
    if not view.audience.may("people"):
        return {"vendors": None, "sort": "", "number": 0, "has_more": False, "sorts": ()}
    view.audience.shows_people()
    sort = (view.query.get("sort") or [""])[-1] or "payments"
    if sort not in SORTS:
        raise Refused(f"sort: {sort[:40]!r} is not one of {', '.join(SORTS)}")
    number = _number(view)
    last: date = view.state.last_day or view.today - timedelta(days=1)
    found = load_market_vendors(
        view.site.store,
        market,
        last_day=last,
        sort=cast(Sort, sort),
        limit=VENDORS_MAX + 1,
        offset=VENDORS_MAX * number,
    )
    return {
        "vendors": vendor_table(view, found[:VENDORS_MAX]),
        "sort": sort,
        "sorts": SORT_NAMES,
        "number": number,
        "has_more": len(found) > VENDORS_MAX and number < PAGES_MAX,
    }


def _number(view: View) -> int:
    text = (view.query.get("page") or ["0"])[-1] or "0"
    if not text.isascii() or not text.isdigit() or int(text[:9]) > PAGES_MAX:
        raise Refused(f"page: {text[:40]!r} is not a number from 0 to {PAGES_MAX}")
    return int(text)


SORT_NAMES = {
    "payments": _("most payments first"),
    "silent": _("longest without a payment first"),
    "code": _("by code"),
}
PAGE = Page(
    path="/markets/{market}", title=_("Market"), rule=AccessRule("figures", "path"), render=render
)
