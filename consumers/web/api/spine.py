"""The JSON API of the spine: figures day by day, one payment, health, readiness, metrics, live."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse

from consumers.adoption.daily.daily import ROWS_MAX, DailyRow, daily, daily_known_on
from consumers.language.language import in_every_language
from consumers.language.plain import as_worded_json
from consumers.ledger.payment import payment_show
from consumers.ledger.render import story_json
from consumers.web.access.audience import Audience, admits, own_stories
from consumers.web.api.answers import DEFINITION, PROBLEMS, DailyAnswer, Readiness
from consumers.web.metrics import render_metrics
from consumers.web.site import WebContext
from consumers.web.state import codes
from infra.errors import Refused
from schemas.calendar import LOCAL

LIMIT_DEFAULT = 1_000
Code = Annotated[str | None, Query(max_length=48)]
Statuses = Callable[[], dict[str, dict[str, Any]]]


def add_api(app: FastAPI, site: WebContext, statuses: Statuses) -> None:
    """Register the routes."""

    @app.get("/v1/adoption/daily", summary="Figures day by day", responses=PROBLEMS)
    def adoption_daily(
        # Day by day nothing is withheld: for sharing there is /v1/adoption/intensity.
        audience: Annotated[Audience, admits("people", "query")],
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
        now = site.clock.now()
        last = last_day or now.astimezone(LOCAL).date()
        first = first_day or last - timedelta(days=13)
        grain = by or ("vendor" if vendor else "market")
        if vendor and grain == "market":
            raise Refused("by: figures of one vendor are by vendor, not by market")
        if known_on is not None and known_on.tzinfo is None:
            raise Refused("known_on: say the time zone, such as 2026-01-31T17:00:00Z")
        if grain == "vendor":
            audience.shows_people()
        asked: list[str | None] = [*codes(audience.markets, "market")] or [None]
        rows: list[DailyRow] = []
        for one in asked:
            if known_on is None:
                rows += daily(
                    site.store,
                    market=one,
                    vendor=vendor,
                    first_day=first,
                    last_day=last,
                    by=grain,
                    clock=site.clock,
                    limit=limit + offset,
                )
            else:
                rows += daily_known_on(
                    site.store,
                    known_at=known_on,
                    market=one,
                    vendor=vendor,
                    first_day=first,
                    last_day=last,
                    by=grain,
                    settings=site.fold_settings,
                    clock=site.clock,
                )
        rows.sort(key=lambda row: (row.day, row.market, row.vendor))
        rows = rows[offset : offset + limit]
        return DailyAnswer.model_validate(
            {
                "known_on": known_on or now,
                "definition": DEFINITION,
                "is_complete": all(row.is_complete for row in rows),
                "row_count": len(rows),
                "limit": limit,
                "offset": offset,
                "rows": as_worded_json(rows),
            }
        )

    @app.get(
        "/v1/payments/{payment_id:path}",  # a bank reference may contain "/"
        summary="One payment's evidence",
        responses=PROBLEMS | {404: PROBLEMS[422]},
    )
    def payment(
        audience: Annotated[Audience, admits("people", "inside", is_personal=True)], payment_id: str
    ) -> list[dict[str, Any]]:
        """By bank reference, `ACCOUNT_TOKEN:REFERENCE`, or event id."""
        stories = payment_show(site.store, payment_id, settings=site.fold_settings)
        own = own_stories(stories, audience, asked=payment_id)
        return [story_json(story, in_every_language) for story in own]

    @app.get("/live", summary="The figures of today, as server-sent events", responses=PROBLEMS)
    async def live(
        request: Request,
        audience: Annotated[Audience, admits("figures", "query")],
    ) -> Response:
        """Events `figures`: JSON with `at` and, by market ('*': all together), today's sums."""
        if site.live.is_full:
            raise HTTPException(503, "too many listeners: try again", {"Retry-After": "10"})
        wanted = codes(audience.markets, "market")
        return StreamingResponse(
            site.live.events(
                wanted,
                is_shared=audience.is_shared,
                is_still_in=request.state.is_still_in,
            ),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @app.get("/healthz", summary="Whether the process answers", dependencies=[admits(None)])
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get(
        "/readyz",
        summary="Whether work moves: 503 where sink or fold are stuck",
        responses={503: {"model": Readiness}},
        dependencies=[admits(None)],
    )
    def readyz(response: Response) -> Readiness:
        troubles = site.progress.troubles(site.clock.now())
        response.status_code = 503 if troubles else 200
        told = [in_every_language(trouble)["en"] for trouble in troubles]
        return Readiness(ready=not troubles, troubles=told)

    @app.get(
        "/metrics",
        summary="For Prometheus",
        response_class=Response,
        dependencies=[admits("metrics")],
    )
    def metrics() -> Response:
        now_s = site.clock.now().timestamp()
        text = render_metrics(site.progress, statuses(), now_s=now_s)
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/openapi.json", include_in_schema=False, dependencies=[admits("figures")])
    def openapi() -> dict[str, Any]:
        return site.openapi()
