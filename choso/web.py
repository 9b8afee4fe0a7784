"""The web role: the HTTP API over the store, with its eye on Kafka and the other roles."""

import os
import socket

import uvicorn

from choso.compose import Choso
from choso.status import StatusFile, read_status
from consumers.web.app import web_app
from consumers.web.progress import LogPosition, Positions, Sample, take_sample
from infra.clickhouse import Store
from infra.dsn import is_loopback
from infra.errors import Refused
from infra.kafka import committed_offsets, end_offsets

WATCHED = ("sink", "fold", "verify")
STOP_S_MAX = 5


def run_web(choso: Choso) -> None:
    """Serve until SIGTERM. Refused where it cannot listen, or beyond loopback."""
    settings = choso.settings.web
    if not is_loopback(settings.host):
        raise Refused(
            f"web: {settings.host} is reachable from other machines and this API has no sign-in:"
            " listen on 127.0.0.1 and put a gate in front"
        )
    status = StatusFile(choso.status_file("web"), choso.clock)
    with choso.store() as store:
        app = web_app(
            store,
            clock=choso.clock,
            settings=settings,
            fold_settings=choso.settings.fold,
            sample=lambda: look(choso, store),
            statuses=lambda: {name: read_status(choso.status_file(name)) for name in WATCHED},
            on_crash=lambda: os._exit(1),
        )
        try:
            listener = socket.create_server((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                f"web: cannot listen on {settings.host}:{settings.port}: {error}"
            ) from error
        with listener:
            port = listener.getsockname()[1]
            status({"address": f"http://{settings.host}:{port}"})
            config = uvicorn.Config(
                app, log_config=None, access_log=False, timeout_graceful_shutdown=STOP_S_MAX
            )
            uvicorn.Server(config).run(sockets=[listener])


def look(choso: Choso, store: Store) -> Sample:
    """One sample of how far sink and fold are; blocks."""
    return take_sample(
        store, log_positions(choso), at=choso.clock.now(), settings=choso.settings.fold
    )


def log_positions(choso: Choso) -> Positions:
    """Where each partition begins and ends, and where the sink says that it is."""
    stored = committed_offsets(choso.kafka_config, choso.settings.sink.group_id)
    return {
        (topic, partition): LogPosition(begin, end, stored.get((topic, partition), begin))
        for topic in choso.shapes
        for partition, (begin, end) in end_offsets(choso.kafka_config, topic).items()
    }
