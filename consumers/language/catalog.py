"""Reads the message catalogues: gettext .po files beside this one, compiled when they are read."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("vi", "en")
FOLDER = Path(__file__).parent / "catalogs"


def load_po(code: str) -> Catalog:
    """The catalogue as it was written by translators."""
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def read_catalog(code: str) -> Translations:
    """The catalogue ready for use; a message that it lacks is said in English."""
    compiled = BytesIO()
    write_mo(compiled, load_po(code))
    compiled.seek(0)
    return Translations(compiled)
