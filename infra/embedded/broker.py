"""Apache Kafka on loopback: a KRaft node, alone or with others that vote with it."""

import shutil
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.embedded import child
from infra.embedded.artifacts import java, kafka_classpath, start_cache
from infra.embedded.files import kept_port, write_whole
from infra.errors import Refused, Unavailable
from infra.kafka import broker_ready

LOG_BYTES_MAX = 10 << 20
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Node:
    """One broker's place: its number, its two ports and its directory."""

    number: int
    port: int
    controller_port: int
    data_dir: Path

    @property
    def voter(self) -> str:
        return f"{self.number}@127.0.0.1:{self.controller_port}"


def node_of(data_dir: Path, number: int = 1) -> Node:
    """The node of this directory, with the ports that it had before where they are free."""
    ports = data_dir / "ports.json"
    return Node(number, kept_port(ports, "broker"), kept_port(ports, "controller"), data_dir)


def properties_of(node: Node, voters: Sequence[Node]) -> dict[str, str]:
    """server.properties. What differs from Kafka's defaults has its reason here."""
    copies = str(len(voters))
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.number),
        "controller.quorum.voters": ",".join(v.voter for v in voters),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{node.port},"
        f"CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.port}",
        "log.dirs": str(node.data_dir / "data"),
        # recorded_at is the broker's time: the same on every replay.
        "log.message.timestamp.type": "LogAppendTime",
        # A topic that nobody declared is a mistake of ours, not a topic.
        "auto.create.topics.enable": "false",
        "default.replication.factor": copies,
        "min.insync.replicas": "2" if len(voters) > 1 else "1",
        "unclean.leader.election.enable": "false",
        "offsets.topic.replication.factor": copies,
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "group.initial.rebalance.delay.ms": "0",
        # After kill -9 the controller waits for the old session's end: 11.6 s by default.
        "broker.session.timeout.ms": "1000",
        "broker.heartbeat.interval.ms": "100",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "message.max.bytes": str(8 << 20),
    }


def prepare(node: Node, voters: Sequence[Node], *, cluster_id: str | None = None) -> Path:
    """Write the properties and format the directory once; gives the properties' path.

    Refused: it lost what says whose it is, and holds records.
    """
    node.data_dir.mkdir(parents=True, exist_ok=True)
    properties = node.data_dir / "server.properties"
    lines = [f"{name}={value}\n" for name, value in properties_of(node, voters).items()]
    write_whole(properties, "".join(lines))
    data = node.data_dir / "data"
    identity, copy = data / "meta.properties", node.data_dir / "meta.properties"
    if not _is_whole(identity):
        logs = [path.parent.name for path in sorted(data.rglob("*.log")) if path.stat().st_size]
        if logs and not _is_whole(copy):
            raise Refused(
                f"broker {data}: meta.properties is gone, and {len(logs)} logs hold records, the"
                f" first {logs[0]}: nothing was changed: put that file back from a backup, or move"
                " the directory away and begin with an empty log: the store keeps what it has"
            )
        if logs:
            write_whole(identity, copy.read_bytes())
        else:
            shutil.rmtree(data, ignore_errors=True)  # at most a format that was cut short
            _format(node, properties, cluster_id or new_cluster_id())
    if not _is_whole(copy) or copy.read_bytes() != identity.read_bytes():
        write_whole(copy, identity.read_bytes())
    return properties


def _is_whole(identity: Path) -> bool:
    """Whether the file says whose directory it is; a power cut may leave an empty one."""
    return identity.exists() and b"cluster.id=" in identity.read_bytes()


