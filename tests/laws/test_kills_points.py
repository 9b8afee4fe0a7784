"""L2: kill -9 at named points, under load, without an operator; one stack lives through them.

A point is where some process is at that moment; the victims are whoever is killed then. After each
the stack must be whole again by itself; after each group everything is proven from the beginning.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from choso.status import read_status
from infra import failpoint
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.embedded.child import stop
from tests.consumers.sink.sinking import new_topic, produce, running_sink, until
from tests.engine import fold_all
from tests.laws.kills_check import answers, at_rest, check, digests
from tests.laws.kills_load import Load
from tests.laws.kills_stack import (
    PARTS,
    UpStack,
    eventually,
    up_stack,
    wait_back,
    wait_ready,
)
from tests.patience import patient
from tests.processes import CHOSO, start, without_settings

# kafka-python leaves the sockets of failed connections to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SEED = 20260303
SELF = "self"
EVIDENCE_MIN = 300  # of these some are deleted, wherever they lie
HEALS_MAX = 3


@dataclass(frozen=True, slots=True)
class Point:
    """Where, who dies, at which visit, and what it takes to have the point visited at all."""

    name: str
    victims: tuple[str, ...] = (SELF,)
    visit: int = 1
    stir: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The victims by name, those of the stack."""
        own = self.name.partition(".")[0]
        return tuple(v for v in (own if v == SELF else v for v in self.victims) if v in PARTS)


def each(name: str, *victims: str, visit: int = 1, stir: str | None = None) -> list[Point]:
    """The point once for each victim."""
    return [Point(name, (victim,), visit, stir) for victim in victims]


POINTS: dict[str, list[Point]] = {
    "sink": [
        *each("sink.polled", SELF, "broker"),
        *each("sink.before_topic_check", SELF, "store"),
        *each("sink.before_insert", SELF, "store", "broker"),
        *each("store.insert_begun", SELF, visit=2),
        *each("store.insert_received", SELF, visit=3),
        *each("store.inserted", SELF, "sink", visit=2),
        *each("sink.after_insert", SELF, "store"),
        *each("sink.before_commit", "broker"),
        *each("sink.after_commit", SELF),
        Point("sink.after_insert", (SELF, "store")),
        Point("sink.before_insert", (SELF, "store", "broker")),
    ],
    "starts": [
        *each("sink.connected", "store", stir="sink"),
        *each("sink.assigned", SELF, "store", "broker", stir="sink"),
        *each("sink.covered", SELF, "store", stir="sink"),
        *each("sink.revoked", SELF, stir="another sink"),
        *each("store.opening", SELF, stir="store"),
        *each("store.opened", SELF, stir="store"),
    ],
    "fold": [
        *each("fold.cleared", SELF),
        *each("fold.staged", SELF, "store"),
        *each("fold.carried", SELF, "store"),
        *each("fold.replaced", SELF, "store"),
        Point("fold.replaced", (SELF, "store")),
        *each("store.after_statement", SELF, "fold", visit=7),
    ],
    "others": [
        *each("publisher.sent", "broker"),
        *each("publisher.awaited", "broker"),
        *each("heal.deleted", SELF, stir="heal"),
        *each("heal.reloaded", "store", stir="heal"),
    ],
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpStack]:
    """A stack that was killed three times before it was ever ready."""
    data_dir = tmp_path_factory.mktemp("points") / "data"
    with up_stack(data_dir) as first:
        first.arm("migration.stated", [0], visit=12)  # all dies: its children are tied to it
        first.process.wait(patient(60))
        assert first.process.returncode == -9, first.last_lines()
    with up_stack(data_dir) as up:
        broker = _awaited(up, "kafka.Kafka")
        up.arm("stack.before_topics", [broker.pid])
        store = _awaited(up, "store_door")
        up.arm("migration.stated", [store.pid], visit=5)
        wait_ready(up)
        assert not any(up.points_dir.iterdir())
        assert up.deaths() == 2
        up.kills.update(broker=1, store=1)
        yield up


@pytest.fixture(scope="module")
def load(stack: UpStack) -> Iterator[Load]:
    """A publisher whose own points are armed too, since it runs in this process."""
    failpoint.arm(stack.points_dir)
    publishing = Load(stack.choso.kafka_config, prefix=stack.choso.prefix, seed=SEED)
    try:
        publishing.start()
        yield publishing
    finally:
        publishing.stop()
        failpoint.arm(None)


def test_there_are_enough_points() -> None:
    points = [point for group in POINTS.values() for point in group]
    assert len({(point.name, point.victims) for point in points}) == len(points) >= 30


@pytest.mark.parametrize("group", POINTS)
def test_kills_at_named_points_lose_and_double_nothing(
    stack: UpStack, load: Load, group: str
) -> None:
    for point in POINTS[group]:
        strike(stack, load, point)
    check(stack, load)
    assert stack.deaths() == sum(stack.kills.values())


