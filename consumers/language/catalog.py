"""Reads the message catalogues: gettext .po files, compiled when they are read.

`catalogs/<language>/LC_MESSAGES/messages.po` has the messages of the code by their ids
(schemas/message.py), and what pages and metrics say in English, which is its own id. `make
messages` brings it up to date.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("vi", "en")
FOLDER = Path(__file__).parent / "catalogs"


def load_messages(code: str) -> Catalog:
    """The messages by their ids, as they were written in this language."""
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def compiled(catalog: Catalog) -> Translations:
    """The catalogue ready for use; a message that it lacks is its own id."""
    written = BytesIO()
    write_mo(written, catalog)
    written.seek(0)
    return Translations(written)
