"""docs/import.md tells how a file that was never seen is imported: it is followed, word for word.

A block with a name is a file that is written; a console's lines are commands and what they print,
where `…` stands for anything, and alone on a line for any lines. `{file.csv}` is its delivery's id.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.choso.conftest import Running, run_choso, running_stack
from tests.parts import obtain_kafka
from tests.patience import eventually

pytestmark = pytest.mark.real
PAGE = Path(__file__).parents[2] / "docs" / "import.md"
TITLE = "## A bank's file that choso never saw"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What only looks is asked until sink and fold have done their work.
LOOKING = ("adoption", "deliveries show", "deliveries list", "deliveries prove", "verify")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    obtain_kafka()
    with running_stack(tmp_path_factory.mktemp("transcript") / "data") as running:
        yield running


def blocks() -> list[tuple[str, str, str]]:
    section = PAGE.read_text(encoding="utf-8").split(TITLE, 1)[1].split("\n## ", 1)[0]
    return BLOCK.findall(section)


def commands(console: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that it prints."""
    for part in console.split("$ choso ")[1:]:
        command, *lines = part.splitlines()
        yield command, lines


def pattern(lines: list[str]) -> re.Pattern[str]:
    parts = [
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"[ ]*\n"
        for line in lines
    ]
    return re.compile("".join(parts))


def test_the_transcript_is_what_happens(stack: Running, tmp_path: Path) -> None:
    ids: dict[str, str] = {}
    seen = 0
    for kind, name, text in blocks():
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
            continue
        assert kind == "console"
        for command, lines in commands(text):
            seen += 1
            said = follow(stack, tmp_path, command, ids, pattern(lines))
            if found := re.search(r"  delivery (\w{32}): see", said):
                ids[shlex.split(command)[1]] = found[1]
    assert seen == 16
    assert set(ids) == {"sao-ke-thang-3.csv", "sao-ke-sau.csv", "sao-ke-dung.csv"}


def follow(
    stack: Running, folder: Path, command: str, ids: dict[str, str], wanted: re.Pattern[str]
) -> str:
    """What the command prints, which must be what is wanted."""
    words = [ids[word[1:-1]] if word.startswith("{") else word for word in shlex.split(command)]
    words = [str(folder / word) if (folder / word).is_file() else word for word in words]
    said = ""

    def is_as_told() -> bool:
        nonlocal said
        done = run_choso(stack.data_dir, "--language", "en", *words)
        said = (done.stdout + done.stderr).replace(f"{folder}/", "")
        return wanted.fullmatch(said.rstrip("\n") + "\n") is not None

    if command.startswith(LOOKING):
        eventually(is_as_told, lambda: f"{command}\n{wanted.pattern}\n{said}")
    else:
        assert is_as_told(), f"{command}\n{wanted.pattern}\n{said}"
    return said
