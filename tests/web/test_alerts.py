"""Alerts on the page: who sees which, and who has seen to one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from consumers.alerts.book import list_alerts, raise_alerts
from consumers.web.pages.overview import ALERTS_MAX
from infra.clickhouse import Store
from infra.settings import WebSettings
from tests.web.callers import FORM, PAGE, Caller, all_callers
from tests.web.city import ALERTS, MORNING
from tests.web.serving import StandingClock, make_app, make_door, served


@pytest.fixture
def gated(
    store: Store, clock: StandingClock, tmp_path: Path
) -> Iterator[tuple[str, dict[str, Caller]]]:
    """A site with alerts and no figures, in a database of its own."""
    raise_alerts(store, ALERTS, now=MORNING)
    door = make_door(tmp_path, clock)
    callers = all_callers(door)
    settings = WebSettings(sample_ms=60_000)
    with served(make_app(store, clock, door=door, settings=settings)) as address:
        yield address, callers


def shown(address: str, caller: Caller) -> set[str]:
    """The alerts that a caller sees."""
    with caller.client(address) as client:
        return set(re.findall(r'id="alert-(\w+)"', client.get("/alerts", headers=PAGE).text))


def test_each_caller_sees_the_alerts_of_his_markets_and_of_his_role(
    gated: tuple[str, dict[str, Caller]],
) -> None:
    address, callers = gated
    hl1, hl2, vendor, source = (alert.id for alert in ALERTS)
    assert shown(address, callers["operator"]) == {hl1, hl2, vendor, source}
    assert shown(address, callers["analyst"]) == {hl1, hl2, vendor, source}
    assert shown(address, callers["viewer"]) == {hl1, hl2, source}
    assert shown(address, callers["analyst@HL1"]) == {hl1, vendor}
    assert shown(address, callers["viewer@HL1"]) == {hl1}


def test_an_operator_sees_to_an_alert_once_and_his_name_stands(
    gated: tuple[str, dict[str, Caller]], store: Store
) -> None:
    address, callers = gated
    hl1, hl2, _vendor, source = (alert.id for alert in ALERTS)

    def post(name: str, alert: str) -> int:
        with callers[name].client(address) as client:
            return client.post(f"/alerts/{alert}/acknowledge", headers=FORM).status_code

    assert post("viewer", hl1) == 403
    assert post("analyst", hl1) == 403
    assert post("operator@HL1", hl2) == 404
    assert post("operator@HL1", source) == 404
    assert post("operator", "0" * 32) == 404
    assert post("operator", "' OR 1=1 --") == 404
    assert list_alerts(store, state="acknowledged") == []
    assert post("operator@HL1", hl1) == 303
    assert post("operator", hl1) == 303
    [kept] = list_alerts(store, state="acknowledged")
    assert (kept.alert, kept.acknowledged_by) == (hl1, "operator@HL1")
    with callers["operator"].client(address) as client:
        page = client.get("/alerts?lang=en", headers=PAGE).text
    assert "Seen to by operator@HL1" in page
    assert page.count("I have seen to it") == 3


def test_the_overview_shows_the_newest_that_the_reader_may_see(
    gated: tuple[str, dict[str, Caller]], store: Store
) -> None:
    address, callers = gated
    [stopped] = [alert for alert in ALERTS if alert.rule == "vendor_stopped"]
    later = [
        replace(stopped, subject=f"{stopped.subject}-{n}", day=stopped.day + timedelta(days=9))
        for n in range(ALERTS_MAX)
    ]
    raise_alerts(store, later, now=MORNING)

    def overview(name: str) -> str:
        with callers[name].client(address) as client:
            return client.get("/?lang=en", headers=PAGE).text

    assert "The share of active vendors fell" in overview("viewer")
    assert later[0].subject not in overview("viewer")
    assert later[0].subject in overview("operator")
    with callers["operator"].client(address) as client:
        answer = client.post(f"/alerts/{later[0].id}/acknowledge", headers=FORM)
        assert answer.status_code == 303
    assert later[0].subject not in overview("operator")
