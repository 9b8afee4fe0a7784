"""The gateway under attack: silent connections, slow and ambiguous requests, large documents."""

import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise

import pytest
import uvicorn

from infra.settings import GatewaySettings
from producers.gateway import gateway_app
from producers.gateway.document import read_document, repeated_path
from producers.gateway.serve import serve_gateway
from tests.patience import eventually, patient
from tests.producers.parts import KEY, PREFIX, Kept, StandingClock
from tests.producers.test_gateway import BATCH, client, event, post


@contextmanager
def served(settings: GatewaySettings, *, connections_max: int) -> Iterator[tuple[str, int]]:
    """A gateway that listens, in a thread."""
    told: list[tuple[str, int, uvicorn.Server]] = []
    app = gateway_app(
        Kept().as_publisher(),
        settings,
        keys=[],
        clock=StandingClock(),
        topic_prefix=PREFIX,
        token_key=lambda: KEY,
    )

    def listen(host: str, port: int, server: uvicorn.Server) -> None:
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        told.append((host, port, server))

    work = threading.Thread(
        target=serve_gateway,
        args=(app, settings),
        kwargs={"on_listen": listen, "connections_max": connections_max},
    )
    work.start()
    eventually(lambda: told and told[0][2].started)
    host, port, server = told[0]
    try:
        yield host, port
    finally:
        server.should_exit = True
        work.join(patient(20))


def test_silent_connections_starve_nobody() -> None:
    with served(GatewaySettings(), connections_max=20) as place:
        url = f"http://{place[0]}:{place[1]}/healthz"
        silent = [socket.create_connection(place) for _ in range(60)]
        for half in silent[::2]:
            half.sendall(b"POST /v1/events HT")
        with urllib.request.urlopen(url, timeout=patient(5)) as reply:
            assert reply.status == 200
        for each in silent:
            each.close()


def test_who_says_nothing_is_let_go() -> None:
    settings = GatewaySettings(head_s_max=0.2, body_s_max=0.2)
    with served(settings, connections_max=20) as place:
        with closing(socket.create_connection(place, timeout=patient(5))) as silent:
            assert silent.recv(100) == b"" or pytest.fail("it was answered")
        with closing(socket.create_connection(place, timeout=patient(5))) as slow:
            head = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
            slow.sendall(head + b"Content-Type: application/json\r\n\r\n[")
            assert b" 408 " in slow.recv(4_000)


async def test_two_lengths_and_other_names_are_refused() -> None:
    async with client(Kept()) as http:
        both = {"Content-Length": "2", "Transfer-Encoding": "chunked", "Authorization": "Bearer k1"}
        answer = await http.post("/v1/events", content=b"[]", headers=both)
        assert answer.status_code == 400
    async with client(Kept(), GatewaySettings(), keys="") as http:
        assert (await http.get("/healthz", headers={"Host": "evil.example"})).status_code == 421
        assert (await http.get("/healthz", headers={"Host": "127.0.0.1:80"})).status_code == 200
        for path in ("/docs", "/redoc"):
            assert (await http.get(path, headers={"Host": "localhost"})).status_code == 404


def test_a_document_is_read_in_a_time_that_grows_with_its_length() -> None:
    took = []
    for count in (20_000, 40_000, 80_000):
        names = [f'"k{number}":0' for number in range(count)]
        body = ("{" + ",".join([*names, '"k9":1']) + "}").encode()
        started = time.process_time()
        assert repeated_path(read_document(body)) == "k9"
        took.append(time.process_time() - started)
    # twice as long takes at most some three times as long; it took four times, and 104 s
    assert all(more < 3.5 * less + 0.1 for less, more in pairwise(took)), took


async def test_a_number_of_any_length_is_an_error_of_its_own_event() -> None:
    good = json.dumps(event()).encode()
    huge = good.replace(b"45000", b"9" * 5_000)
    answer = await post(b"[" + good + b"," + huge + b"]", kind=BATCH)
    assert answer.status_code == 207
    first, second = answer.json()["results"]
    assert (first["status"], second["status"]) == ("accepted", "error")
    assert second["errors"][0]["path"] == "data.amount_vnd"
    text = good.replace(b'"mua rau"', b"9" * 5_000)
    assert (await post(text)).status_code == 422


async def test_an_event_with_thousands_of_faults_has_a_short_answer() -> None:
    answer = await post(event(**{f"data_k{number}": 0 for number in range(900)}))
    assert answer.status_code == 422
    assert len(answer.content) < 10_000
