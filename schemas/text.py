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
_NUMBER = re.compile(r"\+?\d(?:[\s._()·\-\u2010-\u2015\u2212]{0,3}\d){5,}")
_MARKS = re.compile("[\u0300-\u036f]")
# What nobody sees: zero-width characters, soft hyphens, direction marks, a byte order mark.
_UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Blanks of other widths, and full-width forms of ASCII as they are typed in East Asian fonts.
_WIDTHS = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], 0x20) | {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)
}
_ODD = re.compile(f"[{_UNSEEN.pattern[1:-1]}{''.join(map(chr, _WIDTHS))}]")
_ETH = str.maketrans("\u00d0\u00f0\u0189\u0256", "ĐđĐđ")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*")


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


def tidy(text: str) -> str:
    """The text as it is seen: NFC, no-break blanks as blanks, full-width forms as ASCII."""
    if text.isascii():
        return text.strip()
    if _ODD.search(text) is not None:
        text = _UNSEEN.sub("", text).translate(_WIDTHS)
    return unicodedata.normalize("NFC", text).strip()


def look_alike(text: str) -> str:
    """Equal for texts that a person takes for one: for comparison, never for display.

    Case, blanks, Đ or Ð, and where in its word a tone mark stands (Hòa, Hoà) play no part.
    """
    seen = " ".join(tidy(text).split())
    spread = unicodedata.normalize("NFD", seen.translate(_ETH).casefold())
    return _WORD.sub(
        lambda word: _TONES.sub("", word[0]) + "".join(_TONES.findall(word[0])), spread
    )


def spread_tone(character: str) -> str:
    """A letter and its tone mark apart, as Windows-1258 writes them: `ệ` is `ê` and a dot below."""
    spread = unicodedata.normalize("NFD", character)
    letter = unicodedata.normalize("NFC", _TONES.sub("", spread))
    return letter + "".join(_TONES.findall(spread))


def bare(text: str) -> str:
    """The text as a person types it without Vietnamese letters, in small letters."""
    spread = unicodedata.normalize("NFD", look_alike(text).replace("đ", "d"))
    return _MARKS.sub("", spread)


def redact(text: str) -> str | None:
    """A transfer text without numbers of six or more digits (accounts, telephones).

    Blanks, dots, hyphens and brackets between its digits do not hide a number.
    """
    cleaned = clean(tidy(text))
    return None if cleaned is None else _NUMBER.sub("•••", cleaned)
