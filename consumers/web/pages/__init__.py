"""Every page. To add one: a module with its `Page`, its template, and an entry here."""

from consumers.web.pages import (
    alerts,
    api_document,
    cohorts,
    compare,
    definitions,
    evaluation,
    forecast,
    health,
    market,
    overview,
    payment,
    plan,
    reports,
    rows,
    sign_in,
    vendor,
)
from consumers.web.view import Page

# The order of those with `in_nav` is the order of the navigation.
PAGES: tuple[Page, ...] = (
    overview.PAGE,
    compare.PAGE,
    cohorts.PAGE,
    evaluation.LIST,
    forecast.PAGE,
    plan.PAGE,
    reports.PAGE,
    alerts.PAGE,
    health.PAGE,
    definitions.PAGE,
    evaluation.PAGE,
    market.PAGE,
    vendor.PAGE,
    payment.PAGE,
    rows.PAGE,
    api_document.PAGE,
    alerts.SEE_TO,
    sign_in.FORM,
    sign_in.SIGN_IN,
    sign_in.SIGN_OUT,
)
