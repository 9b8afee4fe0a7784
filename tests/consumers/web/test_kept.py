"""A kept value is never older than it may be, is made once for all who ask, and nobody waits."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from consumers.web.kept import Kept
from infra.errors import Unavailable

LONG_S = 60.0
WAIT_S = 10.0


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


class Maker:
    """Makes 1, 2, 3 …, each when it is let."""

    def __init__(self) -> None:
        self.count = 0
        self.may_go = threading.Event()
        self.may_go.set()
        self.fails = False
        self.is_waiting = False

    def __call__(self) -> int:
        self.is_waiting = not self.may_go.is_set()
        assert self.may_go.wait(WAIT_S)
        self.count += 1
        if self.fails:
            raise Unavailable("the store does not answer")
        return self.count


def wait_for(kept: "Kept[int]", value: int) -> None:
    until = time.monotonic() + WAIT_S
    while kept.get() != value:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_young_value_is_shown_again(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    kept = Kept(made, workers, age_s_max=LONG_S, stale_s_max=LONG_S)
    assert [kept.get(), kept.fresh(), kept.get()] == [1, 1, 1]


def test_an_older_one_is_shown_while_a_new_one_is_made_once(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    kept = Kept(made, workers, age_s_max=0, stale_s_max=LONG_S)
    assert kept.get() == 1
    made.may_go.clear()
    assert [kept.get() for _ in range(20)] == [1] * 20
    made.may_go.set()
    wait_for(kept, 2)


def test_a_stale_one_is_not_shown(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    kept = Kept(made, workers, age_s_max=0, stale_s_max=0)
    assert [kept.get(), kept.get()] == [1, 2]


def test_what_was_forgotten_is_made_before_it_is_shown(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    kept = Kept(made, workers, age_s_max=LONG_S, stale_s_max=LONG_S)
    assert kept.get() == 1
    kept.forget()
    assert [kept.get(), kept.get()] == [2, 2]


def test_what_is_being_made_while_it_is_forgotten_is_not_kept(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    made.may_go.clear()
    kept = Kept(made, workers, age_s_max=LONG_S, stale_s_max=LONG_S)
    asked = workers.submit(kept.get)
    until = time.monotonic() + WAIT_S
    while not made.is_waiting:
        assert time.monotonic() < until
        time.sleep(0.005)
    kept.forget()
    made.may_go.set()
    assert asked.result(WAIT_S) == 1  # asked before
    assert [kept.get(), kept.get()] == [2, 2]


def test_many_who_ask_at_once_share_one(workers: ThreadPoolExecutor) -> None:
    made = Maker()
    made.may_go.clear()
    kept = Kept(made, workers, age_s_max=LONG_S, stale_s_max=LONG_S)
    with ThreadPoolExecutor(8) as readers:
        asked = [readers.submit(kept.get) for _ in range(8)]
        made.may_go.set()
        assert {reader.result(WAIT_S) for reader in asked} == {1}


def test_a_failed_renewal_is_tried_again_and_told_to_who_waits(
    workers: ThreadPoolExecutor,
) -> None:
    made = Maker()
    kept = Kept(made, workers, age_s_max=0, stale_s_max=LONG_S)
    assert kept.get() == 1
    made.fails = True
    until = time.monotonic() + WAIT_S
    while made.count < 3:  # one renewal failed, and another was begun after it
        assert kept.get() == 1
        assert time.monotonic() < until
        time.sleep(0.005)
    with pytest.raises(Unavailable):
        kept.fresh()
    made.fails = False
    assert kept.get() == 1  # a failure does not take away what there is
