"""What may pass by itself stops nothing: errors of the store, files that were cut, full disks."""

import errno
import json
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from choso.status import StatusFile, read_status
from infra.clickhouse import PERMANENT_CODES, _translated
from infra.embedded.files import kept_port
from infra.embedded.supervisor import Role, Supervisor
from infra.errors import Refused, Unavailable
from tests.engine import FixedClock


class StoreError(DatabaseError):
    """An error with ClickHouse's code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Code: {code}.")
        self.code = code


@given(st.integers(0, 2_000))
def test_an_error_that_nobody_knows_may_pass(code: int) -> None:
    wanted = Refused if code in PERMANENT_CODES else Unavailable
    assert type(_translated("s", StoreError(code))) is wanted


@pytest.mark.parametrize("code", [76, 74, 75, 241, 243, 252, 1001, 1002, 210, 49])
def test_these_may_pass(code: int) -> None:
    assert isinstance(_translated("s", StoreError(code)), Unavailable)


@pytest.mark.parametrize("code", [60, 62, 47, 516, 497, 27, 395])
def test_these_never_will(code: int) -> None:
    assert isinstance(_translated("s", StoreError(code)), Refused)


def test_a_connection_that_broke_may_pass() -> None:
    assert isinstance(_translated("s", ConnectionResetError("reset")), Unavailable)
    assert isinstance(_translated("s", OSError(errno.EMFILE, "too many")), Unavailable)


@given(st.text() | st.sampled_from(["", "{", "[]", '{"store": 1', '{"store": "x"}', "null"]))
def test_ports_that_were_cut_are_chosen_again(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("ports") / "ports.json"
    path.write_text(text, encoding="utf-8", errors="replace")
    port = kept_port(path, "store")
    assert 0 < port < 1 << 16
    assert kept_port(path, "store") == port


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"x"', "\0"])
def test_a_status_that_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "status.json"
    path.write_text(text)
    assert read_status(path) == {}
    assert read_status(tmp_path) == {}


def test_a_status_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    StatusFile(tmp_path / "file" / "status.json", FixedClock())({"ok": True})
    status = StatusFile(tmp_path / "status.json", FixedClock())
    status({"ok": True})
    assert json.loads((tmp_path / "status.json").read_text())["ok"]


def test_a_role_that_cannot_be_started_now_is_started_later(tmp_path: Path) -> None:
    troubles = [OSError(errno.ENOSPC, "no space"), OSError(errno.EMFILE, "too many open files")]

    def prepare() -> None:
        if troubles:
            raise troubles.pop()

    role = Role("r", ["sleep", "60"], ready=lambda: True, prepare=prepare)
    supervisor = Supervisor([role], log_dir=tmp_path, restart_wait_ms_max=50, stop_wait_s_max=5.0)
    try:
        supervisor.start()
        assert supervisor.pids
    finally:
        supervisor.stop()
