"""The data directory, and the store's door as a process: one owner, nothing lost by kill -9."""

import base64
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.embedded.child import EXIT_REFUSED
from infra.embedded.files import OUTGOING_PORTS, PORT_MIN, Lock, free_port, kept_port
from infra.embedded.stack import (
    DataDir,
    StackAddress,
    broker_role,
    read_stack,
    store_role,
)
from infra.embedded.supervisor import Supervisor
from infra.errors import Refused, Unavailable
from infra.kafka import show_topics
from infra.settings import EmbeddedSettings
from tests.parts import StoreServer, obtain_kafka, store_client, store_server
from tests.patience import eventually, patient
from tests.processes import run, start


def address(pid: int) -> StackAddress:
    return StackAddress(pid, "127.0.0.1:1", "http://default@127.0.0.1:2/default", "/nowhere")


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path / "data")
    secret = data_dir.secret("token_key")
    assert len(secret) == 64
    assert DataDir(tmp_path / "data").secret("token_key") == secret
    file = data_dir.secret_file("token_key")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        data_dir.secret("token_key")


def test_one_owner_and_the_message_names_him(tmp_path: Path) -> None:
    one, two = DataDir(tmp_path), DataDir(tmp_path)
    one.lock()
    with pytest.raises(Refused, match=rf"in use by process {os.getpid()}: stop it first"):
        two.lock()
    one.unlock()
    two.lock()
    two.unlock()


def test_the_running_stack_is_found_and_a_stale_file_is_not(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    assert read_stack(tmp_path) is None
    data_dir.lock()
    data_dir.write_stack(address(os.getpid()))
    assert read_stack(tmp_path) == address(os.getpid())
    gone = start(["true"])
    gone.wait()
    data_dir.write_stack(address(gone.pid))
    assert read_stack(tmp_path) is None
    data_dir.write_stack(address(os.getpid()))
    data_dir.unlock()  # the pid lives, but it is another process now
    assert read_stack(tmp_path) is None
    data_dir.remove_stack()
    data_dir.remove_stack()


def test_the_dsn_gets_its_password_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "p"
    file.write_text("hush\n")
    found = StackAddress(1, "b", "http://default@127.0.0.1:2/default", str(file))
    assert found.dsn_with_password() == "http://default:hush@127.0.0.1:2/default"
    with pytest.raises(Refused, match="store password"):
        address(1).dsn_with_password()


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first, other = kept_port(file, "a"), kept_port(file, "b")
    assert first != other
    assert kept_port(file, "a") == first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        assert kept_port(file, "a") != first


def test_a_kept_port_is_none_that_an_outgoing_connection_may_get(tmp_path: Path) -> None:
    """One whose part is down would be taken, and the part could not come back."""
    first, last = map(int, OUTGOING_PORTS.read_text().split())
    if first < PORT_MIN + 1_000:
        pytest.skip(f"this machine gives connections the ports from {first}: none are left")
    ports = {kept_port(tmp_path / "ports.json", f"part {number}") for number in range(50)}
    assert len(ports) == 50
    assert not [port for port in ports if first <= port <= last]


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    text = (
        "import pathlib, time\nfrom infra.embedded.files import Lock\n"
        f"Lock(pathlib.Path({str(tmp_path / 'lock')!r}), subject='s', advice='a').acquire()\n"
        "print('held', flush=True)\ntime.sleep(600)"
    )
    with start([sys.executable, "-c", text], log=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        lock = Lock(tmp_path / "lock", subject="s", advice="a")
        with pytest.raises(Refused, match=str(holder.pid)):
            lock.acquire()
        holder.kill()
        holder.wait()
        lock.acquire()
        lock.release()


@pytest.mark.real
def test_a_second_opener_of_a_store_is_told_who_has_it(tmp_path: Path) -> None:
    with store_server(tmp_path / "db") as first:
        assert first.child is not None
        second = StoreServer(tmp_path / "db", free_port())
        done = run(second.argv())
        assert done.returncode == EXIT_REFUSED
        assert f"{tmp_path / 'db'}: already in use by process {first.child.pid}" in done.stderr


@pytest.mark.real
def test_kill_9_of_the_store_keeps_acknowledged_rows(tmp_path: Path) -> None:
    with store_server(tmp_path / "db") as server, store_client(server.dsn) as client:
        client.command("CREATE TABLE t (a UInt64) ENGINE=MergeTree ORDER BY a")
        for first in range(0, 1000, 100):
            rows = "\n".join(str(n) for n in range(first, first + 100))
            client.insert_raw("t", rows.encode(), "TSV")
        server.kill()
        with pytest.raises(Unavailable):
            client.query("SELECT 1")
        server.start()
        assert client.query("SELECT count(), uniqExact(a) FROM t") == [(1000, 1000)]


@pytest.mark.real
def test_sigterm_finishes_what_runs_and_exits_0(tmp_path: Path) -> None:
    with store_server(tmp_path / "db") as server:
        assert server.child is not None
        answers: list[object] = []
        with store_client(server.dsn) as client:
            asking = threading.Thread(
                target=lambda: answers.append(client.query("SELECT sleep(2)")[0][0])
            )
            asking.start()
            time.sleep(0.5)
            server.child.send_signal(signal.SIGTERM)
            assert server.child.wait(patient(20)) == 0
            asking.join()
        assert answers == [0]


@pytest.mark.real
def test_a_broken_off_insert_leaves_nothing(tmp_path: Path) -> None:
    """The body stops in the middle: what came must not become rows."""
    with store_server(tmp_path / "db") as server, store_client(server.dsn) as client:
        client.command("CREATE TABLE t (a UInt64) ENGINE=MergeTree ORDER BY a")
        token = base64.b64encode(f"default:{urlsplit(server.dsn).password}".encode()).decode()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            head = (
                "POST /?query=INSERT+INTO+t+FORMAT+TSV HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Basic {token}\r\nContent-Length: 1000000\r\n\r\n"
            )
            connection.sendall(head.encode() + b"1\n2\n3\n" * 1000)
            time.sleep(0.3)
        time.sleep(0.3)
        assert client.query("SELECT count() FROM t") == [(0,)]


@pytest.mark.real
def test_broker_and_store_run_as_roles(tmp_path: Path) -> None:
    obtain_kafka()
    data_dir = DataDir(tmp_path / "data")
    data_dir.lock()
    settings = EmbeddedSettings()
    broker, bootstrap = broker_role(data_dir, settings)
    store, dsn, password_file = store_role(data_dir, settings)
    supervisor = Supervisor(
        [broker, store], log_dir=data_dir.log_dir, restart_wait_ms_max=500, stop_wait_s_max=20
    )
    try:
        supervisor.start()
        pids = supervisor.pids
        data_dir.write_stack(
            StackAddress(os.getpid(), bootstrap, dsn, str(password_file), pids=pids)
        )
        found = read_stack(data_dir.path)
        assert found is not None
        assert show_topics({"bootstrap_servers": found.bootstrap}, prefix="choso") == []
        with store_client(found.dsn_with_password()) as client:
            assert client.query("SELECT 1") == [(1,)]
            os.kill(pids["store"], signal.SIGKILL)
            old = pids["store"]
            supervisor.run(until=lambda: supervisor.pids.get("store", old) != old)
            eventually(store.ready)
            assert client.query("SELECT 1") == [(1,)]
    finally:
        supervisor.stop()
        data_dir.remove_stack()
        data_dir.unlock()
    assert " WARN " in (data_dir.log_dir / "broker.log").read_text()
