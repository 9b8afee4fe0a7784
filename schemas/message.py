"""A sentence before it has a language: the id of a message, and the typed values that it holds.

Whoever finds something out (an estimator, a metric, an import) says so by a Message; what the words
are, and how a figure is written, is known above, in consumers/language, which renders it once, at
the edge, in the reader's language and locale:

    Message("live.open", weeks=Count(4), of=Count(12), value=leading(0.3456))
    → "after 4 of 12 weeks: 0.346, …" or "sau 4 trong 12 tuần: 0,346, …"

- Ids are dotted names by topic, written out where a Message is made: Babel finds them by the calls
  of `Message`, `counted` and `marked`, and a test holds that both catalogues have each of them and
  show exactly the values that it is given.
- A value carries its number in full and how many digits are shown, so that a sentence and a
  report's fact of it are one figure. A figure that is None is shown as a dash.
- A value may be a Message, or a tuple of values, which are listed one after the other.
- Why there is no figure is a Message too: a code that may be compared, counted and stored.

Pure, and below everything that says something.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import floor, isfinite, log10
from typing import Any, Literal, Self, TypeAlias, get_args

from pydantic_core import CoreSchema, core_schema

DIGITS_MAX = 6
TOLD_CHARACTERS_MAX = 60  # of what somebody gave, when it is told back to him


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of things."""

    value: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in đồng."""

    value: int | float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, 0 to 1, shown as per cent with `digits` decimals."""

    value: float | None
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Points:
    """A difference of shares, shown as percentage points with `digits` decimals."""

    value: float | None
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Number:
    """Any other number, shown with `digits` decimals."""

    value: float | None
    digits: int


@dataclass(frozen=True, slots=True)
class Probability:
    """A p or a chance, 0 to 1, with `digits` decimals; one that is not 0 is never shown as 0."""

    value: float | None
    digits: int = 4


@dataclass(frozen=True, slots=True)
class Day:
    """A local day."""

    value: date | None


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment with its zone, shown in local time."""

    value: datetime | None


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name, a code, a hash: the same in every language."""

    value: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A figure that stands elsewhere: a fact of the report that the message stands in, or one end
    of its interval."""

    fact_id: str
    part: Literal["value", "low", "high"] = "value"


Figure = Count | Money | Share | Points | Number | Probability
Scalar = Figure | Day | Instant | Name
Value: TypeAlias = "Scalar | Ref | Message | tuple[Value, ...]"


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A sentence, a title, a reason. Equal where id and values are."""

    id: str
    values: tuple[tuple[str, Value], ...]

    def __init__(self, message_id: str, /, **values: Value) -> None:
        object.__setattr__(self, "id", message_id)
        object.__setattr__(self, "values", tuple(sorted(values.items())))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        """As an API says it: as `plain_of` does, and its words by language beside."""
        text = core_schema.typed_dict_field(core_schema.str_schema())
        values = core_schema.typed_dict_field(core_schema.dict_schema())
        fields = {"id": text, "values": values, "vi": text, "en": text}
        return core_schema.typed_dict_schema(fields)

    def __str__(self) -> str:
        """For logs, and for who develops: the id, and the values as they are."""
        told = ", ".join(f"{name}={_told(value)}" for name, value in self.values)
        return f"{self.id}: {told}" if told else self.id

    def given(self, **values: Value) -> Self:
        """The same with further values, or with others of the same names."""
        return type(self)(self.id, **{**dict(self.values), **values})


def _told(value: Value) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_told, value))})"
    return str(value if isinstance(value, Message | Ref) else value.value)


def one_of(what: str, value: str, choices: Iterable[str]) -> Message:
    """What was given is none of those that there are: `what` is its name where it was given."""
    given = {"what": Name(what), "value": Name(value[:TOLD_CHARACTERS_MAX])}
    return Message("refused.not_one_of", choices=tuple(map(Name, choices)), **given)


def counted(message_id: str, /, count: int, **values: Value) -> Message:
    """A message whose form depends on `count`, as its language's plural has it."""
    return Message(message_id, count=Count(count), **values)


def marked(message_id: str, /) -> str:
    """The id itself, where a Message is made of it elsewhere: this is where Babel finds it."""
    return message_id


def mark(words: str) -> str:
    """Import as `_`: words in English that are their own id, and are said later: this is where
    Babel finds them."""
    return words


def leading(value: float | None, digits: int = 3) -> Number:
    """A number that shows about so many leading digits."""
    if value is None or not isfinite(value):
        return Number(value, 0)
    size = floor(log10(abs(value))) if value else 0
    return Number(value, min(DIGITS_MAX, max(0, digits - 1 - size)))


KINDS: Mapping[str, Any] = {kind.__name__.lower(): kind for kind in get_args(Scalar)}


def plain_of(value: Value) -> Any:
    """As JSON: a message as its id and its values, any other value with its type."""
    if isinstance(value, Message):
        return {"id": value.id, "values": {name: plain_of(each) for name, each in value.values}}
    if isinstance(value, tuple):
        return [plain_of(each) for each in value]
    assert not isinstance(value, Ref), f"{value}: a fact is told with its report, not by itself"
    number: object = value.value
    if isinstance(number, date | datetime):
        number = number.isoformat()
    elif isinstance(number, float) and not isfinite(number):
        number = None
    said: dict[str, Any] = {"type": type(value).__name__.lower(), "value": number}
    digits = getattr(value, "digits", None)
    return said if digits is None else said | {"digits": digits}


def stored_message(message: Message) -> str:
    """As one line of text: what a table or a report's facts hold."""
    return json.dumps(plain_of(message), sort_keys=True)


def message_of(stored: str) -> Message:
    """The message of such a line. KeyError, TypeError or ValueError: it is none."""
    found = value_of(json.loads(stored))
    if not isinstance(found, Message):
        raise TypeError(f"{stored}: no message")
    return found


def value_of(plain: Any) -> Value:
    """The value that `plain_of` said. KeyError, TypeError or ValueError: it is none."""
    if isinstance(plain, list):
        return tuple(value_of(each) for each in plain)
    if "id" in plain:
        message_id, values = plain["id"], plain["values"]
        return Message(message_id, **{name: value_of(each) for name, each in values.items()})
    said = {name: each for name, each in plain.items() if name != "type"}
    read = {"day": date.fromisoformat, "instant": datetime.fromisoformat}.get(plain["type"])
    if read is not None and said["value"] is not None:
        said["value"] = read(said["value"])
    found: Value = KINDS[plain["type"]](**said)
    return found