async def test_the_figures_are_those_of_a_life_without_kills(
    stack: UpStack, load: Load, store: Store, broker: Broker
) -> None:
    strike(stack, load, Point("sink.after_insert", (SELF, "store", "fold")))
    with at_rest(stack, load) as report:
        payments, registry = load.bodies()
        assert report.tally.received_count >= len(payments) + len(registry)
        with stack.choso.store() as killed:
            figures = digests(killed)
    topics = {new_topic(broker.bootstrap): "payment", new_topic(broker.bootstrap): "registry"}
    for topic, bodies in zip(topics, (payments, registry), strict=True):
        produce(broker.bootstrap, topic, bodies)
    async with running_sink(store, broker.bootstrap, topics):
        await until(store, ALL_RECORDS, len(payments) + len(registry))
    fold_all(store)
    assert digests(store) == figures


ALL_RECORDS = """
SELECT (SELECT uniqExact(topic_id, offset) FROM (
    SELECT topic_id, offset FROM evidence UNION ALL SELECT topic_id, offset FROM compensation
    UNION ALL SELECT topic_id, offset FROM registry_fact
    UNION ALL SELECT topic_id, offset FROM rejected))
"""


def strike(stack: UpStack, load: Load, point: Point) -> None:
    """Have it happen once, and wait until every victim is another process."""
    wait_calm(stack)
    before = {part: stack.pid(part) for part in point.parts}
    pids = [0 if victim == SELF else before[victim] for victim in point.victims]
    armed = stack.arm(point.name, [pid for pid in pids if pid is not None], visit=point.visit)
    with stirred(stack, load, point, armed):
        eventually(lambda: not armed.exists(), f"{point} was not visited", stack)
    for part in point.parts:
        stack.kills[part] += 1
    wait_back(stack, {part: pid for part, pid in before.items() if pid is not None})


def wait_calm(stack: UpStack) -> None:
    """Wait until broker and store serve, and sink and fold do their work."""

    def at_work() -> bool:
        said = {part: read_status(stack.choso.status_file(part)) for part in ("sink", "fold")}
        return (
            all(stack.pid(part) is not None for part in PARTS)
            and said["sink"].get("pid") == stack.pid("sink")
            and "partitions" in said["sink"]
            and said["fold"].get("pid") == stack.pid("fold")
            and "looked_at" in said["fold"]
            and answers(stack)
        )

    eventually(at_work, "sink and fold are not at work", stack)


@contextmanager
def stirred(stack: UpStack, load: Load, point: Point, armed: Path) -> Iterator[None]:
    """Do what it takes to have the point visited; its traces are gone at the end."""
    match point.stir:
        case None:
            yield
        case "another sink":  # it joins the group, so partitions move
            with command(stack, "sink", armed=False):
                yield
        case "heal":
            eventually(lambda: _evidence_count(stack) >= EVIDENCE_MIN, "too few records", stack)
            with load.paused():
                for _ in range(HEALS_MAX):  # a sink that just came back may fill the holes first
                    with stack.choso.store() as store:
                        store.command(
                            f"ALTER TABLE evidence DELETE WHERE offset % {EVIDENCE_MIN // 10} = 5",
                            settings={"mutations_sync": 2},
                        )
                    words = ("verify", "--heal", "--quick", "--wait-s", "2")
                    with command(stack, *words, armed=True) as child:
                        child.wait(patient(60))
                    if not armed.exists():
                        break
                yield
            stack.kill("sink")  # what was deleted and not read again is a hole: it looks for those
        case part:
            assert stack.kill(part) is not None
            yield


@contextmanager
def command(stack: UpStack, *words: str, armed: bool) -> Iterator["subprocess.Popen[bytes]"]:
    """A command beside the stack; stopped at the end, if it has not ended or died by then."""
    env = without_settings(CHOSO_DATA_DIR=str(stack.data_dir))
    if armed:
        env["CHOSO_FAILPOINT"] = str(stack.points_dir)
    with (stack.data_dir.parent / "commands.log").open("ab") as log:
        child = start([*CHOSO, *words], log=log, env=env)
    try:
        yield child
    finally:
        stop(child, stop_wait_s_max=patient(20))


def _evidence_count(stack: UpStack) -> int:
    with stack.choso.store() as store:
        [(count,)] = store.query("SELECT count() FROM evidence")
    return int(count)


def _awaited(up: UpStack, words: str) -> psutil.Process:
    """The stack's child whose command has these words, as soon as it is there."""
    found: list[psutil.Process] = []

    def look() -> bool:
        with suppress(psutil.NoSuchProcess):
            found.extend(
                child
                for child in psutil.Process(up.process.pid).children()
                if words in " ".join(child.cmdline())
            )
        return bool(found)

    eventually(look, f"there is no {words}", up)
    return found[0]
