"""No command makes evidence fewer: what the log does not hold is never thrown away for its sake."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kafka import TopicPartition

from consumers.sink.coverage import coverage, remember_log
from consumers.verify.findings import VerifyReport, holes
from consumers.verify.heal import heal
from consumers.verify.log import KafkaLogs, LogRecord, Logs, TopicLog
from consumers.verify.rebuild import RECORDS, rebuild_records
from consumers.verify.verify import Verifier
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.errors import ChosoError, Refused
from infra.kafka import admin
from infra.settings import FoldSettings
from tests.consumers.sink.sinking import config, delete_topic, new_topic, produce
from tests.engine import NOW, TOPIC_ID, Rec, land
from tests.laws.ledgers import payments, said
from tests.laws.proving import CLOCK, World, new_world
from tests.parts import running_broker

pytestmark = pytest.mark.real
STORED = "SELECT DISTINCT topic_id, partition, offset, hex(digest) AS content FROM stored_record"
OTHER = [said("credited", f"OTHER{number}") for number in range(60)]
FIRST = 20  # records, then the log is copied
OTHER_ID = TOPIC_ID[:-1] + "2"

Place = tuple[str, int, int, str]


def stored(store: Store) -> set[Place]:
    """Every record that is stored, in whichever table, with its bytes' hash."""
    return {(t, p, o, c) for t, p, o, c in store.query(STORED)}


def contents(places: set[Place]) -> set[str]:
    return {content for *_, content in places}


def catch_up(store: Store, logs: Logs) -> None:
    """What a sink does that starts: read what is not stored. Nothing where it would refuse."""
    for log in logs.current():
        held = coverage(store, log.topic_id, log.ends)
        remember_log(store, log.topic_id, log.topic, log.shape, NOW)
        for partition, (begin, end) in log.ends.items():
            for first, after in holes(held[partition], begin=begin, end=end):
                for batch in logs.read(log.topic, partition, first, after):
                    recs = [Rec(r.offset, r.timestamp, r.value, r.headers) for r in batch]
                    land(store, recs, shape=log.shape, topic_id=log.topic_id, partition=partition)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A log that loses something: its topic and its directory on a broker that stands still."""

    topic: str
    directory: Path
    copy: Path

    def put_older_copy_back(self) -> None:
        self.remove()
        shutil.copytree(self.copy, self.directory)

    def remove(self) -> None:
        shutil.rmtree(self.directory)

    def flip_a_byte(self) -> None:
        [segment] = self.directory.glob("*.log")
        body = bytearray(segment.read_bytes())
        body[len(body) // 2] ^= 0x01
        segment.write_bytes(body)


def cut_head(bootstrap: str, topic: str) -> None:
    with admin(config(bootstrap)) as client:
        client.delete_records({TopicPartition(topic, 0): FIRST // 2})


def rewrite(bootstrap: str, topic: str) -> None:
    produce(bootstrap, topic, OTHER)


def recreate(bootstrap: str, topic: str) -> None:
    delete_topic(bootstrap, topic)
    new_topic(bootstrap, partitions=1, name=topic)


def recreate_with_others(bootstrap: str, topic: str) -> None:
    recreate(bootstrap, topic)
    rewrite(bootstrap, topic)


@dataclass(frozen=True, slots=True)
class Situation:
    """What happens to a log while the broker stands still, and after; what a rebuild then says."""

    still: Callable[[Damaged], None] = lambda _: None
    after: Callable[[str, str], None] = lambda bootstrap, topic: None
    refusal: str | None = None


LEFT_OUT = "the store has records that the log has not, or has otherwise: topic"
SITUATIONS: dict[str, Situation] = {
    "whole": Situation(),
    "head-cut": Situation(after=cut_head),
    "older-copy": Situation(Damaged.put_older_copy_back, refusal=LEFT_OUT),
    "emptied": Situation(Damaged.remove, refusal=LEFT_OUT),
    "rewritten": Situation(Damaged.remove, rewrite, LEFT_OUT),
    "re-created": Situation(after=recreate),
    "re-created-with-others": Situation(after=recreate_with_others),
    "flipped-byte": Situation(Damaged.flip_a_byte, refusal="failed crc check"),
}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker whose directory may be damaged."""
    with running_broker(tmp_path_factory.mktemp("own") / "node") as broker:
        yield broker


@pytest.fixture(scope="module")
def world(store_dsn: str, own: Broker) -> Iterator[World]:
    """Its databases, mostly; the topics are the tests' own."""
    with new_world(store_dsn, "nothing_lost", own, partitions=1) as made:
        yield made


