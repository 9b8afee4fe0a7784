"""The gate: before every route, who asks, whether he may, and whether a form is from our page.

It stands as ASGI middleware in front of the whole application, so that no handler can forget it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from consumers.language.mark import mark as _
from consumers.web.access.book import Book
from consumers.web.access.roles import NOBODY, OPEN, Who
from consumers.web.access.rules import Rule, Verdict, asks_for_people, decide, forced
from consumers.web.access.seal import is_csrf_token, seal, unseal
from infra.log import get_logger

log = get_logger("web.access")
SESSION_COOKIE = "choso_session"
VISIT_COOKIE = "choso_visit"  # ties the forms of who is not signed in to his browser
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_BYTES_MAX = 16_384
QUERY_FIELDS_MAX = 100
FORM_FIELDS_MAX = 100
Problem = Callable[[Request, int, str], Response]


@dataclass(frozen=True, slots=True)
class Door:
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
    """`rules`: by the path of a route; `problem` renders a refusal for people."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        door: Door,
        rules: Mapping[str, Rule],
        routes: Callable[[], list[BaseRoute]],
        problem: Problem,
    ) -> None:
        self._app = app
        self._door = door
        self._rules = rules
        self._routes = routes
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        template, path_params = self._route(scope)
        visit = unseal(self._door.secret, VISIT_COOKIE, request.cookies.get(VISIT_COOKIE))
        who = self._who(request, visit)
        scope.setdefault("state", {}).update(
            who=who,
            # A stream asks again and again: it ends with the session or key that opened it.
            is_still_in=lambda: self._who(request, visit, is_look=True).kind == who.kind,
        )
        if template is None:
            await self._app(scope, receive, send)  # the router says that nothing is there
            return
        rule = self._rules.get(template)
        if rule is None:
            log.error("access.unclassified", route=template)
            await self._refuse(request, 403, _("this route has no rule of access"), receive, send)
            return
        query = parse_qs(
            scope["query_string"].decode("latin-1"),
            keep_blank_values=True,
            max_num_fields=QUERY_FIELDS_MAX,
        )
        verdict = decide(rule, who, query=query, path=path_params)
        if verdict is not Verdict.ALLOWED:
            log.info("access.refused", who=who.name, path=scope["path"], why=verdict.value)
            await self._say(request, verdict, receive, send)
            return
        if request.method not in SAFE and who.kind != "machine":
            body = await _body(receive)
            trouble = self._forged(request, who, body)
            if trouble:
                log.warning("access.forged", who=who.name, path=scope["path"], why=trouble)
                await self._refuse(request, 403, trouble, receive, send)
                return
            receive = _again(body)
        if rule.is_personal or asks_for_people(rule, query):
            log.info(
                "personal_data",
                who=who.name or who.kind,
                role=who.role,
                method=request.method,
                path=scope["path"],
                query=scope["query_string"].decode("latin-1"),
            )
        if changes := forced(rule, who, query):
            wanted = {**query, **changes}
            pairs = [(name, value) for name, values in wanted.items() for value in values]
            scope["query_string"] = urlencode(pairs).encode("latin-1")
        await self._app(scope, receive, send)

    def _route(self, scope: Scope) -> tuple[str | None, dict[str, str]]:
        """The template and parameters of the route that will answer, as the router chooses it."""
        partial: tuple[str | None, dict[str, str]] = (None, {})
        for route in self._routes():
            match, child = route.matches(scope)
            if match is Match.NONE:
                continue
            params = {k: str(v) for k, v in child.get("path_params", {}).items()}
            found = (str(getattr(route, "path", "")), params)
            if match is Match.FULL:
                return found
            partial = partial if partial[0] is not None else found
        return partial

    def _who(self, request: Request, visit: str | None, *, is_look: bool = False) -> Who:
        """Who asks. `is_look`: it is no new request, and does not keep a session alive."""
        book = self._door.book
        if book is None:
            return Who("", "open", OPEN.scopes, role=OPEN.role, seed=visit or "")
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return book.who_of_key(key.strip()) or NOBODY
        cookie = request.cookies.get(SESSION_COOKIE)
        session = unseal(self._door.secret, SESSION_COOKIE, cookie)
        found = book.who_of_session(session, touch=not is_look) if session else None
        return found or Who("", "nobody", frozenset(), seed=visit or "")

    def _forged(self, request: Request, who: Who, body: bytes | None) -> str | None:
        """Why a changing request is not believed; None where it is."""
        if body is None:
            return _("the form is too long")
        site = request.headers.get("sec-fetch-site", "same-origin")
        origin = request.headers.get("origin")
        is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        if site not in {"same-origin", "none"} or not is_own:
            return _("the form was sent from another site")
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/x-www-form-urlencoded":
            return _("a form is sent as application/x-www-form-urlencoded")
        try:
            fields = parse_qs(body.decode(), max_num_fields=FORM_FIELDS_MAX)
        except ValueError:
            return _("the form cannot be read")
        token = fields.get("csrf", [""])[0]
        if not is_csrf_token(self._door.secret, who.seed, token):
            return _("the form is not from a page of yours, or it has expired: load the page again")
        return None

    async def _say(self, request: Request, verdict: Verdict, receive: Receive, send: Send) -> None:
        if verdict is Verdict.SIGN_IN and wants_page(request):
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            answer: Response = RedirectResponse(f"/sign-in?next={quote(target, safe='')}", 303)
            await answer(request.scope, receive, send)
            return
        status = 401 if verdict is Verdict.SIGN_IN else 403
        await self._refuse(request, status, verdict.value, receive, send)

    async def _refuse(
        self, request: Request, status: int, why: str, receive: Receive, send: Send
    ) -> None:
        if wants_page(request):
            answer = self._problem(request, status, why)
        else:
            headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
            answer = JSONResponse({"detail": why}, status, headers)
        await answer(request.scope, receive, send)


def wants_page(request: Request) -> bool:
    """Whether a person looks, with a browser."""
    is_api = request.url.path.startswith("/v1/") or request.url.path in {"/live", "/metrics"}
    return not is_api and "text/html" in request.headers.get("accept", "")


async def _body(receive: Receive) -> bytes | None:
    """The body, or None where it is too long."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > FORM_BYTES_MAX:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes | None) -> Receive:
    """The body once more, for the handler."""
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body or b"", "more_body": False}

    return receive


def new_visit() -> str:
    """An id for who is not signed in."""
    return token_hex(16)
