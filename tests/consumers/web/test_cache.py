"""What is kept is never older than it may be, is made once for all who ask, and few must wait."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from consumers.web.cache import Cache, Cached, Limits
from infra.errors import Refused, Unavailable
from tests.patience import eventually, patient

LONG_S = 60.0
WAIT_S = patient(10)
LIMITS = Limits(age_s_max=LONG_S, stale_s_max=LONG_S, kept_max=2, waiting_max=2, wait_s_max=WAIT_S)


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


class Maker:
    """Makes 1, 2, 3 …, each when it is let."""

    def __init__(self) -> None:
        self.count = 0
        self.may_go = threading.Event()
        self.may_go.set()
        self.fails = False
        self.is_waiting = threading.Event()

    def __call__(self) -> int:
        if not self.may_go.is_set():
            self.is_waiting.set()
        assert self.may_go.wait(WAIT_S)
        self.count += 1
        if self.fails:
            raise Unavailable("the store does not answer")
        return self.count


def cached(
    workers: ThreadPoolExecutor, made: Maker, *, age_s: float = LONG_S, stale_s: float = LONG_S
) -> Cached[int]:
    limits = replace(LIMITS, age_s_max=age_s, stale_s_max=stale_s)
    return Cached(Cache(workers, limits), "", made)


def test_a_young_value_is_shown_again(workers: ThreadPoolExecutor) -> None:
    kept = cached(workers, Maker())
    assert [kept.get(), kept.fresh(), kept.get()] == [1, 1, 1]


def test_an_older_one_is_shown_while_a_new_one_is_made_once(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    kept = cached(workers, made, age_s=0)
    assert kept.get() == 1
    made.may_go.clear()
    assert [kept.get() for _ in range(20)] == [1] * 20
    made.may_go.set()
    eventually(lambda: kept.get() == 2)


def test_a_stale_one_is_not_shown(workers: ThreadPoolExecutor) -> None:
    kept = cached(workers, Maker(), age_s=0, stale_s=0)
    assert [kept.get(), kept.get()] == [1, 2]


def test_who_asks_for_a_fresh_one_waits_for_it(workers: ThreadPoolExecutor) -> None:
    kept = cached(workers, Maker(), age_s=0)
    assert [kept.get(), kept.fresh(), kept.fresh()] == [1, 2, 3]


def test_what_was_forgotten_is_made_before_it_is_shown(workers: ThreadPoolExecutor) -> None:
    kept = cached(workers, Maker())
    assert kept.get() == 1
    kept.forget()
    assert [kept.get(), kept.get()] == [2, 2]


def test_what_is_being_made_while_it_is_forgotten_is_not_kept(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    made.may_go.clear()
    kept = cached(workers, made)
    with ThreadPoolExecutor(1) as readers:
        asked = readers.submit(kept.get)
        assert made.is_waiting.wait(WAIT_S)
        kept.forget()
        made.may_go.set()
        assert asked.result(WAIT_S) == 1  # asked before
    assert [kept.get(), kept.get()] == [2, 2]


def test_many_who_ask_at_once_share_one(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    made.may_go.clear()
    kept = cached(workers, made)
    with ThreadPoolExecutor(8) as readers:
        asked = [readers.submit(kept.get) for _ in range(8)]
        made.may_go.set()
        assert {reader.result(WAIT_S) for reader in asked} == {1}
    assert made.count == 1


def test_a_failed_renewal_is_tried_again_and_told_to_who_waits(
    workers: ThreadPoolExecutor,
) -> None:
    made = Maker()
    kept = cached(workers, made, age_s=0)
    assert kept.get() == 1
    made.fails = True
    # One renewal fails, and another is begun after it.
    eventually(lambda: kept.get() == 1 and made.count >= 3)
    with pytest.raises(Unavailable):
        kept.fresh()
    made.fails = False
    assert kept.get() == 1  # a failure does not take away what there is


def test_who_waited_long_enough_finds_it_when_he_comes_again(workers: ThreadPoolExecutor) -> None:
    cache = Cache(workers, replace(LIMITS, wait_s_max=0.2))
    go_on = threading.Event()
    with pytest.raises(Unavailable, match="still being made"):
        cache.get("plan", lambda: go_on.wait(WAIT_S))
    with pytest.raises(Unavailable, match="still being made"):
        cache.get("another", lambda: 1)
    with pytest.raises(Unavailable, match="too many"):
        cache.get("a third", lambda: 1)
    go_on.set()
    assert cache.get("plan", lambda: pytest.fail("made again"))


def test_what_is_asked_for_together_is_made_side_by_side() -> None:
    met = threading.Barrier(2, timeout=WAIT_S)
    with ThreadPoolExecutor(2) as workers:
        cache = Cache(workers, LIMITS)
        waits = [cache.ask(key, met.wait) for key in "ab"]
        assert {wait() for wait in waits} == {0, 1}


def test_a_refusal_is_an_answer_and_a_trouble_is_none(workers: ThreadPoolExecutor) -> None:
    made: list[int] = []

    def refuse() -> int:
        made.append(1)
        raise Refused("plan: no")

    def fail() -> int:
        made.append(2)
        raise Unavailable("store: away")

    cache = Cache(workers, LIMITS)
    for make, trouble in ((refuse, Refused), (fail, Unavailable)):
        for _ in range(2):
            with pytest.raises(trouble):
                cache.get(make, make)
    assert made == [1, 2, 2]


def test_what_was_not_asked_for_longest_goes_first(workers: ThreadPoolExecutor) -> None:
    cache = Cache(workers, LIMITS)
    made: list[str] = []
    for key in ("a", "b", "a", "c", "a", "b"):
        cache.get(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]
