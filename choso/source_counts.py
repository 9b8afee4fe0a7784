"""What became of each source's messages since the gateway started, for its status file."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from infra.clock import Clock

WRITE_S = 0.5


class SourceCounts:
    """Counts by source and outcome. Written soon after a change, not at each."""

    def __init__(self, write: Callable[[dict[str, Any]], None], clock: Clock) -> None:
        self._write = write
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._timer: threading.Timer | None = None

    def __call__(self, source: str, outcome: str, number: int) -> None:
        """So many messages of a source had this outcome."""
        with self._lock:
            counts = self._counts[source]
            counts[outcome] = counts.get(outcome, 0) + number
            counts["last_at"] = self._clock.now().isoformat(timespec="milliseconds")
            if self._timer is None:
                self._timer = threading.Timer(WRITE_S, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what was counted."""
        with self._lock:
            self._timer = None
            counts = {source: dict(each) for source, each in self._counts.items()}
        self._write({"sources": counts})
