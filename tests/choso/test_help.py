"""Help is quick: it loads no client, no arrays, and nothing that computes."""

import re
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import typer

from choso import commands
from choso.main import COMMANDS
from tests.processes import run

ROOT = Path(__file__).parents[2]

HEAVY = ("clickhouse_connect", "fastapi", "kafka", "numpy", "pyarrow", "pydantic", "scipy")
PROGRAM = """
import sys
sys.argv = ["choso", "--help"]
from choso.main import main
try:
    main()
finally:
    sys.stderr.write(" ".join(sys.modules))
"""


def test_help_loads_nothing_that_takes_long() -> None:
    done = run([sys.executable, "-c", PROGRAM], check=True)
    assert "rollout" in done.stdout
    assert not set(HEAVY) & set(done.stderr.split())


def commands_of(group: Any) -> set[str]:
    """Each command and each command of a group: `log`, `log restore`."""
    found = set()
    for name, command in group.commands.items():
        found |= {name}
        if hasattr(command, "commands"):
            found |= {f"{name} {inner}" for inner in commands_of(command)}
    return found


def test_a_command_that_a_text_names_is_there() -> None:
    """In code, documents and what is said to people: `choso log restore`."""
    app = typer.Typer()
    for module in COMMANDS:
        module.register(app)
    there = commands_of(typer.main.get_command(app))
    groups = {name.split()[0] for name in there if " " in name}
    named: dict[str, str] = {}
    for folder in ("choso", "consumers", "producers", "infra", "schemas", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".md", ".po", ".sql"}:
                for words in re.findall(r"`choso ([a-z][a-z -]*[a-z])", path.read_text("utf-8")):
                    first, _, rest = words.partition(" ")
                    known = f"{first} {rest.split()[0]}" if rest and first in groups else first
                    named[known] = str(path.relative_to(ROOT))
    assert "log restore" in named
    assert {name: path for name, path in named.items() if name not in there} == {}


def test_every_module_of_commands_is_registered() -> None:
    modules = {
        name
        for _, name, _ in iter_modules(commands.__path__)
        if hasattr(import_module(f"choso.commands.{name}"), "register")
    }
    assert modules == {module.__name__.rpartition(".")[2] for module in COMMANDS}
