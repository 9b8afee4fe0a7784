"""`choso log restore`: a log that lost records is given back what the store holds."""

from collections.abc import Callable
from contextlib import closing

from choso.compose import Choso
from choso.proof import scratch_store
from consumers.verify.log import KafkaLogs, TopicLog
from consumers.verify.restore import LostContent, Restoring, cut_logs
from infra.clickhouse import Store
from infra.errors import Unavailable
from infra.kafka import apply_topics
from infra.kafka_topics import close_topic, recreate_topic
from infra.log import get_logger
from producers.publisher import Outgoing, Publisher, outgoing
from schemas.cloudevent import TIME_END, CloudEvent, decode
from schemas.delivery import DeliveryEvent
from schemas.payment import PaymentEvent
from schemas.registry import RegistryEvent

log = get_logger("restore")
MODELS: dict[str, type[CloudEvent]] = {
    "payment": PaymentEvent,
    "registry": RegistryEvent,
    "delivery": DeliveryEvent,
}


def logs_of(choso: Choso) -> KafkaLogs:
    """The logs behind the store."""
    return KafkaLogs(choso.kafka_config, choso.shapes, choso.settings.sink.batch_records_max)


def needs_restore(choso: Choso, store: Store) -> list[str]:
    """Sentences about logs that end before what the store holds; a quick look."""
    return cut_logs(store, logs_of(choso).current())


def restore_logs(choso: Choso, *, say: Callable[[str], None]) -> None:
    """Give each log back what it lost. Run again, it goes on where it was interrupted.

    Nothing may write to a log that is replaced: its topic refuses records meanwhile. Refused or
    Unavailable: what was replaced by then is whole, and nothing of the store was changed.
    """
    apply_topics(choso.kafka_config, choso.topic_specs)
    with (
        choso.store() as store,
        scratch_store(choso, store) as scratch,
        closing(Publisher(choso.kafka_config)) as publisher,
    ):
        work = Restoring(store, scratch, logs_of(choso), choso.clock)
        for name in choso.shapes:
            restore_log(choso, work, name, publisher=publisher, say=say)


def restore_log(
    choso: Choso,
    work: Restoring,
    name: str,
    *,
    publisher: Publisher,
    say: Callable[[str], None],
) -> None:
    """One topic's log."""
    found = log_of(work, name)
    if work.is_cut(found):
        close_topic(choso.kafka_config, name)
        found = log_of(work, name)
        lacking = work.secure(found)
        [spec] = [spec for spec in choso.topic_specs if spec.name == name]
        recreate_topic(choso.kafka_config, spec)
        kept, found = found, log_of(work, name)
        log.warning("log.replaced", topic=name, old_id=kept.topic_id, new_id=found.topic_id)
        say(
            f"{name}: log {kept.topic_id} had lost records: it is history now, in the store"
            f" ({lacking} of its records were only there); the topic is log {found.topic_id}"
        )
    report = publisher.publish(record_of(content, choso.prefix) for content in work.lost(found))
    if report.unacknowledged:
        raise Unavailable(
            f"{name}: {report.acknowledged_count} records published again, then: {report.cause}:"
            " run `choso log restore` again, it goes on"
        )
    count = report.acknowledged_count
    say(f"{name}: {count} records published again" if count else f"{name}: whole")


def log_of(work: Restoring, name: str) -> TopicLog:
    """The topic as it is now."""
    return next(each for each in work.logs.current() if each.topic == name)


def record_of(content: LostContent, prefix: str) -> Outgoing:
    """The same bytes under the same key. The store admitted them; its clock was the broker's."""
    event = decode(MODELS[content.shape], content.body, TIME_END)
    return outgoing(event, topic_prefix=prefix, delivery=content.delivery or None)
