"""Listening: what is accepted sends at once, and a taken port is named."""

import socket

import pytest

from infra.errors import Refused
from infra.listening import listen


def test_what_is_accepted_sends_at_once() -> None:
    with (
        listen("web", "127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_taken_port_is_named() -> None:
    with listen("web", "127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Refused, match=f"gateway: cannot listen on 127.0.0.1:{port}: "):
            listen("gateway", "127.0.0.1", port)
