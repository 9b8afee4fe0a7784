"""Three brokers of which a test takes one away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.embedded.broker import Broker, new_cluster_id, node_of
from tests.parts import obtain_kafka


class Cluster:
    """Three combined nodes, copies on all, two must have a record before it is acknowledged."""

    def __init__(self, data_dir: Path, n: int = 3, *, heap_mb: int = 256) -> None:
        places = [node_of(data_dir / f"node-{i}", i) for i in range(1, n + 1)]
        chosen = new_cluster_id()
        self.brokers = [
            Broker(p.data_dir, heap_mb, number=p.number, voters=places, cluster_id=chosen)
            for p in places
        ]

    @property
    def bootstrap(self) -> str:
        return ",".join(b.bootstrap for b in self.brokers)

    def start_all(self) -> None:
        """Start all, then wait for each: one alone has no quorum."""
        for broker in self.brokers:
            broker.start(wait=False)
        for broker in self.brokers:
            broker.wait_ready()

    def start(self, i: int) -> None:
        """Start the node with number i (from 1) again."""
        self.brokers[i - 1].start()

    def kill(self, i: int) -> None:
        """SIGKILL the node with number i (from 1)."""
        self.brokers[i - 1].kill()

    def stop(self) -> None:
        """Stop all; those left wait for a quorum, so none gets long."""
        for broker in self.brokers:
            broker.stop_wait_s_max = min(broker.stop_wait_s_max, 3.0)
            broker.stop()


@contextmanager
def running_cluster(path: Path) -> Iterator[Cluster]:
    """Three running brokers, stopped at the end."""
    obtain_kafka()
    cluster = Cluster(path)
    try:
        cluster.start_all()
        yield cluster
    finally:
        cluster.stop()
