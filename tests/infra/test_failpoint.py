"""Points: armed by a file, each fires once, at the visit that was asked for, on whom was named."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import patient
from tests.processes import run, start

VISITOR = """
import pathlib, sys
from infra.failpoint import arm, reach
arm(pathlib.Path(sys.argv[1]) if sys.argv[1] else None)
for visit in range(1, 5):
    print(visit, flush=True)
    reach("here")
"""
BYSTANDER = "import time; time.sleep(600)"


def visit(directory: Path | str) -> "subprocess.CompletedProcess[str]":
    return run([sys.executable, "-c", VISITOR, str(directory)])


def test_nothing_happens_where_no_point_is_armed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("1 0")
    for directory in ("", tmp_path):
        assert visit(directory).stdout.split() == ["1", "2", "3", "4"]
    assert (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_it_dies_at_the_visit_that_was_asked_for_and_only_once(tmp_path: Path, number: int) -> None:
    (tmp_path / "here").write_text(f"{number} 0")
    done = visit(tmp_path)
    assert done.returncode == -9
    assert done.stdout.split()[-1] == str(number)
    assert visit(tmp_path).returncode == 0


def test_another_dies_and_it_goes_on(tmp_path: Path) -> None:
    with start([sys.executable, "-c", BYSTANDER]) as bystander:
        (tmp_path / "here").write_text(f"2 {bystander.pid}")
        assert visit(tmp_path).stdout.split() == ["1", "2", "3", "4"]
        assert bystander.wait(patient(10)) == -9
