"""Which periods a range has, and why one is incomplete."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.adoption.question.answer import CutOff, Grain, MetricContext, Question
from consumers.adoption.question.facts import Facts, MarketFact
from consumers.adoption.question.periods import (
    BEFORE,
    CUT,
    NOTHING,
    RUNNING,
    SILENT,
    WAITING,
    periods,
)
from infra.settings import FoldSettings
from schemas.message import Message

NOW = datetime(2026, 6, 30, 3, tzinfo=UTC)
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 28)  # a Monday, a Sunday
CUT_OFF = CutOff(NOW - timedelta(minutes=1), date(2026, 1, 1), "v", frozenset())
SCENE = MetricContext(NOW, FoldSettings(), CUT_OFF, Facts((), {}))
QUESTION = Question(metric="intensity", first_day=FIRST, last_day=LAST, grain="week")


def reasons(question: Question = QUESTION, scene: MetricContext = SCENE) -> list[Message | None]:
    return [period.reason for period in periods(question, scene)]


def test_whole_past_periods_are_complete() -> None:
    assert reasons() == [None] * 4
    assert reasons(replace(QUESTION, grain="window")) == [None]
    assert reasons(replace(QUESTION, grain="month")) == [CUT]


@pytest.mark.parametrize(
    ("question", "cut_off", "wanted"),
    [
        ({"first_day": date(2026, 6, 2)}, {}, [CUT, None, None, None]),
        ({"last_day": date(2026, 6, 30)}, {}, [None] * 4 + [CUT]),
        ({"last_day": date(2026, 7, 5)}, {}, [None] * 4 + [RUNNING]),
        ({}, {"first_day": date(2026, 6, 3)}, [BEFORE, None, None, None]),
        ({}, {"first_day": None, "at": None}, [NOTHING] * 4),
        ({}, {"at": datetime(2026, 6, 21, 16, 59, tzinfo=UTC)}, [None, None, SILENT, SILENT]),
        ({}, {"at": datetime(2026, 6, 21, 17, tzinfo=UTC)}, [None, None, None, SILENT]),
        ({}, {"waiting_days": frozenset({date(2026, 6, 14)})}, [None, WAITING, None, None]),
        (
            {"known_on": datetime(2026, 6, 21, 16, tzinfo=UTC)},
            {"waiting_days": frozenset({date(2026, 6, 14)})},
            [None, None, RUNNING, RUNNING],
        ),
    ],
)
def test_a_period_is_incomplete_for_a_reason(
    question: dict[str, object], cut_off: dict[str, object], wanted: list[Message | None]
) -> None:
    asked = replace(QUESTION, **question)  # type: ignore[arg-type]
    scene = replace(SCENE, cut_off=replace(CUT_OFF, **cut_off))  # type: ignore[arg-type]
    assert reasons(asked, scene) == wanted


@given(
    st.dates(date(2022, 1, 1), date(2026, 6, 1)),
    st.integers(0, 500),
    st.sampled_from(get_args(Grain)),
)
def test_periods_cover_the_range_once(first: date, days: int, grain: Grain) -> None:
    last = first + timedelta(days=days)
    found = periods(replace(QUESTION, first_day=first, last_day=last, grain=grain), SCENE)
    assert (found[0].first_day, found[-1].last_day) == (first, last)
    for before, after in pairwise(found):
        assert after.first_day - before.last_day == timedelta(days=1)
    assert all(p.first_day <= p.last_day for p in found)


def test_open_days_begin_when_the_market_does() -> None:
    since = date(2026, 6, 8)
    fact = MarketFact("HL1", "Chợ", "traditional_market", "", since, date(2149, 6, 6))
    facts = Facts((fact,), {"HL1": frozenset({since, date(2026, 7, 1)})})
    assert facts.open_days("HL1", FIRST, LAST) == 20
    assert facts.open_days("HL2", FIRST, LAST) == 28  # nobody stated it: open as long as asked
    assert facts.open_days("HL1", FIRST, date(2026, 6, 7)) == 0
    assert facts.on(date(2026, 6, 7)) == {}
