"""Roles come up in order, are started again, are given up, and leave nothing behind."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded.supervisor import Halt, Role, Supervisor
from infra.errors import Refused, Unavailable
from tests.patience import eventually, patient
from tests.processes import start

WAIT_S_MAX = patient(20)


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


SLEEP = "import time; time.sleep(600)"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def made() -> Iterator[list[Supervisor]]:
    supervisors: list[Supervisor] = []
    yield supervisors
    for supervisor in supervisors:
        supervisor.stop()


def supervise(
    made: list[Supervisor], tmp_path: Path, roles: list[Role], halts: list[Halt] | None = None
) -> Supervisor:
    supervisor = Supervisor(
        roles,
        log_dir=tmp_path / "logs",
        restart_wait_ms_max=200,
        stop_wait_s_max=2.0,
        on_halt=(halts if halts is not None else []).append,
    )
    made.append(supervisor)
    return supervisor


def marking(path: Path) -> str:
    return f"open({str(path)!r}, 'a').write('x')\n"


def test_in_order_up_and_in_reverse_order_down(made: list[Supervisor], tmp_path: Path) -> None:
    order = tmp_path / "order"
    text = (
        "import signal, sys, time\n"
        "def end(*_):\n    open({o!r}, 'a').write('-{n}'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open({o!r}, 'a').write('+{n}')\ntime.sleep(600)"
    )

    def role(name: str) -> Role:
        mark = f"+{name}"
        return Role(
            name,
            script(text.format(o=str(order), n=name)),
            lambda: order.exists() and mark in order.read_text(),
        )

    supervisor = supervise(made, tmp_path, [role("a"), role("b"), role("c")])
    supervisor.start()
    assert list(supervisor.pids) == ["a", "b", "c"]
    supervisor.stop()
    assert order.read_text() == "+a+b+c-c-b-a"
    assert supervisor.pids == {}


def test_a_crashed_role_is_started_again_with_longer_waits(
    made: list[Supervisor], tmp_path: Path
) -> None:
    mark = tmp_path / "starts"
    text = marking(mark) + "import time; time.sleep(0.2); raise SystemExit(1)"
    crashing = Role("crashing", script(text), lambda: True)
    steady = Role("steady", script(SLEEP), lambda: True)
    halts: list[Halt] = []
    supervisor = supervise(made, tmp_path, [steady, crashing], halts)
    supervisor.start()
    pid = supervisor.pids["steady"]
    begun = time.monotonic()
    supervisor.run(until=lambda: mark.exists() and len(mark.read_text()) >= 5)
    assert time.monotonic() - begun > 0.1 + 0.2 * 2
    assert supervisor.pids["steady"] == pid
    assert halts == []


@pytest.mark.parametrize("code", [78, 65])
def test_a_refused_role_stays_down_and_the_others_go_on(
    made: list[Supervisor], tmp_path: Path, code: int
) -> None:
    mark = tmp_path / "starts"
    text = (
        marking(mark)
        + f"print('the bytes differ at offset 7', flush=True)\nraise SystemExit({code})"
    )
    halts: list[Halt] = []
    roles = [
        Role("sink", script(text), mark.exists),
        Role("web", script(SLEEP), lambda: True),
    ]
    supervisor = supervise(made, tmp_path, roles, halts)
    supervisor.start()
    supervisor.run(until=lambda: bool(halts))
    assert (halts[0].role, halts[0].exit_code) == ("sink", code)
    assert "offset 7" in halts[0].last_lines
    for _ in range(20):
        supervisor.tick()
    assert mark.read_text() == "x"
    assert list(supervisor.pids) == ["web"]


def test_what_cannot_start_stops_all_and_says_why(made: list[Supervisor], tmp_path: Path) -> None:
    first = Role("first", script(SLEEP), lambda: True)
    refused = Role(
        "second", script("print('no key');raise SystemExit(78)"), lambda: False, vital=True
    )
    with pytest.raises(Refused, match="second: ended with 78 before it was ready: no key"):
        supervise(made, tmp_path, [first, refused]).start()
    slow = Role("slow", script(SLEEP), lambda: False, ready_s_max=0.3)
    supervisor = supervise(made, tmp_path, [first, slow])
    with pytest.raises(Unavailable, match=r"slow: not ready after 0.3 s"):
        supervisor.start()
    assert supervisor.pids == {}


def test_a_role_whose_preparation_finds_a_part_away_is_started_later(
    made: list[Supervisor], tmp_path: Path
) -> None:
    mark = tmp_path / "up"
    away = ["the store is away", "the broker is away"]

    def prepare() -> None:
        if away:
            raise Unavailable(away.pop())

    role = Role("sink", script(marking(mark) + SLEEP), mark.exists, prepare=prepare)
    supervisor = supervise(made, tmp_path, [role])
    supervisor.start()
    assert away == []
    assert list(supervisor.pids) == ["sink"]


def test_a_vital_role_that_is_killed_while_it_starts_is_started_again(
    made: list[Supervisor], tmp_path: Path
) -> None:
    mark = tmp_path / "starts"
    text = (
        marking(mark)
        + f"import os\nif len(open({str(mark)!r}).read()) < 3: os.kill(os.getpid(), 9)\n"
    )
    ready = lambda: mark.exists() and len(mark.read_text()) == 3  # noqa: E731
    supervisor = supervise(made, tmp_path, [Role("store", script(text + SLEEP), ready, vital=True)])
    supervisor.start()
    assert list(supervisor.pids) == ["store"]


def test_who_ignores_sigterm_is_killed(made: list[Supervisor], tmp_path: Path) -> None:
    mark = tmp_path / "up"
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + marking(mark) + SLEEP
    supervisor = supervise(made, tmp_path, [Role("deaf", script(deaf), mark.exists)])
    supervisor.start()
    pid = supervisor.pids["deaf"]
    supervisor.stop()
    assert not alive(pid)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_its_supervisor(tmp_path: Path, sign: signal.Signals) -> None:
    pids_file = tmp_path / "pids"
    text = f"""
import pathlib, sys
from infra.embedded.supervisor import Role, Supervisor
roles = [Role(n, [sys.executable, "-c", {SLEEP!r}], lambda: True) for n in ("a", "b")]
logs = pathlib.Path({str(tmp_path)!r})
s = Supervisor(roles, log_dir=logs, restart_wait_ms_max=100, stop_wait_s_max=2)
s.start()
pathlib.Path({str(pids_file)!r}).write_text(" ".join(map(str, s.pids.values())))
s.run()
s.stop()
"""
    parent = start(script(text))
    try:
        eventually(lambda: pids_file.exists() and len(pids_file.read_text().split()) == 2)
        pids = [int(word) for word in pids_file.read_text().split()]
        assert all(alive(pid) for pid in pids)
        time.sleep(0.2)  # let it reach run()
        os.kill(parent.pid, sign)
        parent.wait(WAIT_S_MAX)
        eventually(lambda: not any(alive(pid) for pid in pids))
    finally:
        parent.kill()
        parent.wait()
