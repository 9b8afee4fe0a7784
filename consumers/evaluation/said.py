"""A sentence in both languages, and how figures stand in it: in one form, that of vi-VN."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import floor, isfinite, isnan, log10

from consumers.language.language import languages


@dataclass(frozen=True, slots=True)
class Said:
    """The same in Vietnamese and in English."""

    vi: str
    en: str


@lru_cache(maxsize=4_096)
def figure(value: float | None, *, digits: int = 3) -> str:
    """About `digits` leading digits, 1.234,5; a dash for nothing, ∞ where there is no bound."""
    if value is None or isnan(value):
        return languages()["vi"].number(None)
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    size = floor(log10(abs(value))) if value else 0
    return languages()["vi"].number(value, min(6, max(0, digits - 1 - size)))


def chance(value: float | None) -> str:
    """A p: four decimals, and never a plain 0."""
    if value is not None and 0 < value < 0.0001:
        return "< 0,0001"
    return languages()["vi"].number(value, 4)


def share(value: float | None) -> str:
    """12,3%."""
    return languages()["vi"].share(value)


def day(value: date) -> str:
    """25/11/2026."""
    return languages()["vi"].day(value)
