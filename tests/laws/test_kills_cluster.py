"""L2 with three brokers: the leader of a partition is killed under load."""

from pathlib import Path

import pytest

from infra.kafka import admin, apply_topics
from infra.migrations import apply
from schemas.topics import PAYMENTS
from tests.cluster import running_cluster
from tests.laws.kills_check import check
from tests.laws.kills_load import Load
from tests.laws.kills_stack import UpStack, eventually, up_stack, wait_ready
from tests.parts import running_store

SEED = 20260304
RECORDS_WITHOUT_LEADER = 300
# kafka-python leaves the sockets of failed connections to the collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_killed_leader_takes_nothing_acknowledged_with_it(tmp_path: Path) -> None:
    with (
        running_cluster(tmp_path / "kafka") as cluster,
        running_store(tmp_path / "store") as dsn,
        up_stack(tmp_path / "data", kafka=cluster.bootstrap, store=dsn) as stack,
    ):
        prepare(stack)
        wait_ready(stack)
        load = Load(stack.choso.kafka_config, prefix=stack.choso.prefix, seed=SEED)
        try:
            load.start()
            leader, in_sync = leader_of(stack, 0)
            assert len(in_sync) == 3
            before = len(load.acknowledged)
            cluster.kill(leader)
            stack.kill("sink")  # it must find the new leaders, too
            eventually(
                lambda: len(load.acknowledged) - before > RECORDS_WITHOUT_LEADER,
                "two brokers of three acknowledged nothing",
                stack,
            )
            assert leader_of(stack, 0)[0] != leader
            check(stack, load)  # whole with two of three …
            cluster.start(leader)
            eventually(
                lambda: len(leader_of(stack, 0)[1]) == 3, "the dead one did not catch up", stack
            )
            check(stack, load)  # … and with the one that came back
        finally:
            load.stop()


def prepare(stack: UpStack) -> None:
    """Topics with three copies each, and the schema: what an operator does once."""
    changes = apply_topics(stack.choso.kafka_config, stack.choso.topic_specs)
    assert {change.action for change in changes} == {"created"}
    with stack.choso.store() as store:
        apply(store, stack.choso.migrations, stack.choso.clock.now())


def leader_of(stack: UpStack, partition: int) -> tuple[int, list[int]]:
    """The broker that leads a partition of the payments, and those that have all of it."""
    with admin(stack.choso.kafka_config) as client:
        [topic] = client.describe_topics([PAYMENTS.full_name(stack.choso.prefix)])
    [found] = [p for p in topic["partitions"] if p["partition_index"] == partition]
    return found["leader_id"], list(found["isr_nodes"])
