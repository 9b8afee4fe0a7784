"""Progress, not connectivity: is what the log holds being stored, and what is stored being folded?

Something is stuck when there is work and it has not moved for a while. An idle system is not stuck.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from consumers.fold.fold import rule_version
from consumers.fold.snapshot import Snapshots
from consumers.ledger.rejected import rejected_counts
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.message import Count, Instant, Message, Name

Place = tuple[str, int]  # topic, partition
SAMPLES_KEPT_MAX = 1_000
# Whether a rejected record was admitted since is asked of all evidence: not with each sample.
REJECTED_EACH = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class LogPosition:
    """One partition: its first offset, its next offset, and where the sink says that it is."""

    begin: int
    end: int
    stored: int


Positions = Mapping[Place, LogPosition]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at one moment."""

    at: datetime
    lag: Mapping[Place, int]
    positions: Positions
    days_dirty: int
    newest_folded_at: datetime | None
    rejected: Mapping[tuple[str, str], int]
    rejected_at: datetime  # when these were counted


def take_sample(
    store: Store,
    snapshots: Snapshots,
    positions: Positions,
    *,
    at: datetime,
    settings: FoldSettings,
    before: Sample | None = None,
) -> Sample:
    """Ask the store how far it is. Unavailable where it does not answer.

    What is rejected is as in the sample `before`, where that counted it a few seconds ago.
    """
    dirty = snapshots.look().dirty(rule_version(settings))
    [(day_count, newest)] = store.query(statement(__package__, "folded_at"))
    if before is None or at - before.rejected_at >= REJECTED_EACH:
        counts = rejected_counts(store)
        rejected, rejected_at = {(shape, why): count for shape, why, count in counts}, at
    else:
        rejected, rejected_at = dict(before.rejected), before.rejected_at
    return Sample(
        at=at,
        lag={place: max(0, p.end - max(p.stored, p.begin)) for place, p in positions.items()},
        positions=positions,
        days_dirty=len(dirty),
        newest_folded_at=newest if day_count else None,
        rejected=rejected,
        rejected_at=rejected_at,
    )


@dataclass(slots=True)
class Progress:
    """Compares samples: since when has nothing moved although there is work?"""

    stuck_after: timedelta
    last: Sample | None = None
    failed: str | None = None
    failed_since: datetime | None = None
    _sink_since: datetime | None = None
    _fold_since: datetime | None = None
    _seen: deque[Sample] = field(default_factory=lambda: deque(maxlen=SAMPLES_KEPT_MAX))

    def saw(self, sample: Sample) -> None:
        """Take a sample into account."""
        before, self.last = self.last, sample
        self.failed, self.failed_since = None, None
        self._seen.append(sample)
        moved = before is None or _stored(sample) != _stored(before)
        if not any(sample.lag.values()):
            self._sink_since = None
        elif moved or self._sink_since is None:
            self._sink_since = sample.at
        folded = before is None or sample.newest_folded_at != before.newest_folded_at
        if not sample.days_dirty:
            self._fold_since = None
        elif folded or self._fold_since is None:
            self._fold_since = sample.at

    def could_not_look(self, cause: str, at: datetime) -> None:
        """A sample could not be taken."""
        self.failed = cause
        self.failed_since = self.failed_since or at

    def oldest_waiting_since(self) -> datetime | None:
        """When the oldest record that is not stored yet was first seen; None where none waits."""
        if self.last is None or not any(self.last.lag.values()):
            return None
        stored = _stored(self.last)
        for sample in self._seen:
            if any(p.end > stored.get(place, 0) for place, p in sample.positions.items()):
                return sample.at
        return self.last.at

    def troubles(self, now: datetime) -> list[Message]:
        """Why this system is not ready; nothing where it is."""
        found = []
        if self.last is None:
            found.append(Message("progress.not_looked", cause=Name(self.failed or "–")))
        if self.failed_since and now - self.failed_since >= self.stuck_after:
            cause = Name(self.failed or "")
            found.append(
                Message("progress.cannot_look", since=Instant(self.failed_since), cause=cause)
            )
        if self._sink_since and now - self._sink_since >= self.stuck_after:
            lag = sum(self.last.lag.values()) if self.last else 0
            since = Instant(self._sink_since)
            found.append(Message("progress.sink_stuck", records=Count(lag), since=since))
        if self._fold_since and now - self._fold_since >= self.stuck_after:
            days = self.last.days_dirty if self.last else 0
            since = Instant(self._fold_since)
            found.append(Message("progress.fold_stuck", days=Count(days), since=since))
        return found


def _stored(sample: Sample) -> dict[Place, int]:
    return {place: position.stored for place, position in sample.positions.items()}
