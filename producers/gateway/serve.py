"""Serving the gateway: its socket is bound first, so a free port is known before any request."""

from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from infra.connections import patient_protocol
from infra.listening import listen
from infra.settings import GatewaySettings

CONNECTIONS_MAX = 256
STOP_MARGIN_S = 2


def serve_gateway(
    app: FastAPI,
    settings: GatewaySettings,
    *,
    on_listen: Callable[[str, int, uvicorn.Server], None],
    connections_max: int = CONNECTIONS_MAX,
) -> None:
    """Serve until SIGINT or SIGTERM, or until `should_exit` of the server is set.

    `on_listen(host, port, server)` is called once, when the port takes connections. Requests that
    are under way are finished. Refused where the address cannot be bound.
    """
    with listen("gateway", settings.host, settings.port, backlog=connections_max) as listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                limit_concurrency=connections_max,
                http=patient_protocol(
                    head_s_max=settings.head_s_max, connections_max=connections_max
                ),
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=list(settings.proxies),
                timeout_graceful_shutdown=settings.acknowledge_timeout_ms // 1000 + STOP_MARGIN_S,
            )
        )
        on_listen(settings.host, listener.getsockname()[1], server)
        server.run(sockets=[listener])
