"""The publisher on the real broker: what it calls acknowledged is there, whatever is killed."""

import gc
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import pytest
import uvicorn
from kafka import KafkaConsumer, TopicPartition

from infra.embedded.broker import Broker
from infra.embedded.files import free_port
from infra.kafka import TopicSpec, apply_topics, client_config, end_offsets
from infra.settings import GatewaySettings, KafkaSettings
from producers.gateway import gateway_app, serve_gateway
from producers.gateway.answers import EXAMPLE_EVENT
from producers.publisher import Outgoing, Publisher, PublisherLimits, Unacknowledged
from schemas.topics import TOPICS
from tests.parts import running_broker
from tests.patience import eventually, patient
from tests.processes import run
from tests.producers.parts import KEY, StandingClock

LIMITS = PublisherLimits(
    acknowledge_ms_max=3_000,
    retry_ms_max=round(patient(20_000)),
    in_flight_records_max=500,
    close_ms_max=1_000,
)
pytestmark = [
    pytest.mark.real,
    # kafka-python leaves a socket that was refused to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def collected(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Sockets that were refused end with the test that made them: kept log records hold them."""
    with caplog.at_level(logging.CRITICAL + 1, logger="kafka"):
        yield
    gc.collect()


def config_of(bootstrap: str) -> dict[str, object]:
    return client_config(KafkaSettings(), bootstrap)


def values_of(bootstrap: str, topic: str) -> Counter[bytes]:
    ends = end_offsets(config_of(bootstrap), topic)
    found: Counter[bytes] = Counter()
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    with closing(consumer):
        consumer.assign([TopicPartition(topic, number) for number in ends])
        missing = sum(end - first for first, end in ends.values())
        until = time.monotonic() + patient(20)
        while missing > 0 and time.monotonic() < until:
            for records in consumer.poll(timeout_ms=500).values():
                missing -= len(records)
                found.update(record.value for record in records)
    assert missing <= 0
    return found


def records_of(topic: str, count: int) -> list[Outgoing]:
    return [Outgoing(topic, b"k%d" % (n % 7), b"value %06d" % n) for n in range(count)]


def test_all_is_acknowledged_and_there(broker: Broker) -> None:
    apply_topics(config_of(broker.bootstrap), [TopicSpec("publisher.all", 3, 1)])
    with closing(Publisher(config_of(broker.bootstrap), LIMITS)) as publisher:
        records = records_of("publisher.all", 2_345)
        report = publisher.publish(iter(records))
        assert (report.acknowledged_count, report.unacknowledged) == (2_345, ())
        assert report.is_complete
        assert publisher.publish([]).is_complete
    assert values_of(broker.bootstrap, "publisher.all") == Counter(r.value for r in records)


def test_what_can_never_be_taken_is_named_and_the_rest_goes_through(broker: Broker) -> None:
    apply_topics(config_of(broker.bootstrap), [TopicSpec("publisher.large", 1, 1)])
    limits = PublisherLimits(record_bytes_max=10_000)
    large = Outgoing("publisher.large", b"k", b"x" * 20_000)
    with closing(Publisher(config_of(broker.bootstrap), limits)) as publisher:
        report = publisher.publish([*records_of("publisher.large", 3), large])
    assert report.acknowledged_count == 3
    assert [each.outgoing for each in report.unacknowledged] == [large]
    assert "20" in report.cause


def test_a_broker_that_is_away_is_reported_in_time() -> None:
    publisher = Publisher(config_of(f"127.0.0.1:{free_port()}"), LIMITS)
    with closing(publisher):
        began = time.monotonic()
        report = publisher.publish(records_of("none", 3), retry_ms_max=700)
        assert time.monotonic() - began < patient(3)
    assert report.acknowledged_count == 0
    assert len(report.unacknowledged) == 3
    assert report.cause


class TornPublisher(Publisher):
    """Its first attempt loses the third record for good and the second one for now."""

    sent: list[list[Outgoing]]

    def _attempt(
        self, window: list[Outgoing], *, wait_ms: int
    ) -> list[tuple[Unacknowledged, bool]]:
        self.sent.append(window)
        if len(self.sent) > 1:
            return []
        return [
            (Unacknowledged(window[2], "too large"), False),
            (Unacknowledged(window[1], "away"), True),
        ]


def test_what_comes_after_a_lost_record_is_sent_after_it_again() -> None:
    """In the log the later of two statements holds, so a retry keeps their order."""
    publisher = TornPublisher({}, LIMITS, sleep=lambda _: None)
    publisher.sent = []
    records = records_of("none", 5)
    report = publisher.publish(records)
    assert publisher.sent == [records, [records[1], records[3], records[4]]]
    assert (report.acknowledged_count, len(report.unacknowledged)) == (4, 1)


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with running_broker(tmp_path_factory.mktemp("own") / "node") as broker:
        yield broker


def test_nothing_acknowledged_is_lost_when_the_broker_is_killed(own_broker: Broker) -> None:
    topic = "publisher.killed"
    apply_topics(config_of(own_broker.bootstrap), [TopicSpec(topic, 3, 1)])
    records = records_of(topic, 6_000)
    with closing(Publisher(config_of(own_broker.bootstrap), LIMITS)) as publisher:

        def killing(after: int) -> Iterator[Outgoing]:
            for number, record in enumerate(records):
                if number == after:
                    own_broker.kill()
                yield record

        report = publisher.publish(killing(2_250), retry_ms_max=2_000)
        assert not report.is_complete
        assert 2_000 <= report.acknowledged_count + len(report.unacknowledged) <= 2_500
        own_broker.start()
        there = values_of(own_broker.bootstrap, topic)
        missing = {each.outgoing.value for each in report.unacknowledged}
        taken = records[: report.acknowledged_count + len(missing)]
        assert all(there[r.value] == 1 for r in taken if r.value not in missing)
        # It comes back while the publisher retries: the same call ends whole.
        own_broker.kill()
        with ThreadPoolExecutor(1) as thread:
            under_way = thread.submit(publisher.publish, records)
            time.sleep(1)
            own_broker.start()
            assert under_way.result().acknowledged_count == 6_000
    assert set(values_of(own_broker.bootstrap, topic)) == {record.value for record in records}


def test_the_gateway_answers_503_until_the_broker_is_back(own_broker: Broker) -> None:
    config = config_of(own_broker.bootstrap)
    specs = [TopicSpec(topic.full_name("gateway"), 1, 1) for topic in TOPICS]
    apply_topics(config, specs)
    publisher = Publisher(config, LIMITS)
    settings = GatewaySettings(acknowledge_timeout_ms=1_000)
    app = gateway_app(
        publisher,
        settings,
        keys=["k"],
        clock=StandingClock(),
        topic_prefix="gateway",
        token_key=lambda: KEY,
    )
    ready = threading.Event()
    place: list[tuple[str, int, uvicorn.Server]] = []

    def on_listen(host: str, port: int, server: uvicorn.Server) -> None:
        place.append((host, port, server))
        ready.set()

    thread = threading.Thread(
        target=serve_gateway, args=(app, settings), kwargs={"on_listen": on_listen}
    )
    thread.start()
    assert ready.wait(patient(5))
    host, port, server = place[0]
    url = f"http://{host}:{port}"
    headers = {"Authorization": "Bearer k"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=patient(20)) as http:

            def send() -> httpx.Response:
                return http.post("/v1/events", json=[EXAMPLE_EVENT])

            assert send().status_code == 202
            own_broker.kill()
            away = send()
            assert (away.status_code, away.headers["retry-after"]) == (503, "5")
            own_broker.start()
            eventually(lambda: send().status_code == 202, poll_s=0.2)
    finally:
        server.should_exit = True
        thread.join(patient(10))
        publisher.close()
    assert not thread.is_alive()
    assert len(values_of(own_broker.bootstrap, "gateway.payments.v1")) == 1


def test_an_interpreter_ends_quietly_when_the_broker_is_gone() -> None:
    program = (
        "from producers.publisher import *\n"
        f"p = Publisher({{'bootstrap_servers': '127.0.0.1:{free_port()}'}},"
        " PublisherLimits(acknowledge_ms_max=300, close_ms_max=300))\n"
        "print(p.publish([Outgoing('t', b'k', b'v')], retry_ms_max=300).acknowledged_count)\n"
        "p.close()\n"
    )
    done = run([sys.executable, "-W", "ignore", "-c", program], check=True)
    assert done.stdout == "0\n"
    assert "Traceback" not in done.stderr
