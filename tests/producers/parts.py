"""A publisher that keeps what it is given, a clock that stands, and a key."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from producers.publisher import Outgoing, Publisher, PublishReport, Unacknowledged

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEY = b"a key of the tests, and of nothing"
PREFIX = "choso"


@dataclass
class StandingClock:
    """It is always the same time."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Kept:
    """Keeps records; acknowledges up to `acknowledged_max` of them, then nothing more."""

    acknowledged_max: int = 1 << 40
    records: list[Outgoing] = field(default_factory=list)
    retry_ms_max: int | None = None

    def publish(
        self, records: Iterable[Outgoing], *, retry_ms_max: int | None = None
    ) -> PublishReport:
        self.retry_ms_max = retry_ms_max
        count = 0
        for record in records:
            if len(self.records) >= self.acknowledged_max:
                missing = Unacknowledged(record, "KafkaTimeoutError: the broker is away")
                return PublishReport(count, (missing,), is_complete=False)
            self.records.append(record)
            count += 1
        return PublishReport(count)

    def as_publisher(self) -> Publisher:
        return cast(Publisher, self)
