"""The application: adoption, payments, health, readiness, metrics. All reads; nothing changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse

from consumers.adoption.daily import LOCAL, ROWS_MAX, daily, daily_known_on
from consumers.adoption.render import row_json
from consumers.ledger.payment import NotThere, payment_show
from consumers.ledger.render import story_json
from consumers.web.answers import DEFINITION, PROBLEMS, DailyAnswer, Readiness
from consumers.web.metrics import render_metrics
from consumers.web.progress import Progress, Sample
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import ChosoError, Refused, Unavailable
from infra.log import get_logger
from infra.settings import FoldSettings, WebSettings

log = get_logger("web")
LIMIT_DEFAULT = 1_000
Code = Annotated[str | None, Query(max_length=48)]


def web_app(
    store: Store,
    *,
    clock: Clock,
    settings: WebSettings,
    fold_settings: FoldSettings,
    sample: Callable[[], Sample],
    statuses: Callable[[], dict[str, dict[str, Any]]],
    on_crash: Callable[[], None],
) -> FastAPI:
    """`sample` looks how far sink and fold are (it blocks); `statuses` reads the roles' files.

    `on_crash` ends the process: it is called where looking fails for a reason of our own.
    """
    progress = Progress(timedelta(seconds=settings.stuck_after_s))

    async def watch() -> None:
        while True:
            try:
                progress.saw(await asyncio.to_thread(sample))
            except ChosoError as trouble:
                progress.could_not_look(str(trouble), clock.now())
            await asyncio.sleep(settings.sample_ms / 1000)

    def crashed(task: asyncio.Task[None]) -> None:
        # Anything but a passing trouble ends the process: the supervisor starts it again.
        if not task.cancelled() and (error := task.exception()):
            log.error("web.watch", cause=repr(error))
            on_crash()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(watch())
        task.add_done_callback(crashed)
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = FastAPI(
        title="choso",
        version="1",
        description="Cashless payments at market stalls: figures that can be proven.",
        lifespan=lifespan,
    )
    app.state.progress = progress

    @app.exception_handler(NotThere)
    async def not_there(_: Request, error: NotThere) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 404)

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 422)

    @app.exception_handler(Unavailable)
    async def unavailable(_: Request, error: Unavailable) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 503, {"Retry-After": "2"})

    @app.get("/v1/adoption/daily", summary="Figures day by day", responses=PROBLEMS)
    def adoption_daily(
        market: Code = None,
        vendor: Code = None,
        by: Literal["market", "vendor"] | None = None,
        first_day: Annotated[date | None, Query(alias="from")] = None,
        last_day: Annotated[date | None, Query(alias="to")] = None,
        known_on: Annotated[
            datetime | None, Query(description="As known at this moment; with a time zone.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_MAX)] = LIMIT_DEFAULT,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> DailyAnswer:
        now = clock.now()
        last = last_day or now.astimezone(LOCAL).date()
        first = first_day or last - timedelta(days=13)
        grain = by or ("vendor" if vendor else "market")
        if vendor and grain == "market":
            raise Refused("by: figures of one vendor are by vendor, not by market")
        if known_on is None:
            rows = daily(
                store,
                market=market,
                vendor=vendor,
                first_day=first,
                last_day=last,
                by=grain,
                clock=clock,
                limit=limit,
                offset=offset,
            )
        else:
            if known_on.tzinfo is None:
                raise Refused("known_on: say the time zone, such as 2026-01-31T17:00:00Z")
            rows = daily_known_on(
                store,
                known_at=known_on,
                market=market,
                vendor=vendor,
                first_day=first,
                last_day=last,
                by=grain,
                settings=fold_settings,
                clock=clock,
            )[offset : offset + limit]
        return DailyAnswer.model_validate(
            {
                "known_on": known_on or now,
                "definition": DEFINITION,
                "is_complete": all(row.is_complete for row in rows),
                "row_count": len(rows),
                "limit": limit,
                "offset": offset,
                "rows": [row_json(row) for row in rows],
            }
        )

    @app.get(
        "/v1/payments/{payment_id:path}",  # a bank reference may contain "/"
        summary="One payment's evidence",
        responses=PROBLEMS | {404: PROBLEMS[422]},
    )
    def payment(payment_id: str) -> list[dict[str, Any]]:
        """By bank reference, `ACCOUNT_TOKEN:REFERENCE`, or event id."""
        return [story_json(s) for s in payment_show(store, payment_id, settings=fold_settings)]

    @app.get("/healthz", summary="Whether the process answers")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(
        "/readyz",
        summary="Whether work moves: 503 where sink or fold are stuck",
        responses={503: {"model": Readiness}},
    )
    def readyz(response: Response) -> Readiness:
        troubles = progress.troubles(clock.now())
        response.status_code = 503 if troubles else 200
        return Readiness(ready=not troubles, troubles=troubles)

    @app.get("/metrics", summary="For Prometheus", response_class=Response)
    def metrics() -> Response:
        text = render_metrics(progress, statuses(), now_s=clock.now().timestamp())
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    return app
