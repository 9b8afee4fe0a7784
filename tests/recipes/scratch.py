"""A scratch copy of the repository, in which a recipe of CONTRIBUTING.md is followed to the letter.

A section of the page is a recipe. Its fenced blocks are what is done: `python PATH`, `sql PATH` and
the like are new files, `diff PATH` changes one, `po PATH` is added to a catalogue, `sh` is run;
other blocks without a path are only shown. A change names its place by lines that stand together
once in the file; `@@` parts two of them, and `@@ 2` comes before one that is made in two places.
"""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.processes import run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "CONTRIBUTING.md"
LEFT_OUT = ("tests/web/golden/", "docs/adr/", "benchmarks/")
LINES_MAX = 86  # of a recipe: a high screen
RUN_S_MAX = 300
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MODULE = re.compile(r"\$\(BIN\)/python -m ([\w.]+)")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A section: its lines, and its blocks as (language, path or '', text)."""

    line_count: int
    blocks: tuple[tuple[str, str, str], ...]

    @property
    def files(self) -> tuple[str, ...]:
        """What it touches, beside the catalogues."""
        touched = (path for language, path, _ in self.blocks if path and language != "po")
        return tuple(dict.fromkeys(touched))


def recipes() -> dict[str, Recipe]:
    """Every recipe, by its heading."""
    _, *parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    found = {}
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        if blocks := _BLOCK.findall(text):
            found[heading] = Recipe(len(text.splitlines()), tuple(blocks))
    return found


@dataclass(frozen=True, slots=True)
class Scratch:
    """The copy at `path`."""

    path: Path

    def follow(self, recipe: Recipe) -> str:
        """Do all that it says; what its commands said."""
        said = ""
        for language, path, text in recipe.blocks:
            if language == "sh":
                said += "".join(self._command(line) for line in text.splitlines())
            elif language == "diff":
                target = self.path / path
                changed = edited(target.read_text(encoding="utf-8"), text, subject=path)
                target.write_text(changed, encoding="utf-8")
            elif language == "po":
                with (self.path / path).open("a", encoding="utf-8") as catalogue:
                    catalogue.write(f"\n{text}")
            elif path:
                target = self.path / path
                assert not target.exists(), f"{path}: is there already"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        return said

    def check(self, name: str, *words: str) -> str:
        """Run the script of this name in `checks`, by the code of the copy; what it said."""
        return self.run(sys.executable, f"tests/recipes/checks/{name}.py", *words)

    def run(self, *argv: str, may_fail: bool = False) -> str:
        """Run a program in the copy; what it said."""
        environment = {**os.environ, "PYTHONPATH": str(self.path), "COLUMNS": "200"}
        done = run(argv, cwd=self.path, env=environment, seconds=RUN_S_MAX)
        said = done.stdout + done.stderr
        assert may_fail or done.returncode == 0, f"{' '.join(argv)[:200]}\n{said}"
        return said

    def _command(self, line: str) -> str:
        words = line.partition("#")[0].split()
        if not words:
            return ""
        if words[0] == "make":
            return self._make(words[1:])
        program = {".venv/bin/choso": ["-m", "choso.main"], ".venv/bin/python": []}[words[0]]
        return self.run(sys.executable, *program, *words[1:])

    def _make(self, targets: list[str]) -> str:
        """The modules that the targets run, in one process: each would import the same again."""
        made = (self.path / "Makefile").read_text(encoding="utf-8")
        steps = [re.split(rf"^{each}:", made, flags=re.MULTILINE)[1] for each in targets]
        modules = [name for text in steps for name in _MODULE.findall(text.split("\n\n")[0])]
        assert modules, targets
        lines = ["import runpy", "for module in MODULES:", "  try:"]
        lines += ["    runpy.run_module(module, run_name='__main__')", "  except SystemExit: pass"]
        code = "\n".join(lines).replace("MODULES", repr(modules))
        return self.run(sys.executable, "-W", "ignore", "-c", code)


def edited(text: str, change: str, *, subject: str) -> str:
    """The text with a block of `diff` applied: lines begin with a space, `-` or `+`."""
    _, *parts = re.split(r"^@@(?: (\d+))?\n", f"@@\n{change}", flags=re.MULTILINE)
    for count, hunk in zip(parts[::2], parts[1::2], strict=True):
        if not hunk:
            continue
        lines = hunk.splitlines(keepends=True)
        assert all(line[0] in " -+\n" for line in lines), f"{subject}: {hunk}"
        before = "".join(line[1:] or "\n" for line in lines if line[0] != "+")
        after = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
        found, wanted = text.count(before), int(count or 1)
        assert found == wanted, f"{subject}: {found} times, not {wanted}:\n{before}"
        text = text.replace(before, after)
    return text


def copied(path: Path) -> Scratch:
    """A copy of what is committed, or would be."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = run(words, check=True).stdout.split("\0")
    for name in filter(None, listed):
        source = ROOT / name
        if source.is_file() and not name.startswith(LEFT_OUT):
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return Scratch(path)
