"""`POST /v1/events`: 2xx only after the log acknowledged the events, an answer for each of them."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from infra.clock import Clock
from infra.connections import OneLength
from infra.dsn import is_loopback
from infra.errors import ChosoError, Refused
from infra.host_names import MISDIRECTED, is_sent_to_us
from infra.settings import GatewaySettings
from producers.gateway.answers import (
    REQUEST_BODY,
    RESPONSES,
    BatchAnswer,
    ErrorAnswer,
    EventAnswer,
    Trouble,
)
from producers.gateway.body import read_body
from producers.gateway.document import read_document
from producers.gateway.translate import Problem, Untranslatable, translate
from producers.publisher import Outgoing, Publisher, outgoing
from schemas.errors import Inadmissible

RETRY_AFTER_S = 5
ERRORS_MAX = 20  # of one event: enough to know
SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
EITHER = "application/json"


def gateway_app(
    publisher: Publisher,
    settings: GatewaySettings,
    *,
    keys: Iterable[str],
    clock: Clock,
    topic_prefix: str,
    token_key: Callable[[], bytes],
) -> FastAPI:
    """The application. Without keys it is open, and then Refused on any host beyond loopback."""
    known = tuple(key.encode() for key in keys if key)
    if not known and not is_loopback(settings.host):
        raise Refused(
            f"gateway: {settings.host} is reachable from other machines and no key is set:"
            " set CHOSO_GATEWAY__KEYS"
        )
    door = EventDoor(publisher, settings, clock, topic_prefix, token_key)
    app = FastAPI(
        title="choso gateway",
        version="1",
        description="Takes evidence about payments and puts it into the log.",
        docs_url=None,  # their pages load scripts from elsewhere: /openapi.json says the same
        redoc_url=None,
    )
    app.add_middleware(OneLength)

    @app.middleware("http")
    async def is_for_us(request: Request, call_next: Any) -> Response:
        host = request.headers.get("host", "")
        if not is_sent_to_us(host, names=settings.names, is_open=not known):
            return JSONResponse({"detail": "no name of ours: CHOSO_GATEWAY__NAMES"}, MISDIRECTED)
        answer: Response = await call_next(request)
        return answer

    @app.get("/healthz", summary="Whether the process answers")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post(
        "/v1/events",
        status_code=202,
        summary="Send one event or a batch of them",
        response_model=BatchAnswer,
        responses=RESPONSES,
        openapi_extra={"requestBody": REQUEST_BODY},
    )
    async def post_events(request: Request) -> JSONResponse:
        if known:
            check_key(request.headers.get("authorization"), known)
        content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if content_type not in {SINGLE, BATCH, EITHER}:
            raise HTTPException(415, f"content type: {content_type or 'none'}: send {SINGLE}")
        body = await read_body(
            request, bytes_max=settings.body_bytes_max, s_max=settings.body_s_max
        )
        # Translating and awaiting the broker block: neither may hold up the event loop.
        return await run_in_threadpool(door.answer, body, content_type)

    return app


@dataclass(frozen=True)
class EventDoor:
    """From the body of a request to its answer; what is accepted is in the log by then.

    `token_key` may be Unavailable: then events with numbers in clear are to be sent again.
    """

    publisher: Publisher
    settings: GatewaySettings
    clock: Clock
    topic_prefix: str
    token_key: Callable[[], bytes]

    def answer(self, body: bytes, content_type: str) -> JSONResponse:
        try:
            said = read_document(body)
        except Inadmissible as error:
            problem = Problem("", error.reason.value, error.detail)
            return _batch_answer([_error_answer(0, [problem])])
        is_list = isinstance(said, list)
        if (content_type == BATCH and not is_list) or (content_type == SINGLE and is_list):
            wanted = "a list" if content_type == BATCH else "one object"
            problem = Problem("", "fields", f"{content_type} holds {wanted}")
            return _batch_answer([_error_answer(0, [problem])])
        events = said if is_list else [said]
        if len(events) > self.settings.events_per_request_max:
            raise HTTPException(
                413, f"events: {len(events)}, at most {self.settings.events_per_request_max}"
            )
        try:
            results, records = self._judge(events)
        except ChosoError as error:
            return _again(f"tokens: cannot be made now: {error}")
        if records:
            report = self.publisher.publish(
                records, retry_ms_max=self.settings.acknowledge_timeout_ms
            )
            if report.acknowledged_count < len(records):
                return _again(f"log: not acknowledged: {report.cause}")
        return _batch_answer(results)

    def _judge(self, events: list[Any]) -> tuple[list[EventAnswer], list[Outgoing]]:
        received_at = self.clock.now()
        results: list[EventAnswer] = []
        records: list[Outgoing] = []
        for index, said in enumerate(events):
            try:
                event = translate(said, received_at=received_at, token_key=self.token_key)
            except Untranslatable as error:
                results.append(_error_answer(index, error.problems))
                continue
            records.append(outgoing(event, topic_prefix=self.topic_prefix))
            results.append(EventAnswer(index=index, id=event.id, status="accepted"))
        return results, records


def check_key(header: str | None, known: tuple[bytes, ...]) -> None:
    """401 unless the header bears a known key; every key is compared, in constant time."""
    scheme, _, given = (header or "").partition(" ")
    matches = [hmac.compare_digest(given.strip().encode(), key) for key in known]
    if scheme.lower() != "bearer" or not any(matches):
        raise HTTPException(
            401, "a valid bearer key is needed", headers={"WWW-Authenticate": "Bearer"}
        )


def _again(detail: str) -> JSONResponse:
    """Nothing of the request is taken: it is to be sent again."""
    return JSONResponse(
        Trouble(detail=detail).model_dump(),
        status_code=503,
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def _error_answer(index: int, problems: list[Problem]) -> EventAnswer:
    errors = [ErrorAnswer(**problem._asdict()) for problem in problems[:ERRORS_MAX]]
    return EventAnswer(index=index, status="error", errors=errors)


def _batch_answer(results: list[EventAnswer]) -> JSONResponse:
    """202 where all are accepted, 422 where none is, 207 between."""
    accepted_count = sum(result.status == "accepted" for result in results)
    status = 207
    if accepted_count == len(results):
        status = 202
    elif accepted_count == 0:
        status = 422
    body = BatchAnswer(results=results).model_dump(exclude_none=True)
    return JSONResponse(body, status_code=status)
