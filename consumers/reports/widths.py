"""How wide the columns of a table are, where a page has no room for all in one line. Pure."""

import re
from collections.abc import Sequence

TEXT_WIDTH_MM = 160
CHARACTER_MM = 2.1  # of a letter of 11 points, about
PADDING_MM = 6.0
WORD_MM_MAX = 40.0


def is_wide(lines: Sequence[Sequence[str]]) -> bool:
    """Whether the longest texts of all columns have no room beside each other."""
    return sum(_wished_mm(column) for column in zip(*lines, strict=True)) > TEXT_WIDTH_MM


def widths_mm(lines: Sequence[Sequence[str]]) -> list[float]:
    """Each column's part of the page, by its longest text; no word is broken where all fit."""
    columns = list(zip(*lines, strict=True))
    least = [_least_mm(column) for column in columns]
    more = [_wished_mm(column) - low for column, low in zip(columns, least, strict=True)]
    room = max(0.0, TEXT_WIDTH_MM - sum(least))
    share = min(1.0, room / sum(more)) if sum(more) else 0.0
    found = [low + extra * share for low, extra in zip(least, more, strict=True)]
    scale = min(1.0, TEXT_WIDTH_MM / sum(found))
    return [round(width * scale, 2) for width in found]


def _least_mm(column: Sequence[str]) -> float:
    words = [word for text in column for word in re.split(r"[ \n]", text)]
    return min(WORD_MM_MAX, _mm(max(map(len, words))))


def _wished_mm(column: Sequence[str]) -> float:
    return max(_least_mm(column), _mm(max(map(len, column))))


def _mm(characters: int) -> float:
    return PADDING_MM + CHARACTER_MM * characters
