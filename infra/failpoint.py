"""Named points at which a test can kill processes, to see that nothing is lost.

The setting `failpoint` names a directory; without it a point costs one comparison. A file `NAME` in
there, `N PID PID …` on one line, arms a point: the N-th time that NAME is reached from then on, the
file goes away and SIGKILL goes to those processes (0: whoever reached it). So each fires once, and
one running stack serves any number of them.
"""

import os
import select
import signal
import threading
from contextlib import suppress
from pathlib import Path

DEATH_WAIT_S_MAX = 10.0

_directory: Path | None = None
_lock = threading.Lock()


def arm(directory: Path | None) -> None:
    """Look into this directory from now on; None: no point is armed."""
    global _directory  # noqa: PLW0603  # one for each process, like the signal that it sends
    _directory = directory


def reach(name: str) -> None:
    """Kill here, if this is the armed moment. Goes on when the others are dead."""
    if _directory is None:
        return
    with _lock:
        victims = _due(_directory / name)
    for pid in sorted(victims, reverse=True):  # itself, 0, last
        _kill(pid or os.getpid())


def _due(path: Path) -> list[int]:
    """Who is to die now; counts the visit."""
    try:
        count, *victims = map(int, path.read_text().split())
    except (FileNotFoundError, ValueError):
        return []
    if count > 1:
        path.write_text(" ".join(map(str, [count - 1, *victims])))
        return []
    path.unlink()
    return victims


def _kill(pid: int) -> None:
    """SIGKILL, and wait until it has worked: what comes next must meet a dead process."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [], DEATH_WAIT_S_MAX)
        finally:
            os.close(handle)
