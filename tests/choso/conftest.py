"""One running stack for the tests of the command: `choso up` as a process, in a fresh directory."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from infra.embedded.stack import StackAddress, read_stack
from tests.parts import obtain_kafka
from tests.patience import eventually, patient
from tests.processes import CHOSO, run, start, without_settings

READY_S_MAX = 90
STOP_S_MAX = patient(40)
COMMAND_S_MAX = 240


@dataclass
class Running:
    """A running stack and how to run commands against it."""

    data_dir: Path
    process: subprocess.Popen[bytes]

    @cached_property
    def key(self) -> str:
        """A key for the whole API, as an operator makes it."""
        scopes = [f"--scope={name}" for name in ("figures", "people", "operate", "metrics")]
        return self.choso("key", "add", "tests", *scopes).split()[-1]

    @property
    def address(self) -> StackAddress:
        found = read_stack(self.data_dir)
        assert found is not None
        return found

    def choso(self, *words: str, code: int | None = 0) -> str:
        """What a command prints; its exit code is asserted (None: it may be any)."""
        done = run_choso(self.data_dir, *words)
        assert code in {None, done.returncode}, done.stdout + done.stderr
        return done.stdout + done.stderr


def environment(data_dir: Path) -> dict[str, str]:
    return without_settings(CHOSO_DATA_DIR=str(data_dir), COLUMNS="200")


def run_choso(data_dir: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return run([*CHOSO, *words], env=environment(data_dir), seconds=COMMAND_S_MAX)


@contextmanager
def running_stack(data_dir: Path) -> Iterator[Running]:
    """`choso up` in a directory, from when its pages and gateway answer; stopped at the end."""
    log = data_dir.parent / "up.log"
    with log.open("wb") as output:
        process = start([*CHOSO, "up"], log=output, env=environment(data_dir))
    try:

        def is_up() -> bool:
            assert process.poll() is None, log.read_text()
            stack = read_stack(data_dir)
            return bool(stack and stack.web and stack.gateway)

        eventually(is_up, log.read_text, seconds=READY_S_MAX)
        yield Running(data_dir, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_S_MAX)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    obtain_kafka()
    with running_stack(tmp_path_factory.mktemp("stack") / "data") as stack:
        yield stack
