"""Amounts as people print them, read exactly or not at all: no float touches money.

One column has one form, and its cells prove which: đồng has no fraction, so three digits after a
mark are a group of thousands, and a mark before any other number of digits is a decimal mark. What
a cell proves depends on its shape alone (`45.000` has the shape `00.000`), and a file has few
shapes: each is judged once. A cell that proves another form than the map says, or than an earlier
cell proved, refuses the file: then some of its cells are read wrongly, and nobody knows which.
"""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from infra.errors import Refused

DIGITS_MAX = 30
Decimal = Literal[".", ","]
Thousands = Literal["", ".", ",", " ", "'"]
_SHAPE_OF = str.maketrans("123456789\u00a0\u202f\u2009\u2019", "000000000   '")
_MARKS = str.maketrans("", "", "+-.,' \u00a0\u202f\u2009\u2019")
_CURRENCY = r"(?:đ|₫|vnd|vnđ|đồng)"
_WITH_CURRENCY = re.compile(
    rf"(?:{_CURRENCY}\s*)?([+-]?[0-9].*?)(?:\s*{_CURRENCY})?", re.IGNORECASE
)
_SHAPE = re.compile(r"[+-]?0+(?:[.,' ]0+)*[.,]?")
_MARK = re.compile(r"[.,' ]")


class _Plan(NamedTuple):
    """How cells of one shape are read: by what their digits, without marks, are divided."""

    divisor: int
    is_grouped: bool


@dataclass(slots=True)
class MoneyColumn:
    """One column of amounts. `decimal` and `thousands` are None where the file shall prove them.

    `scale` 100 makes 1245 of 12.45; then three digits after a mark prove nothing.
    """

    name: str
    decimal: str | None
    thousands: str | None
    scale: int = 1
    has_memory: bool = True  # without it each cell is read by itself and by the map alone
    _proven: dict[str, tuple[str, str]] = field(default_factory=dict)
    _plans: dict[str, _Plan | None] = field(default_factory=dict)

    def read(self, text: str, line: int) -> int:
        """Whole đồng: the printed number times `scale`.

        ValueError where the text is no amount. Refused where it proves that the column's form is
        another one than the map says or than other cells have; `line` is its row's.
        """
        shape = text.translate(_SHAPE_OF)
        plan = self._plans.get(shape)
        if plan is None:
            return self._read_new(text, shape, f"line {line}")
        return self._number(text, text, plan)

    def _read_new(self, text: str, shape: str, place: str) -> int:
        plain = text.strip()
        if plain and not (plain[-1].isdigit() and plain[0].isdigit()):
            match = _WITH_CURRENCY.fullmatch(plain)
            plain = match[1] if match else plain
        if len(plain) > DIGITS_MAX:
            raise ValueError(f"{text[:40]!r} has more than {DIGITS_MAX} characters")
        plan = self._learn(plain.translate(_SHAPE_OF), text, place)
        if plan is None:
            raise ValueError(f"{text[:40]!r} is not an amount")
        if plain == text:  # a currency is not part of a shape that is remembered
            self._plans[shape] = plan
        return self._number(text, plain, plan)

    def _number(self, text: str, plain: str, plan: _Plan) -> int:
        digits = plain.translate(_MARKS)
        if plan.is_grouped and digits[0] == "0":
            raise ValueError(f"{text!r} is not an amount: a zero leads its groups")
        units, rest = divmod(int(digits) * self.scale, plan.divisor)
        if rest:
            raise ValueError(f"{text!r} is not a whole number of đồng")
        return -units if plain[0] == "-" else units

    def _learn(self, shape: str, text: str, place: str) -> _Plan | None:
        """How this shape is read, None where it is no number."""
        if not _SHAPE.fullmatch(shape):
            return None
        groups = _MARK.split(shape.lstrip("+-"))
        marks = _MARK.findall(shape)
        decimal, fraction_digits = "", 0
        if marks and self._is_decimal(marks, groups):
            decimal, fraction_digits = marks.pop(), len(groups.pop())
        if decimal in {" ", "'"}:
            return None
        if marks and (
            len(set(marks)) > 1 or len(groups[0]) > 3 or any(len(each) != 3 for each in groups[1:])
        ):
            return None
        if fraction_digits == 3 and self.scale % 1000:
            raise Refused(
                f"{place}: {text!r} in column {self.name!r} has three digits after {decimal!r}:"
                " đồng has no fraction, so no decimal mark stands there: look at the form of the"
                " amounts in the file and at [amount] of the map"
            )
        if marks:
            self._prove("thousands", marks[0], text, place)
        if decimal:
            self._prove("decimal", decimal, text, place)
        return _Plan(10**fraction_digits, bool(marks))

    def _is_decimal(self, marks: list[str], groups: list[str]) -> bool:
        """Whether the last mark is a decimal mark: by the shape alone, or by the map where the
        amounts are not đồng but a part of them.
        """
        if len(set(marks)) > 1:
            return marks[-1] not in marks[:-1]
        if len(marks) > 1:
            return False
        if len(groups[-1]) != 3 or len(groups[0]) > 3:
            return True
        return self.scale != 1 and self.decimal == marks[0]

    def _prove(self, role: str, mark: str, text: str, place: str) -> None:
        """Keep what the text proves. Refused where map or earlier cells say otherwise."""
        here = f"{place}: {text!r} in column {self.name!r} has {mark!r} as its {role} mark"
        for each, said in (("decimal", self.decimal), ("thousands", self.thousands)):
            if said is not None and (said == mark) != (each == role):
                raise Refused(
                    f"{here}, the map says {each} = {said!r}: correct [amount] of the map, or leave"
                    " both marks out of it: the file then proves them"
                )
        for each, (found, example) in self._proven.items():
            if (found == mark) != (each == role):
                raise Refused(
                    f"{here}, but {example} has {found!r} as its {each} mark: one column has one"
                    " form: correct the file"
                )
        if self.scale != 1 and role == "thousands" and self.thousands is None:
            raise Refused(
                f"{here}, or its decimal mark: with a scale the file cannot prove which: write"
                " decimal and thousands in [amount] of the map"
            )
        if self.has_memory:
            self._proven.setdefault(role, (mark, f"{text!r} ({place})"))

    @property
    def form(self) -> str:
        """The marks that the cells have proven, for a person; '' where none has one."""
        return ", ".join(f"{role} {mark!r}" for role, (mark, _) in sorted(self._proven.items()))
