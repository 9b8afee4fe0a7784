"""The deciders of alerts: what is raised, what is too little to be raised, and ids that stay."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from consumers.adoption.question.facts import Facts
from consumers.alerts.alert import Alert
from consumers.alerts.rules import RULES
from consumers.alerts.rules.active_share import WeekEnd, active_share_alerts
from consumers.alerts.rules.failed_payments import Attempts, failed_payment_alerts
from consumers.alerts.rules.silent_source import silent_source_alerts
from consumers.alerts.rules.stopped_vendor import VendorDays, still_there, stopped_vendor_alerts
from consumers.alerts.rules_doc import PAGE, page
from consumers.fold.dirty import days_of
from consumers.language.language import languages
from infra.settings import AlertSettings
from schemas.message import Message

LIMITS = AlertSettings(
    active_fall_min=0.1,
    active_vendors_min=20,
    active_open_days_min=21,
    source_heard_days_min=10,
    source_silent_days_min=2,
    vendor_paid_days_min=10,
    vendor_silent_days_min=7,
    fail_count_min=20,
    fail_share_min=0.2,
)
MONDAY = date(2026, 6, 15)
BEFORE = WeekEnd("HL1", MONDAY - timedelta(days=7), 50, 100, 28, is_complete=True)
NOW = WeekEnd("HL1", MONDAY, 40, 100, 28, is_complete=True)


def test_a_fall_by_the_limit_is_raised_and_less_is_not() -> None:
    [alert] = active_share_alerts([BEFORE, NOW], LIMITS)
    assert (alert.market, alert.day, alert.rule) == ("HL1", MONDAY, "active_share_fell")
    assert "50.0% (50 of 100) → 40.0% (40 of 100)" in languages()["en"].render(alert.detail)
    assert "50,0% (50 trên 100) → 40,0% (40 trên 100)" in languages()["vi"].render(alert.detail)
    assert active_share_alerts([BEFORE, replace(NOW, active_count=41)], LIMITS) == []
    assert active_share_alerts([NOW], LIMITS) == []
    assert active_share_alerts([BEFORE, replace(NOW, active_count=90)], LIMITS) == []


def test_a_fall_without_exposure_is_none() -> None:
    for poor in (
        replace(NOW, is_complete=False),
        replace(NOW, open_days=20),
        replace(NOW, open_count=19, active_count=1),
        replace(NOW, market=""),
    ):
        assert active_share_alerts([BEFORE, poor], LIMITS) == []
        was_poor = replace(poor, monday=BEFORE.monday, active_count=poor.open_count)
        assert active_share_alerts([was_poor, replace(NOW, active_count=0)], LIMITS) == []
    nobody = [replace(week, market="") for week in (BEFORE, NOW)]
    assert active_share_alerts(nobody, LIMITS) == []


DAYS = days_of(date(2026, 5, 20), date(2026, 6, 28))


def test_a_regular_source_that_goes_silent_is_raised_once() -> None:
    heard = {"/casso": DAYS[:30], "/sepay": DAYS}
    [alert] = silent_source_alerts(heard, DAYS, LIMITS)
    assert (alert.subject, alert.day) == ("/casso", DAYS[30])
    [later] = silent_source_alerts(heard, [*DAYS, DAYS[-1] + timedelta(days=1)], LIMITS)
    assert later.id == alert.id  # still silent: the same alert
    assert silent_source_alerts({"/casso": DAYS[:-1]}, DAYS, LIMITS) == []
    assert silent_source_alerts({"/casso": DAYS[:20:2]}, DAYS, LIMITS) == []  # never regular


def test_closed_days_are_no_silence() -> None:
    assert silent_source_alerts({"/casso": DAYS[:30]}, DAYS[:31], LIMITS) == []


def vendor(name: str, paid: list[date], absent: list[date] | None = None) -> VendorDays:
    return VendorDays("HL1", name, tuple(paid), frozenset(absent or ()))


def test_a_vendor_who_is_not_paid_any_more_is_raised() -> None:
    facts, last = Facts((), {}), DAYS[-1]
    stopped, going = vendor("V1", DAYS[:30]), vendor("V2", DAYS)
    [alert] = stopped_vendor_alerts([stopped, going], facts, last, LIMITS)
    assert (alert.market, alert.subject, alert.day) == ("HL1", "V1", DAYS[30])
    assert still_there([alert], {("HL1", "V1")}) == [alert]
    assert still_there([alert], {("HL2", "V1")}) == []  # he has no account there any more
    away = vendor("V1", DAYS[:30], DAYS[32:])
    assert stopped_vendor_alerts([away, going], facts, last, LIMITS) == []
    shut = Facts((), {"HL1": frozenset(DAYS[32:])})
    assert stopped_vendor_alerts([stopped, going], shut, last, LIMITS) == []
    assert stopped_vendor_alerts([stopped], facts, last, LIMITS) == []  # nobody was paid there
    rare = vendor("V1", DAYS[:30:4])
    assert stopped_vendor_alerts([rare, going], facts, last, LIMITS) == []


@given(st.integers(0, 200), st.integers(0, 2_000))
def test_failures_need_a_number_and_a_share(failed: int, paid: int) -> None:
    alerts = failed_payment_alerts([Attempts("HL1", failed, paid)], MONDAY, LIMITS)
    assert bool(alerts) == (failed >= 20 and 5 * failed >= failed + paid)


@given(st.data())
def test_ids_are_of_what_it_is_about(data: st.DataObject) -> None:
    words = st.text("ab/", max_size=3)
    days = st.dates(date(2026, 1, 1), date(2026, 1, 3))
    one, other = (
        Alert(data.draw(days), "source_silent", data.draw(words), data.draw(words), Message("a.b"))
        for _ in range(2)
    )
    same = (one.day, one.market, one.subject) == (other.day, other.market, other.subject)
    assert (one.id == other.id) == same


def test_the_page_tells_of_every_rule() -> None:
    """Mend with `python -m consumers.alerts.rules_doc`."""
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text
    assert all(f"| `{name}` |" in text for name in RULES)
