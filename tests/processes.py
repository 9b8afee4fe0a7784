"""The one way in which tests start processes: none outlives pytest, however it ends.

The kernel kills them when the thread that started them dies, also where pytest itself is killed;
what `choso up` starts is tied to it in the same way. So start what outlives a call from the main
thread.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from infra.embedded.child import tie_to_parent
from tests.patience import patient

ROOT = Path(__file__).parents[1]
Running = subprocess.Popen[bytes]
Done = subprocess.CompletedProcess[str]
CHOSO = (sys.executable, "-m", "choso.main")


def start(argv: Sequence[str], *, log: IO[bytes] | int | None = None, **how: Any) -> Running:
    """A running process; its output goes to `log`."""
    given = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "start_new_session": True, **how}
    process: Running = subprocess.Popen(
        list(argv), stdout=log, stderr=subprocess.STDOUT, **tied(), **given
    )
    return process


def run(argv: Sequence[str], *, seconds: float = 60, **how: Any) -> Done:
    """A process that has ended, with what it wrote as text."""
    given = {"cwd": ROOT, "capture_output": True, "text": True, "check": False, **how}
    done: Done = subprocess.run(list(argv), timeout=patient(seconds), **tied(), **given)  # noqa: PLW1510
    return done


def without_settings(**more: str) -> dict[str, str]:
    """The environment without choso's own variables, but for these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHOSO_")}
    return {**kept, **more}


def tied() -> Mapping[str, Any]:
    """What ties a new process to this one, and has it obey SIGINT.

    A shell has what runs in its background ignore that, with all that comes of it.
    """
    parent = os.getpid()

    def tie() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        tie_to_parent(parent)

    return {"preexec_fn": tie}