def _format(node: Node, properties: Path, cluster_id: str) -> None:
    # One word: an id that begins with "-" would be read as a flag.
    chosen = f"--cluster-id={cluster_id}"
    clear_tmp(node)
    words = java_argv("kafka.tools.StorageTool", heap_mb=128, tmp_dir=node.data_dir / "tmp")
    made = subprocess.run(
        [*words, "format", chosen, f"--config={properties}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if made.returncode:
        raise Refused(f"broker {node.data_dir}: cannot format: {made.stderr.strip()[-500:]}")


def server_argv(
    properties: Path, *, heap_mb: int, java_options: Sequence[str] | None = None
) -> list[str]:
    """The command that runs a prepared node in the foreground."""
    tmp_dir = properties.with_name("tmp")
    words = java_argv("kafka.Kafka", heap_mb=heap_mb, tmp_dir=tmp_dir, options=java_options)
    return [*words, str(properties)]


def from_kept_start() -> list[str]:
    """Java's option to start from what an earlier start loaded; none where nothing was kept."""
    cache = start_cache()
    return [f"-XX:AOTCache={cache}"] if cache.exists() else []


def clear_tmp(node: Node) -> None:
    """An empty place for what Java unpacks at each start and a killed one leaves behind."""
    shutil.rmtree(node.data_dir / "tmp", ignore_errors=True)
    (node.data_dir / "tmp").mkdir(parents=True)


def java_argv(
    main_class: str, *, heap_mb: int, tmp_dir: Path, options: Sequence[str] | None = None
) -> list[str]:
    """Java with a small, steady footprint; Kafka's own log goes to stdout, warnings only."""
    return [
        str(java()),
        *(from_kept_start() if options is None else options),
        f"-Xmx{heap_mb}m",
        f"-Djava.io.tmpdir={tmp_dir}",
        "-XX:-UsePerfData",  # it would keep a file of its own in the system's place
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",  # of starting, the second compiler takes half: 2 s
        "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
        "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.utils.AppInfoParser=error",
        "-Dorg.slf4j.simpleLogger.showDateTime=true",
        "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
        "-Dorg.slf4j.simpleLogger.showThreadName=false",
        "-Dorg.slf4j.simpleLogger.showShortLogName=true",
        "-cp",
        kafka_classpath(),
        main_class,
    ]


def new_cluster_id() -> str:
    """A random cluster id as Kafka writes them: 16 bytes in URL-safe base64."""
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def trimmed_log(path: Path) -> Path:
    """The log file, moved to `.1` where it has grown too large. Call before a start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(path.name + ".1"))
    return path


def answers(bootstrap: str) -> bool:
    """Whether the broker serves clients: it has registered and tells its own metadata."""

    return broker_ready(bootstrap)


@dataclass
class Broker:
    """One node that this process runs; may be killed and started again on the same ports."""

    data_dir: Path
    heap_mb: int = 512
    ready_s_max: float = 60.0
    stop_wait_s_max: float = 20.0
    number: int = 1
    voters: Sequence[Node] = ()
    cluster_id: str | None = None
    java_options: Sequence[str] | None = None  # None: from_kept_start()
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.node = node_of(self.data_dir, self.number)

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.node.port}"

    @property
    def pid(self) -> int:
        assert self._child is not None, "start first"
        return self._child.pid

    @property
    def log_file(self) -> Path:
        return self.data_dir / "logs" / "broker.log"

    def start(self, *, wait: bool = True) -> None:
        """Start, and wait until it serves. Unavailable: not ready in time, or it ended."""
        properties = prepare(self.node, self.voters or [self.node], cluster_id=self.cluster_id)
        clear_tmp(self.node)
        with trimmed_log(self.log_file).open("ab") as log:
            argv = server_argv(properties, heap_mb=self.heap_mb, java_options=self.java_options)
            self._child = child.spawn(argv, log=log)
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until it serves clients."""
        assert self._child is not None, "start first"
        until = time.monotonic() + self.ready_s_max
        while time.monotonic() < until:
            if self._child.poll() is not None:
                raise Unavailable(f"broker {self.data_dir}: ended at once: {self.last_lines()}")
            if answers(self.bootstrap):
                return
            time.sleep(POLL_S)
        raise Unavailable(
            f"broker {self.data_dir}: not ready after {self.ready_s_max} s: {self.last_lines()}"
        )

    def kill(self) -> None:
        """SIGKILL by pid; the data stay."""
        assert self._child is not None, "start first"
        self._child.kill()
        self._child.wait()

    def stop(self) -> None:
        """SIGTERM, then SIGKILL. Nothing happens where it does not run."""
        if self._child is not None:
            child.stop(self._child, stop_wait_s_max=self.stop_wait_s_max)
            self._child = None

    def last_lines(self, *, characters_max: int = 800) -> str:
        """The end of its log."""
        return self.log_file.read_text(errors="replace")[-characters_max:].strip()
