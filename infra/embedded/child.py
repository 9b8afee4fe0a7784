"""Children that cannot outlive their parent, and exit codes that say whether a restart helps."""

import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

EXIT_REFUSED = 78  # EX_CONFIG: someone must change something first
EXIT_DATA = 65  # EX_DATAERR: the data is not what it was
NO_RESTART = frozenset({EXIT_REFUSED, EXIT_DATA})

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def tie_to_parent(parent_pid: int, sign: int = signal.SIGKILL) -> None:
    """From now on this process gets `sign` when the thread that started it dies.

    Linux only; elsewhere nothing happens. The check closes the gap before the call.
    """
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent_pid:
            os._exit(1)


def spawn(
    argv: Sequence[str],
    *,
    log: IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that dies with this process.

    Only from the main thread: the kernel counts the death of the starting *thread*. A session of
    its own keeps a Ctrl-C at the terminal away from it: its parent stops it, in order.
    """
    assert threading.current_thread() is threading.main_thread(), "start children from main"
    return subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=log if log is not None else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_tie(os.getpid()),  # noqa: PLW1509  # one prctl call, no locks, from main
    )


def stop(child: subprocess.Popen[bytes], *, stop_wait_s_max: float) -> int:
    """SIGTERM, and SIGKILL where that is not enough in time. Gives the exit code."""
    if child.poll() is None:
        child.terminate()
        try:
            return child.wait(stop_wait_s_max)
        except subprocess.TimeoutExpired:
            child.kill()
    return child.wait()


def _tie(parent_pid: int) -> Callable[[], None]:
    return lambda: tie_to_parent(parent_pid)
