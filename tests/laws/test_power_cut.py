"""What the embedded broker has acknowledged survives a power cut: it syncs first."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from choso.compose import Choso
from consumers.verify.log import KafkaLogs
from infra.embedded.broker import Broker
from infra.kafka import apply_topics
from infra.settings import KafkaSettings, Settings
from producers.publisher import Outgoing, Publisher
from schemas.topics import TOPICS
from tests.laws.power import copy_written, obtain_cachestat
from tests.parts import running_broker

pytestmark = pytest.mark.real
CUTS = 5
WRITERS = 4
ROUNDS = 6  # of each writer between two cuts, each acknowledged before the next
RECORDS_MAX = 40


def topics_on(bootstrap: str) -> Choso:
    """The topics as `choso up` makes them."""
    choso = Choso(Settings(_env_file=None, kafka=KafkaSettings(bootstrap=bootstrap)))
    apply_topics(choso.kafka_config, choso.topic_specs)
    return choso


def acknowledged_load(choso: Choso, name: str) -> set[bytes]:
    """What several writers at once published; all of it is acknowledged when this returns."""
    names = [topic.full_name(choso.prefix) for topic in TOPICS]

    def write(writer: int) -> set[bytes]:
        publisher = Publisher(choso.kafka_config)
        told = set()
        for turn in range(ROUNDS):
            count = 1 + (writer * 13 + turn * 7) % RECORDS_MAX  # single ones and batches
            bodies = [f"{name} {writer} {turn} {number}".encode() for number in range(count)]
            topic = names[(writer + turn) % len(names)]
            report = publisher.publish(Outgoing(topic, body[:9], body) for body in bodies)
            assert report.acknowledged_count == count, report.cause
            told |= set(bodies)
        publisher.close()
        return told

    with ThreadPoolExecutor(WRITERS) as pool:
        return set().union(*pool.map(write, range(WRITERS)))


def bodies_in(choso: Choso) -> set[bytes]:
    """Everything that the logs hold."""
    logs = KafkaLogs(choso.kafka_config, choso.shapes, batch_records_max=1_000)
    return {
        record.value or b""
        for log in logs.current()
        for partition, (begin, end) in log.ends.items()
        for batch in logs.read(log.topic, partition, begin, end)
        for record in batch
    }


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Each cut leaves what the next broker starts on, so that several lie behind the last one."""
    obtain_cachestat(tmp_path)
    acknowledged: set[bytes] = set()
    for cut in range(CUTS + 1):
        with running_broker(tmp_path / str(cut)) as broker:
            choso = topics_on(broker.bootstrap)
            lost = acknowledged - bodies_in(choso)
            assert not lost, f"cut {cut}: {len(lost)} of {len(acknowledged)} acknowledged are lost"
            acknowledged |= acknowledged_load(choso, f"cut {cut}")
            cut_power(broker, tmp_path / str(cut + 1))


def cut_power(broker: Broker, copy: Path) -> None:
    """Stop the broker in its tracks, keep what has reached the disk, and let it die."""
    os.kill(broker.pid, signal.SIGSTOP)
    copy_written(broker.data_dir, copy)
    broker.kill()
