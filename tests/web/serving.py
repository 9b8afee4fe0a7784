"""An application behind a real HTTP server on loopback, in a thread of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from consumers.fold.snapshot import Snapshots
from consumers.web.access.book import Book
from consumers.web.access.gate import GateContext
from consumers.web.app import web_app
from consumers.web.progress import take_sample
from infra.clickhouse import Store
from infra.clock import Clock
from infra.listening import listen
from infra.settings import FoldSettings, WebSettings
from tests.patience import patient

STARTED_S_MAX = patient(20)
SECRET = b"k" * 32
HOUR_S = 3600.0


@dataclass
class StandingClock:
    """A clock that shows one moment until a test moves it."""

    moment: datetime
    moved: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moved[-1] if self.moved else self.moment


def make_app(
    store: Store,
    clock: Clock,
    *,
    door: GateContext | None = None,
    settings: WebSettings | None = None,
    data_dir: Path | None = None,
) -> FastAPI:
    """The whole application on this store."""
    snapshots = Snapshots(store)
    return web_app(
        store,
        snapshots,
        clock=clock,
        settings=settings or WebSettings(sample_ms=1_000),
        fold_settings=FoldSettings(),
        sample=lambda _: take_sample(store, snapshots, {}, at=clock.now(), settings=FoldSettings()),
        statuses=dict,
        on_crash=lambda: None,
        data_dir=data_dir,
        door=door,
    )


def make_door(path: Path, clock: Clock) -> GateContext:
    """Sign-in on, with nobody in the book yet."""
    book = Book(path / "access.sqlite", clock, session_s_max=12 * HOUR_S, idle_s_max=HOUR_S)
    return GateContext(secret=SECRET, book=book, is_secure=False)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the running application."""
    listener = listen("tests", "127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + STARTED_S_MAX
    while not server.started:
        assert thread.is_alive(), "the server ended"
        assert time.monotonic() < until, "the server does not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=STARTED_S_MAX)
        listener.close()
