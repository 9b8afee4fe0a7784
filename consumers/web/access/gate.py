"""The gate: before every route, whether a request is for us, and who asks.

Whether he may is said by the route itself (`audience.py`), which nobody can leave out.
"""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from consumers.web.access.book import Book
from consumers.web.access.roles import NOBODY, OPEN, Who
from consumers.web.access.seal import seal, unseal
from infra.host_names import MISDIRECTED, is_sent_to_us
from infra.log import get_logger

log = get_logger("web.access")
SESSION_COOKIE = "choso_session"


@dataclass(frozen=True, slots=True)
class GateContext:
    """What the gate needs. `book` None: sign-in is off and everybody is the open caller."""

    secret: bytes
    book: Book | None
    is_secure: bool  # cookies go over TLS only

    def cookie(self, response: Response, name: str, value: str, max_age_s: int | None) -> None:
        """A sealed cookie that scripts cannot read."""
        response.set_cookie(
            name,
            seal(self.secret, name, value),
            max_age=max_age_s,
            httponly=True,
            samesite="lax",
            secure=self.is_secure,
            path="/",
        )


class Gate:
    """ASGI middleware. `names` are those by which readers reach us; empty: see `is_sent_to_us`."""

    def __init__(self, app: ASGIApp, *, door: GateContext, names: Collection[str]) -> None:
        self._app = app
        self._door = door
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        host = request.headers.get("host", "")
        if not is_sent_to_us(host, names=self._names, is_open=self._door.book is None):
            log.warning("access.misdirected", host=host[:200])
            answer = JSONResponse({"detail": "no name of ours: CHOSO_WEB__NAMES"}, MISDIRECTED)
            await answer(scope, receive, send)
            return
        who = self._who(request)
        scope.setdefault("state", {}).update(
            who=who,
            # A stream asks again and again: it ends with the session or key that opened it.
            is_still_in=lambda: self._who(request, is_look=True).kind == who.kind,
        )
        await self._app(scope, receive, send)

    def _who(self, request: Request, *, is_look: bool = False) -> Who:
        """Who asks. `is_look`: it is no new request, and does not keep a session alive."""
        book = self._door.book
        if book is None:
            return OPEN
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return book.who_of_key(key.strip()) or NOBODY
        cookie = request.cookies.get(SESSION_COOKIE)
        session = unseal(self._door.secret, SESSION_COOKIE, cookie)
        found = book.who_of_session(session, touch=not is_look) if session else None
        return found or NOBODY


def wants_page(request: Request) -> bool:
    """Whether a person looks, with a browser."""
    is_api = request.url.path.startswith("/v1/") or request.url.path in {"/live", "/metrics"}
    return not is_api and "text/html" in request.headers.get("accept", "")
