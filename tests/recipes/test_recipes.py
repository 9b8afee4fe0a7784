"""H3: each recipe of CONTRIBUTING.md is followed to the letter in a scratch copy, and works."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts import store_client
from tests.recipes.scratch import LINES_MAX, Recipe, Scratch, copied, recipes

# The files that people write for one more, without catalogues and what is made from the code.
FILES_MAX = {
    "A metric": 3,
    "A page": 4,  # and the second record of whom it is for
    "An alert": 2,
    "A report": 3,
    "A setting": 2,
    "An event type": 2,
    "A column of evidence": 5,
    "A bank profile": 2,  # and its sample
    "A provider": 1,
}
RECIPES = recipes()


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return copied(tmp_path / "copy")


@pytest.fixture
def dsn(store_dsn: str) -> Iterator[str]:
    """An empty database: the copy's schema may be another than ours."""
    with store_client(store_dsn) as root:
        name = f"recipe_{os.getpid()}"
        root.command(f"CREATE DATABASE {name}")
        yield store_dsn.removesuffix("/default") + f"/{name}"
        root.command(f"DROP DATABASE {name}")


def test_there_is_a_test_for_each_recipe_and_each_fits_on_a_screen() -> None:
    assert set(RECIPES) == set(FILES_MAX)
    for name, recipe in RECIPES.items():
        assert recipe.line_count <= LINES_MAX, (name, recipe.line_count)
        assert len(recipe.files) <= FILES_MAX[name], (name, recipe.files)


def followed(scratch: Scratch, name: str) -> str:
    """What the recipe's commands said; what it wrote is as the linter wants it."""
    recipe: Recipe = RECIPES[name]
    said = scratch.follow(recipe)
    ruff = (sys.executable, "-m", "ruff")
    if written := [path for path in recipe.files if path.endswith(".py")]:
        scratch.run(*ruff, "check", "--quiet", "--no-cache", *written)
        scratch.run(*ruff, "format", "--check", "--no-cache", *written)
    return said


def test_a_metric(scratch: Scratch, dsn: str) -> None:
    said = followed(scratch, "A metric")
    assert "vi: Mean ticket\n" in said, "its words are to be translated"
    told = (scratch.path / "docs/metrics.md").read_text(encoding="utf-8")
    assert "## Mean ticket (`mean-ticket`, version 1)" in told
    assert "| `mean_ticket_vnd` | a number, or null with its reason |" in told
    helped = scratch.run(sys.executable, "-m", "choso.main", "adoption", "--help")
    assert "Mean ticket: what a payment is worth on average." in helped
    scratch.check("metric", dsn)


def test_a_page(scratch: Scratch, dsn: str) -> None:
    assert "vi: Open today\n" in followed(scratch, "A page")
    tested = (
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/consumers/web/test_audience.py",
    )
    scratch.run(sys.executable, *tested)
    scratch.check("page", dsn)


def test_an_alert(scratch: Scratch, dsn: str) -> None:
    assert "vi: Much was given back\n" in followed(scratch, "An alert")
    told = (scratch.path / "docs/alerts.md").read_text(encoding="utf-8")
    assert "| `refunds_many` | at least 5 payments were given back" in told
    scratch.check("alert", dsn)


def test_a_report(scratch: Scratch, dsn: str) -> None:
    assert "vi: " not in followed(scratch, "A report")
    assert "census" in scratch.run(sys.executable, "-m", "choso.main", "report", "--help")
    scratch.check("report", dsn)


def test_a_setting(scratch: Scratch, dsn: str) -> None:
    followed(scratch, "A setting")
    told = (scratch.path / "docs/settings.md").read_text(encoding="utf-8")
    assert "| `CHOSO_WEB__ALERTS_SHOWN_MAX` | int | ≥ 1 | `200` |" in told
    scratch.check("setting", dsn)


SCHEMA_TESTS = ("sql_shapes", "examples", "current", "upcast")


def run_schema_tests(scratch: Scratch) -> None:
    """Those that compare SQL, models and examples, without an engine."""
    files = [f"tests/schemas/test_{name}.py" for name in SCHEMA_TESTS]
    quiet = ("-q", "-x", "-p", "no:cacheprovider", "-m", "not real")
    scratch.run(sys.executable, "-m", "pytest", *quiet, *files)


def test_an_event_type(scratch: Scratch, dsn: str) -> None:
    followed(scratch, "An event type")
    made = "registry.training_held.v1"
    assert (scratch.path / f"schemas/json/{made}.schema.json").exists()
    assert (scratch.path / f"schemas/examples/{made}.json").exists()
    run_schema_tests(scratch)
    scratch.check("event_type", dsn)


def test_a_column_of_evidence(scratch: Scratch, dsn: str) -> None:
    followed(scratch, "A column of evidence")
    run_schema_tests(scratch)
    # The simulator writes its events by hand, for speed: they must still be canonical.
    tested = ("tests/producers/simulator/test_laws.py", "-k", "every_body_is_admitted")
    scratch.run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tested)
    scratch.check("column", dsn)


def test_a_bank_profile(scratch: Scratch) -> None:
    followed(scratch, "A bank profile")
    scratch.check("bank_profile")


def test_a_provider(scratch: Scratch) -> None:
    followed(scratch, "A provider")
    scratch.check("provider")
