"""Connections of our servers: who sends nothing makes room, and no request has two lengths."""

import asyncio
from collections import Counter
from typing import Any, ClassVar

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that waits for a request so long, and lets only so many wait.

    uvicorn itself closes a connection that is idle between two requests, not one that never sends
    a whole head; some hundred of those would take every place.
    """

    head_s_max: ClassVar[float] = 10.0
    connections_max: ClassVar[int] = 256
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new one comes in; where it is one too many, one that is silent goes."""
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) >= self.connections_max:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone: nothing is waited for any more."""
        if self._head_timer is not None:
            self._head_timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The next head is awaited from now on."""
        super().on_response_complete()
        self._await_head()

    @property
    def is_silent(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._head_timer = self.loop.call_later(self.head_s_max, self._close_silent)

    def _close_silent(self) -> None:
        if self.is_silent:
            self.transport.abort()

    def _make_room(self) -> None:
        """Of the address that has most connections, the silent one that waits longest goes."""
        silent = [c for c in self.connections if isinstance(c, PatientProtocol) and c.is_silent]
        count = Counter(c.client[0] if c.client else "" for c in silent)
        others = [c for c in silent if c is not self and c._head_timer is not None]
        if others:
            chosen = min(others, key=lambda c: (-count[c.client[0] if c.client else ""], c._due()))
            chosen.transport.abort()
            self.connections.discard(chosen)

    def _due(self) -> float:
        return self._head_timer.when() if self._head_timer else 0.0


def patient_protocol(*, head_s_max: float, connections_max: int) -> type[PatientProtocol]:
    """The protocol with these limits, for uvicorn's `http`."""
    limits = {"head_s_max": head_s_max, "connections_max": connections_max}
    return type("LimitedProtocol", (PatientProtocol,), limits)


class OneLength:
    """ASGI middleware: 400 where a request has Content-Length and Transfer-Encoding.

    Two servers in a row that believe different ones disagree on where the next request begins.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        names: list[Any] = [name for name, _ in scope.get("headers", ())]
        if b"content-length" in names and b"transfer-encoding" in names:
            told = {"detail": "both Content-Length and Transfer-Encoding: send one of them"}
            await JSONResponse(told, 400, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, receive, send)
