"""What is kept in memory answers as what is read anew, whatever was written since."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question import partition_cache as module
from consumers.adoption.question.answer import MetricContext, Question
from consumers.adoption.question.partition_cache import Marks, PartitionCache, marks_of
from consumers.adoption.question.scene import Scenes, look
from consumers.fold.snapshot import RegistryHash, Snapshot
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.thresholds import Thresholds
from tests.consumers.adoption.cities import Body, log_records
from tests.consumers.adoption.weeks import FIRST_DAY, LAST_DAY, NOW, random_weeks
from tests.engine import fold_all, land

CITIES, STEPS = 4, 3
RECENT = LAST_DAY - timedelta(weeks=5)  # each day costs a fold
WEEKLY: dict[str, Any] = {"first_day": FIRST_DAY, "last_day": LAST_DAY, "grain": "week"}
ONCE: dict[str, Any] = WEEKLY | {"grain": "window"}
QUESTIONS = (
    Question(metric="ladder", by="market", **ONCE),
    Question(metric="ladder", by="vendor", vendors=("W1V0", "W2V1"), **ONCE),
    Question(metric="activity", by="kind", **WEEKLY),
    Question(metric="activity", by="row", thresholds=Thresholds(active_payers_min=5), **ONCE),
    Question(metric="lifecycle", by="vendor", **WEEKLY),
    Question(metric="retention", by="all", markets=("W0", "W1", "W2"), **WEEKLY),
    Question(metric="first-payment", by="product", **ONCE),
    Question(metric="growth", by="market", **WEEKLY),
    Question(metric="intensity", by="kind", **ONCE),
    Question(metric="intensity", by="row", **ONCE),
    Question(metric="reach", by="market", is_shared=True, **ONCE),
)
DAMAGE = (
    "ALTER TABLE vendor_bits DELETE WHERE row_kind = 'vendor' SETTINGS mutations_sync = 1",
    "ALTER TABLE registry_span DROP PARTITION ''",
)


def answers(store: Store, scene: MetricContext) -> list[Any]:
    found = [METRICS[asked.metric].answer(store, asked, scene) for asked in QUESTIONS]
    return [(answer.rows, answer.health) for answer in found]


@pytest.mark.real
def test_a_scene_that_holds_answers_as_one_that_reads(store: Store) -> None:
    rng = Random(5)
    cities = [random_weeks(11, number) for number in range(CITIES)]
    told: list[tuple[str, Body]] = [("registry", body) for city in cities for body in city.registry]
    told += [("payment", b) for city in cities for b in city.payments if b[1].date() >= RECENT]
    rng.shuffle(told)
    scenes, size = Scenes(store, FoldSettings()), len(told) // STEPS + 1
    scene = scenes.scene(NOW)
    before: list[Any] = []
    for step in range(STEPS):
        some = told[step * size : (step + 1) * size]
        for shape in ("registry", "payment"):
            bodies = sorted((body for kind, body in some if kind == shape), key=lambda b: b[1])
            land(store, list(log_records(bodies, first=step * 1_000_000)), shape=shape)
        # A question that began before the fold, and is answered after it, holds under old marks.
        answers(store, scene)
        if step != 1:  # once the registry and evidence have moved on, and figures not yet
            fold_all(store)
            answers(store, scene)
        scene = scenes.scene(NOW)
        found = answers(store, scene)
        assert found == answers(store, look(store, now=NOW, fold=FoldSettings()))
        assert found != before or step == 0
        before = found
    for damage in DAMAGE:
        store.command(damage)
        found = answers(store, scenes.scene(NOW))
        assert found == answers(store, look(store, now=NOW, fold=FoldSettings()))
        assert found != before, damage
        before = found


@pytest.mark.real
def test_nothing_is_read_twice_while_nothing_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = random_weeks(11, 1)
    payments = [body for body in city.payments if body[1].date() >= RECENT]
    for shape, bodies in (("registry", city.registry), ("payment", payments)):
        land(store, list(log_records(bodies)), shape=shape)
    fold_all(store)
    scenes = Scenes(store, FoldSettings())
    asked: list[str] = []
    query = Store.query

    def noted(self: Store, sql: str, *given: Any, **more: Any) -> Any:
        asked.append(sql)
        return query(self, sql, *given, **more)

    monkeypatch.setattr(Store, "query", noted)
    tables = ("registry_span", "vendor_bits", "asked_vendor_day")
    first: list[str] = []
    again: list[str] = []
    for found in (first, again):
        METRICS["ladder"].answer(store, QUESTIONS[0], scenes.scene(NOW))
        found += [sql for sql in asked if any(table in sql for table in tables)]
        asked.clear()
    assert len(first) > len(again)
    assert [sql for sql in again if "base64Encode" in sql] == []
    # After a fold of one week only its days are read again.
    before = scenes.scene(NOW).marks
    land(store, list(log_records([(payments[0][0], NOW)], first=5_000_000)), shape="payment")
    folded = set(fold_all(store))
    after = scenes.scene(NOW).marks
    assert {day for day in after.days if before.days.get(day) != after.days[day]} == folded
    assert len(folded) < len(after.days)
    assert after.of_days(min(folded), max(folded)) != before.of_days(min(folded), max(folded))


def test_what_is_written_while_it_is_read_is_read_again() -> None:
    cache, store = PartitionCache(), {"a": 1}

    def read(keys: Sequence[str]) -> Mapping[str, int]:
        found = {key: store[key] for key in keys}
        store["a"] += 1  # written just after it was read, under a new mark
        return found

    assert cache.read("k", {"a": 10}, read) == {"a": 1}
    assert cache.read("k", {"a": 10}, read) == {"a": 1}
    assert cache.read("k", {"a": 11}, read) == {"a": 2}


def test_a_read_that_fails_leaves_nothing_behind() -> None:
    cache = PartitionCache()

    def fail(_: Sequence[str]) -> Mapping[str, int]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        cache.read("k", {"a": 1}, fail)
    assert cache.read("k", {"a": 1}, lambda keys: dict.fromkeys(keys, 7)) == {"a": 7}


def test_an_empty_partition_is_kept_too_and_is_no_value() -> None:
    cache = PartitionCache()
    asked: list[str] = []

    def read(keys: Sequence[str]) -> Mapping[str, int]:
        asked.extend(keys)
        return {}

    assert [cache.read("k", {"a": 1}, read) for _ in range(2)] == [{}, {}]
    assert asked == ["a"]


def test_what_was_not_asked_for_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_MAX", {"k": 3})
    cache = PartitionCache()
    asked: list[int] = []

    def read(keys: Sequence[int]) -> Mapping[int, int]:
        asked.extend(keys)
        return {key: key for key in keys}

    cache.read("k", {1: 0, 2: 0, 3: 0}, read)
    cache.read("k", {1: 0, 4: 0}, read)  # 2 goes
    cache.read("k", {1: 0, 3: 0, 4: 0}, read)
    assert asked == [1, 2, 3, 4]
    assert cache.read("k", dict.fromkeys(range(9), 0), read) == {n: n for n in range(9)}


def test_what_was_folded_twice_at_once_is_read_every_time() -> None:
    cache = PartitionCache()
    asked: list[str] = []

    def read(keys: Sequence[str]) -> Mapping[str, int]:
        asked.extend(keys)
        return {key: len(asked) for key in keys}

    assert [cache.read("k", {"a": None, "b": 1}, read)["a"] for _ in range(3)] == [2, 3, 4]
    assert asked == ["a", "b", "a", "a"]


def test_marks_are_those_of_the_fold_and_of_no_question() -> None:
    day = date(2026, 3, 2)
    parts = {
        ("registry_span", ""): 1,
        ("registry_span", "of a question"): 2,
        ("vendor_bits", "('',54)"): 3,
        ("vendor_bits", "('of a question',54)"): 4,
        ("day_fold", day.isoformat()): 5,
        ("evidence", "202603"): 7,
    }
    seals = {day: 10, day + timedelta(days=1): None}
    found = marks_of(Snapshot(parts, (0, 0), RegistryHash([], []), {}, {}, seals))
    assert (found.spans, found.blocks, found.has_rejected) == (1, {54: 3}, False)
    assert found.of_days(day, day) not in (None, Marks(spans=2, days=seals).of_days(day, day))
    assert found.of_days(day, day + timedelta(days=1)) is None
    assert found.of_days(day - timedelta(days=1), day) != found.of_days(day, day)
    other = marks_of(
        Snapshot({**parts, ("rejected", "x"): 8}, (0, 0), RegistryHash([], []), {}, {}, {})
    )
    assert other.has_rejected and other.stored != found.stored
