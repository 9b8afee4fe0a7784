"""Looks at all rules, writes down what is new, and tells the receiver."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from consumers.adoption.question.answer import MetricContext
from consumers.adoption.question.scene import Scenes
from consumers.alerts.alert import Alert
from consumers.alerts.book import delivered, raise_alerts, undelivered
from consumers.alerts.deliver import Receiver, deliver
from consumers.alerts.rules import RULES
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import Unavailable
from infra.log import get_logger
from infra.settings import AlertSettings, FoldSettings
from schemas.calendar import LOCAL

log = get_logger("alerts")


@dataclass(frozen=True, slots=True)
class Round:
    """What one look found: raised now, and delivered of those and of earlier ones."""

    raised: tuple[Alert, ...] = ()
    delivered_count: int = 0
    trouble: str | None = None


@dataclass(slots=True)
class Watch:
    """Looks again and again; figures are asked again only where something has changed."""

    store: Store
    clock: Clock
    settings: AlertSettings
    fold: FoldSettings
    receiver: Receiver | None
    _scenes: Scenes = field(init=False)
    _seen: tuple[str, date] | None = None

    def __post_init__(self) -> None:
        self._scenes = Scenes(self.store, self.fold)

    def look(self) -> Round:
        """One round. Unavailable: the store is away. A receiver that is away is no error here."""
        now = self.clock.now()
        scene = self._scenes.scene(now)
        today = now.astimezone(LOCAL).date()
        seen = (scene.cut_off.version, today)
        raised: list[Alert] = []
        # While days that are over wait to be folded, figures are missing: do not cry wolf.
        if seen != self._seen and all(day >= today for day in scene.cut_off.waiting_days):
            raised = raise_alerts(self.store, due_alerts(self.store, scene, self.settings), now=now)
            self._seen = seen
        for alert in raised:
            log.info("alert.raised", alert=alert.id, rule=alert.rule, market=alert.market)
        count, trouble = self._deliver(now)
        return Round(tuple(raised), count, trouble)

    def _deliver(self, now: datetime) -> tuple[int, str | None]:
        if self.receiver is None:
            return 0, None
        since = now - timedelta(days=self.settings.deliver_days_max)
        count = 0
        for kept in undelivered(self.store, since=since, limit=self.settings.deliver_each_max):
            try:
                deliver(self.receiver, kept, now=self.clock.now())
            except Unavailable as trouble:  # kept: the next round tries again
                log.warning("alert.again", alert=kept.alert, cause=str(trouble))
                return count, str(trouble)
            delivered(self.store, kept, to=self.receiver.host, now=self.clock.now())
            count += 1
        return count, None


def due_alerts(store: Store, scene: MetricContext, limits: AlertSettings) -> list[Alert]:
    """All that the rules find, over days and weeks that are over."""
    return [alert for rule in RULES.values() for alert in rule.find(store, scene, limits)]
