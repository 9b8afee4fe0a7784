"""L2: kill -9 of sink, fold, store and broker at random times, under load, without an operator."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.laws.kills_check import check
from tests.laws.kills_load import Load
from tests.laws.kills_stack import UpStack, up_stack, wait_ready

# kafka-python leaves the sockets of failed connections to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SEED = 20260302
KILLS_PER_ROUND = 20
# The broker is slowest to come back: as often as the others it would be all that is tested.
WEIGHTS = {"sink": 3, "fold": 3, "store": 3, "broker": 1}
BETWEEN_S = (0.0, 0.05, 0.15, 0.3, 0.8)  # at once again, while it starts, when it has just begun …


@pytest.fixture(scope="module")
def kill_count() -> int:
    """How many kills; CHOSO_TEST_RANDOM_KILLS for more of them in a long night."""
    return int(os.environ.get("CHOSO_TEST_RANDOM_KILLS", "200"))


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[UpStack]:
    with up_stack(tmp_path / "data") as up:
        wait_ready(up)
        yield up


@pytest.mark.timeout(900)
def test_kills_at_random_times_lose_and_double_nothing(stack: UpStack, kill_count: int) -> None:
    rng = Random(SEED)
    load = Load(stack.choso.kafka_config, prefix=stack.choso.prefix, seed=SEED)
    try:
        load.start()
        while (done := sum(stack.kills.values())) < kill_count:
            strike(stack, rng, min(KILLS_PER_ROUND, kill_count - done))
            check(stack, load)
    finally:
        load.stop()
    assert all(stack.kills.values()), stack.kills
    assert stack.deaths() == kill_count


def strike(stack: UpStack, rng: Random, count: int) -> None:
    """Kill so many living processes, one after the other, ready or not."""
    victims = rng.choices(list(WEIGHTS), list(WEIGHTS.values()), k=count)
    while victims:
        time.sleep(rng.choice(BETWEEN_S) * rng.uniform(0.5, 1.5))
        if stack.kill(victims[-1]) is not None:  # else it is not there yet: the same again
            victims.pop()
