"""The setting of the recipe is read from the environment, and is followed."""

import os
import sys
from datetime import timedelta

from consumers.alerts.alert import Alert
from consumers.alerts.book import raise_alerts
from schemas.message import Count, Day, Message
from tests.consumers.adoption.test_daily import AT
from tests.parts import store_client
from tests.recipes.checks.city import after, fill, pages

MANY = Message("alert.payments_fail", failed=Count(9), attempts=Count(9), week=Day(AT.date()))

with store_client(sys.argv[1]) as store:
    fill(store)
    days = [AT.date() - timedelta(days=n) for n in range(3)]
    alerts = [Alert(day, "payments_fail", "HL1", "", MANY) for day in days]
    raise_alerts(store, alerts, now=AT)
    for limit, shown in (("", 3), ("2", 2)):
        os.environ.pop("CHOSO_WEB__ALERTS_SHOWN_MAX", None)
        if limit:
            os.environ["CHOSO_WEB__ALERTS_SHOWN_MAX"] = limit
        [page] = pages(store, after(days=2), "/alerts?lang=en")
        assert page.count('id="alert-') == shown, page
