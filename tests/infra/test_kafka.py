"""Topics and the embedded broker, against the real thing."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from infra.embedded.broker import Broker, answers
from infra.embedded.files import free_port
from infra.errors import Refused, Unavailable
from infra.kafka import (
    TopicSpec,
    admin,
    apply_topics,
    client_config,
    end_offsets,
    show_topics,
    topic_ids,
)
from infra.settings import KafkaSettings
from tests.cluster import running_cluster
from tests.parts import running_broker
from tests.patience import patient

pytestmark = pytest.mark.real

# kafka-python 3.0.12 does not close the sockets of its own connects that were refused.
LEAKS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def collected() -> Iterator[None]:
    """Leaked sockets are collected within the test that forgives them."""
    yield
    gc.collect()


def config_of(bootstrap: str) -> dict[str, object]:
    return client_config(KafkaSettings(request_timeout_ms=round(patient(20_000))), bootstrap)


def send(bootstrap: str, topic: str, bodies: list[bytes]) -> None:
    producer = KafkaProducer(**config_of(bootstrap), acks="all", enable_idempotence=True)
    try:
        for future in [producer.send(topic, body, partition=0) for body in bodies]:
            future.get(timeout=patient(30))
    finally:
        producer.close(timeout=patient(5))


def read(bootstrap: str, topic: str) -> list[tuple[int, bytes, int]]:
    end = end_offsets(config_of(bootstrap), topic)[0][1]
    place = TopicPartition(topic, 0)
    consumer = KafkaConsumer(**config_of(bootstrap), auto_offset_reset="earliest", group_id=None)
    try:
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        records: list[tuple[int, bytes, int]] = []
        while len(records) < end:
            for record in consumer.poll(timeout_ms=1000).get(place, []):
                records.append((record.offset, record.value, record.timestamp_type))
        return records
    finally:
        consumer.close()


def test_topics_are_created_once_and_differences_are_only_reported(broker: Broker) -> None:
    config = config_of(broker.bootstrap)
    spec = TopicSpec("topics-apply", 2, 1, {"retention.ms": "-1"})
    assert [c.action for c in apply_topics(config, [spec])] == ["created"]
    assert [c.action for c in apply_topics(config, [spec])] == ["unchanged"]
    other = TopicSpec("topics-apply", 1, 1, {"retention.ms": "5"})
    [change] = apply_topics(config, [other])
    assert change.action == "differs"
    assert change.differences == ("partition_count is 2, not 1", "retention.ms is -1, not 5")
    [fact] = show_topics(config, prefix="topics-app")
    assert (fact.partition_count, dict(fact.configs)) == (2, {"retention.ms": "-1"})
    assert end_offsets(config, "topics-apply") == {0: (0, 0), 1: (0, 0)}


def test_a_topic_made_anew_has_another_id(broker: Broker) -> None:
    config = config_of(broker.bootstrap)
    spec = TopicSpec("topic-id", 1, 1)
    apply_topics(config, [spec])
    first = topic_ids(config, ["topic-id"])
    assert first == topic_ids(config, ["topic-id"])
    assert len(first["topic-id"]) == 36
    with admin(config) as client:
        client.delete_topics(["topic-id"])
    apply_topics(config, [spec])
    assert topic_ids(config, ["topic-id"]) != first


def test_an_unknown_topic_is_refused_and_never_made(broker: Broker) -> None:
    config = config_of(broker.bootstrap)
    for ask in (lambda: topic_ids(config, ["nobody"]), lambda: end_offsets(config, "nobody")):
        with pytest.raises(Refused, match="does not exist"):
            ask()
    assert show_topics(config, prefix="nobody") == []


def test_the_broker_stamps_its_own_time(broker: Broker) -> None:
    apply_topics(config_of(broker.bootstrap), [TopicSpec("stamped", 1, 1)])
    send(broker.bootstrap, "stamped", [b"a"])
    assert read(broker.bootstrap, "stamped") == [(0, b"a", 1)]  # 1: LogAppendTime


def test_nobody_there_is_unavailable() -> None:
    bootstrap = f"127.0.0.1:{free_port()}"
    config = client_config(KafkaSettings(request_timeout_ms=500), bootstrap)
    with pytest.raises(Unavailable):
        topic_ids(config, ["a"])
    assert not answers(bootstrap)


@LEAKS
@pytest.mark.usefixtures("collected")
def test_kill_9_loses_no_acknowledged_record_and_keeps_the_address(tmp_path: Path) -> None:
    with running_broker(tmp_path / "node") as own:
        bootstrap, pid = own.bootstrap, own.pid
        apply_topics(config_of(bootstrap), [TopicSpec("kept", 1, 1)])
        ids = topic_ids(config_of(bootstrap), ["kept"])
        bodies = [b"%d" % i for i in range(2000)]
        send(bootstrap, "kept", bodies)
        own.kill()
        assert not answers(bootstrap)
        own.start()
        assert (own.bootstrap, own.pid != pid) == (bootstrap, True)
        assert [body for _, body, _ in read(bootstrap, "kept")] == bodies
        assert topic_ids(config_of(bootstrap), ["kept"]) == ids


@LEAKS
@pytest.mark.usefixtures("collected")
def test_a_broker_that_lost_its_identity_keeps_its_log(tmp_path: Path) -> None:
    with running_broker(tmp_path / "node") as own:
        apply_topics(config_of(own.bootstrap), [TopicSpec("kept", 1, 1)])
        send(own.bootstrap, "kept", [b"a", b"b"])
        identity = own.data_dir / "data" / "meta.properties"
        for spoil in (identity.unlink, lambda: identity.write_bytes(b"")):
            own.kill()
            spoil()
            own.start()
            assert [body for _, body, _ in read(own.bootstrap, "kept")] == [b"a", b"b"]
        own.stop()
        before = {path: path.read_bytes() for path in own.data_dir.rglob("*.log")}
        identity.unlink()
        (own.data_dir / "meta.properties").unlink()
        with pytest.raises(Refused, match=r"meta.properties is gone, and \d+ logs hold records"):
            own.start()
        assert {path: path.read_bytes() for path in own.data_dir.rglob("*.log")} == before


@LEAKS
@pytest.mark.usefixtures("collected")
def test_a_format_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    left = tmp_path / "node" / "data" / "__cluster_metadata-0"
    left.mkdir(parents=True)
    (left / "00000000000000000000.log").touch()
    (left.parent / "bootstrap.checkpoint").write_bytes(b"half")
    (left.parents[1] / "meta.properties").write_bytes(b"cluster.id=another\n")
    with running_broker(tmp_path / "node") as own:
        assert show_topics(config_of(own.bootstrap)) == []


@LEAKS
@pytest.mark.usefixtures("collected")
def test_three_brokers_lose_one_and_go_on(tmp_path: Path) -> None:
    with running_cluster(tmp_path) as cluster:
        config = config_of(cluster.bootstrap)
        apply_topics(config, [TopicSpec("safe", 1, 3, {"min.insync.replicas": "2"})])
        send(cluster.bootstrap, "safe", [b"a"] * 100)
        with admin(config) as client:
            leader = client.describe_topics(["safe"])[0]["partitions"][0]["leader_id"]
        cluster.kill(leader)
        alive = ",".join(b.bootstrap for b in cluster.brokers if b.number != leader)
        send(alive, "safe", [b"b"] * 100)
        cluster.start(leader)
        assert [body for _, body, _ in read(cluster.bootstrap, "safe")] == [b"a"] * 100 + [
            b"b"
        ] * 100


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SASL_PLAINTEXT"])
def test_plaintext_leaves_loopback_never(protocol: str) -> None:
    settings = KafkaSettings(security_protocol=protocol)
    with pytest.raises(Refused, match="SASL_SSL"):
        client_config(settings, "127.0.0.1:9092,kafka.example:9092")


def test_sasl_needs_all_its_parts() -> None:
    with pytest.raises(Refused, match="sasl_mechanism"):
        client_config(KafkaSettings(security_protocol="SASL_SSL"), "kafka.example:9092")


def test_a_secure_configuration_holds_what_both_clients_take() -> None:
    settings = KafkaSettings.model_validate(
        {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_username": "choso",
            "sasl_password": "hush",
        }
    )
    config = client_config(settings, "kafka.example:9092")
    assert config["sasl_plain_password"] == "hush"
    assert config["ssl_context"].check_hostname
