"""Every page. To add one: a module with its `Page`, its template, and an entry here."""

from consumers.web.pages import api_document, definitions, rows, sign_in
from consumers.web.site import Page

# The order of those with `in_nav` is the order of the navigation.
PAGES: tuple[Page, ...] = (
    definitions.PAGE,
    rows.PAGE,
    api_document.PAGE,
    sign_in.FORM,
    sign_in.SIGN_IN,
    sign_in.SIGN_OUT,
)
