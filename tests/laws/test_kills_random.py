"""L2: kill -9 of sink, fold, store and broker at random times, under load, without an operator."""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from tests.laws.kills_check import check
from tests.laws.kills_load import Load
from tests.laws.kills_stack import PARTS, UpStack, eventually, up_stack, wait_ready

# kafka-python leaves the sockets of failed connections to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SEED = 20260302
KILLS_PER_ROUND = 40  # each round ends with a proof from the beginning: some seconds
# The broker is slowest to come back. Were it among the victims of every round, the others would
# have nothing to do when they die: so it is one of four in every third round.
PARTS_OF_ROUND = (PARTS, ("sink", "fold", "store"), ("sink", "fold", "store"))
# Several at once or while they start, then some work is done, and again.
BURST = (1, 2, 3, 4, 6)
WITHIN_S_MAX = 0.1
WORK_S = (0.1, 1.2)


@pytest.fixture(scope="module")
def kill_count() -> int:
    """How many kills; CHOSO_TEST_RANDOM_KILLS for more of them in a long night."""
    return int(os.environ.get("CHOSO_TEST_RANDOM_KILLS", "200"))


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[UpStack]:
    with up_stack(tmp_path / "data") as up:
        wait_ready(up)
        yield up


def test_kills_at_random_times_lose_and_double_nothing(stack: UpStack, kill_count: int) -> None:
    rng = Random(SEED)
    load = Load(stack.choso.kafka_config, prefix=stack.choso.prefix, seed=SEED)
    try:
        load.start()
        for parts in cycle(PARTS_OF_ROUND):
            left = kill_count - sum(stack.kills.values())
            if not left:
                break
            strike(stack, rng, rng.choices(parts, k=min(KILLS_PER_ROUND, left)))
            check(stack, load)
    finally:
        load.stop()
    assert all(stack.kills.values()), stack.kills
    assert stack.deaths() == kill_count


def strike(stack: UpStack, rng: Random, victims: list[str]) -> None:
    """Kill them one after the other while they live, ready or not."""
    while victims:
        time.sleep(rng.uniform(*WORK_S))
        for _ in range(min(rng.choice(BURST), len(victims))):
            time.sleep(rng.uniform(0, WITHIN_S_MAX))
            victim = victims.pop()
            eventually(
                lambda victim=victim: stack.kill(victim) is not None,  # type: ignore[misc]
                f"{victim} is not there",
                stack,
            )
