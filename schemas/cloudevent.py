"""What payment and registry events share: the CloudEvents 1.0 envelope and its canonical form.

Canonical form: keys in the order of the model, no spaces, every key present and null where it does
not apply, integers, UTC times with milliseconds and `Z`, NFC text. There is one encoder (here) and
one test of it: a body is canonical when encoding what was decoded gives the same bytes.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    model_validator,
)

from schemas.errors import Inadmissible, Reason
from schemas.ids import event_id_text
from schemas.reference import PATTERN
from schemas.refusal import inadmissible as inadmissible  # noqa: PLC0414  # part of this door
from schemas.refusal import not_canonical, refusal
from schemas.text import is_text

E = TypeVar("E", bound="CloudEvent")

BODY_BYTES_MAX = 65_536
TIME_MIN = datetime(2000, 1, 1, tzinfo=UTC)
TIME_END = datetime(2100, 1, 1, tzinfo=UTC)  # the engine's days end in 2149
AHEAD_MAX = timedelta(days=1)  # clocks of banks may be ahead of the broker's by this much
AMOUNT_VND_MAX = 10**15


def _utc_milliseconds(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() != timedelta(0):
        raise ValueError("a time must be UTC, written with Z")
    if moment.microsecond % 1000:
        raise ValueError("a time has milliseconds, no finer part")
    return moment.astimezone(UTC)


def write_time(moment: datetime) -> str:
    """`2026-11-24T08:05:05.123Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _text(text: str) -> str:
    if not is_text(text):
        raise ValueError("text must be NFC, 1 to 200 characters, without control characters")
    return text


Instant = Annotated[
    datetime,
    AfterValidator(_utc_milliseconds),
    PlainSerializer(write_time, return_type=str),
]
Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$")]
Reference = Annotated[str, StringConstraints(pattern=PATTERN)]
Source = Annotated[str, StringConstraints(pattern=r"^/[a-z0-9][a-z0-9._/-]{0,62}$")]
SourceTransactionId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]
Text = Annotated[str, AfterValidator(_text)]


class Model(BaseModel):
    """Frozen, strict, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Data(Model):
    """Every event's data begins with the source's own transaction id."""

    source_transaction_id: SourceTransactionId


class CloudEvent(Model):
    """The envelope: `id` is derived, `type` ends in kind and version, `time` is of the fact."""

    TYPES: ClassVar[frozenset[str]] = frozenset()

    specversion: str = Field("1.0", pattern=r"^1\.0$")
    id: str
    source: Source
    type: str
    time: Instant
    data: Data

    @property
    def kind(self) -> str:
        """The word before the version: `credited` of `vn.choso.payment.credited.v1`."""
        return kind_of(self.type)

    @model_validator(mode="after")
    def _check_envelope(self) -> Self:
        if self.type not in self.TYPES:
            raise ValueError(f"type {self.type!r} is not known")
        derived = event_id_text(self.source, self.data.source_transaction_id, self.kind)
        if self.id != derived:
            raise ValueError(f"id must be derived from the fact: {derived}, not {self.id}")
        if not TIME_MIN <= self.time < TIME_END:
            raise ValueError(f"time {write_time(self.time)} is not in the years 2000 to 2099")
        return self


def kind_of(event_type: str) -> str:
    """The word before the version of a type."""
    return event_type.rsplit(".", 2)[-2]


def encode(event: CloudEvent) -> bytes:
    """The canonical bytes of an event."""
    return event.model_dump_json().encode()


def decode(model: type[E], body: bytes, recorded_at: datetime) -> E:
    """The event in these bytes, or `Inadmissible` with its reason: the admission rule, at the edge.

    The engine's rule (schemas/sql/current, `*_judge.sql`) admits exactly the same bodies. Form
    comes before content: a field of the wrong type is `not_canonical`, and `detail` names it.
    """
    if len(body) > BODY_BYTES_MAX:
        raise Inadmissible(Reason.TOO_LARGE, f"{len(body)} bytes, at most {BODY_BYTES_MAX}")
    try:
        event = model.model_validate_json(body)
    except ValidationError as error:
        raise refusal(model, body, error) from error
    if encode(event) != body:
        raise not_canonical()
    if event.time > recorded_at + AHEAD_MAX:
        known = f"{recorded_at:%Y-%m-%dT%H:%MZ}, when it was recorded"
        raise Inadmissible(
            Reason.TIME, f"time {write_time(event.time)} is more than a day after {known}"
        )
    return event
