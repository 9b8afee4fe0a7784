"""Answers that take seconds: made once for all who ask, kept, and never waited for too long."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from consumers.web.slow_answers import SlowAnswers
from infra.errors import Refused, Unavailable
from infra.settings import WebSettings


@pytest.fixture
def slow() -> Iterator[SlowAnswers]:
    found = SlowAnswers(WebSettings(slow_wait_s_max=0.2, slow_waiting_max=2, slow_kept_max=2))
    yield found
    found.close()


def test_the_same_is_made_once_for_all_who_ask(slow: SlowAnswers) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return 42

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: slow.get("plan", make), range(20)))
    assert (answers, made) == ([42] * 20, [1])


def test_who_waited_long_enough_finds_it_when_he_comes_again(slow: SlowAnswers) -> None:
    go_on = threading.Event()
    with pytest.raises(Unavailable, match="still being made"):
        slow.get("plan", lambda: go_on.wait(10))
    with pytest.raises(Unavailable, match="still being made"):
        slow.get("another", lambda: 1)
    with pytest.raises(Unavailable, match="too many"):
        slow.get("a third", lambda: 1)
    go_on.set()
    assert slow.get("plan", lambda: pytest.fail("made again"))


def test_a_refusal_is_an_answer_and_a_trouble_is_none(slow: SlowAnswers) -> None:
    made: list[int] = []

    def refuse() -> int:
        made.append(1)
        raise Refused("plan: no")

    def fail() -> int:
        made.append(2)
        raise Unavailable("store: away")

    for make, trouble in ((refuse, Refused), (fail, Unavailable)):
        for _ in range(2):
            with pytest.raises(trouble):
                slow.get(make, make)
    assert made == [1, 2, 2]
