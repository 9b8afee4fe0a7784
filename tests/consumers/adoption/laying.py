"""The random cities in a store, and questions about them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from consumers.adoption.ask import ask, question_of
from consumers.adoption.question.answer import Answer, Cell
from consumers.adoption.question.rate import Figure, Rails, Rate
from consumers.adoption.question.scene import Scenes
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.registry import registry_event
from tests.consumers.adoption.cities import (
    FIRST_DAY,
    LAST_DAY,
    NOW,
    Body,
    City,
    log_records,
)
from tests.consumers.adoption.plain import PlainLedger
from tests.engine import fold_all, land, migrate, records

CITIES = 520
BATCH = 20_000


class Laid:
    """The cities in a store, and their records."""

    def __init__(self, store: Store, cities: Sequence[City]) -> None:
        self.store, self.cities = store, cities
        self.registry = [body for city in cities for body in city.registry]
        self.payments: list[Body] = [body for city in cities for body in city.payments]
        self.scenes = Scenes(store, FoldSettings())
        migrate(store)
        for shape, bodies in (("registry", self.registry), ("payment", self.payments)):
            recs = list(log_records(sorted(bodies, key=lambda body: body[1])))
            for start in range(0, len(recs), BATCH):
                land(store, recs[start : start + BATCH], shape=shape)
        fold_all(store)
        self._ledgers: dict[Any, PlainLedger] = {}

    def ask(self, name: str, **words: Any) -> Answer:
        days = {"first_day": FIRST_DAY, "last_day": LAST_DAY}
        question = question_of(name, now=NOW, **days | words)
        return ask(self.store, question, self.scenes.scene(NOW, question))

    def plain(self, on_day: date, known_at: datetime | None) -> PlainLedger:
        key = on_day, known_at
        if key not in self._ledgers:
            self._ledgers[key] = PlainLedger(self.payments, self.registry, on_day, known_at)
        return self._ledgers[key]

    def close(self, days: Sequence[tuple[str, date]]) -> None:
        """State that markets were closed on days, once all else is told; refreshes the registry."""
        bodies = [
            encode(
                registry_event(
                    kind="trading_day",
                    source="/registry",
                    source_transaction_id=f"closed-{market}-{day}",
                    stated_at=NOW - timedelta(days=1),
                    effective_from=day,
                    market=market,
                    open=False,
                )
            )
            for market, day in days
        ]
        land(self.store, records(bodies, first=len(self.registry), at=NOW), shape="registry")
        fold_all(self.store)


def shown(row: Cell) -> dict[str, Any]:
    """The row's figures as bare values."""
    found: dict[str, Any] = {}
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Figure):
            found[field.name] = value.value
        elif isinstance(value, Rate):
            found[field.name] = value.value
            if value.high is not None and value.low is not None:
                found[f"{field.name} error"] = value
        elif isinstance(value, Rails):
            found[field.name] = [
                (rail.rail_class, rail.payment_count, rail.payment_vnd)
                for rail in value.figures or ()
            ]
    return found
