"""What a text may not hold that is said to a reader of one language, and its numbers.

A word of a Vietnamese text is one of the Vietnamese catalogue, a name, or a word of both languages;
an English text has no letter that English does not have, but in names. So an untranslated sentence
shows by its words, and an identifier by its underscore. Numbers are compared: a text in the other
language has the same, with the marks of the other locale.
"""

import re
from collections.abc import Iterable
from functools import cache

from consumers.language.catalog import load_messages

WORD = re.compile(r"(?<!\w)[^\W\d_]+(?![\w…])")  # no part of a code, and none that is cut off
IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
HOLE = re.compile(r"%\(\w+\)s|\{\w*\}")
# Numbers that only the other locale writes; three digits after one mark may be either's.
ENGLISH_NUMBER = re.compile(r"₫\d|(?<![\w.,/])\d+\.\d{1,2}(?![\w.,/])|\d,\d{3},\d|\d\.\d+%")
VIETNAMESE_NUMBER = re.compile(
    r"\d\s?₫(?!\d)|(?<![\w.,])\d+,\d{1,2}(?![\w,])|\d\.\d{3}\.\d|\d,\d+%"
)
# Units, formats and proper names that both languages write alike.
ALIKE = frozenset(
    """api bootstrap casso cho choso csv docx gini greenwood hạ html json kafka kaplan kb long meier
    momo bass ets openapi parquet pdf payos qr sepay sql số utc vietqr vnd vnpay wilson xlsx zalopay
    """.split()  # noqa: SIM905  a list of words, not of strings
)
# What a program reads: an address, and the name of a file.
FOR_MACHINES = re.compile(
    r"(?<!\w)/[\w{}:/.*-]+|[\w.-]+\.(?:pdf|docx|xlsx|html|csv|json|sql|toml)\b"
)


@cache
def vocabulary(code: str) -> frozenset[str]:
    """Every word of a catalogue, in small letters."""
    words: set[str] = set()
    for message in load_messages(code):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in forms if message.id else ():
            words |= words_of(HOLE.sub(" ", str(form)))
    return frozenset(words)


def words_of(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return {word.lower() for word in WORD.findall(text)}


def strangers(text: str, code: str, names: Iterable[str]) -> list[str]:
    """What does not belong into a text of this language."""
    text = FOR_MACHINES.sub(" ", text)
    names = " ".join(names)
    known = words_of(names) | ALIKE
    found = sorted(set(IDENTIFIER.findall(text)) - set(IDENTIFIER.findall(names)))
    if code == "vi":
        words = words_of(IDENTIFIER.sub(" ", text)) - known - vocabulary("vi")
        found += [_where(text, word) for word in sorted(words) if len(word) > 1]
        return found + [_around(text, each) for each in ENGLISH_NUMBER.finditer(text)]
    words = {word for word in words_of(text) - known if not word.isascii()} - vocabulary("en")
    found += [_where(text, word) for word in sorted(words)]
    return found + [_around(text, each) for each in VIETNAMESE_NUMBER.finditer(text)]


def _where(text: str, word: str) -> str:
    found = re.search(rf"\b{word}\b", text, re.IGNORECASE)
    return f"{word}: {_around(text, found)}" if found else word


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 25) : found.end() + 25]


def numbers(text: str, code: str) -> set[str]:
    """The numbers of a text, as English writes them."""
    found = NUMBER.findall(text)
    swap = str.maketrans(".,", ",.") if code == "vi" else {}
    return {number.translate(swap) for number in found}
