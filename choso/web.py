"""The web role: pages and HTTP API over the store, with an eye on Kafka and the other roles."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from choso.compose import Choso
from choso.status import StatusFile, read_status
from consumers.fold.snapshot import Snapshots
from consumers.web.access.book import Book
from consumers.web.access.gate import GateContext
from consumers.web.app import web_app
from consumers.web.progress import LogPosition, Positions, Sample, take_sample
from infra.clickhouse import Store
from infra.dsn import is_loopback
from infra.errors import Refused
from infra.kafka import committed_offsets, end_offsets
from infra.listening import listen

WATCHED = ("sink", "fold", "verify")
STOP_S_MAX = 5
BOOK = "secrets/access.sqlite"  # beside the other secrets, for the owner alone


def run_web(choso: Choso) -> None:
    """Serve until SIGTERM. Refused where it cannot listen, or beyond loopback without sign-in."""
    settings = choso.settings.web
    if not settings.sign_in and not is_loopback(settings.host):
        raise Refused(
            f"web: {settings.host} is reachable from other machines and sign-in is off: set"
            " CHOSO_WEB__SIGN_IN=true and add people with `choso user add`, or listen on 127.0.0.1"
        )
    status = StatusFile(choso.status_file("web"), choso.clock)
    servers: list[uvicorn.Server] = []
    with choso.store() as store, opened_door(choso) as door:
        snapshots = Snapshots(store)
        app = web_app(
            store,
            snapshots,
            clock=choso.clock,
            settings=settings,
            fold_settings=choso.settings.fold,
            sample=lambda before: look(choso, store, snapshots, before),
            statuses=lambda: {name: read_status(choso.status_file(name)) for name in WATCHED},
            on_crash=lambda: os._exit(1),
            data_dir=choso.data_dir.path,
            door=door,
            is_stopping=lambda: any(server.should_exit for server in servers),
        )
        with listen("web", settings.host, settings.port) as listener:
            port = listener.getsockname()[1]
            status({"address": f"http://{settings.host}:{port}"})
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=STOP_S_MAX,
                server_header=False,
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=list(settings.proxies),
            )
            servers.append(uvicorn.Server(config))
            servers[0].run(sockets=[listener])


@contextmanager
def opened_door(choso: Choso) -> Iterator[GateContext | None]:
    """Who may come in; None where sign-in is off."""
    settings = choso.settings.web
    if not settings.sign_in:
        yield None
        return
    with opened_book(choso) as book:
        secret = bytes.fromhex(choso.data_dir.secret("web_key"))
        is_secure = settings.behind_tls or not is_loopback(settings.host)
        yield GateContext(secret=secret, book=book, is_secure=is_secure)


@contextmanager
def opened_book(choso: Choso) -> Iterator[Book]:
    """People and keys of this data directory, closed at the end."""
    settings = choso.settings.web
    book = Book(
        choso.data_dir.path / BOOK,
        choso.clock,
        session_s_max=settings.session_s_max,
        idle_s_max=settings.idle_s_max,
    )
    try:
        yield book
    finally:
        book.close()


def look(choso: Choso, store: Store, snapshots: Snapshots, before: Sample | None) -> Sample:
    """One sample of how far sink and fold are; blocks."""
    return take_sample(
        store,
        snapshots,
        log_positions(choso),
        at=choso.clock.now(),
        settings=choso.settings.fold,
        before=before,
    )


def log_positions(choso: Choso) -> Positions:
    """Where each partition begins and ends, and where the sink says that it is."""
    stored = committed_offsets(choso.kafka_config, choso.settings.sink.group_id)
    return {
        (topic, partition): LogPosition(begin, end, stored.get((topic, partition), begin))
        for topic in choso.shapes
        for partition, (begin, end) in end_offsets(choso.kafka_config, topic).items()
    }
