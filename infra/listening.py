"""Sockets that our servers listen on."""

import socket

from infra.errors import Refused

BACKLOG = 256


def listen(who: str, host: str, port: int, *, backlog: int = BACKLOG) -> socket.socket:
    """A socket bound to an address, port 0 being a free one; Refused, named by `who`, where not.

    What it accepts sends at once. asyncio sets that only on sockets whose protocol was named; else
    the head and the body of an answer, written one after the other, are 40 ms apart: the second
    waits for the first one's acknowledgement, which the other side delays.
    """
    try:
        listener = socket.create_server((host, port), backlog=backlog)
    except OSError as error:
        raise Refused(f"{who}: cannot listen on {host}:{port}: {error}") from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
