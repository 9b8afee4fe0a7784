"""Rule: a source that reported day by day went silent while markets were open."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from consumers.adoption.question.answer import MetricContext
from consumers.alerts.alert import Alert, AlertRule, last_day_over
from consumers.fold.dirty import days_of
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import AlertSettings
from schemas.message import Count, Day, Message
from schemas.message import mark as _

HEARD_WITHIN_DAYS = 14  # how a source used to report is judged by as many days before its silence
LOOKBACK_DAYS = 45


def read_source_days(store: Store, last_day: date) -> dict[str, list[date]]:
    """Source → the days that its records name, ascending."""
    params = {"first_day": last_day - timedelta(days=LOOKBACK_DAYS), "last_day": last_day}
    return dict(store.query(statement(__package__, "silent_source"), params))


def any_open_days(scene: MetricContext, last_day: date) -> list[date]:
    """Days up to the last one on which any market was open; all days where no market is known."""
    markets = scene.facts.on(last_day)
    return [
        day
        for day in days_of(last_day - timedelta(days=LOOKBACK_DAYS), last_day)
        if not markets or any(scene.facts.is_open(market, day) for market in markets)
    ]


def silent_source_alerts(
    heard: Mapping[str, Sequence[date]], open_days: Sequence[date], limits: AlertSettings
) -> list[Alert]:
    """`open_days` ascend to the last complete day. A source that never was regular is none."""
    found = []
    for source, days in sorted(heard.items()):
        last = max(days)
        silent = [day for day in open_days if day > last]
        usual = [day for day in days if last - day < timedelta(days=HEARD_WITHIN_DAYS)]
        if (
            len(silent) >= limits.source_silent_days_min
            and len(usual) >= limits.source_heard_days_min
        ):
            detail = Message(
                "alert.source_silent",
                last=Day(last),
                open_days=Count(len(silent)),
                heard=Count(len(usual)),
                of=Count(HEARD_WITHIN_DAYS),
            )
            found.append(Alert(silent[0], "source_silent", "", source, detail))
    return found


def find(store: Store, scene: MetricContext, limits: AlertSettings) -> list[Alert]:
    """Up to yesterday."""
    last_day = last_day_over(scene)
    heard = read_source_days(store, last_day)
    return silent_source_alerts(heard, any_open_days(scene, last_day), limits)


RULE = AlertRule(
    name="source_silent",
    title=_("A source went silent"),
    raised="no record of a source names any of the last `source_silent_days_min` days on which a"
    " market was open",
    exposure="it reported on `source_heard_days_min` of the 14 days before",
    about="source",
    find=find,
)
