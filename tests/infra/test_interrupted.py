"""An interrupted suite leaves no process, however it was interrupted."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.parts import obtain_kafka
from tests.patience import eventually, patient
from tests.processes import ROOT, start

pytestmark = pytest.mark.real
# A stack, a store of its own, a command that takes long: each way in which tests start something.
SUITE = """
import sys
import time
from pathlib import Path

from tests.choso.conftest import running_stack
from tests.parts import running_store
from tests.processes import run


def test_it_goes_on_and_on(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data"), running_store(tmp_path / "db"):
        Path({mark!r}).touch()
        run([sys.executable, "-c", "import time; time.sleep(3600)  # {tag}"], seconds=3600)
"""
PROCESSES_MIN = 9  # broker, store and five roles under `choso up`, the other store


def marked(tag: str) -> dict[int, str]:
    """The processes whose command or environment has this word, whoever their parent is now."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = [*process.cmdline(), *process.environ().values()]
            if process.status() != psutil.STATUS_ZOMBIE and any(tag in word for word in words):
                found[process.pid] = " ".join(process.cmdline())[:200]
    return found


@pytest.mark.parametrize(
    ("sign", "workers"),
    [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, 1)],
)
def test_no_process_outlives_an_interrupted_suite(
    tmp_path: Path, sign: signal.Signals, workers: int
) -> None:
    obtain_kafka()
    tag = f"interrupted-{os.getpid()}-{sign.name}-{workers}"
    mark, suite = tmp_path / "up", tmp_path / "test_endless.py"
    suite.write_text(SUITE.format(mark=str(mark), tag=tag))
    words = [sys.executable, "-m", "pytest", str(suite), f"--rootdir={ROOT}", "-q"]
    words += [
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
        f"--basetemp={tmp_path / tag}",
    ]
    words += ["-n", str(workers)] if workers else []
    log = tmp_path / "pytest.log"
    with log.open("wb") as output:
        pytest_itself = start(words, log=output, env={**os.environ, "TESTED_AS": tag})

    def is_up() -> bool:
        assert pytest_itself.poll() is None, log.read_text()
        return mark.exists()

    try:
        eventually(is_up, log.read_text, seconds=120)
        assert len(marked(tag)) >= PROCESSES_MIN, marked(tag)
        pytest_itself.send_signal(sign)
        pytest_itself.wait(patient(60))
        eventually(lambda: not marked(tag), lambda: f"{marked(tag)}\n{log.read_text()}")
    finally:
        pytest_itself.kill()
        pytest_itself.wait()
