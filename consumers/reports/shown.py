"""How a fact is written: numbers, money, shares and dates have one form in both languages. Pure."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel.numbers import format_decimal

from consumers.reports.fact import Fact
from schemas.calendar import LOCAL

Lang = Literal["vi", "en"]
LANGS: tuple[Lang, ...] = ("vi", "en")
NOTHING = "–"
POINTS: dict[Lang, str] = {"vi": "điểm %", "en": "points"}


def shown(fact: Fact, lang: Lang) -> str:
    """The fact's value as text; a dash where there is none (its reason is told beside it)."""
    return NOTHING if fact.value is None else _in_unit(fact.value, fact, lang)


def shown_interval(fact: Fact, lang: Lang) -> str:
    """`low – high` in the unit of the fact; '' where it has no interval."""
    if fact.low is None or fact.high is None:
        return ""
    return f"{_in_unit(fact.low, fact, lang)} – {_in_unit(fact.high, fact, lang)}"


def shown_date(day: date) -> str:
    """`25/11/2026`."""
    return f"{day:%d/%m/%Y}"


def rounded(value: float | Decimal, decimals: int) -> Decimal:
    """Half up, as people round; never a negative zero."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0


def number(value: float | Decimal, decimals: int) -> str:
    """`1.234,5`, with a real minus sign."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(rounded(value, decimals), pattern, locale="vi")).replace("-", "−")


def _in_unit(value: int | float | str, fact: Fact, lang: Lang) -> str:
    unit = fact.unit
    if isinstance(value, str):
        if unit == "date":
            return shown_date(date.fromisoformat(value))
        if unit == "moment":
            at = datetime.fromisoformat(value).astimezone(LOCAL)
            return f"{at:%H:%M} {shown_date(at.date())}"
        return value
    if unit in ("share", "points"):
        text = number(Decimal(str(value)) * 100, fact.decimals)
        return f"{text}%" if unit == "share" else f"{text} {POINTS[lang]}"
    text = number(value, fact.decimals)
    return f"{text} ₫" if unit == "vnd" else text
