"""Which logs may the store hold records of? `topic_log` against the broker. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from consumers.verify.findings import Finding
from consumers.verify.log import TopicLog

Said = tuple[str, str]  # a log's topic and its shape, as `topic_log` has them


def unknown_logs(
    said: Mapping[str, Sequence[Said]],
    stored: Collection[str],
    current: Mapping[str, TopicLog],
    changed: Collection[str] = (),
) -> Iterator[Finding]:
    """What is wrong with `topic_log`: `said` by topic id, `stored` the topic ids of all records.

    The sink writes a log down just before it stores the first record of it. `changed` are topic ids
    whose entry is not as it was written. Without `current` (no broker was asked) only
    contradictions can be told.
    """
    for topic_id in sorted(said.keys() | set(stored) | current.keys()):
        log = current.get(topic_id)
        entries = said.get(topic_id, ())
        # Where nothing is stored of a log that is gone, nothing is lost with its entry.
        is_mendable = log is not None or (bool(current) and topic_id not in stored)
        mend = topic_id if is_mendable else None
        if len(entries) > 1:
            fact = f"topic_log says several things of it: {_words(entries)}"
            yield Finding("log", f"topic id {topic_id}", fact, log_id=mend)
        elif topic_id in changed:
            fact = "topic_log was changed after the sink wrote it"
            yield Finding("log", f"topic id {topic_id}", fact, log_id=mend)
        elif log is not None and entries and entries[0] != (log.topic, log.shape):
            fact = f"topic_log says {_words(entries)}, but it is {_words([(log.topic, log.shape)])}"
            yield Finding("log", f"topic id {topic_id}", fact, log_id=mend)
        elif log is not None and not entries and topic_id in stored:
            fact = f"is stored, but topic_log does not know {topic_id}"
            yield Finding("log", f"topic {log.topic}", fact, log_id=mend)
        elif log is None and entries and current and topic_id not in stored:
            fact = "nothing of it is stored, and the broker does not have it"
            subject = f"topic id {topic_id}, {_words(entries)}"
            yield Finding("log", subject, fact, log_id=mend)


def _words(entries: Sequence[Said]) -> str:
    return " and ".join(f"{topic} ({shape})" for topic, shape in entries)
