"""Named points at which a test can kill a process, to see that nothing is lost.

Armed by the setting `failpoint`: `NAME@N=PID,…`: the N-th time NAME is reached, SIGKILL goes to PID
(0: this process). Not armed, a point costs one comparison.
"""

import os
import signal
from pathlib import Path

from infra.errors import Refused

_armed: dict[str, tuple[int, Path | None]] = {}
_seen: dict[str, int] = {}


def arm(spec: str | None) -> None:
    """Arm the points in `spec`: `sink.before_insert@3` or `fold.staged@1=FILE-WITH-A-PID`."""
    _armed.clear()
    _seen.clear()
    for part in filter(None, (spec or "").split(",")):
        point, _, pid_file = part.partition("=")
        name, _, count = point.partition("@")
        if not name or not (count or "1").isdigit():
            raise Refused(f"setting failpoint: cannot read {part!r}: NAME@N or NAME@N=PIDFILE")
        _armed[name] = (int(count or "1"), Path(pid_file) if pid_file else None)


def reach(name: str) -> None:
    """Die here (or kill the process of the file's pid), if this is the armed moment."""
    if not _armed or name not in _armed:
        return
    _seen[name] = _seen.get(name, 0) + 1
    count, pid_file = _armed[name]
    if _seen[name] == count:
        pid = os.getpid() if pid_file is None else int(pid_file.read_text())
        os.kill(pid, signal.SIGKILL)
