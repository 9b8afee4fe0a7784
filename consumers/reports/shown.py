"""How a fact is written in each language: numbers, money, shares, dates. Pure."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from consumers.reports.fact import Fact

Lang = Literal["vi", "en"]
LANGS: tuple[Lang, ...] = ("vi", "en")
LOCALES: dict[Lang, str] = {"vi": "vi_VN", "en": "en_GB"}
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
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


def shown_date(day: date, lang: Lang) -> str:
    """`25/11/2026`, or `25 November 2026`."""
    return f"{day:%d/%m/%Y}" if lang == "vi" else format_date(day, "d MMMM y", locale="en_GB")


def number(value: float | int | Decimal, decimals: int, lang: Lang) -> str:
    """`1.234,5` or `1,234.5`: rounded half up, with a real minus sign."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, ROUND_HALF_UP) + 0  # never "-0"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, pattern, locale=LOCALES[lang]).replace("-", "−")


def _in_unit(value: int | float | str, fact: Fact, lang: Lang) -> str:
    unit = fact.unit
    if isinstance(value, str):
        if unit == "date":
            return shown_date(date.fromisoformat(value), lang)
        if unit == "moment":
            at = datetime.fromisoformat(value).astimezone(LOCAL)
            return f"{at:%H:%M} {shown_date(at.date(), lang)}"
        return value
    if unit in ("share", "points"):
        text = number(Decimal(str(value)) * 100, fact.decimals, lang)
        return f"{text}%" if unit == "share" else f"{text} {POINTS[lang]}"
    text = number(value, fact.decimals, lang)
    return f"{text} ₫" if unit == "vnd" else text