def test_a_damaged_log_costs_no_evidence(world: World, own: Broker, tmp_path: Path) -> None:
    """All damages at once, each to a log of its own; the others are whole for it, or gone."""
    store, bootstrap = world.store, own.bootstrap
    home = own.data_dir / "data"
    logs = {name: KafkaLogs(config(bootstrap), {name: "payment"}, 100) for name in SITUATIONS}
    for name in SITUATIONS:
        new_topic(bootstrap, partitions=1, name=name)
        produce(bootstrap, name, [*payments()[:FIRST], b"x"])
    own.stop()
    for name in SITUATIONS:
        shutil.copytree(home / f"{name}-0", tmp_path / name)
    own.start()
    for name in SITUATIONS:
        produce(bootstrap, name, [*payments()[FIRST:], said("credited", name.upper())])
        catch_up(store, logs[name])
    own.stop()
    for name, situation in SITUATIONS.items():
        situation.still(Damaged(name, home / f"{name}-0", tmp_path / name))
    own.start()
    before = stored(store)
    for name, situation in SITUATIONS.items():
        situation.after(bootstrap, name)
        if situation.refusal is None:
            rebuild_records(store, world.scratch, logs[name])
            catch_up(store, logs[name])
        else:
            with pytest.raises(ChosoError, match=situation.refusal) as told:
                rebuild_records(store, world.scratch, logs[name])
            assert name in str(told.value)
        assert before <= stored(store), name
        before = stored(store)
    readable = {name: "payment" for name in SITUATIONS if name != "flipped-byte"}
    every = KafkaLogs(config(bootstrap), readable, 100)
    check = Verifier(store, FoldSettings(), every, settle_s_max=0, scratch=world.scratch)
    findings = check.check_logs(VerifyReport(), {log.topic_id: log for log in every.current()})
    heal(store, findings, every, CLOCK)
    assert contents(before) <= contents(stored(store))


@dataclass(frozen=True, slots=True)
class DrawnLog:
    """One partition of one topic in memory. `records` by offset, ascending, with gaps."""

    topic_id: str
    records: Mapping[int, bytes]
    begin: int
    end: int

    def current(self) -> list[TopicLog]:
        return [TopicLog(self.topic_id, "drawn", "payment", {0: (self.begin, self.end)})]

    def read(
        self, topic: str, partition: int, first: int, after: int
    ) -> Iterator[Sequence[LogRecord]]:
        within = range(max(first, self.begin), min(after, self.end))
        found = [LogRecord(o, stamp(o), self.records[o]) for o in within if o in self.records]
        for at in range(0, len(found), 3):
            yield found[at : at + 3]


def stamp(offset: int) -> int:
    """Records of three months: a batch may begin in one and end in the next."""
    return int((datetime(2026, 3, 31, tzinfo=UTC) + timedelta(days=7 * offset)).timestamp() * 1000)


BODIES = st.sampled_from([*payments()[:3], *payments()[-2:], b"junk", b""])
OFFSETS = st.integers(0, 12)


@st.composite
def logs(draw: st.DrawFn) -> tuple[DrawnLog, DrawnLog]:
    """A log as the store has read it, and what has become of it."""
    records = draw(st.dictionaries(OFFSETS, BODIES, min_size=1))
    log = DrawnLog(TOPIC_ID, dict(sorted(records.items())), 0, max(records) + 1)
    if draw(st.booleans()):
        return log, log
    begin = draw(st.integers(0, log.end))
    end = draw(st.integers(begin, log.end + 3))
    changed = {**records, **draw(st.dictionaries(OFFSETS, BODIES, max_size=2))}
    chosen = changed if draw(st.booleans()) else records
    left = {o: body for o, body in sorted(chosen.items()) if begin <= o < end}
    topic_id = draw(st.sampled_from([TOPIC_ID, TOPIC_ID, OTHER_ID]))
    return log, DrawnLog(topic_id, left, begin, end)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs(), st.integers(1, 5))
def test_whatever_becomes_of_a_log_a_rebuild_leaves_all_records(
    world: World, drawn: tuple[DrawnLog, DrawnLog], batch: int
) -> None:
    store = world.store
    old, new = drawn
    for table in RECORDS:
        store.command(f"TRUNCATE TABLE {table}")
    recs = [Rec(o, stamp(o), body) for o, body in old.records.items()]
    for at in range(0, len(recs), batch):
        land(store, recs[at : at + batch])
    before = stored(store)
    lost = old.topic_id == new.topic_id and any(
        new.records.get(o) != body for o, body in old.records.items() if o >= new.begin
    )
    try:
        rebuild_records(store, world.scratch, new)
        assert not lost
    except Refused:
        assert lost
        assert stored(store) == before
        return
    assert before <= stored(store)
    catch_up(store, new)
    assert {(new.topic_id, 0, o) for o in new.records} <= {row[:3] for row in stored(store)}
