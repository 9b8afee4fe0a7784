"""`/v1/webhooks/NAME`: a provider's own message, answered as that provider expects.

The signature is checked over the bytes as they came, before anything else is looked at. A genuine
message of any age is taken: its event has the same id for ever, so that a replay changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from infra.clock import Clock
from infra.errors import ChosoError, Refused
from infra.log import get_logger
from infra.settings import GatewaySettings
from producers.gateway.body import read_body
from producers.publisher import Outgoing, Publisher, outgoing
from producers.webhooks.evidence import event_of
from producers.webhooks.provider import Forged, Incoming, Malformed, Notice, Outcome
from producers.webhooks.sources import AgreedSource

RETRY_AFTER_S = 5
METHODS = ("GET", "POST")
log = get_logger(__name__)

Counted = Literal["accepted", "forged", "malformed", "unable", "skipped"]


@dataclass(frozen=True, slots=True)
class Webhooks:
    """From whom messages are taken. `token_key` may be Unavailable: then they are to be sent again.

    `count` is told of every message: source, outcome, how many.
    """

    sources: Mapping[str, AgreedSource]
    token_key: Callable[[], bytes]
    count: Callable[[str, Counted, int], None]


def add_webhooks(
    app: FastAPI,
    publisher: Publisher,
    settings: GatewaySettings,
    *,
    webhooks: Webhooks,
    clock: Clock,
    topic_prefix: str,
) -> None:
    """Add the route."""
    count = webhooks.count

    @app.api_route(
        "/v1/webhooks/{name}",
        methods=list(METHODS),
        summary="A provider's own message",
        responses={404: {"description": "There is no source of this name."}},
    )
    async def webhook(name: str, request: Request) -> Response:
        try:
            source = webhooks.sources.get(name)
        except Refused as error:
            log.error("webhook.unable", source=name, cause=str(error))  # noqa: TRY400 - no fault of ours
            raise HTTPException(503, "source: cannot be read now") from error
        if source is None:
            raise HTTPException(404, "source: there is none of this name")
        if request.method != source.provider.method:
            raise HTTPException(
                405, f"{source.provider.title} sends {source.provider.method}",
                headers={"Allow": source.provider.method},
            )  # fmt: skip
        incoming = Incoming(
            dict(request.headers),
            request.scope["query_string"].decode("latin-1"),
            await read_body(request, bytes_max=settings.body_bytes_max, s_max=settings.body_s_max),
        )
        # Checking, translating and awaiting the broker block: none may hold up the event loop.
        outcome = await run_in_threadpool(take, source, incoming)
        return _response(source, outcome)

    def take(source: AgreedSource, incoming: Incoming) -> Outcome:
        outcome: Outcome
        cause: str | None
        try:
            source.provider.verify(incoming, source.secrets)
            reading = source.provider.read(incoming)
            records = [record(source, notice) for notice in reading.notices]
            cause = published(records)
        except Forged as error:
            outcome, cause = "forged", str(error)
        except Malformed as error:  # it says where and what was expected, never what was sent
            outcome, cause = "malformed", str(error)
        except ChosoError as error:
            outcome, cause = "unable", str(error)
        else:
            if cause is None:
                count(source.name, "accepted", len(records))
                count(source.name, "skipped", len(reading.skipped))
                return "accepted"
            outcome = "unable"
        count(source.name, outcome, 1)
        log.warning(f"webhook.{outcome}", source=source.name, cause=cause)
        return outcome

    def record(source: AgreedSource, notice: Notice) -> Outgoing:
        event = event_of(notice, source.evidence, key=webhooks.token_key(), received_at=clock.now())
        return outgoing(event, topic_prefix=topic_prefix)

    def published(records: list[Outgoing]) -> str | None:
        """Why not; None: the broker acknowledged all of them."""
        if not records:
            return None
        report = publisher.publish(records, retry_ms_max=settings.acknowledge_timeout_ms)
        return None if report.acknowledged_count == len(records) else report.cause


def _response(source: AgreedSource, outcome: Outcome) -> Response:
    reply = source.provider.replies[outcome]
    headers = {"Retry-After": str(RETRY_AFTER_S)} if outcome == "unable" else {}
    if reply.body is None:
        return Response(status_code=reply.status, headers=headers)
    return JSONResponse(dict(reply.body), status_code=reply.status, headers=headers)
