"""What may be compared between groups: one field of one metric, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Cell
from consumers.adoption.question.rate import Figure, Rate
from consumers.language.language import Language
from schemas.message import Message
from schemas.message import mark as _

Form = Literal["share", "number", "money", "change", "index"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`name` is its name in an address."""

    name: str
    metric: str
    field: str
    title: str
    form: Form
    is_counted: bool = True  # its numerator and denominator are counts, and not money


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its interval, or the reason why there is none."""

    value: float | None
    low: float | None
    high: float | None
    reason: Message | None
    numerator: int | None = None
    denominator: int | None = None


_ALL = (
    Measure("active", "activity", "active", _("Active vendors"), "share"),
    Measure("habitual", "activity", "habitual", _("Vendors with the habit"), "share"),
    Measure("regular", "activity", "regular", _("Regular use, of the census"), "share"),
    Measure(
        "equipped", "ladder", "equipped_of_census", _("Stalls with an account or code"), "share"
    ),
    Measure(
        "activated", "ladder", "paid_ever_of_equipped", _("Equipped stalls ever paid"), "share"
    ),
    Measure(
        "cashless-count", "cashless-share", "count_share", _("Cashless share of sales"), "share"
    ),
    Measure(
        "cashless-money",
        "cashless-share",
        "vnd_share",
        _("Cashless share of money"),
        "share",
        False,
    ),
    Measure("repeat", "reach", "repeat_share", _("Payers who came again"), "share"),
    Measure("payers", "reach", "payer_count", _("Payers"), "number"),
    Measure(
        "per-day", "intensity", "payments_per_active_day", _("Payments on an active day"), "index"
    ),
    Measure("ticket", "intensity", "median_ticket_vnd", _("Median payment"), "money"),
    Measure("money", "intensity", "payment_vnd", _("Money paid"), "money"),
    Measure("gini", "concentration", "gini", _("Concentration (Gini)"), "index"),
    Measure("top", "concentration", "top_share", _("Share of the top tenth"), "share", False),
    Measure("fees", "fees", "vnd_share", _("Market fees paid cashless"), "share", False),
    Measure(
        "growth", "growth", "growth_vnd_per_open_day", _("Growth of money per open day"), "change"
    ),
    Measure("growth-same", "growth", "growth_vnd_same", _("Growth of the same vendors"), "change"),
)
MEASURES = {m.name: m for m in _ALL if m.metric in METRICS}


def value_of(row: Cell, measure: Measure) -> Value:
    """The measure of a row."""
    found: Any = getattr(row, measure.field)
    if isinstance(found, Rate):
        counts = (found.numerator, found.denominator) if measure.is_counted else (None, None)
        return Value(found.value, found.low, found.high, found.reason, *counts)
    assert isinstance(found, Figure), found
    return Value(found.value, None, None, found.reason)


def form_of(measure: Measure, language: Language) -> Callable[[float], str]:
    """How its values are written."""
    return {
        "share": language.share,
        "number": language.number,
        "money": language.short_money,
        "change": lambda value: ("+" if value > 0 else "") + language.share(value),
        "index": lambda value: language.number(value, 2),
    }[measure.form]


def tick_of(measure: Measure, language: Language) -> Callable[[float], str]:
    """How values of its axis are written."""
    if measure.form in {"share", "change"}:
        return language.whole_share
    if measure.form == "index":
        return lambda value: language.number(value, 0 if float(value).is_integer() else 1)
    return language.short_number
