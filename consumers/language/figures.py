"""How figures, money, days and moments are written in a locale. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache
from math import isfinite, isnan

from babel import Locale
from babel.numbers import format_decimal, format_percent

from schemas.calendar import LOCAL
from schemas.message import leading

NOTHING = "–"
DONG = "₫"
EXACT = Context(prec=400, rounding=ROUND_HALF_UP)  # of any float, which has 309 digits at most


@dataclass(frozen=True, slots=True)
class LocaleFormat:
    """What is common to all words of one locale. What is None is written as a dash."""

    locale: Locale

    def number(self, value: float | Decimal | None, digits: int = 0) -> str:
        """1.234,5 or 1,234.5; a dash where there is no number, ∞ where there is no bound."""
        if value is None or isnan(value):
            return NOTHING
        if not isfinite(value):
            return "∞" if value > 0 else "−∞"
        with localcontext(EXACT):
            return self._signed(format_decimal(rounded(value, digits), _form(digits), self.locale))

    def leading(self, value: float | None, digits: int = 3) -> str:
        """About so many leading digits: 0,0123 or 123."""
        found = leading(value, digits)
        return self.number(found.value, found.digits)

    def share(self, value: float | None, digits: int = 1) -> str:
        """12,3% or 12.3%."""
        if value is None:
            return NOTHING
        part = rounded(value, digits + 2)
        form = _form(digits) + "%"
        with localcontext(EXACT):
            return self._signed(format_percent(part, form, self.locale))

    def whole_share(self, value: float | None) -> str:
        """12%."""
        return self.share(value, 0)

    def points(self, value: float | None, digits: int = 1) -> str:
        """A difference of shares in points, with its sign: +1,2."""
        if value is None:
            return NOTHING
        sign = "+" if value > 0 else ""
        return sign + self.number(Decimal(str(value)) * 100, digits)

    def probability(self, value: float | None, digits: int = 4) -> str:
        """0,0500; < 0,0001 where it would look like none at all."""
        least = Decimal(1).scaleb(-digits)
        if value is not None and 0 < value < least:
            return f"< {self.number(least, digits)}"
        return self.number(value, digits)

    def money(self, value: float | None) -> str:
        """45.000 ₫ or ₫45,000."""
        return NOTHING if value is None else self._of_money(self.number(value))

    def around_money(self) -> tuple[str, str]:
        """The sign of đồng where the locale has it: what stands before a number and after it."""
        form = self.locale.currency_formats["standard"]
        return form.prefix[0].replace("¤", DONG), form.suffix[0].replace("¤", DONG)

    def _of_money(self, number: str) -> str:
        before, after = self.around_money()
        sign = "−" if number.startswith("−") else ""
        return f"{sign}{before}{number.removeprefix('−')}{after}"

    def _signed(self, number: str) -> str:
        """With a real minus sign."""
        return number.replace(self.locale.number_symbols["latn"]["minusSign"], "−")

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

    def stamp(self, at: datetime | None) -> str:
        """08:31 25/11/2026, local time."""
        return NOTHING if at is None else f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"

    def clock(self, at: datetime | None) -> str:
        """08:31:05, local time."""
        return NOTHING if at is None else f"{at.astimezone(LOCAL):%H:%M:%S}"

    def interval(self, low: float | None, high: float | None) -> str:
        """29,0–33,8%."""
        if low is None or high is None:
            return ""
        return f"{self.number(low * 100, 1)}–{self.share(high)}"


def rounded(value: float | Decimal, digits: int) -> Decimal:
    """Half up, as people round; never a negative zero."""
    found = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), context=EXACT)
    return found or abs(found)


@cache
def _form(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")
