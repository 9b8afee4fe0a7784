"""One payment: every piece of evidence, how they merged, and where it counts. Personal data."""

from fastapi import Response

from consumers.ledger.payment import payment_show
from consumers.web.access.audience import own_stories
from consumers.web.access.rules import AccessRule
from consumers.web.view import Page, View
from schemas.message import mark as _


def render(view: View) -> Response:
    """By bank reference, `ACCOUNT_TOKEN:REFERENCE`, or event id."""
    asked = view.path("payment_id")
    stories = payment_show(view.site.store, asked, settings=view.site.fold_settings)
    own = own_stories(stories, view.audience, asked=asked)
    return view.render("payment.html", stories=own, asked=asked)


PAGE = Page(
    path="/payments/{payment_id:path}",
    title=_("Payment"),
    rule=AccessRule("people", "inside", is_personal=True),
    render=render,
)
