"""Finds every message in the code and brings the catalogues up to date.

Run `python -m consumers.language.extract` after new messages, then translate what it lists. Found
are: calls `say("…")`, `say_count("…", "…", n)` and `_("…")` (a mark for a constant that is said
later) in Python, the same in templates, and the texts and reasons of the metrics.
"""

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from consumers.language.catalog import FOLDER, LANGUAGES, load_po

ROOT = Path(__file__).parents[1]
HEAD_LEFT_OUT = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Report-Msgid-Bugs-To",
    "Last-Translator",
    "Language-Team",
)
CALLS = frozenset({"say", "say_strong", "say_reason", "_"})
COUNTED = "say_count"
# Where words are said to a reader.
FOLDERS = ("web", "language")
# Where metrics and rules of alerts put words that a page shows.
METRIC_FOLDERS = ("adoption", "alerts")
METRIC_WORDS = frozenset(
    {
        "missing",
        "zero",
        "reason",
        "interval_reason",
        "title",
        "text",
        "nulls",
        "interval",
    }
)

# What an answer's reason may be given to, in any place.
REASON_CALLS = frozenset({"Figure", "Rails", "no_rate"})

Message = str | tuple[str, str]


def messages() -> dict[Message, list[tuple[str, int]]]:
    """Every message with its places, in their order."""
    found: dict[Message, list[tuple[str, int]]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        place, folder = str(path.relative_to(ROOT.parent)), path.relative_to(ROOT).parts[0]
        if folder not in FOLDERS + METRIC_FOLDERS or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        for message, line in of_python(text, is_metric=folder in METRIC_FOLDERS):
            found.setdefault(message, []).append((place, line))
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        place = str(path.relative_to(ROOT.parent))
        for message, line in of_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, []).append((place, line))
    return found


def of_python(text: str, *, is_metric: bool = False) -> Iterator[tuple[Message, int]]:
    """Messages of a module; `is_metric`: its definitions and reasons too."""
    tree = ast.parse(text)
    if is_metric:
        yield from _constants_of(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        words = [text for arg in node.args for text in constants(arg)]
        if name in CALLS and words:
            for word in words:
                yield word, node.lineno
        elif name == COUNTED and len(words) >= 2:
            yield (words[0], words[1]), node.lineno
        elif is_metric:
            if name in REASON_CALLS:
                for word in words:
                    yield word, node.lineno
            for keyword in node.keywords:
                if keyword.arg in METRIC_WORDS:
                    for word in constants(keyword.value):
                        yield word, node.lineno


def _constants_of(tree: ast.Module) -> Iterator[tuple[Message, int]]:
    """Words that a metric keeps under a name of its own: capitals, and at least two words."""
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name, value = node.targets[0].id, node.value
        for word in constants(value):
            if name.isupper() and " " in word.strip() and "\n" not in word:
                yield word, node.lineno


def constants(node: ast.expr) -> Iterator[str]:
    """The words that an expression may be: a constant, or either branch of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def of_template(text: str) -> Iterator[tuple[Message, int]]:
    """Messages of a template."""
    tree = Environment(autoescape=True).parse(text)
    for line, name, said in extract_from_ast(tree, (*sorted(CALLS), COUNTED)):
        words = [w for w in (said if isinstance(said, tuple) else (said,)) if w]
        if name == COUNTED:
            yield (words[0], words[1]), line
        elif words:
            yield words[0], line


def update(code: str) -> Catalog:
    """The catalogue with exactly the messages of the code, translations kept."""
    known = load_po(code) if (FOLDER / f"{code}.po").exists() else Catalog(locale=code)
    fresh = Catalog(
        locale=code,
        charset="utf-8",
        project="choso",
        version="1",
        fuzzy=False,
        header_comment="# Written by `python -m consumers.language.extract`; translations by hand.",
    )
    for message in sorted(messages(), key=lambda m: m if isinstance(m, str) else m[0]):
        kept = known.get(message if isinstance(message, str) else message[0])
        said: Any = kept.string if kept else ""
        if code == "en" and not said:
            said = message  # what the code says is English; a translator may say it better
        elif isinstance(message, tuple) and not isinstance(said, tuple | list):
            said = (said,)
        fresh.add(message, said, flags=("python-format",) if "%(" in str(message) else ())
    return fresh


def missing(catalog: Catalog) -> list[str]:
    """The messages without a translation."""
    return [str(m.id) for m in catalog if m.id and not all(_strings(m.string))]


def _strings(said: object) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, tuple | list) else (str(said),)


def main() -> int:
    """Write both files; the exit code says whether something is untranslated."""
    untranslated = 0
    for code in LANGUAGES:
        catalog = update(code)
        text = BytesIO()
        write_po(text, catalog, width=100, omit_header=False, sort_output=True, no_location=True)
        # A date or a name in the head would make two equal catalogues differ.
        stamp = tuple(f'"{name}'.encode() for name in HEAD_LEFT_OUT)
        lines = [line for line in text.getvalue().splitlines() if not line.startswith(stamp)]
        (FOLDER / f"{code}.po").write_bytes(b"\n".join(lines) + b"\n")
        for message in missing(catalog):
            sys.stdout.write(f"{code}: {message}\n")
            untranslated += 1
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
