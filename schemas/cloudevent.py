"""What payment events and registry events share: the CloudEvents 1.0 envelope and its canonical form.

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
from schemas.ids import event_id
from schemas.text import is_text

E = TypeVar("E", bound="CloudEvent")

BODY_BYTES_MAX = 65_536
TIME_MIN = datetime(2000, 1, 1, tzinfo=UTC)
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
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


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
Reference = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z][0-9A-Z._/:-]{0,63}$")]
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
    """The envelope: `id` is derived, `type` ends in kind and version, `time` is when it happened."""

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
        if self.time < TIME_MIN:
            raise ValueError(f"time {write_time(self.time)} is before {write_time(TIME_MIN)}")
        derived = event_id(self.source, self.data.source_transaction_id, self.kind)
        if self.id != str(derived):
            raise ValueError(f"id must be derived from the fact: {derived}, not {self.id}")
        return self


def kind_of(event_type: str) -> str:
    """The word before the version of a type."""
    return event_type.rsplit(".", 2)[-2]


def encode(event: CloudEvent) -> bytes:
    """The canonical bytes of an event."""
    return event.model_dump_json().encode()


def decode(model: type[E], body: bytes, recorded_at: datetime) -> E:
    """The event in these bytes, or `Inadmissible` with its reason: the admission rule, at the edge.

    The engine's rule (schemas/sql/migrations, `*_judge.sql`) admits exactly the same bodies.
    """
    if len(body) > BODY_BYTES_MAX:
        raise Inadmissible(Reason.TOO_LARGE, f"{len(body)} bytes, at most {BODY_BYTES_MAX}")
    try:
        event = model.model_validate_json(body)
    except ValidationError as error:
        raise inadmissible(error) from error
    if event.time > recorded_at + AHEAD_MAX:
        raise Inadmissible(Reason.TIME, f"time {write_time(event.time)} is in the future")
    if encode(event) != body:
        raise Inadmissible(Reason.NOT_CANONICAL, "the bytes are not the event's canonical form")
    return event


def inadmissible(error: ValidationError) -> Inadmissible:
    """pydantic's first complaint as a reason and a path."""
    first = error.errors(include_url=False, include_context=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    field = str(first["loc"][-1]) if first["loc"] else ""
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "json_invalid":
        return Inadmissible(Reason.NOT_JSON, message)
    reason = _REASON_OF_FIELD.get(field)
    if reason is None:
        words = message.split(" ", 1)[0]
        reason = _REASON_OF_FIELD.get(words, Reason.FIELDS)
        if words == "type":
            reason = Reason.UNKNOWN_TYPE
    return Inadmissible(reason, f"{path or 'event'}: {message}")


_REASON_OF_FIELD = {reason.value: reason for reason in Reason} | {
    "type": Reason.UNKNOWN_TYPE,
    "amount_vnd": Reason.AMOUNT,
    "balance_after_vnd": Reason.BALANCE,
    "stall_count": Reason.COUNT,
}
