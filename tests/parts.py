"""The real broker and the real store, for tests: each on loopback, stopped by its own pid.

Where a part cannot be obtained the tests that need it skip, with the reason; under CI they fail.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.clickhouse import Store, connect
from infra.embedded.artifacts import kafka_classpath
from infra.embedded.broker import Broker
from infra.embedded.child import spawn, stop
from infra.embedded.files import free_port, kept_secret
from infra.embedded.stack import store_answers
from infra.errors import ChosoError, Unavailable
from infra.settings import StoreSettings
from tests.patience import patient

READY_S_MAX = patient(60)
STOP_S_MAX = patient(20)


@dataclass
class StoreServer:
    """The store's door on a directory: may be killed and started again on the same port."""

    path: Path
    port: int
    memory_mb: int = 900
    child: subprocess.Popen[bytes] | None = None

    @property
    def password_file(self) -> Path:
        return self.path.parent / f"{self.path.name}.password"

    @property
    def log_file(self) -> Path:
        return self.path.parent / f"{self.path.name}.log"

    @property
    def dsn(self) -> str:
        """Whole, with the password."""
        password = kept_secret(self.password_file)
        return f"http://default:{password}@127.0.0.1:{self.port}/default"

    def argv(self) -> list[str]:
        module = "infra.embedded.store_door"
        given = {"path": self.path, "password-file": self.password_file, "port": self.port}
        flags = [f"--{name}={value}" for name, value in given.items()]
        return [sys.executable, "-m", module, *flags, f"--memory-mb={self.memory_mb}"]

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self.child = spawn(self.argv(), log=log)
        self.wait_ready()

    def wait_ready(self) -> None:
        assert self.child is not None
        until = time.monotonic() + READY_S_MAX
        while time.monotonic() < until:
            if self.child.poll() is not None:
                raise AssertionError(f"the store ended: {self.log_file.read_text()}")
            if store_answers(self.dsn):
                return
            time.sleep(0.05)
        raise AssertionError(f"the store is not ready: {self.log_file.read_text()}")

    def kill(self) -> None:
        """kill -9, as a power switch for the process alone."""
        assert self.child is not None
        self.child.kill()
        self.child.wait()

    def stop(self) -> int:
        assert self.child is not None
        return stop(self.child, stop_wait_s_max=STOP_S_MAX)


@contextmanager
def store_server(path: Path) -> Iterator[StoreServer]:
    """A running store in `path`, stopped at the end."""
    server = StoreServer(path, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def running_store(path: Path) -> Iterator[str]:
    """The DSN of a running store in `path`."""
    with store_server(path) as server:
        yield server.dsn


@contextmanager
def store_client(dsn: str) -> Iterator[Store]:
    """A connected client."""
    client = connect(dsn, settings=StoreSettings())
    try:
        yield client
    finally:
        client.close()


def missing(error: ChosoError) -> None:
    """A part is not obtainable here: skip with the reason, or fail where everything must run."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(str(error))
    pytest.skip(str(error))


@contextmanager
def running_broker(path: Path) -> Iterator[Broker]:
    """A running broker in `path`, stopped at the end."""
    obtain_kafka()
    broker = Broker(path)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def obtain_kafka() -> None:
    """Skip where Kafka's jars cannot be had."""
    try:
        kafka_classpath()
    except Unavailable as error:
        missing(error)
