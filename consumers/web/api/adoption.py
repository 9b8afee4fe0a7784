"""GET /v1/adoption/METRIC: one route for each metric of the catalogue.

Every answer carries its cut-off time, definition, thresholds and completeness. Its ETag changes
when evidence was folded, the registry changed, or a day ended: asking again with `If-None-Match`
costs a look and no metric.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse

from consumers.adoption.ask import ask, thresholds_of
from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Answer, Metric, MetricContext, Question
from consumers.adoption.render.answer import render_answer
from consumers.adoption.render.flat import answer_json
from consumers.language.language import in_every_language
from consumers.web.access.audience import Audience, admits
from consumers.web.api.adoption_shapes import answer_model, example_of
from consumers.web.api.answers import PROBLEMS
from infra.clickhouse import Store
from infra.clock import Clock
from schemas.calendar import LOCAL

LIMIT_DEFAULT, LIMIT_MAX = 1_000, 10_000
OFFSET_MAX = 10_000_000
MEDIA = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
Words = Annotated[list[str] | None, Query(max_length=100)]
Format = Literal["json", "csv", "parquet"]


def add_adoption_api(
    app: FastAPI, store: Store, clock: Clock, scene_of: Callable[[Question], MetricContext]
) -> None:
    """Register the routes. `scene_of` says how far the store is; it may be some seconds old.

    They stand on the application itself, where the gate finds the rule of each.
    """
    for name, metric in METRICS.items():
        _add(app, name, metric, store, clock, scene_of)
    _keep_nulls(app)


def _keep_nulls(app: FastAPI) -> None:
    """FastAPI writes no null into its document, so our examples would lose what they must show."""
    made = app.openapi

    def document() -> dict[str, Any]:
        found = made()
        for name, metric in METRICS.items():
            answer = found["paths"][f"/v1/adoption/{name}"]["get"]["responses"]["200"]
            answer["content"]["application/json"]["example"] = example_of(name, metric)
        return found

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to change it


def _add(
    app: FastAPI,
    name: str,
    metric: Metric,
    store: Store,
    clock: Clock,
    scene_of: Callable[[Question], MetricContext],
) -> None:
    @app.get(
        f"/v1/adoption/{name}",
        tags=["adoption"],
        summary=metric.definition.title,
        description=metric.definition.text,
        operation_id=f"adoption_{name.replace('-', '_')}",
        response_class=Response,
        responses={
            200: {
                "model": answer_model(name, metric),
                "description": "The rows, and what a reader must know about them.",
                "content": {
                    "application/json": {},
                    "text/csv": {},
                    MEDIA["parquet"]: {},
                },
                "headers": {
                    "ETag": {"schema": {"type": "string"}, "description": "For If-None-Match."},
                    "Link": {"schema": {"type": "string"}, "description": 'rel="next"'},
                },
            },
            304: {"description": "Nothing that this answer depends on has changed."},
            **PROBLEMS,
        },
    )
    def answer(
        request: Request,
        audience: Annotated[Audience, admits("figures", "query")],
        kind: Annotated[Words, Query(description="Kinds of market; repeat.")] = None,
        vendor: Annotated[Words, Query(description="Codes; repeat.")] = None,
        by: Annotated[str | None, Query(description=_words("Group by", metric.by))] = None,
        at: Annotated[date | None, Query(description="As of this day.")] = None,
        first_day: Annotated[date | None, Query(alias="from")] = None,
        last_day: Annotated[date | None, Query(alias="to")] = None,
        grain: Annotated[str | None, Query(description=_words("Periods", metric.grains))] = None,
        known_on: Annotated[
            datetime | None, Query(description="As known at this moment; with a time zone.")
        ] = None,
        threshold: Annotated[Words, Query(description="NAME=VALUE; repeat.")] = None,
        is_shared: Annotated[bool, Query(description="Withhold small cells.")] = False,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT,
        offset: Annotated[int, Query(ge=0, le=OFFSET_MAX)] = 0,
        output: Annotated[Format, Query(alias="format")] = "json",
    ) -> Response:
        question = audience.question(
            name,
            now=clock.now(),
            at=at,
            first_day=first_day,
            last_day=last_day,
            by=by,
            grain=grain,
            kinds=kind or (),
            vendors=vendor or (),
            known_on=known_on,
            thresholds=thresholds_of(threshold or ()),
            is_shared=is_shared,
        )
        scene = scene_of(question)
        etag = etag_of(question, scene, (output, limit, offset))
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if etag in matches(request.headers.get("If-None-Match", "")):
            return Response(status_code=304, headers=headers)
        found = ask(store, question, scene)
        if output != "json":
            headers["Content-Disposition"] = f'attachment; filename="{name}.{output}"'
            body = render_answer(found, metric, output)
            return Response(body, media_type=MEDIA[output], headers=headers)
        link = next_link(request, len(found.rows), limit=limit, offset=offset)
        if link:
            headers["Link"] = f'<{link}>; rel="next"'
        return JSONResponse(page_json(found, link, limit=limit, offset=offset), headers=headers)


def _words(what: str, allowed: frozenset[Any]) -> str:
    return f"{what}: {', '.join(sorted(allowed))}."


def page_json(answer: Answer, link: str | None, *, limit: int, offset: int) -> dict[str, Any]:
    """The answer with a page of its rows, and where the next page is."""
    return {
        **answer_json(answer, rows=answer.rows[offset : offset + limit], words=in_every_language),
        "row_count": len(answer.rows),
        "limit": limit,
        "offset": offset,
        "next": link,
    }


def next_link(request: Request, row_count: int, *, limit: int, offset: int) -> str | None:
    """The address of the next page, relative to the host; None on the last one."""
    if offset + limit >= row_count:
        return None
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("limit", "offset")]
    query = urlencode([*kept, ("limit", str(limit)), ("offset", str(offset + limit))])
    return f"{request.url.path}?{query}"


def etag_of(question: Question, scene: MetricContext, form: Sequence[object]) -> str:
    """A strong tag of everything that the body depends on: what was asked, and what is known.

    The local day is in it, because what is complete changes when a day ends.
    """
    day = scene.now.astimezone(LOCAL).date()
    text = f"{question.digest()} {scene.cut_off.version} {scene.cut_off.waiting_days} {day} {form}"
    return f'"{sha256(text.encode()).hexdigest()[:32]}"'


def matches(header: str) -> set[str]:
    """The tags of an If-None-Match, weak ones as if strong (RFC 9110, 13.1.2)."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
