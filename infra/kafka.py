"""Kafka from the outside: how to reach it, its topics, how far they go.

Every function makes an admin client of its own: one that saw a broker die answers wrongly once
more. Errors that pass by are Unavailable, the others Refused.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, MemberToRemove
from kafka.errors import KafkaError, NoError, TopicAlreadyExistsError
from kafka.protocol.consumer import OffsetSpec

from infra.dsn import is_loopback
from infra.errors import Refused, Unavailable
from infra.settings import KafkaSettings

NO_ID = "00000000-0000-0000-0000-000000000000"
TOPIC_READY_MS_MAX = 20_000
READY_PROBE_MS_MAX = 2_000
UNKNOWN_TOPIC_CODE = 3


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it should be; `configs` by Kafka's names, values as text."""

    name: str
    partition_count: int
    replication_factor: int
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TopicFact:
    """A topic as it is; `configs` holds what is not a default of Kafka itself."""

    name: str
    topic_id: str
    partition_count: int
    replication_factor: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TopicChange:
    """What `apply_topics` did or found: `differences` say what a person must decide."""

    name: str
    action: Literal["created", "unchanged", "differs"]
    differences: tuple[str, ...] = ()


def client_config(settings: KafkaSettings, bootstrap: str) -> dict[str, Any]:
    """Arguments for the clients of kafka-python and of aiokafka alike.

    Refused: bytes that anyone on the network could read or send in our name.
    """
    protocol = settings.security_protocol
    if protocol not in {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}:
        raise Refused(f"kafka: no such security protocol: {protocol}")
    for address in bootstrap.split(","):
        host = address.strip().rpartition(":")[0].strip("[]")
        if "PLAINTEXT" in protocol and not is_loopback(host):
            raise Refused(
                f"kafka {address.strip()}: {protocol} would show and accept payments of anyone on"
                " the network: set CHOSO_KAFKA__SECURITY_PROTOCOL to SASL_SSL or SSL"
            )
    config: dict[str, Any] = {
        "bootstrap_servers": bootstrap,
        "security_protocol": protocol,
        "request_timeout_ms": settings.request_timeout_ms,
    }
    if protocol.endswith("SSL"):
        config["ssl_context"] = ssl.create_default_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
    if protocol.startswith("SASL"):
        if not (settings.sasl_mechanism and settings.sasl_username and settings.sasl_password):
            raise Refused(f"kafka: {protocol} needs sasl_mechanism, sasl_username, sasl_password")
        config["sasl_mechanism"] = settings.sasl_mechanism
        config["sasl_plain_username"] = settings.sasl_username
        config["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return config


def topic_ids(config: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The id of each topic as a canonical UUID. A topic made anew has another.

    Refused: a topic is missing, or the broker is too old to have ids.
    """
    wanted = list(names)
    found = {fact["name"]: fact for fact in _described(config, wanted)}
    ids = {}
    for name in wanted:
        if name not in found or found[name]["error_code"] == UNKNOWN_TOPIC_CODE:
            raise Refused(f"topic {name}: does not exist: create it first")
        ids[name] = str(found[name]["topic_id"])
        if ids[name] == NO_ID:
            raise Refused(f"topic {name}: has no id: the broker is older than Kafka 2.8")
    return ids


def apply_topics(config: Mapping[str, Any], specs: Sequence[TopicSpec]) -> list[TopicChange]:
    """Create what is missing and wait until it can be used; report what differs, change nothing.

    More partitions move keys, other configs may drop records: a person decides those.
    """
    there = {fact.name: fact for fact in show_topics(config, names=[s.name for s in specs])}
    missing = [spec for spec in specs if spec.name not in there]
    if missing:
        with admin(config) as client:
            wishes = {
                spec.name: {
                    "num_partitions": spec.partition_count,
                    "replication_factor": spec.replication_factor,
                    "configs": dict(spec.configs),
                }
                for spec in missing
            }
            # Another process may be faster; what it made is waited for all the same.
            with suppress(TopicAlreadyExistsError):
                client.create_topics(wishes)
            client.wait_for_topics(list(wishes), timeout_ms=TOPIC_READY_MS_MAX)
    changes = [TopicChange(spec.name, "created") for spec in missing]
    for spec in specs:
        if spec.name in there:
            differences = _differences(spec, there[spec.name])
            action: Literal["differs", "unchanged"] = "differs" if differences else "unchanged"
            changes.append(TopicChange(spec.name, action, differences))
    return changes


def show_topics(
    config: Mapping[str, Any], *, prefix: str = "", names: Sequence[str] | None = None
) -> list[TopicFact]:
    """The topics of these names, or all whose name begins with `prefix`, in the order of names."""
    topics = [
        topic
        for topic in _described(config, names)
        if not topic["error_code"] and topic["name"].startswith(prefix)
    ]
    if not topics:
        return []
    with admin(config) as client:
        asked = [ConfigResource(ConfigResourceType.TOPIC, topic["name"]) for topic in topics]
        configs = client.describe_configs(asked)["topic"]
    facts = [
        TopicFact(
            name=topic["name"],
            topic_id=str(topic["topic_id"]),
            partition_count=len(topic["partitions"]),
            replication_factor=len(topic["partitions"][0]["replica_nodes"]),
            configs={k: v["value"] for k, v in configs.get(topic["name"], {}).items()},
        )
        for topic in topics
    ]
    return sorted(facts, key=lambda fact: fact.name)


def end_offsets(config: Mapping[str, Any], topic: str) -> dict[int, tuple[int, int]]:
    """For each partition: the first offset that is kept, and the offset that comes next."""
    facts = show_topics(config, names=[topic])
    if not facts:
        raise Refused(f"topic {topic}: does not exist: create it first")
    places = [TopicPartition(topic, number) for number in range(facts[0].partition_count)]
    with admin(config) as client:
        begins = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
        ends = client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    return {p.partition: (begins[p].offset, ends[p].offset) for p in places}


def committed_offsets(config: Mapping[str, Any], group_id: str) -> dict[tuple[str, int], int]:
    """What a consumer group has told Kafka: (topic, partition) -> the offset it reads next."""
    with admin(config) as client:
        found = client.list_group_offsets({group_id: None}).get(group_id, {})
    return {(place.topic, place.partition): said.offset for place, said in found.items()}


def dismiss_member(config: Mapping[str, Any], group_id: str, instance_id: str) -> bool:
    """Remove a dead member from its group, so that nobody waits for it until its session ends.

    False: the group has no such member. Unavailable: the group cannot be asked now.
    """
    member = MemberToRemove(group_instance_id=instance_id)
    with admin(config) as client:
        said = client.remove_group_members(group_id, [member])
    return all(error is NoError for error in said.values())


def broker_ready(bootstrap: str) -> bool:
    """Whether a loopback broker answers with itself among its brokers."""
    config = {"bootstrap_servers": bootstrap, "request_timeout_ms": READY_PROBE_MS_MAX}
    port = int(bootstrap.rpartition(":")[2])
    try:
        with admin(config, bootstrap_timeout_ms=READY_PROBE_MS_MAX) as client:
            return any(b["port"] == port for b in client.describe_cluster()["brokers"])
    except (Unavailable, Refused):
        return False


@contextmanager
def admin(
    config: Mapping[str, Any], *, bootstrap_timeout_ms: int | None = None
) -> Iterator[KafkaAdminClient]:
    """A fresh admin client, closed at the end; Kafka's errors come out as ours."""
    client = open_admin(config, bootstrap_timeout_ms=bootstrap_timeout_ms)
    try:
        with kafka_errors(f"kafka {config['bootstrap_servers']}"):
            yield client
    finally:
        client.close()


@contextmanager
def kafka_errors(subject: str) -> Iterator[None]:
    """Kafka's errors come out as ours: Unavailable or Refused."""
    try:
        yield
    except KafkaError as error:
        raise _translated(subject, error) from error


def open_admin(
    config: Mapping[str, Any], *, bootstrap_timeout_ms: int | None = None
) -> KafkaAdminClient:
    """An admin client that the caller closes, and throws away after any error."""
    subject = f"kafka {config['bootstrap_servers']}"
    limit_ms = bootstrap_timeout_ms or config.get("request_timeout_ms", 30_000)
    alive = _answering(str(config["bootstrap_servers"]))
    if not alive:
        raise Unavailable(f"{subject}: nothing listens there")
    client = KafkaAdminClient.__new__(KafkaAdminClient)
    try:
        given = {**config, "bootstrap_servers": alive}
        client.__init__(**given, bootstrap_timeout_ms=limit_ms)
    except KafkaError as error:
        # Its own constructor leaves a thread and a socket behind when nothing answers.
        client._client.close()
        client._net.stop()
        raise _translated(subject, error) from error
    return client


def _answering(bootstrap: str) -> str:
    """Those of the addresses that take a connection: the client leaks a socket for each other."""
    alive = []
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        with suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), 2.0):
            alive.append(address.strip())
    return ",".join(alive)


def _described(config: Mapping[str, Any], names: Sequence[str] | None) -> list[dict[str, Any]]:
    with admin(config) as client:
        return list(client.describe_topics(None if names is None else list(names)))


def _differences(spec: TopicSpec, fact: TopicFact) -> tuple[str, ...]:
    found = []
    for what in ("partition_count", "replication_factor"):
        if getattr(spec, what) != getattr(fact, what):
            found.append(f"{what} is {getattr(fact, what)}, not {getattr(spec, what)}")
    for name, value in spec.configs.items():
        if fact.configs.get(name) != value:
            found.append(f"{name} is {fact.configs.get(name, 'the default')}, not {value}")
    return tuple(found)


def _translated(subject: str, error: KafkaError) -> Unavailable | Refused:
    passing = error.retriable or type(error).__name__ in {
        "BrokerNotAvailableError",
        "UnrecognizedBrokerVersion",
        "UnknownBrokerIdError",
        "InvalidReplicationFactorError",  # brokers are still coming up
    }
    return (Unavailable if passing else Refused)(f"{subject}: {error}")
