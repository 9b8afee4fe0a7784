"""The book of alerts: what was noticed, delivered and acknowledged. Facts are only added."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import pyarrow as pa

from consumers.alerts.alert import Alert
from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Refused
from schemas.message import Message, Name, message_of, stored_message

State = Literal["open", "acknowledged"]
LIST_MAX = 1_000
WHO_CHARACTERS_MAX = 100


@dataclass(frozen=True, slots=True)
class RecordedAlert:
    """An alert as it stands. Times in UTC; `delivered_at` None: nobody was told yet."""

    alert: str
    rule: str
    market: str
    subject: str
    day: date
    detail: Message
    raised_at: datetime
    state: State
    acknowledged_at: datetime | None
    acknowledged_by: str
    delivered_at: datetime | None


def raise_alerts(store: Store, alerts: Iterable[Alert], *, now: datetime) -> list[Alert]:
    """Write down those that nobody has noticed before; returns them."""
    by_id = {alert.id: alert for alert in alerts}
    known = {row[0] for row in store.query(statement(__package__, "known"), {"ids": list(by_id)})}
    new = [alert for name, alert in by_id.items() if name not in known]
    if new:
        _write(store, [_fact(alert.id, "raised", now, "", alert) for alert in new])
    return new


def list_alerts(
    store: Store,
    *,
    state: State | None = None,
    markets: Sequence[str] = (),
    limit: int = LIST_MAX,
) -> list[RecordedAlert]:
    """Alerts, the newest first; of some markets only, or of all and of no market."""
    params = {"state": state or "", "markets": list(markets), "limit": min(limit, LIST_MAX)}
    return [_recorded(row) for row in store.query(statement(__package__, "alerts"), params)]


def find_alert(store: Store, alert: str) -> RecordedAlert:
    """One alert by its id or the beginning of it. Refused: none, or several begin so."""
    params = {"alert": alert, "limit": 2}
    rows = store.query(statement(__package__, "one"), params) if alert else []
    if len(rows) != 1:
        name = Name(alert[:40])
        if rows:
            raise Refused(Message("refused.several_alerts", alert=name))
        raise Refused(Message("refused.no_alert", alert=name))
    return _recorded(rows[0])


def acknowledge(store: Store, alert: str, *, by: str, now: datetime) -> RecordedAlert:
    """Somebody has seen to it. The first to say so stands; saying it again changes nothing."""
    who = by.strip()
    if not who or len(who) > WHO_CHARACTERS_MAX:
        raise Refused(Message("refused.nobody_acknowledges", alert=Name(alert[:40])))
    kept = find_alert(store, alert)
    if kept.state == "open":
        _write(store, [_fact(kept.alert, "acknowledged", now, who, kept)])
    return find_alert(store, kept.alert)


def undelivered(store: Store, *, since: datetime, limit: int) -> list[RecordedAlert]:
    """Open alerts that nobody was told, raised since then, the oldest first."""
    params = {"since": since, "limit": limit}
    return [_recorded(row) for row in store.query(statement(__package__, "undelivered"), params)]


def delivered(store: Store, kept: RecordedAlert, *, to: str, now: datetime) -> None:
    """Write down that the receiver has it."""
    _write(store, [_fact(kept.alert, "delivered", now, to, kept)])


def _recorded(row: Sequence[Any]) -> RecordedAlert:
    alert, rule, market, subject, day, detail, *state = row
    return RecordedAlert(alert, rule, market, subject, day, message_of(detail), *state)


def _fact(
    alert: str, fact: str, at: datetime, who: str, about: Alert | RecordedAlert
) -> dict[str, Any]:
    return {
        "alert": alert,
        "fact": fact,
        "at": at.astimezone(UTC),
        "who": who,
        "rule": about.rule,
        "market": about.market,
        "subject": about.subject,
        "day": about.day,
        "detail": stored_message(about.detail),
    }


_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("alert", pa.string()),
    ("fact", pa.string()),
    ("at", pa.timestamp("ms", "UTC")),
    ("who", pa.string()),
    ("rule", pa.string()),
    ("market", pa.string()),
    ("subject", pa.string()),
    ("day", pa.date32()),
    ("detail", pa.string()),
]
_SCHEMA = pa.schema(_COLUMNS)


def _write(store: Store, facts: list[dict[str, Any]]) -> None:
    store.insert_arrow("alert_fact", pa.Table.from_pylist(facts, schema=_SCHEMA))
