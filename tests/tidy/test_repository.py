"""House rules that the repository keeps, checked on the files that are committed."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from infra.settings import Settings
from infra.settings_doc import PAGE, page
from tests.processes import run

ROOT = Path(__file__).parents[2]
LINES_MAX = 300
BINARY = frozenset({".png", ".jpg", ".gz", ".xlsx", ".parquet", ".ico", ".zip", ".woff2"})
# Written apart, so that this file does not break its own rule.
ADDRESSES = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "repo1." + "maven",
    "repo.maven." + "apache",
)
MACHINE_PATH = re.compile(r"(?<![\w.~}/-])/(?:work|root|home|Users)/\w")


@cache
def committed() -> dict[str, str]:
    """Path to text of every committed text file."""
    listed = run(["git", "ls-files", "-z"], check=True).stdout.split("\0")
    paths = [ROOT / name for name in listed if name and Path(name).suffix not in BINARY]
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in paths
        if path.is_file()
    }


def of_kind(*suffixes: str) -> dict[str, str]:
    found = {name: text for name, text in committed().items() if name.endswith(suffixes)}
    assert found, suffixes
    return found


def test_no_file_is_long_without_a_reason() -> None:
    """The reason stands in the first ten lines: `long because …`."""
    for name, text in of_kind(".py", ".sql", ".md", ".toml").items():
        lines = text.splitlines()
        reasoned = any("long because" in line.lower() for line in lines[:10])
        assert len(lines) <= LINES_MAX or reasoned, f"{name}: {len(lines)} lines"


@pytest.mark.parametrize("package", ["producers", "consumers", "schemas", "infra", "choso"])
def test_a_class_name_names_one_class_of_its_package(package: str) -> None:
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in of_kind(".py").items():
        if name.startswith(f"{package}/"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef):
                    homes[node.name].append(name)
    assert homes
    assert not {name: files for name, files in homes.items() if len(files) > 1}


def test_no_test_starts_a_process_that_may_outlive_it() -> None:
    for name, text in of_kind(".py").items():
        is_test = name.startswith("tests/") and name != "tests/processes.py"
        found = re.search(r"subprocess\.(run|Popen|call|check_\w+)\(|os\.(fork|spawn)", text)
        assert not (is_test and found), f"{name}: {found}: see tests/processes.py"


def test_how_long_a_test_waits_is_scaled_for_slow_machines() -> None:
    """By tests/patience.py; httpx alone would wait five seconds."""
    tests = {name: text for name, text in of_kind(".py").items() if name.startswith("tests/")}
    for name, text in tests.items():
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            what, where = ast.unparse(call.func), f"{name}:{call.lineno}"
            given = {word.arg: word.value for word in call.keywords}
            assert not what.endswith("mark.timeout"), f"{where}: a limit of its own"
            assert not isinstance(given.get("timeout"), ast.Constant), f"{where}: not patient"
            if re.fullmatch(r"httpx\.(get|post|Client)", what):
                assert "timeout" in given, f"{where}: five seconds"


def test_every_query_says_its_question_and_its_grain() -> None:
    for name, text in of_kind(".sql").items():
        first, second = text.splitlines()[:2]
        assert first.startswith("-- "), name
        assert "/sql/" in name or second.startswith("-- "), name


def test_every_query_is_one_statement() -> None:
    for name, text in of_kind(".sql").items():
        code = re.sub(r"--.*", "", text).strip().removesuffix(";")
        assert "/sql/" in name or ";" not in re.sub(r"'[^']*'", "''", code), name


def test_an_import_inside_a_function_says_why() -> None:
    """The linter refuses one without a mark; why commands and roles may stands in its settings."""
    for name, text in of_kind(".py").items():
        bare = re.search(r"# noqa: PLC0415\s*(?:#\s*)?$", text, re.MULTILINE)
        assert bare is None, f"{name}: {bare}"


def test_files_that_are_named_are_there() -> None:
    """Not those of the recipes, which are made when a recipe is followed, nor of the past."""
    named = re.compile(
        r"(?<![\w/.-])(?:choso|consumers|infra|producers|schemas)/[\w/-]+\.(?:py|sql|html|csv)\b"
    )
    for name, text in of_kind(".md", ".py", ".sql").items():
        if name not in {"CONTRIBUTING.md", "CHANGELOG.md"} and not name.startswith("tests/"):
            for path in named.findall(text):
                assert (ROOT / path).exists(), f"{name}: {path}"


def test_no_machine_paths() -> None:
    for name, text in committed().items():
        found = MACHINE_PATH.search(text)
        assert found is None, f"{name}: {found}"


def test_no_registry_addresses() -> None:
    for name, text in committed().items():
        for address in ADDRESSES:
            assert address not in text, f"{name}: {address}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_requirements_are_locked_by_hash(name: str) -> None:
    text = committed()[name]
    assert "://" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    for block in blocks:
        assert re.match(r"[\w.\[\],-]+==[\w.+!]+", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block[:80]


def test_artifacts_are_locked_by_hash() -> None:
    text = committed()["infra/embedded/kafka-artifacts.lock"]
    assert "://" not in text
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) > 10
    for line in lines:
        assert re.search(r"\b[0-9a-f]{64}\b", line), line


def test_migrations_are_numbered_once() -> None:
    names = [Path(name).name for name in of_kind(".sql") if "/migrations/" in name]
    numbers = [name[:4] for name in names]
    assert len(set(numbers)) == len(numbers), sorted(names)
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.sql", name) for name in names)


def test_settings_page_is_of_the_tree() -> None:
    """Mend with `python -m infra.settings_doc`."""
    assert PAGE.read_text(encoding="utf-8") == page()
    assert page().count("| `CHOSO_") == sum(
        len(getattr(field.annotation, "model_fields", {"": 0}))
        for field in Settings.model_fields.values()
    )


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "docs/glossary.md", "README.md"])
def test_a_file_that_a_page_names_is_there(page: str) -> None:
    """Whole or by its end: `sink/worker.py` names consumers/sink/worker.py."""
    named = set(re.findall(r"`([\w/.-]+\.(?:py|sql))`", committed()[page]))
    assert named or page != "ARCHITECTURE.md"
    lost = {
        name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in committed())
    }
    assert not lost


def test_each_adr_has_a_number_of_its_own() -> None:
    names = [name for name in of_kind(".md") if name.startswith("docs/adr/")]
    numbers = [Path(name).name[:4] for name in names]
    assert len(set(numbers)) == len(numbers), sorted(numbers)
    for name, number in zip(names, numbers, strict=True):
        assert committed()[name].startswith(f"# {int(number)}. "), name
