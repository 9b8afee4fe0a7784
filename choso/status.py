"""Status files: what a role last did, for /readyz, /metrics and `choso doctor`."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.clock import Clock
from infra.embedded.files import write_whole


class StatusFile:
    """Written whole at each unit of work; merged with what was said before by this process."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._said: dict[str, Any] = {"pid": os.getpid()}

    def __call__(self, facts: dict[str, Any]) -> None:
        """Add or replace facts. Not synced to disk: it describes a process, not the ledger."""
        self._said |= facts
        self._said["updated_at"] = self._clock.now().isoformat(timespec="milliseconds")
        with suppress(OSError):  # such as a full disk: no reason to stop the work that it tells of
            write_whole(self._path, json.dumps(self._said), sync=False)


def read_status(path: Path) -> dict[str, Any]:
    """What the role last said; empty where it never ran, or where that cannot be read."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
