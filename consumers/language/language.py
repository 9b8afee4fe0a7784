"""A language: its words, and how it writes figures.

Figures have one form in both languages, that of vi-VN (1.234,5; 25/11/2026; 45.000 ₫): what is
quoted from an English page is the figure of the Vietnamese one. Pure, once catalogues are read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel.numbers import format_decimal, format_percent
from babel.support import Translations

from consumers.language.catalog import LANGUAGES, load_po, read_catalog
from schemas.calendar import LOCAL

FIGURES = "vi"  # the locale of all figures
NOTHING = "–"
THOUSAND, MILLION, BILLION = 10**3, 10**6, 10**9


@dataclass(frozen=True, slots=True)
class Language:
    """Words of one language. `code`: vi or en."""

    code: str
    catalog: Translations
    patterns: tuple[tuple[str, re.Pattern[str]], ...] = ()  # of messages with `{}` in them

    def say(self, message: str, /, **values: object) -> str:
        """The message in this language, with its `%(name)s` filled."""
        text: str = self.catalog.ugettext(message) if message else ""
        return text % values if values else text

    def say_count(self, one: str, many: str, count: int, /, **values: object) -> str:
        """A message that depends on a count; `%(count)s` is the count as it is written here."""
        text: str = self.catalog.ungettext(one, many, count)
        return text % {"count": self.number(count), **values}

    def say_reason(self, reason: str) -> str:
        """A reason that an answer gives: a message, one with numbers in its `{}`, or one with what
        it is about after a colon, which has no language."""
        said = self.say(reason)
        if said != reason or not reason:
            return said
        for message, pattern in self.patterns:
            if found := pattern.fullmatch(reason):
                return self.say(message).format(*found.groups())
        head, colon, rest = reason.partition(": ")
        return f"{self.say(head)}: {self.say(rest)}" if colon else reason

    def number(self, value: float | None, digits: int = 0) -> str:
        """1.234,5; a dash where there is no number."""
        if value is None:
            return NOTHING
        form = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(value, format=form, locale=FIGURES)).replace("-", "−")

    def share(self, value: float | None, digits: int = 1) -> str:
        """12,3%."""
        if value is None:
            return NOTHING
        form = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return str(format_percent(value, format=form, locale=FIGURES)).replace("-", "−")

    def whole_share(self, value: float | None) -> str:
        """12%."""
        return self.share(value, 0)

    def points(self, value: float | None) -> str:
        """A difference of shares in points, with its sign: +1,2."""
        if value is None:
            return NOTHING
        sign = "+" if value > 0 else ""
        return sign + self.number(value * 100, 1)

    def money(self, value: float | None) -> str:
        """45.000 ₫."""
        return NOTHING if value is None else f"{self.number(value)}\u00a0₫"

    def short_money(self, value: float | None) -> str:
        """45,2 triệu ₫: three figures are enough for a headline or an axis."""
        return NOTHING if value is None else f"{self.short_number(value)}\u00a0₫"

    def short_number(self, value: float | None) -> str:
        """45,2 triệu."""
        if value is None:
            return NOTHING
        for size, unit in (
            (BILLION, self.say("billion")),
            (MILLION, self.say("million")),
            (THOUSAND, self.say("thousand")),
        ):
            if abs(value) >= size and not (size == THOUSAND and abs(value) < 10 * THOUSAND):
                part = value / size
                digits = 0 if abs(part) >= 100 or float(part).is_integer() else 1
                return f"{self.number(part, digits)}\u00a0{unit}"
        return self.number(value, 0 if float(value).is_integer() else 1)

    def day(self, day: date | None) -> str:
        """25/11/2026."""
        return NOTHING if day is None else f"{day:%d/%m/%Y}"

    def short_day(self, day: date) -> str:
        """25/11."""
        return f"{day:%d/%m}"

    def month(self, day: date) -> str:
        """11/2026."""
        return f"{day:%m/%Y}"

    def days(self, first: date, last: date) -> str:
        """28/10–25/11/2026."""
        if first == last:
            return self.day(last)
        head = f"{first:%d/%m}" if first.year == last.year else self.day(first)
        return f"{head}–{self.day(last)}"

    def moment(self, at: datetime | None) -> str:
        """08:31, 25/11/2026, local time."""
        return NOTHING if at is None else f"{at.astimezone(LOCAL):%H:%M, %d/%m/%Y}"

    def clock(self, at: datetime | None) -> str:
        """08:31:05, local time."""
        return NOTHING if at is None else f"{at.astimezone(LOCAL):%H:%M:%S}"

    def interval(self, low: float | None, high: float | None) -> str:
        """29,0–33,8%."""
        if low is None or high is None:
            return ""
        return f"{self.number(low * 100, 1)}–{self.share(high)}"


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code."""
    return {code: _language(code) for code in LANGUAGES}


def _language(code: str) -> Language:
    ids = [message.id for message in load_po(code) if isinstance(message.id, str)]
    patterns = tuple((text, _pattern(text)) for text in sorted(ids) if "{}" in text)
    return Language(code, read_catalog(code), patterns)


def _pattern(message: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in message.split("{}")))
