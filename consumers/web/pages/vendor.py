"""One vendor: who he is, what he was paid day by day, and the newest payments. Personal data."""

from datetime import date, timedelta
from urllib.parse import urlencode

from fastapi import HTTPException, Response

from consumers.adoption.daily.daily import daily
from consumers.web.access.rules import AccessRule
from consumers.web.exhibit import Link
from consumers.web.exhibits.days import DayTable, day_columns
from consumers.web.state import path_to
from consumers.web.vendors import Vendor, load_vendor, load_vendor_payments
from consumers.web.view import Page, View
from schemas.message import mark as _

PAYMENTS_MAX = 50
PAYMENT_DAYS = 14
WEEKS = 12


def render(view: View) -> Response:
    """403 for a vendor who never traded in a market of the caller's."""
    site, code = view.site, view.path("vendor")
    vendor = load_vendor(site.store, code, day=view.today)
    seen = tuple(m for m in vendor.markets if view.audience.sees(m))
    if vendor.markets and not seen:
        raise HTTPException(403, "another market's")
    first, last = view.days(WEEKS)
    days = vendor_days(view, vendor, seen, first, last)
    payments = load_vendor_payments(
        site.store,
        vendor.within(seen),
        first_day=view.today - timedelta(days=PAYMENT_DAYS - 1),
        last_day=view.today,
        limit=PAYMENTS_MAX,
        settings=site.fold_settings,
    )
    complete = [d for d in days if d.is_complete]
    recent = [d for d in complete if d.day > view.today - timedelta(days=29)]
    exhibit = day_columns(
        view,
        days,
        key="days",
        finding=view.say_count(
            "%(count)s valid payment in the last 28 complete days",
            "%(count)s valid payments in the last 28 complete days",
            int(sum(d.payment_count or 0 for d in recent)),
        ),
        links=_links(view, code, seen, first, last),
    )
    return view.render(
        "vendor.html",
        vendor=vendor,
        seen=seen,
        exhibit=exhibit,
        payments=payments,
        recent_vnd=sum(d.payment_vnd or 0 for d in recent),
        recent_days=sum(1 for d in recent if d.payment_count),
        last_paid=max((d.day for d in days if d.payment_count), default=None),
        payment_days=PAYMENT_DAYS,
    )


def vendor_days(
    view: View, vendor: Vendor, markets: tuple[str, ...], first: date, last: date
) -> list[DayTable]:
    """Every day of the range, in the markets that the caller sees."""
    site = view.site
    rows = [
        row
        for market in markets
        for row in daily(
            site.store,
            market=market,
            vendor=vendor.vendor,
            first_day=first,
            last_day=last,
            by="vendor",
            clock=site.clock,
        )
    ]
    facts = site.asker.scene().facts
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        of_day = [row for row in rows if row.day == day]
        found.append(
            DayTable(
                day,
                sum(row.payment_count for row in of_day),
                sum(row.payment_vnd for row in of_day),
                any(facts.is_open(market, day) for market in markets),
                day < view.today,
            )
        )
    return found


def _links(
    view: View, vendor: str, markets: tuple[str, ...], first: date, last: date
) -> tuple[Link, ...]:
    """Rows and definition; a vendor's rows are the days themselves."""
    pairs = [("vendor", vendor), ("by", "vendor"), ("from", first), ("to", last)]
    ask = urlencode([*pairs, *(("market", market) for market in markets)])
    return (
        Link(view.say("Rows"), f"{path_to('v1', 'adoption', 'daily')}?{ask}"),
        Link(view.say("Definition"), "/definitions#intensity"),
    )


PAGE = Page(
    path="/vendors/{vendor}",
    title=_("Vendor"),
    rule=AccessRule("people", "inside", is_personal=True),
    render=render,
)
