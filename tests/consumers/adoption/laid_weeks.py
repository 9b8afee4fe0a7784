"""Cities over fifteen weeks in a store, and what tests of vendors compare."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from consumers.adoption.question.answer import Answer, Question
from consumers.adoption.question.rate import Figure
from consumers.adoption.question.scene import Scenes
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.consumers.adoption.cities import Body, City, log_records
from tests.consumers.adoption.plain_vendors import PlainVendors
from tests.consumers.adoption.weeks import NOW
from tests.engine import fold_all, land, migrate

CITIES = 520
GAPS = 80  # of them come a second time, with a closed week put in
BATCH = 20_000
NOTHING: dict[str, int] = defaultdict(int)


class Laid:
    """Cities in a store, and their records."""

    def __init__(self, store: Store, cities: list[City]) -> None:
        self.store = store
        self.registry = [body for city in cities for body in city.registry]
        self.payments: list[Body] = [body for city in cities for body in city.payments]
        self.scenes = Scenes(store, FoldSettings())
        migrate(store)
        for shape, bodies in (("registry", self.registry), ("payment", self.payments)):
            recs = list(log_records(sorted(bodies, key=lambda body: body[1])))
            for start in range(0, len(recs), BATCH):
                land(store, recs[start : start + BATCH], shape=shape)
        fold_all(store)
        self._plain: dict[tuple[date, datetime | None], PlainVendors] = {}

    def ask(self, metric: Any, first: date, last: date, **words: Any) -> Answer:
        question = Question(metric=metric.definition.id, first_day=first, last_day=last, **words)
        answer: Answer = metric.answer(self.store, question, self.scenes.scene(NOW, question))
        assert all(period.is_complete or period.reason for period in answer.periods)
        return answer

    def plain(self, on_day: date, known_at: datetime | None = None) -> PlainVendors:
        key = on_day, known_at
        if key not in self._plain:
            self._plain[key] = PlainVendors(self.payments, self.registry, on_day, known_at)
        return self._plain[key]


def compare(
    answer: Answer, wanted: dict[Any, dict[str, int]], counts: Callable[[Any], dict[str, int]]
) -> None:
    """Every row has the wanted counts, and every wanted row that is not empty is there."""
    rows = {(row.first_day, row.market, row.group): counts(row) for row in answer.rows}
    assert len(rows) == len(answer.rows)
    for key in rows.keys() | wanted.keys():
        found, expected = rows.get(key), wanted.get(key, NOTHING)
        if found is None:
            assert not any(expected.values()), (key, expected)
            continue
        assert {name: expected[name] for name in found} == found, key


def value(figure: Figure) -> int:
    assert isinstance(figure.value, int)
    return figure.value


def at(day: date, cells: dict[tuple[str, str], dict[str, int]]) -> dict[Any, dict[str, int]]:
    return {(day, *group): figures for group, figures in cells.items()}
