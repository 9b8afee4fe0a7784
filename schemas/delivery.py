"""Deliveries: what a file, a batch or a source's day said as a whole, and which were taken back.

`delivered` says of one delivery what became of all its lines and all its money: lines = Σ outcomes,
opening balance + Σ = closing balance where the source has them, and its evidence is what it says it
`published`. It is told after its payments were acknowledged, so that there is no false one; told
again it is the same. Evidence names its delivery beside its bytes (schemas/topics.py), never in
them: the same fact told by two deliveries is one fact.

`retracted` takes a delivery back. What is retracted only grows; evidence that a delivery which is
not retracted tells too, holds.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.cloudevent import CloudEvent, Code, Data, Model, Text, Token, write_time
from schemas.ids import event_id

PREFIX = "vn.choso.delivery."
KINDS = ("delivered", "retracted")
OUTCOMES = ("blank", "preamble", "header", "skipped", "known", "rejected", "published")
SUM_VND_MAX = 10**18
ACCOUNTS_MAX = 1_000  # named one by one; a delivery of more names none of them
OUTCOMES_MAX = 100  # (outcome, reason) pairs of one delivery

OutcomeName = Literal["blank", "preamble", "header", "skipped", "known", "rejected", "published"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=10**12)]
Sum = Annotated[int, Field(ge=0, le=SUM_VND_MAX)]
Balance = Annotated[int, Field(ge=-SUM_VND_MAX, le=SUM_VND_MAX)]

# Which fields a kind must have, and which it may have; all others are null.
FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "delivered": (
        frozenset({"name"}),
        frozenset({"sha256", "byte_count", "line_count", "profile", "profile_sha256", "reader"})
        | {"market", "first_day", "last_day", "opening_vnd", "closing_vnd"},
    ),
    "retracted": (frozenset({"who", "why"}), frozenset()),
}


class Outcome(Model):
    """What became of some rows: in lines and in đồng, as the columns of the source say it.

    `reason` says by which rule a row was skipped, or why it was rejected; `change_vnd` by how much
    the rows changed the balance. In `unread_count` rows there may be money that cannot be read.
    """

    outcome: OutcomeName
    reason: Text | None
    row_count: Count
    line_count: Count
    in_vnd: Sum
    out_vnd: Sum
    change_vnd: Balance
    unread_count: Count


class DeliveryData(Data):
    """One statement about the delivery `delivery`. `accounts` are tokens; days are local ones.

    `profile` is the map by which it was read, `reader` the program's way of reading it.
    """

    delivery: Token
    name: Text | None
    sha256: Sha256 | None
    byte_count: Count | None
    line_count: Count | None
    profile: Text | None
    profile_sha256: Sha256 | None
    reader: Code | None
    market: Code | None
    first_day: date | None
    last_day: date | None
    opening_vnd: Balance | None
    closing_vnd: Balance | None
    accounts: Annotated[tuple[Token, ...], Field(max_length=ACCOUNTS_MAX)]
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=OUTCOMES_MAX)]
    who: Text | None
    why: Text | None


class DeliveryEvent(CloudEvent):
    """A statement about a delivery, version 1: `vn.choso.delivery.KIND.v1`.

    `time` is the end of what a delivery tells, or when it was retracted.
    """

    TYPES: ClassVar[frozenset[str]] = frozenset(f"{PREFIX}{kind}.v1" for kind in KINDS)

    data: DeliveryData

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        required, optional = FIELDS[self.kind]
        present = {
            name
            for name, value in self.data
            if value is not None and name not in _ALWAYS and value != ()
        }
        if missing := required - present:
            raise ValueError(f"fields missing for {self.kind}: {', '.join(sorted(missing))}")
        lists = _LISTS if self.kind == "delivered" else frozenset[str]()
        if extra := present - required - optional - lists:
            raise ValueError(f"fields not of {self.kind}: {', '.join(sorted(extra))}")
        for day in (self.data.first_day, self.data.last_day):
            if day is not None and not date(2000, 1, 1) <= day <= date(2100, 1, 1):
                raise ValueError(f"fields: day {day} is out of range")
        return self


def delivery_id(*parts: str) -> Token:
    """The id that what makes a delivery this one gives: the same parts are the same delivery."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def delivered(
    *, delivery: Token, source: str, ends_at: datetime, outcomes: tuple[Outcome, ...], **said: Any
) -> DeliveryEvent:
    """What became of a delivery. The same statement has the same id."""
    data = _data(delivery, outcomes=outcomes, **said)
    content = f"{write_time(ends_at)}\n{data.model_dump_json()}"
    mark = sha256(content.encode()).hexdigest()[:16]
    return _event("delivered", source, f"{delivery}/{mark}", ends_at, data)


def retracted(
    *, delivery: Token, source: str, stated_at: datetime, who: Text, why: Text
) -> DeliveryEvent:
    """A delivery is taken back, by whom and why."""
    transaction = f"{delivery}/{write_time(stated_at)}"
    return _event("retracted", source, transaction, stated_at, _data(delivery, who=who, why=why))


def _data(delivery: Token, **said: Any) -> DeliveryData:  # checked by the model
    empty: dict[str, Any] = dict.fromkeys(DeliveryData.model_fields) | dict.fromkeys(_LISTS, ())
    return DeliveryData(**(empty | {"source_transaction_id": "-", "delivery": delivery} | said))


def _event(
    kind: str, source: str, transaction: str, time: datetime, data: DeliveryData
) -> DeliveryEvent:
    return DeliveryEvent(
        id=str(event_id(source, transaction, kind)),
        source=source,
        type=f"{PREFIX}{kind}.v1",
        time=time,
        data=data.model_copy(update={"source_transaction_id": transaction}),
    )


_ALWAYS = frozenset({"source_transaction_id", "delivery"})
_LISTS = frozenset({"accounts", "outcomes"})
