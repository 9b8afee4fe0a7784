"""Rule: a vendor's income stopped though his market was open and others were paid there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from consumers.adoption.question.answer import MetricContext
from consumers.adoption.question.facts import Facts
from consumers.alerts.alert import Alert, AlertRule, last_day_over
from consumers.fold.dirty import days_of
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import AlertSettings
from schemas.message import Count, Day, Message
from schemas.message import mark as _

PAID_WITHIN_DAYS = 28
LOOKBACK_DAYS = 60


@dataclass(frozen=True, slots=True)
class VendorDays:
    """The days of a vendor in a market, ascending."""

    market: str
    vendor: str
    paid: tuple[date, ...]
    absent: frozenset[date]


def read_vendor_days(store: Store, last_day: date, limits: AlertSettings) -> list[VendorDays]:
    """Vendors that were paid on enough days of the range."""
    params = {
        "first_day": last_day - timedelta(days=LOOKBACK_DAYS),
        "last_day": last_day,
        "paid_days_min": limits.vendor_paid_days_min,
    }
    return [
        VendorDays(market, vendor, tuple(paid), frozenset(absent))
        for market, vendor, paid, absent in store.query(
            statement(__package__, "stopped_vendor"), params
        )
    ]


def stopped_vendor_alerts(
    vendors: Sequence[VendorDays], facts: Facts, last_day: date, limits: AlertSettings
) -> list[Alert]:
    """Vendors not paid for the set number of open days on which others of their market were."""
    alive: dict[str, set[date]] = {}
    for vendor in vendors:
        alive.setdefault(vendor.market, set()).update(vendor.paid)
    found = []
    for vendor in vendors:
        last = vendor.paid[-1]
        recent = [day for day in vendor.paid if last - day < timedelta(days=PAID_WITHIN_DAYS)]
        silent = [
            day
            for day in days_of(last + timedelta(days=1), last_day)
            if facts.is_open(vendor.market, day)
            and day not in vendor.absent
            and day in alive[vendor.market]
        ]
        if (
            len(silent) >= limits.vendor_silent_days_min
            and len(recent) >= limits.vendor_paid_days_min
        ):
            detail = Message(
                "alert.vendor_stopped",
                last=Day(last),
                open_days=Count(len(silent)),
                paid=Count(len(recent)),
                of=Count(PAID_WITHIN_DAYS),
            )
            found.append(Alert(silent[0], "vendor_stopped", vendor.market, vendor.vendor, detail))
    return found


def still_there(alerts: Sequence[Alert], linked: Collection[tuple[str, str]]) -> list[Alert]:
    """Without vendors to whom no account and no stall belongs any more: they left."""
    return [alert for alert in alerts if (alert.market, alert.subject) in linked]


def find(store: Store, scene: MetricContext, limits: AlertSettings) -> list[Alert]:
    """Up to yesterday."""
    last_day = last_day_over(scene)
    vendors = read_vendor_days(store, last_day, limits)
    linked = set(store.query(statement(__package__, "linked_vendors"), {"day": last_day}))
    return still_there(stopped_vendor_alerts(vendors, scene.facts, last_day, limits), linked)


RULE = AlertRule(
    name="vendor_stopped",
    title=_("A vendor's payments stopped though the market was open"),
    raised="a vendor was not paid on `vendor_silent_days_min` days on which his market was open,"
    " he was not marked absent, and others there were paid",
    exposure="he was paid on `vendor_paid_days_min` of the 28 days before, and still has an account"
    " or code",
    about="vendor",
    find=find,
)
