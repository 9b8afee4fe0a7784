"""Alerts: what was noticed, and who has seen to it."""

from dataclasses import dataclass

from fastapi import HTTPException, Response
from fastapi.responses import RedirectResponse

from consumers.alerts.book import RecordedAlert, State, acknowledge, find_alert, list_alerts
from consumers.alerts.rules import RULES
from consumers.web.access.rules import AccessRule
from consumers.web.state import path_to
from consumers.web.view import Page, View
from infra.errors import Refused
from infra.log import get_logger
from schemas.message import mark as _

log = get_logger("web.alerts")
SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert with the page of what it is about."""

    kept: RecordedAlert
    title: str
    href: str | None


def render(view: View) -> Response:
    """Open ones first; of the caller's markets alone."""
    return view.render(
        "alerts.html",
        open_alerts=shown(view, "open"),
        seen_alerts=shown(view, "acknowledged"),
        may_acknowledge=view.audience.may("operate"),
    )


def newest_open(view: View, limit: int) -> list[AlertView]:
    """Open alerts that the caller may see, of the markets that the address names."""
    asked = view.state.markets
    kept = [a for a in view.site.open_alerts.get() if not asked or a.market in asked]
    return [_shown(view, alert) for alert in kept if may_see(view, alert)][:limit]


def shown(view: View, state: State) -> list[AlertView]:
    """The alerts of one state that the caller may see, the newest first."""
    kept = list_alerts(view.site.store, state=state, markets=view.state.markets, limit=SHOWN_MAX)
    return [_shown(view, alert) for alert in kept if may_see(view, alert)]


def may_see(view: View, alert: RecordedAlert) -> bool:
    """Whether it is of the caller's markets and, where it names a vendor, he may see persons."""
    is_for_him = about(alert) != "vendor" or view.audience.may("people")
    return is_for_him and view.audience.sees(alert.market)


def _shown(view: View, alert: RecordedAlert) -> AlertView:
    href = view.address(path_to("markets", alert.market), markets=()) if alert.market else None
    if about(alert) == "vendor":
        href = path_to("vendors", alert.subject)
    elif about(alert) == "source":
        href = "/health"
    rule = RULES.get(alert.rule)
    return AlertView(alert, view.say(rule.title) if rule else alert.rule, href)


def about(alert: RecordedAlert) -> str:
    """What its subject is. Of a rule that is no more nothing is known: it may be a vendor."""
    rule = RULES.get(alert.rule)
    return rule.about if rule else "vendor"


def see_to(view: View) -> Response:
    """Acknowledge one. 404 for what the caller cannot see: he does not learn that it is there."""
    try:
        alert = find_alert(view.site.store, view.path("alert"))
    except Refused:
        raise HTTPException(404, "there is no alert of this id") from None
    if not may_see(view, alert):
        raise HTTPException(404, "there is no alert of this id")
    by = view.who.name or view.who.kind
    acknowledge(view.site.store, alert.alert, by=by, now=view.now)
    view.site.open_alerts.forget()
    log.info("alert.acknowledged", alert=alert.alert, who=by)
    return RedirectResponse("/alerts", 303)


PAGE = Page(
    path="/alerts",
    title=_("Alerts"),
    rule=AccessRule("figures", "query"),
    render=render,
    in_nav=True,
)
SEE_TO = Page(
    path="/alerts/{alert}/acknowledge",
    title=_("Alerts"),
    rule=AccessRule("operate", "inside"),
    render=see_to,
    methods=("POST",),
)
