"""Topic ids, asked often: one admin client is kept while it works."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from infra.errors import Unavailable
from infra.kafka import open_admin


class TopicIds:
    """Asks the broker for the ids of some topics. Any thread may call it."""

    def __init__(self, config: Mapping[str, Any], names: Iterable[str]) -> None:
        self._config = dict(config)
        self._names = sorted(names)
        self._client: KafkaAdminClient | None = None
        self._lock = Lock()

    def __call__(self) -> dict[str, str]:
        """Topic name -> id as a canonical UUID, only for topics that exist. Unavailable."""
        with self._lock:
            try:
                if self._client is None:
                    self._client = open_admin(self._config)
                described = self._client.describe_topics(self._names)
            except (KafkaError, OSError) as error:
                # a client that saw the broker die answers wrongly once more: make a new one
                self.close()
                raise Unavailable(f"kafka: topics {', '.join(self._names)}: {error!r}") from error
        return {d["name"]: str(d["topic_id"]) for d in described if d["error_code"] == 0}

    def close(self) -> None:
        """Let the broker go."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(KafkaError, OSError):
                client.close()
