"""Watches how much of what lands is rejected, and refuses to go on above the set share."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from consumers.sink.coverage import rejected_count
from consumers.sink.landing import Extent
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import SinkSettings


@dataclass(slots=True)
class RejectWatch:
    """Counts in windows: of at least the set number of records, from where each log then stood."""

    store: Store
    settings: SinkSettings
    _window: int = 0
    _starts: dict[str, dict[int, int]] = field(default_factory=dict)  # topic id, partition: offset

    async def landed(self, extents: Iterable[Extent], count: int) -> None:
        """So many more records have landed. Raises Refused where too many were rejected."""
        self._window += count
        for extent in extents:
            starts = self._starts.setdefault(extent.topic_id, {})
            starts.setdefault(extent.partition, extent.first)
        if self._window < self.settings.reject_window_records:
            return
        rejected = 0
        for topic_id, starts in self._starts.items():
            rejected += await asyncio.to_thread(rejected_count, self.store, topic_id, starts)
        window, self._window, self._starts = self._window, 0, {}
        if rejected > self.settings.reject_share_max * window:
            raise Refused(
                f"sink: {rejected} of the last {window} records were rejected, more than the share"
                f" of {self.settings.reject_share_max}: see `choso rejected list`; nothing is"
                " lost; mend the producer, or raise CHOSO_SINK__REJECT_SHARE_MAX, and start again"
            )
