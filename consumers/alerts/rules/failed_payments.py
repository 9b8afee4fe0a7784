"""Rule: attempts to pay failed in a market, without credits, more often than is usual anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from consumers.adoption.question.answer import MetricContext
from consumers.alerts.alert import Alert, AlertRule, last_week_over
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import AlertSettings
from schemas.message import Count, Day, Message
from schemas.message import mark as _


@dataclass(frozen=True, slots=True)
class Attempts:
    """A market's attempts over a complete week. A failure that a credit followed is none."""

    market: str
    failed_count: int
    payment_count: int


def read_attempts(store: Store, monday: date) -> list[Attempts]:
    """The attempts of one week."""
    params = {"first_day": monday, "last_day": monday + timedelta(days=6)}
    rows = store.query(statement(__package__, "failed_payments"), params)
    return [Attempts(*row) for row in rows]


def failed_payment_alerts(
    attempts: Sequence[Attempts], monday: date, limits: AlertSettings
) -> list[Alert]:
    """Markets with at least so many failures, and so large a share of all attempts."""
    found = []
    for market in attempts:
        total = market.failed_count + market.payment_count
        if (
            market.failed_count >= limits.fail_count_min
            and market.failed_count >= limits.fail_share_min * total
        ):
            detail = Message(
                "alert.payments_fail",
                failed=Count(market.failed_count),
                attempts=Count(total),
                week=Day(monday),
            )
            found.append(Alert(monday, "payments_fail", market.market, "", detail))
    return found


def find(store: Store, scene: MetricContext, limits: AlertSettings) -> list[Alert]:
    """Of the last week that is over."""
    monday = last_week_over(scene)
    return failed_payment_alerts(read_attempts(store, monday), monday, limits)


RULE = AlertRule(
    name="payments_fail",
    title=_("Many attempts to pay fail"),
    raised="of a market's attempts in a complete week at least `fail_share_min` failed, with no"
    " credit after them",
    exposure="`fail_count_min` failures",
    about="market",
    find=find,
)
