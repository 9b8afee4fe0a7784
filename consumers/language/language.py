"""A language: its words, and how it writes figures, days and money, by its locale.

`render` turns a Message (schemas/message.py) into words, once, at the edge: in a page, a report's
file, a terminal, an API's answer. Pure, once catalogues are read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from babel.support import Translations

from consumers.language.catalog import LANGUAGES, compiled, load_messages
from consumers.language.figures import NOTHING, LocaleFormat
from schemas.message import (
    Count,
    Day,
    Instant,
    Message,
    Money,
    Name,
    Number,
    Points,
    Probability,
    Ref,
    Share,
    Value,
)

# English is that of Britain, whose days are written as in Vietnam: 25/11/2026.
LOCALES: Mapping[str, Locale] = {"vi": Locale("vi"), "en": Locale("en", "GB")}
THOUSAND, MILLION, BILLION = 10**3, 10**6, 10**9
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
HOLES = re.compile(r"%\((\w+)\)s")

__all__ = ["NOTHING", "Language", "Look", "holes", "in_every_language", "languages"]

Look = Callable[[Ref], Value]


@dataclass(frozen=True, slots=True)
class Language(LocaleFormat):
    """Words of one language. `code`: vi or en."""

    code: str
    messages: Translations

    def render(self, message: Message, look: Look | None = None) -> str:
        """The message in words. `look` gives what a Ref stands for, where there may be any."""
        values = dict(message.values)
        count = values.get("count")
        if isinstance(count, Ref) and look is not None:
            count = look(count)
        if isinstance(count, Count):
            assert count.value is not None, message
            text: str = self.messages.ungettext(message.id, message.id, count.value)
        else:
            text = self.messages.ugettext(message.id)
        is_known = text != message.id or not ID.fullmatch(text)
        assert is_known, f"{text}: not in the catalogue of {self.code}"
        assert holes(text) == values.keys(), f"{message.id}: {text!r} has not {sorted(values)}"
        if not values:
            return text
        return text % {name: self.show(value, look) for name, value in values.items()}

    def show(self, value: Value, look: Look | None = None) -> str:
        """A value as it stands in words."""
        match value:
            case Message():
                return self.render(value, look)
            case tuple():
                mark = "; " if any(isinstance(each, Message) for each in value) else ", "
                return mark.join(self.show(each, look) for each in value)
            case Name(text):
                return text
            case Count(number):
                return self.number(number)
            case Money(number):
                return self.money(number)
            case Share(part, digits):
                return self.share(part, digits)
            case Points(part, digits):
                return self.points(part, digits)
            case Number(number, digits):
                return self.number(number, digits)
            case Probability(part, digits):
                return self.probability(part, digits)
            case Day(day):
                return self.day(day)
            case Instant(at):
                return self.stamp(at)
            case Ref():
                assert look is not None, f"{value}: stands in no report"
                return self.show(look(value))

    def say(self, message: str, /, **values: object) -> str:
        """The message in this language, with its `%(name)s` filled."""
        text: str = self.messages.ugettext(message) if message else ""
        return text % values if values else text

    def say_count(self, one: str, many: str, count: int, /, **values: object) -> str:
        """A message that depends on a count; `%(count)s` is the count as it is written here."""
        text: str = self.messages.ungettext(one, many, count)
        return text % {"count": self.number(count), **values}

    def short_money(self, value: float | None) -> str:
        """45,2 triệu ₫ or ₫45.2 million: three figures are enough for a headline or an axis."""
        return NOTHING if value is None else self._of_money(self.short_number(value))

    def short_number(self, value: float | None) -> str:
        """45,2 triệu."""
        if value is None:
            return NOTHING
        for size, unit in (
            (BILLION, self.render(Message("figure.billion"))),
            (MILLION, self.render(Message("figure.million"))),
            (THOUSAND, self.render(Message("figure.thousand"))),
        ):
            if abs(value) >= size and not (size == THOUSAND and abs(value) < 10 * THOUSAND):
                part = value / size
                digits = 0 if abs(part) >= 100 or float(part).is_integer() else 1
                return f"{self.number(part, digits)}\u00a0{unit}"
        return self.number(value, 0 if float(value).is_integer() else 1)


@cache
def holes(text: str) -> frozenset[str]:
    """The names of the values that a text shows."""
    return frozenset(HOLES.findall(text))


@cache
def languages() -> Mapping[str, Language]:
    """Every language by its code."""
    return {code: _language(code) for code in LANGUAGES}


@lru_cache(maxsize=4_096)  # the reasons of an answer's thousands of rows are few
def in_every_language(message: Message) -> Mapping[str, str]:
    """The words by language: what an API and a file of JSON say beside a message's id."""
    return {code: language.render(message) for code, language in languages().items()}


def _language(code: str) -> Language:
    return Language(LOCALES[code], code, compiled(load_messages(code)))
