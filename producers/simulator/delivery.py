"""One record on its way to a topic, and when it would arrive there."""

from datetime import datetime
from typing import NamedTuple

from schemas.topics import Topic


class Delivery(NamedTuple):
    """`is_good` False: the body cannot be an event, on purpose."""

    deliver_at: datetime
    topic: Topic
    key: bytes
    body: bytes
    is_good: bool = True
