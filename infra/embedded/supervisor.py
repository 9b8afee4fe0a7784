"""Runs roles side by side, each a process of its own: in order up, in reverse order down.

A role that crashes is started again, waiting longer each time. One that exits with 78 or 65 says
that a restart cannot help: it stays down, its last lines are shown, the others go on.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from infra.embedded import child
from infra.embedded.broker import trimmed_log
from infra.errors import Refused, Unavailable
from infra.log import get_logger

log = get_logger("supervisor")
POLL_S = 0.05
FIRST_WAIT_S = 0.1
LAST_LINES_MAX = 12
STEADY_S = 30.0  # a role that lived this long begins again with the shortest wait


@dataclass(frozen=True, slots=True)
class Role:
    """A process: what it runs, and how one sees that it is ready.

    `prepare` runs before each start, in this process; where it finds a part Unavailable it is tried
    again later. `ready_s_max` bounds the first wait. Without a `vital` role nothing can work: where
    it ends by itself before it was ready, none is started.
    """

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    ready_s_max: float = 60.0
    vital: bool = False


@dataclass(frozen=True, slots=True)
class Halt:
    """A role that will not be started again, why, and its last words."""

    role: str
    exit_code: int
    last_lines: str


@dataclass
class _Life:
    """What the supervisor knows of one role."""

    role: Role
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    wait_s: float = FIRST_WAIT_S
    start_again_s: float | None = None
    halt: Halt | None = None


class Supervisor:
    """Owns the processes of its roles. Use it from the main thread only: children die with it."""

    def __init__(
        self,
        roles: Sequence[Role],
        *,
        log_dir: Path,
        restart_wait_ms_max: int,
        stop_wait_s_max: float,
        on_halt: Callable[[Halt], None] = lambda halt: None,
    ) -> None:
        self._lives = [_Life(role) for role in roles]
        self._log_dir = log_dir
        self._restart_wait_s_max = restart_wait_ms_max / 1000
        self._stop_wait_s_max = stop_wait_s_max
        self._on_halt = on_halt
        self._stop_asked = False

    @property
    def pids(self) -> dict[str, int]:
        """The pid of each role that runs."""
        return {
            life.role.name: life.process.pid
            for life in self._lives
            if life.process is not None and life.process.poll() is None
        }

    def start(self) -> None:
        """Start all, each when the one before is ready; one that halts is left out.

        Refused or Unavailable, after all were stopped: a vital role ended, or one was not ready in
        time.
        """
        try:
            for life in self._lives:
                if self._stop_asked:
                    return
                self._start_one(life)
                self._wait_ready(life)
                if life.halt is None:
                    log.info("ready", role=life.role.name, pid=self.pids.get(life.role.name))
        except BaseException:
            self.stop()
            raise

    def tick(self) -> None:
        """Look once: note who died, start again whose wait is over."""
        now_s = time.monotonic()
        for life in self._lives:
            if life.halt is not None:
                continue
            if life.process is not None and (code := life.process.poll()) is not None:
                life.process = None
                self._died(life, code, now_s)
            elif life.start_again_s is not None and now_s >= life.start_again_s:
                self._start_one(life)

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Keep all running until SIGTERM or SIGINT, or `until` says so."""
        before = {
            sign: signal.signal(sign, self._on_signal) for sign in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            while not self._stop_asked and not until():
                self.tick()
                time.sleep(POLL_S)
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)

    def stop(self) -> None:
        """Stop all in reverse order: SIGTERM, then SIGKILL after the limit."""
        for life in reversed(self._lives):
            life.start_again_s = None
            if life.process is not None:
                code = child.stop(life.process, stop_wait_s_max=self._stop_wait_s_max)
                log.info("stopped", role=life.role.name, exit_code=code)
                life.process = None

    def log_file(self, name: str) -> Path:
        """Where a role's output goes."""
        return self._log_dir / f"{name}.log"

    def _start_one(self, life: _Life) -> None:
        try:
            life.role.prepare()
            with trimmed_log(self.log_file(life.role.name)).open("ab") as output:
                life.process = child.spawn(life.role.argv, log=output, env=life.role.env)
        except (Unavailable, OSError) as trouble:  # a disk that is full, no file descriptors left …
            log.warning(
                "not.prepared", role=life.role.name, cause=str(trouble), again_in_s=life.wait_s
            )
            self._start_later(life, time.monotonic())
            return
        life.started_s = time.monotonic()
        life.start_again_s = None

    def _wait_ready(self, life: _Life) -> None:
        until_s = time.monotonic() + life.role.ready_s_max
        name = life.role.name
        while time.monotonic() < until_s and not self._stop_asked:
            code = None if life.process is None else life.process.poll()
            if life.role.vital and code is not None and code >= 0:  # below 0: it was killed
                kind = Refused if code in child.NO_RESTART else Unavailable
                raise kind(f"{name}: ended with {code} before it was ready: {self._last(name)}")
            self.tick()
            if life.halt is not None:
                return
            if life.process is not None and life.role.ready():
                return
            time.sleep(POLL_S)
        if not self._stop_asked:
            raise Unavailable(
                f"{name}: not ready after {life.role.ready_s_max:g} s: {self._last(name)}"
            )

    def _died(self, life: _Life, code: int, now_s: float) -> None:
        name = life.role.name
        if code in child.NO_RESTART:
            life.halt = Halt(name, code, self._last(name))
            log.error("halted", role=name, exit_code=code, last_lines=life.halt.last_lines)
            self._on_halt(life.halt)
            return
        if now_s - life.started_s > STEADY_S:
            life.wait_s = FIRST_WAIT_S
        log.warning("died", role=name, exit_code=code, again_in_s=life.wait_s)
        self._start_later(life, now_s)

    def _start_later(self, life: _Life, now_s: float) -> None:
        life.start_again_s = now_s + life.wait_s
        life.wait_s = min(life.wait_s * 2, self._restart_wait_s_max)

    def _last(self, name: str) -> str:
        path = self.log_file(name)
        if not path.exists():
            return "(no output)"
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - (8 << 10)))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-LAST_LINES_MAX:])

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked = True
