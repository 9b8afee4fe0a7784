"""Tells a receiver of an alert: a signed POST, with retries."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consumers.alerts.book import RecordedAlert
from consumers.plain import Words, as_json
from infra.webhook import Post, host_of, post_signed


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where alerts go, and how hard it is tried in one round."""

    url: str
    key: bytes
    timeout_s: float
    tries_max: int
    wait_ms: int
    sleep: Callable[[float], None]
    words: Words

    @property
    def host(self) -> str:
        """What is written down of the receiver: an address may hold a secret in its path."""
        return host_of(self.url)


def deliver(receiver: Receiver, kept: RecordedAlert, *, now: datetime) -> None:
    """POST the alert as JSON. Unavailable: it was not accepted, after all tries."""
    post = Post(
        url=receiver.url,
        body=json.dumps(alert_json(kept, receiver.words), ensure_ascii=False).encode(),
        key=receiver.key,
        timeout_s=receiver.timeout_s,
        tries_max=receiver.tries_max,
        wait_ms=receiver.wait_ms,
    )
    post_signed(post, now=now, sleep=receiver.sleep)


def alert_json(kept: RecordedAlert, words: Words) -> dict[str, Any]:
    """What the receiver reads. `alert` is the same whenever it is sent again."""
    return {
        "alert": kept.alert,
        "rule": kept.rule,
        "market": kept.market,
        "subject": kept.subject,
        "day": kept.day.isoformat(),
        "detail": as_json(kept.detail, words),
        "raised_at": kept.raised_at.isoformat(timespec="milliseconds"),
        "state": kept.state,
    }
