"""What the gateway answers, and the examples that its OpenAPI document shows."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "source": "/sepay",
    "type": "vn.choso.payment.credited.v1",
    "time": "2026-11-24T15:05:05+07:00",
    "data": {
        "source_transaction_id": "92704",
        "account_number": "0123456789",
        "bank_bin": "970418",
        "bank_reference": "FT26328451290",
        "amount_vnd": 45000,
        "currency": "VND",
        "time_precision": "instant",
        "rail_class": "p2p_transfer",
        "text": "mua rau",
    },
}
EXAMPLE_ACCEPTED: dict[str, Any] = {
    "results": [{"index": 0, "id": "6a3e0f6e-0e5b-5d0c-9a0b-0d5a5a5f0d3c", "status": "accepted"}]
}
EXAMPLE_MIXED: dict[str, Any] = {
    "results": [
        EXAMPLE_ACCEPTED["results"][0],
        {
            "index": 1,
            "status": "error",
            "errors": [
                {
                    "path": "data.amount_vnd",
                    "reason": "amount",
                    "detail": "must be at least 1",
                }
            ],
        },
    ]
}
EXAMPLE_REFUSED: dict[str, Any] = {"results": [EXAMPLE_MIXED["results"][1] | {"index": 0}]}


class AnswerModel(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class ErrorAnswer(AnswerModel):
    """One thing that is wrong with an event."""

    path: str = Field(description="where, such as data.amount_vnd")
    reason: str = Field(description="a word of the closed list of reasons")
    detail: str


class EventAnswer(AnswerModel):
    """What became of one event: `id` where it was accepted, `errors` where it was not."""

    index: int
    id: str | None = None
    status: Literal["accepted", "error"]
    errors: list[ErrorAnswer] | None = None


class BatchAnswer(AnswerModel):
    """What became of each event, in their order."""

    results: list[EventAnswer]


class Trouble(AnswerModel):
    """Why the whole request was not taken; no event of it is accepted."""

    detail: str


def _response(
    description: str, example: dict[str, Any], model: type[AnswerModel]
) -> dict[str, Any]:
    content = {"application/json": {"example": example}}
    return {"description": description, "model": model, "content": content}


RESPONSES: dict[int | str, dict[str, Any]] = {
    202: _response("every event is in the log", EXAMPLE_ACCEPTED, BatchAnswer),
    207: _response("some events are in the log, others are errors", EXAMPLE_MIXED, BatchAnswer),
    401: _response("no valid key", {"detail": "a valid bearer key is needed"}, Trouble),
    413: _response("too large", {"detail": "body: more than 4194304 bytes"}, Trouble),
    415: _response("unknown content type", {"detail": "content type: text/plain"}, Trouble),
    422: _response("no event is acceptable", EXAMPLE_REFUSED, BatchAnswer),
    503: _response(
        "the log is away: send all of it again after Retry-After seconds",
        {"detail": "log: not acknowledged: KafkaTimeoutError"},
        Trouble,
    ),
}

EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "a payment event in CloudEvents 1.0 form; `id` may be absent, it is derived",
}
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/cloudevents+json": {"schema": EVENT_SCHEMA, "example": EXAMPLE_EVENT},
        "application/cloudevents-batch+json": {
            "schema": {"type": "array", "items": EVENT_SCHEMA},
            "example": [EXAMPLE_EVENT],
        },
        "application/json": {
            "schema": {"type": "array", "items": EVENT_SCHEMA},
            "example": [EXAMPLE_EVENT],
        },
    },
}
