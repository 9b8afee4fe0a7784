"""The rule of the recipe raises an alert, and the page says what it is."""

import sys

from consumers.alerts.watch import Watch
from infra.settings import AlertSettings
from schemas.message import Count, Message
from tests.parts import store_client
from tests.recipes.checks.city import FOLD, after, fill, pages

with store_client(sys.argv[1]) as store:
    fill(store)
    clock = after(days=2)
    watch = Watch(store, clock, AlertSettings(), FOLD, None)
    [alert] = [each for each in watch.look().raised if each.rule == "refunds_many"]
    assert (alert.market, alert.detail) == (
        "HL1",
        Message("alert.refunds_many", refunds=Count(6)),
    ), alert
    assert watch.look().raised == ()
    [page] = pages(store, clock, "/alerts?lang=en")
    assert "Much was given back" in page and "6 payments were given back" in page, page
