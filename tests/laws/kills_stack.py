"""`choso up` as a process whose parts a test kills, and whose supervisor mends it alone."""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from choso.compose import Choso
from infra.embedded.child import stop
from infra.embedded.files import write_whole
from infra.embedded.stack import read_stack
from infra.settings import KafkaSettings, Settings, StoreSettings
from tests.parts import obtain_kafka
from tests.patience import patient
from tests.processes import CHOSO, start, without_settings

PARTS = ("sink", "fold", "store", "broker")
READY_S_MAX = patient(120)
RECOVERY_S_MAX = patient(60)
STOP_S_MAX = patient(40)
POLL_S = 0.03
COMPLAINTS_POLL_S = 1.0

# Restarts at once and short pauses: not another behaviour, only less waiting.
QUICK = {
    "CHOSO_EMBEDDED__RESTART_WAIT_MS_MAX": "100",
    "CHOSO_EMBEDDED__BROKER_HEAP_MB": "256",
    "CHOSO_STORE__RETRY_WAIT_MS_MAX": "200",
    "CHOSO_SINK__COMMIT_MS": "100",
    "CHOSO_FOLD__TICK_MS": "1000",  # folding without a pause would cost more than all else here
    "CHOSO_WEB__SAMPLE_MS": "10000",
    "CHOSO_LOG_FORMAT": "json",
}


@dataclass
class UpStack:
    """A stack that somebody else supervises. `kills` counts the processes that a test hit alive."""

    data_dir: Path
    process: "subprocess.Popen[bytes]"
    log: Path
    settings: Settings
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))

    @cached_property
    def choso(self) -> Choso:
        """Its parts, as any command finds them."""
        return Choso(self.settings)

    @property
    def points_dir(self) -> Path:
        return self.data_dir.parent / "points"

    def pid(self, part: str) -> int | None:
        """The process that plays this part now, ready or not; None while it is being restarted."""
        stack = read_stack(self.data_dir)
        pid = stack.pids.get(part) if stack else None
        return pid if pid and self._is_child(pid) else None

    def kill(self, part: str) -> int | None:
        """kill -9, if the part is alive at this moment: its pid then."""
        pid = self.pid(part)
        if pid is None:
            return None
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            try:
                if not self._is_child(pid):
                    return None
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], RECOVERY_S_MAX)
            finally:
                os.close(handle)
            self.kills[part] += 1
            return pid
        return None

    def arm(self, point: str, victims: list[int], *, visit: int = 1) -> Path:
        """Have these processes (0: whoever gets there) killed at a point; the file goes when so."""
        path = self.points_dir / point
        write_whole(path, " ".join(map(str, [visit, *victims])), sync=False)
        return path

    def events(self, name: str) -> list[dict[str, Any]]:
        """The supervisor's log lines of this name."""
        lines = self.log.read_text(errors="replace").splitlines()
        said = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in said if line["event"] == name]

    def deaths(self) -> int:
        """How many kills the supervisor itself has seen among the parts."""
        died = self.events("died")
        return sum(e["exit_code"] == -signal.SIGKILL and e["role"] in PARTS for e in died)

    def complaints(self) -> list[str]:
        """What nobody could mend without an operator: parts given up, or the supervisor's end."""
        found = [f"{e['role']} was given up: {e['last_lines']}" for e in self.events("halted")]
        if self.process.poll() is not None:
            found.append(f"choso up ended with {self.process.returncode}: {self.last_lines()}")
        return found

    def last_lines(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def _is_child(self, pid: int) -> bool:
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return stat[0] != "Z" and int(stat[1]) == self.process.pid
        return False


@contextmanager
def up_stack(
    data_dir: Path, *, kafka: str | None = None, store: str | None = None
) -> Iterator[UpStack]:
    """`choso up` in this directory: just started, not yet ready; stopped in order at the end.

    With an address of Kafka and a DSN it runs the roles only, on those.
    """
    obtain_kafka()
    log = data_dir.parent / f"{data_dir.name}.up.log"
    (data_dir.parent / "points").mkdir(parents=True, exist_ok=True)
    own = {
        "CHOSO_DATA_DIR": str(data_dir),
        "CHOSO_FAILPOINT": str(data_dir.parent / "points"),
        **QUICK,
    }
    settings = Settings(data_dir=data_dir)
    if kafka and store:
        own |= {"CHOSO_KAFKA__BOOTSTRAP": kafka, "CHOSO_STORE__DSN": store}
        settings = Settings(
            data_dir=data_dir,
            kafka=KafkaSettings(bootstrap=kafka, replication_factor=3, min_insync_replicas=2),
            store=StoreSettings(dsn=SecretStr(store)),
        )
    with log.open("ab") as output:
        words = [*CHOSO, "up", *(["--attach"] if kafka else [])]
        process = start(words, log=output, env=without_settings(**own))
    try:
        yield UpStack(data_dir, process, log, settings)
    finally:
        stop(process, stop_wait_s_max=STOP_S_MAX)


def wait_ready(stack: UpStack) -> None:
    """Wait until all roles are up."""

    def is_up() -> bool:
        address = read_stack(stack.data_dir)
        return bool(address and address.gateway)

    eventually(is_up, "the stack is not up", stack, s_max=READY_S_MAX)


def wait_back(stack: UpStack, before: dict[str, int]) -> None:
    """Wait until each of these parts is another process than before."""
    for part, pid in before.items():
        eventually(
            lambda part=part, pid=pid: stack.pid(part) not in {None, pid},  # type: ignore[misc]
            f"{part} did not come back",
            stack,
        )


def eventually(
    what: Callable[[], bool], else_say: str, stack: UpStack, *, s_max: float = RECOVERY_S_MAX
) -> None:
    """Wait until it is so; an assertion with the supervisor's last words where it never is."""
    started = looked = time.monotonic()
    while not what():
        now = time.monotonic()
        if now - looked > COMPLAINTS_POLL_S:
            looked = now
            assert not stack.complaints(), stack.complaints()
        assert now - started < s_max, f"{else_say} after {s_max:g} s:\n{stack.last_lines()}"
        time.sleep(POLL_S)
