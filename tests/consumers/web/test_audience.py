"""Every route says to whom it shows what, or the application does not start. Without a store."""

import ast
from pathlib import Path
from typing import Annotated, Any, cast

import pytest
from fastapi import FastAPI, Response
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

import consumers.web
from consumers.fold.snapshot import Snapshots
from consumers.web.access.audience import Audience, admits, check_routes, rules_of
from consumers.web.app import web_app
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings, WebSettings
from tests.engine import FixedClock
from tests.web.routes import ROUTES

WEB = Path(consumers.web.__file__).parent
NO_STORE = cast(Store, None)


@pytest.fixture
def app() -> FastAPI:
    """Composed, and not started."""
    return web_app(
        NO_STORE,
        Snapshots(NO_STORE),
        clock=FixedClock(),
        settings=WebSettings(),
        fold_settings=FoldSettings(),
        sample=lambda _: pytest.fail("it started"),
        statuses=dict,
        on_crash=lambda: None,
    )


def test_each_route_declares_the_rule_that_is_written_down_for_it(app: FastAPI) -> None:
    places = {"vendor": "inside", "payment": "inside", "alert": "inside", "own": "inside"}
    seen = set()
    for route in app.routes:
        [rule] = rules_of(route)
        for method in route.methods:  # type: ignore[attr-defined]  # each is an APIRoute
            wanted = ROUTES[route.path, method]  # type: ignore[attr-defined]
            assert rule.scope == wanted.scope, route
            assert rule.market == places.get(wanted.about, wanted.about), route
            seen.add((route.path, method))  # type: ignore[attr-defined]
    assert seen == set(ROUTES)


def forgetful(app: FastAPI) -> None:
    @app.get("/forgotten")
    def forgotten() -> str:
        return "all there is"


def twice(app: FastAPI) -> None:
    @app.get("/twice", dependencies=[admits(None)])
    def twice(audience: Annotated[Audience, admits("people")]) -> str:
        return audience.who.name


def plain(app: FastAPI) -> None:
    app.router.routes.append(Route("/plain", lambda _: PlainTextResponse("all there is")))


def mounted(app: FastAPI) -> None:
    app.router.routes.append(Mount("/mounted", app=cast(Any, Response("all there is"))))


@pytest.mark.parametrize("add", [forgetful, twice, plain, mounted])
async def test_a_route_that_forgets_keeps_the_application_from_starting(
    app: FastAPI, add: Any
) -> None:
    check_routes(app.routes)
    add(app)
    with pytest.raises(Refused, match=r"^route /(forgotten|twice|plain|mounted): "):
        async with app.router.lifespan_context(app):
            pytest.fail("it started")


def test_questions_are_made_by_an_audience_alone() -> None:
    """Whoever made one himself could leave out that it is to be shared."""
    makers = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "consumers.adoption.ask":
                makers |= {path.name for name in node.names if name.name == "question_of"}
    assert makers == {"audience.py"}


def test_no_route_reads_the_caller_past_its_audience() -> None:
    """`request.state.who` is read where an audience is made, and where a refusal is told."""
    found = {
        str(path.relative_to(WEB))
        for path in WEB.rglob("*.py")
        if "state.who" in path.read_text(encoding="utf-8")
    }
    assert found == {"access/audience.py", "app.py"}
