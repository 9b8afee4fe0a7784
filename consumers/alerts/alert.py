"""An alert, and what a rule is that raises them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Literal

from consumers.adoption.question.answer import MetricContext
from infra.clickhouse import Store
from infra.settings import AlertSettings
from schemas.calendar import LOCAL
from schemas.message import Message


@dataclass(frozen=True, slots=True, order=True)
class Alert:
    """Something that was noticed. `detail` says the fact and how it was measured.

    `subject` is a vendor or a source, or '' where it is the market itself. `day` is when it began,
    by which the same trouble stays the same alert however long it lasts.
    """

    day: date
    rule: str
    market: str
    subject: str
    detail: Message

    @property
    def id(self) -> str:
        """32 hex digits, derived from what it is about: noticing it again raises nothing new."""
        text = "\n".join((self.rule, self.market, self.subject, self.day.isoformat()))
        return sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What is worth an alert. docs/alerts.md is written from these.

    `title` is a message. `raised` says when one is raised and `exposure` what least of evidence it
    needs: chance is no alert. `about`: what a subject is; a vendor's alert is personal data.
    """

    name: str
    title: str
    raised: str
    exposure: str
    about: Literal["market", "source", "vendor"]
    find: Callable[[Store, MetricContext, AlertSettings], list[Alert]]


def last_day_over(scene: MetricContext) -> date:
    """Yesterday."""
    return scene.now.astimezone(LOCAL).date() - timedelta(days=1)


def last_week_over(scene: MetricContext) -> date:
    """The Monday of the last week that is over."""
    last_day = last_day_over(scene)
    return last_day - timedelta(days=(last_day.weekday() + 1) % 7 + 6)
