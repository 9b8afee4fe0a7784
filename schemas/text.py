"""The text rule: NFC, no forbidden characters, 1 to 200 characters.

Control characters and U+2028/U+2029 are the ones that JSON writers escape in different ways;
without them a text has exactly one canonical form. The other ranges are blocks (ancient and minor
scripts) into which Unicode still puts characters that normalisation moves or joins: there NFC
depends on the Unicode version of Python and of the engine, so two judges could disagree. Emoji,
CJK with chữ Nôm, and mathematical letters are allowed. A test compares both for every character.
"""

import re
import unicodedata

TEXT_CHARS_MAX = 200
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u0897\u1acf-\u1aff\u2028\u2029\ud800-\udfff"
    "\U00010000-\U0001cfff\U0001e000-\U0001efff]"
)
_DIGITS = re.compile(r"\d{6,}")


def is_text(text: str) -> bool:
    """Whether the text may stand in an event."""
    return (
        0 < len(text) <= TEXT_CHARS_MAX
        and FORBIDDEN.search(text) is None
        and unicodedata.is_normalized("NFC", text)
    )


def clean(text: str) -> str | None:
    """The text in its canonical form, cut to the limit; None where nothing is left."""
    cleaned = " ".join(FORBIDDEN.sub(" ", unicodedata.normalize("NFC", text)).split())
    return unicodedata.normalize("NFC", cleaned[:TEXT_CHARS_MAX]).strip() or None


def redact(text: str) -> str | None:
    """A transfer text without runs of six or more digits (account and telephone numbers)."""
    cleaned = clean(text)
    return None if cleaned is None else _DIGITS.sub("•••", cleaned)
