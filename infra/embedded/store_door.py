"""ClickHouse's HTTP interface in front of chDB: the embedded store, for one user on loopback.

    python -m infra.embedded.store_door --path DIR --password-file FILE --port N --memory-mb N

Lives no longer than the process that started it. SIGTERM finishes what runs, then closes.
Exit codes: 0 stopped, 78 refused (the directory is in use: someone must change something).
"""

import argparse
import contextlib
import hmac
import json
import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.embedded import store_request
from infra.embedded.child import EXIT_REFUSED, tie_to_parent
from infra.embedded.files import kept_secret
from infra.embedded.store_body import Body, BodyRefusedError, form_of
from infra.embedded.store_engine import Engine, EngineError, QueryOutput
from infra.errors import Refused
from infra.failpoint import arm, reach

READ_BYTES = 64 << 10
QUERY_BYTES_MAX = 16 << 20
CONNECTIONS_MAX = 64
IDLE_S_MAX = 300
AUTHENTICATION_FAILED = 516
TOO_MANY_QUERIES = 202
TOO_LARGE = 161


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole response."""

    status: int
    headers: dict[str, str]
    body: bytes | memoryview = b""
    owner: QueryOutput | None = None  # keeps the memory of `body` alive


class Door(ThreadingHTTPServer):
    """Listens on loopback, one thread for each connection."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, port: int, *, engine: Engine, password: str) -> None:
        self.engine = engine
        self.password = password
        self.places = threading.BoundedSemaphore(CONNECTIONS_MAX)
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Visit)

    def shutdown_idle(self) -> None:
        """No new request on any connection; those that run may still answer."""
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not an error of ours; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Visit(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "choso-store"
    sys_version = ""
    timeout = IDLE_S_MAX
    disable_nagle_algorithm = True
    rbufsize = READ_BYTES
    server: Door

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:  # the standard library's name
        self._serve(readonly=True)

    def do_POST(self) -> None:
        self._serve(readonly=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are not logged: statements may hold what nobody should read."""

    def _serve(self, *, readonly: bool) -> None:
        url = urlsplit(self.path)
        try:
            self._body = Body(self.rfile, self.headers)
        except BodyRefusedError as error:
            self.close_connection = True
            self._send(_refusal(EngineError(f"Code: {TOO_LARGE}. {error}", code=TOO_LARGE)))
            return
        if url.path in {"/ping", "/replicas_status"} or (readonly and not url.query):
            self._send(Reply(200, {"Content-Type": "text/plain"}, b"Ok.\n"))
            return
        arguments = dict(parse_qsl(url.query, keep_blank_values=True))
        try:
            reply = self._reply(arguments, readonly=readonly)
        except EngineError as error:
            reply = _refusal(error)
            if error.code == AUTHENTICATION_FAILED:  # of a stranger nothing more is read
                self.close_connection = True
                self._send(reply)
                return
        except BodyRefusedError as error:
            reply = _refusal(EngineError(f"Code: {TOO_LARGE}. {error}", code=TOO_LARGE))
        if not self._body.drain():
            self.close_connection = True
        self._send(reply)

    def _reply(self, arguments: dict[str, str], *, readonly: bool) -> Reply:
        user, password = store_request.credentials_of(self.headers, arguments)
        right = hmac.compare_digest(password.encode(), self.server.password.encode())
        if user != "default" or not right:
            raise EngineError(
                f"Code: {AUTHENTICATION_FAILED}. DB::Exception: {user}: Authentication failed",
                code=AUTHENTICATION_FAILED,
            )
        if not self.server.places.acquire(blocking=False):
            raise EngineError(
                f"Code: {TOO_MANY_QUERIES}. DB::Exception: more than {CONNECTIONS_MAX} at once",
                code=TOO_MANY_QUERIES,
            )
        try:
            return self._run(arguments, readonly=readonly)
        finally:
            self.server.places.release()

    def _run(self, arguments: dict[str, str], *, readonly: bool) -> Reply:
        content_type = self.headers.get("Content-Type", "")
        if content_type.startswith("multipart/form-data"):
            form = form_of(content_type, self._body.read(QUERY_BYTES_MAX))
            arguments = {**arguments, **form}
        settings = store_request.settings_of(arguments)
        database = arguments.get("database", self.headers.get("X-ClickHouse-Database", "default"))
        if readonly:
            settings["readonly"] = "2"
        statement = arguments.get("query", "").encode()
        head = statement + b"\n" if statement else self._body.peek(store_request.HEAD_BYTES_MAX)
        insert = store_request.insert_of(head)
        if insert is None:
            text = (statement + b"\n" if statement else b"") + self._body.read(QUERY_BYTES_MAX)
            sql = text.decode("utf-8", "surrogateescape").strip()
            fmt = arguments.get("default_format", "TabSeparated")
            reach("store.before_statement")
            answer = self.server.engine.run(
                sql,
                fmt=fmt,
                params=store_request.params_of(arguments),
                settings=settings,
                database=database,
            )
            reach("store.after_statement")
            return _success(answer, store_request.format_of(sql, fmt), settings)
        if not statement:
            self._body.skip(insert.data_from)
        inline = head[insert.data_from :].strip(b"\n") if statement else b""
        answer = self.server.engine.insert(
            insert.sql,
            chain([inline] if inline else [], self._body.chunks()),
            fmt=insert.fmt,
            settings=settings,
            database=database,
        )
        reach("store.inserted")
        return _success(answer, insert.fmt, settings)

    def _send(self, reply: Reply) -> None:
        # One write of headers and body: two cost 45 ms (Nagle against a delayed acknowledgement).
        head = [f"HTTP/1.1 {reply.status} {self.responses[reply.status][0]}"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        head.append(f"Content-Length: {len(reply.body)}")
        head.append("Connection: close" if self.close_connection else "Connection: Keep-Alive")
        lines = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1", "replace")
        if len(reply.body) <= READ_BYTES:
            self.connection.sendall(lines + bytes(reply.body))
        else:
            self.connection.sendall(lines)
            self.connection.sendall(reply.body)


def _success(answer: QueryOutput, fmt: str, settings: dict[str, str]) -> Reply:
    summary = {
        "read_rows": answer.rows_read,
        "read_bytes": answer.bytes_read,
        "written_rows": answer.rows_written,
        "written_bytes": answer.bytes_written,
        "elapsed_ns": round(answer.elapsed_s * 1e9),
    }
    headers = {
        "Content-Type": "application/octet-stream",
        "X-ClickHouse-Format": fmt,
        "X-ClickHouse-Timezone": settings.get("session_timezone", "UTC"),
        "X-ClickHouse-Summary": json.dumps({name: str(n) for name, n in summary.items()}),
    }
    return Reply(200, headers, answer.body, owner=answer)


def _refusal(error: EngineError) -> Reply:
    code = error.code or 0
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-ClickHouse-Exception-Code": str(code),
    }
    body = str(error).encode("utf-8", "surrogateescape")
    return Reply(store_request.status_of(code), headers, body + b"\n")


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="store_door")
    parser.add_argument("--path", type=Path, required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--memory-mb", type=int, default=1_000)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--parent-pid", type=int, default=os.getppid())
    parser.add_argument("--failpoint", type=Path)
    given = parser.parse_args()
    tie_to_parent(given.parent_pid)
    arm(given.failpoint)
    engine = Engine(given.path, memory_mb=given.memory_mb, threads=given.threads)
    try:
        password = kept_secret(given.password_file)
        reach("store.opening")
        version = engine.open()
        reach("store.opened")
        door = Door(given.port, engine=engine, password=password)
    except (Refused, OSError) as error:
        sys.stderr.write(f"store: {error}\n")
        return EXIT_REFUSED if isinstance(error, Refused) else 1
    stopped = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopped.set())
    serving = threading.Thread(target=door.serve_forever, name="door")
    serving.start()
    sys.stdout.write(
        f"store: ClickHouse {version} at http://127.0.0.1:{door.server_port}"
        f" path={given.path} pid={os.getpid()}\n"
    )
    sys.stdout.flush()
    stopped.wait()
    door.shutdown()
    door.shutdown_idle()
    door.server_close()  # waits for the requests that run
    engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
