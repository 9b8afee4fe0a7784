"""Brings the catalogues up to date with the code, by Babel's own tools; lists what has no words.

Run by `make messages`. Messages are found by the calls that make them, words that are their own id
by the calls that mark or say them, in what pyproject.toml says.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from babel.messages.frontend import CommandLineInterface

from consumers.language.catalog import FOLDER, LANGUAGES, load_messages

ROOT = Path(__file__).parents[2]
# An id is the first word of each of these calls; a counted message has plural forms.
SOURCES = ("choso", "consumers", "producers", "schemas")
CALLS = ("Message", "counted:1,1", "marked")
# Words in English that are their own id. `say` is a page's: elsewhere it says other things.
WORDS_SOURCES = (
    "consumers/adoption", "consumers/alerts", "consumers/language", "consumers/web",
)  # fmt: skip
WORDS_CALLS = ("_", "say", "say_strong", "say_count:1,2")


def main() -> int:
    """Write both catalogues; the exit code says whether words are missing."""
    with TemporaryDirectory() as folder:
        template = extract(Path(folder))
        for code in LANGUAGES:
            pybabel(
                "update", "--input-file", str(template),
                "--output-dir", str(FOLDER), "--locale", code,
                "--omit-header", "--no-fuzzy-matching", "--ignore-obsolete", "--width=100",
            )  # fmt: skip
    lacking = [f"{code}: {message_id}\n" for code in LANGUAGES for message_id in missing(code)]
    sys.stdout.write("".join(lacking))
    return 1 if lacking else 0


def extract(folder: Path) -> Path:
    """The file of all ids of the code, written into the folder."""
    texts = []
    for calls, sources in ((CALLS, SOURCES), (WORDS_CALLS, WORDS_SOURCES)):
        part = folder / "part.pot"
        pybabel(
            "extract", "--mapping-file", str(ROOT / "pyproject.toml"), "--no-default-keywords",
            *(f"--keyword={call}" for call in calls),
            "--omit-header", "--no-location", "--sort-output", "--output-file", str(part),
            *(str(ROOT / source) for source in sources),
        )  # fmt: skip
        texts.append(part.read_text(encoding="utf-8"))
    whole = folder / "messages.pot"
    whole.write_text("\n".join(texts), encoding="utf-8")
    return whole


def pybabel(*words: str) -> None:
    """One command of Babel's."""
    CommandLineInterface().run(["pybabel", "--quiet", *words])  # type: ignore[no-untyped-call]


def missing(code: str) -> list[str]:
    """Ids of messages that have no words in a language."""
    found = []
    for message in load_messages(code):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(forms):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


if __name__ == "__main__":
    sys.exit(main())
