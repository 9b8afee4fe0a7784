"""Old versions of events in today's words, before they are validated. Pure.

An upcaster knows one old type and gives the next version; `upcast` applies them until none fits.
Ids are derived without the version, so an old event and its new form are one event. The edge
(gateway, import, replay of rejects) calls this; the engine admits today's versions alone.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from schemas import payment
from schemas.cloudevent import CloudEvent, encode
from schemas.errors import Inadmissible, Reason
from schemas.refusal import inadmissible

E = TypeVar("E", bound=CloudEvent)
Upcaster = Callable[[Mapping[str, Any]], dict[str, Any]]

STEPS_MAX = 16  # versions that one event may be behind


# What version 0 said, in today's words: it said `amount` for `amount_vnd`.
_V0_DATA = frozenset(
    {
        "source_transaction_id",
        "account",
        "bank_reference",
        "compensation_reference",
        "amount_vnd",
        "currency",
        "rail_class",
        "payer_token",
        "balance_after_vnd",
        "text",
    }
)


def _payment_v0(event: Mapping[str, Any]) -> dict[str, Any]:
    """v0 knew the moment; of all that came later it said nothing."""
    said = event.get("data")
    if not isinstance(said, Mapping):
        raise Inadmissible(Reason.FIELDS, "data: must be an object")
    later = payment.PaymentData.model_fields.keys() - _V0_DATA
    added = dict.fromkeys(later) | {"time_precision": "instant"}
    unknown = sorted((added.keys() | {"amount_vnd"}) & said.keys())
    if unknown:
        raise Inadmissible(Reason.FIELDS, f"data.{unknown[0]}: is not a field of version 0")
    data = {("amount_vnd" if name == "amount" else name): value for name, value in said.items()}
    kind = str(event["type"]).rsplit(".", 2)[-2]
    return {**event, "type": f"{payment.PREFIX}{kind}.v1", "data": data | added}


UPCASTERS: dict[str, Upcaster] = {
    f"{payment.PREFIX}{kind}.v0": _payment_v0 for kind in payment.KINDS
}


def upcast(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event in the newest version of its type; one that is not old comes back as it is.

    Raises Inadmissible where an old event does not have its own version's form.
    """
    newest = dict(event)
    for _ in range(STEPS_MAX):
        upcaster = UPCASTERS.get(str(newest.get("type")))
        if upcaster is None:
            return newest
        newest = upcaster(newest)
    raise AssertionError(f"type {event.get('type')!r}: upcasters go in a circle")


def upcast_body(model: type[E], body: bytes) -> bytes:
    """The canonical bytes of a body of any version. Raises Inadmissible with its reason.

    Spaces and the order of keys are forgiven here. What comes back is admissible, but for a time in
    the future, which is judged against the time of the record.
    """
    try:
        said = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Inadmissible(Reason.NOT_JSON, str(error)) from error
    if not isinstance(said, dict):
        raise Inadmissible(Reason.UNKNOWN_TYPE, "event: must be an object")
    newest = upcast(said)
    if str(newest.get("type")) not in model.TYPES:
        raise Inadmissible(Reason.UNKNOWN_TYPE, f"type {newest.get('type')!r} is not known")
    try:
        return encode(model.model_validate_json(to_json(newest)))
    except ValidationError as error:
        raise inadmissible(error) from error
