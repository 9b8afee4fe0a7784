"""Metrics over vendors where there is little or nothing, and laws of what they decide."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.adoption.metrics.activity import METRIC as ACTIVITY
from consumers.adoption.metrics.first_payment import METRIC as FIRST_PAYMENT
from consumers.adoption.metrics.ladder import METRIC as LADDER
from consumers.adoption.metrics.lifecycle import METRIC as LIFECYCLE
from consumers.adoption.metrics.lifecycle import moves
from consumers.adoption.metrics.retention import METRIC as RETENTION
from consumers.adoption.metrics.retention import retained
from consumers.adoption.panel.active import paid_in_last
from consumers.adoption.question.answer import Answer, Question
from consumers.adoption.question.scene import look
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.registry import registry_event
from tests.engine import fold_all, land, records

NOW = datetime(2026, 6, 30, 3, tzinfo=UTC)
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 28)
METRICS = (LADDER, ACTIVITY, RETENTION, LIFECYCLE, FIRST_PAYMENT)


def ask(store: Store, metric: Any, **words: Any) -> Answer:
    grain = "window" if "window" in metric.grains else "week"
    asked: dict[str, Any] = {"first_day": FIRST, "last_day": LAST, "grain": grain} | words
    question = Question(metric=metric.definition.id, **asked)
    scene = look(store, now=NOW, fold=FoldSettings(), question=question)
    answer: Answer = metric.answer(store, question, scene)
    return answer


def facts(*told: dict[str, Any]) -> list[bytes]:
    return [
        encode(
            registry_event(
                source="/registry",
                source_transaction_id=f"f{number}",
                stated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
                effective_from=date(2026, 1, 1),
                **fact,
            )
        )
        for number, fact in enumerate(told)
    ]


@pytest.mark.real
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("by", ["all", "market", "row"])
def test_an_empty_store_has_an_answer(store: Store, metric: Any, by: str) -> None:
    answer = ask(store, metric, by=by)
    assert not answer.is_complete
    assert len(answer.rows) == (len(answer.periods) if by == "all" else 0)


@pytest.mark.real
def test_vendors_without_payments_stand_on_the_first_step(store: Store) -> None:
    told = facts(
        {"kind": "market", "market": "M", "name": "Chợ", "market_kind": "traditional_market"},
        {"kind": "census_taken", "market": "M", "stall_count": 10},
        {"kind": "vendor", "vendor": "V1", "market": "M", "stall": "S1"},
        {"kind": "vendor", "vendor": "V2", "market": "M", "stall": "S2"},
        {"kind": "qr_issued", "qr": "Q1", "market": "M", "stall": "S1"},
    )
    land(store, records(told, at=NOW), shape="registry")
    fold_all(store)
    rows: Any = ask(store, LADDER, by="market").rows
    assert (rows[0].census.value, rows[0].equipped.value, rows[0].paid_ever.value) == (10, 1, 0)
    assert rows[0].equipped_of_census.value == 0.1
    rows = ask(store, ACTIVITY, by="market").rows
    assert (rows[0].open_count.value, rows[0].active.value) == (2, 0.0)
    rows = ask(store, FIRST_PAYMENT, by="market", first_day=date(2026, 1, 1)).rows
    # The code named no vendor: it is of the one who had its stall when it was issued.
    assert (rows[0].issued_count.value, rows[0].censored_count.value) == (1, 1)
    assert rows[0].median_open_days.reason and rows[0].paid_within_30.value == 0.0
    rows = ask(store, RETENTION, by="market").rows
    assert {row.w1.value for row in rows} == {None}


bits = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=5)


@given(bits, bits)
def test_moves_balance_whatever_happens(paid: list[list[bool]], away: list[list[bool]]) -> None:
    count = min(len(paid), len(away))
    found = moves(np.array(paid[:count]), np.array(away[:count]))
    active = found.active.sum(axis=0)
    before = found.before.sum(axis=0)
    come = found.new.sum(axis=0) + found.resurrected.sum(axis=0)
    assert (active == before + come - found.dormant.sum(axis=0)).all()
    assert (active == come + found.returning.sum(axis=0) + found.on_leave.sum(axis=0)).all()
    assert (found.new.sum(axis=1) <= 1).all()
    for one, other in ((found.new, found.returning), (found.dormant, found.active)):
        assert not (one & other).any()


@given(bits, bits, st.integers(1, 6), st.integers(1, 4))
def test_the_last_open_columns_are_those_that_one_would_count_back(
    paid: list[list[bool]], is_open: list[list[bool]], of_last: int, at_least: int
) -> None:
    count = min(len(paid), len(is_open))
    found = paid_in_last(
        np.array(paid[:count]), np.array(is_open[:count]), of_last=of_last, at_least=at_least
    )
    for row in range(count):
        columns = [n for n in reversed(range(6)) if is_open[row][n]][:of_last]
        assert found[row] == (sum(paid[row][n] for n in columns) >= at_least)


@given(bits, bits, st.sets(st.integers(0, 5)), st.data())
def test_the_kth_open_week_is_the_one_that_one_would_count(
    paid: list[list[bool]], away: list[list[bool]], open_weeks: set[int], data: st.DataObject
) -> None:
    count = min(len(paid), len(away))
    first = data.draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    was_paid, was_there = retained(
        np.array(paid[:count]),
        np.array(away[:count]),
        np.array(first),
        np.array(sorted(open_weeks), dtype=np.int64),
        weeks_max=4,
    )
    for row in range(count):
        after = [week for week in sorted(open_weeks) if week > first[row]]
        for k in range(4):
            is_known = k < len(after)
            wanted = is_known and paid[row][after[k]]
            assert was_paid[row, k] == wanted
            assert was_there[row, k] == (is_known and (wanted or not away[row][after[k]]))
