"""What is done to a topic that gets a new id: no more is written to it, then it is made again."""

import time
from collections.abc import Mapping
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType

from infra.errors import Unavailable
from infra.kafka import TOPIC_READY_MS_MAX, TopicSpec, admin, apply_topics, end_offsets, show_topics

POLL_S = 0.1
QUIET_S = 1.0  # an end that stays so long is the end


def close_topic(config: Mapping[str, Any], name: str) -> None:
    """Have the broker refuse every new record, so that none is acknowledged and then deleted.

    Returns when the ends of the log stand still. Unavailable where they do not.
    """
    with admin(config) as client:
        closed = {"max.message.bytes": "0"}
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, closed)])
    until = time.monotonic() + TOPIC_READY_MS_MAX / 1000
    before = end_offsets(config, name)
    while time.monotonic() < until:
        time.sleep(QUIET_S)
        now = end_offsets(config, name)
        if now == before:
            return
        before = now
    raise Unavailable(f"topic {name}: is still written to: stop what writes to it")


def recreate_topic(config: Mapping[str, Any], spec: TopicSpec) -> None:
    """Delete a topic and make it again, empty and with a new id."""
    with admin(config) as client:
        client.delete_topics([spec.name])
    until = time.monotonic() + TOPIC_READY_MS_MAX / 1000
    while show_topics(config, names=[spec.name]):
        if time.monotonic() > until:
            raise Unavailable(f"topic {spec.name}: is still there after it was deleted")
        time.sleep(POLL_S)
    apply_topics(config, [spec])
