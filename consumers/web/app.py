"""The application: pages and API behind one gate."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.gzip import GZipMiddleware

from consumers.alerts.book import list_alerts
from consumers.fold.snapshot import Snapshots
from consumers.language.language import languages
from consumers.ledger.payment import NotThere
from consumers.web.access.audience import (
    Audience,
    Denied,
    admission,
    admits,
    audience_of,
    check_routes,
)
from consumers.web.access.gate import Gate, GateContext, wants_page
from consumers.web.access.rules import OPEN_TO_ALL, GateDecision
from consumers.web.access.tries import Tries
from consumers.web.api.adoption import add_adoption_api
from consumers.web.api.spine import Statuses, add_api
from consumers.web.api.studies import add_studies_api
from consumers.web.form import form_of
from consumers.web.headers import SecurityHeaders
from consumers.web.live_feed import LiveFeed, Today, load_today
from consumers.web.metric_asker import Asker
from consumers.web.pages import PAGES
from consumers.web.progress import Progress, Sample
from consumers.web.site import WebContext
from consumers.web.static import static
from consumers.web.studies import Studies
from consumers.web.view import Page, View
from infra.clickhouse import Store
from infra.clock import Clock
from infra.errors import ChosoError, Refused, Unavailable
from infra.log import get_logger
from infra.settings import FoldSettings, WebSettings
from schemas.calendar import LOCAL
from schemas.message import Message
from schemas.message import mark as _

log = get_logger("web")
NOT_COMPUTED = _("the answer could not be computed: the log says why")
GZIP_LEVEL = 6
TODAY_S_MAX = 2.0  # a page may show figures of today this old; then they move by themselves
GZIP_BYTES_MIN = 600


def open_door() -> GateContext:
    """No sign-in: for the demo and for loopback alone."""
    return GateContext(secret=token_bytes(32), book=None, is_secure=False)


def web_app(
    store: Store,
    snapshots: Snapshots,
    *,
    clock: Clock,
    settings: WebSettings,
    fold_settings: FoldSettings,
    sample: Callable[[Sample | None], Sample],
    statuses: Statuses,
    on_crash: Callable[[], None],
    data_dir: Path | None = None,
    door: GateContext | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """`sample` looks how far sink and fold are (it blocks), by the same `snapshots`, given what it
    said before; `statuses` reads the roles' files.

    `on_crash` ends the process: it is called where looking fails for a reason of our own. In
    `data_dir` are registrations, candidates and reports; None: there are none. `door` None: sign-in
    is off. Listeners are let go once `is_stopping`.
    """
    progress = Progress(timedelta(seconds=settings.stuck_after_s))
    asker = Asker(store, snapshots, clock=clock, settings=settings, fold=fold_settings)
    studies = Studies(store, clock=clock, settings=settings, fold=fold_settings, data_dir=data_dir)

    async def watch() -> None:
        while True:
            try:
                progress.saw(await asyncio.to_thread(sample, progress.last))
            except ChosoError as trouble:
                progress.could_not_look(str(trouble), clock.now())
            await asyncio.sleep(settings.sample_ms / 1000)

    def crashed(task: asyncio.Task[None]) -> None:
        # Anything but a passing trouble ends the process: the supervisor starts it again.
        if not task.cancelled() and (error := task.exception()):
            log.error("web.watch", cause=repr(error))
            on_crash()

    @asynccontextmanager
    async def lifespan(started: FastAPI) -> AsyncIterator[None]:
        check_routes(started.routes)  # also those that were added after all was composed
        task = asyncio.create_task(watch())
        task.add_done_callback(crashed)
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(asker.close)
        await asyncio.to_thread(studies.close)

    def look() -> Today:
        now = clock.now()
        return load_today(store, today=now.astimezone(LOCAL).date(), at=now)

    app = FastAPI(
        title="choso",
        version="1",
        description="Cashless payments at market stalls: figures that can be proven.",
        lifespan=lifespan,
        openapi_url=None,  # FastAPI's own routes say nothing of whom they are for: ours do
        docs_url=None,  # its page loads scripts from elsewhere; ours is /docs in the list of pages
        redoc_url=None,
    )
    app.state.progress = progress
    site = WebContext(
        store=store,
        clock=clock,
        settings=settings,
        fold_settings=fold_settings,
        progress=progress,
        live=LiveFeed(
            look,
            clock=clock,
            each_ms=settings.live_ms,
            listeners_max=settings.live_listeners_max,
            is_stopping=is_stopping,
        ),
        door=door or open_door(),
        pages=PAGES,
        tries=Tries(clock, tries_max=settings.sign_in_tries_max, wait_s=settings.sign_in_wait_s),
        asker=asker,
        today=asker.cached(look, age_s=settings.live_ms / 1000, stale_s=TODAY_S_MAX),
        open_alerts=asker.cached(lambda: list_alerts(store, state="open")),
        studies=studies,
        data_dir=data_dir,
        openapi=lambda: app.openapi(),  # noqa: PLW0108 - the adoption API puts its own there
    )
    add_api(app, site, statuses)
    add_adoption_api(app, store, clock, asker.scene_of)
    add_studies_api(app, site)
    app.add_api_route(
        "/static/{name}", static, dependencies=[admits(None)], include_in_schema=False
    )
    for page in PAGES:
        app.add_api_route(
            page.path, _handler(site, page), methods=list(page.methods), include_in_schema=False
        )
    check_routes(app.routes)
    _say_errors(app, site)
    app.add_middleware(Gate, door=site.door, names=settings.names)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_BYTES_MIN, compresslevel=GZIP_LEVEL)
    app.add_middleware(SecurityHeaders, behind_tls=settings.behind_tls)
    return app


def _handler(site: WebContext, page: Page) -> Callable[..., Any]:
    admitted = admission(page.rule)
    if page.methods == ("GET",):

        def get(request: Request, audience: Annotated[Audience, admitted]) -> Response:
            return page.render(View(site, request, page, audience))

        return get

    async def post(request: Request, audience: Annotated[Audience, admitted]) -> Response:
        view = View(site, request, page, audience)
        view.form = await form_of(request)
        return await asyncio.to_thread(page.render, view)

    return post


def _problem(site: WebContext, request: Request, status: int, why: object) -> Response:
    view = View(site, request, None, audience_of(request, OPEN_TO_ALL))
    return view.render("problem.html", status, status=status, why=why)


def _told(request: Request, why: object) -> dict[str, str | None]:
    """As JSON: words in the language that was asked for, else in English; and the code."""
    if not isinstance(why, Message):
        return {"detail": str(why), "code": None}
    known = languages()
    language = known.get(request.query_params.get("lang", "")) or known["en"]
    return {"detail": language.render(why), "code": why.id}


def _say_errors(app: FastAPI, site: WebContext) -> None:
    """Errors of the outside world, as a page for people and as JSON for machines."""

    def say(
        request: Request, status: int, why: object, headers: dict[str, str] | None = None
    ) -> Response:
        if wants_page(request):
            answer = _problem(site, request, status, why)
            answer.headers.update(headers or {})
            return answer
        return JSONResponse(_told(request, why), status, headers)

    @app.exception_handler(Denied)
    async def denied(request: Request, error: Denied) -> Response:
        who, url, verdict = request.state.who, request.url, error.verdict
        log.info("access.refused", who=who.name, path=url.path, why=verdict.value)
        if verdict is not GateDecision.SIGN_IN:
            return say(request, 403, verdict.value)
        if wants_page(request):
            target = url.path + (f"?{url.query}" if url.query else "")
            return RedirectResponse(f"/sign-in?next={quote(target, safe='')}", 303)
        return say(request, 401, verdict.value, {"WWW-Authenticate": "Bearer"})

    @app.exception_handler(NotThere)
    async def not_there(request: Request, error: NotThere) -> Response:
        return say(request, 404, error.said)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        if error.code is None:
            return say(request, 422, error.said)
        # The store refused a statement of ours: our mistake, and no word of it is for the caller.
        log.error("web.statement", path=request.url.path, cause=str(error))
        return say(request, 500, NOT_COMPUTED)

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, error: Unavailable) -> Response:
        return say(request, 503, error.said, {"Retry-After": "2"})

    @app.exception_handler(StarletteHTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers) if error.headers else None
        return say(request, error.status_code, str(error.detail), headers)
