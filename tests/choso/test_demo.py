"""`choso demo --once`: loads a history, prints the tables, ends, and leaves nothing behind."""

import re
from pathlib import Path

import psutil

from tests.choso.conftest import run_choso
from tests.parts import obtain_kafka


def test_demo_once_prints_the_tables_ends_and_goes_on(tmp_path: Path) -> None:
    obtain_kafka()
    data_dir = tmp_path / "data"
    words = ("demo", "--once", "--days", "6", "--seed", "7", "--scale", "0.01")
    first = run_choso(data_dir, *words)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Chợ Hạ Long I" in first.stdout
    assert "Vendors with most payments" in first.stdout
    assert "evaluation: 6 days have no whole week before and after" in first.stdout
    assert "3 teams" in first.stdout
    assert list((data_dir / "reports").glob("weekly-*.vi.pdf"))
    assert _processes_of(data_dir) == []
    again = run_choso(data_dir, *words)
    assert again.returncode == 0, again.stdout + again.stderr
    assert _tables(again.stdout) == _tables(first.stdout)
    assert _processes_of(data_dir) == []


def _tables(text: str) -> str:
    found = re.search(r"Markets, last 28 days.*", text, re.DOTALL)
    assert found
    return found.group(0)


def _processes_of(data_dir: Path) -> list[str]:
    """Command lines of processes that name this directory."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if str(data_dir) in line:
            found.append(line)
    return found
