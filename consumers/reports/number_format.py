"""How a fact is written in a language. Pure."""

from typing import Literal

from consumers.language.language import languages
from consumers.reports.fact import Fact

Lang = Literal["vi", "en"]
LANGS: tuple[Lang, ...] = ("vi", "en")


def shown(fact: Fact, lang: Lang) -> str:
    """The fact's value as text; a dash where there is none (its reason is told beside it)."""
    return languages()[lang].show(fact.shown())


def shown_interval(fact: Fact, lang: Lang) -> str:
    """`low – high` in the unit of the fact; '' where it has no interval."""
    if fact.low is None or fact.high is None:
        return ""
    show = languages()[lang].show
    return f"{show(fact.shown('low'))} – {show(fact.shown('high'))}"
