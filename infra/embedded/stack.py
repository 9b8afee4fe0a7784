"""The data directory of a stack: its lock, its secrets, and where its parts are now.

DIR/lock               held by the process that runs the stack
DIR/secrets/NAME       one secret each, made on first use
DIR/run/stack.json     the addresses of the running stack; gone after a clean stop
DIR/broker, DIR/store  what the parts keep;  DIR/logs/ROLE.log
"""

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from infra.clickhouse import connect
from infra.embedded import broker
from infra.embedded.files import Lock, is_locked, kept_port, kept_secret, port_is_free, write_whole
from infra.embedded.supervisor import Role
from infra.errors import Refused, Unavailable
from infra.settings import EmbeddedSettings, StoreSettings

STORE_SECRET = "store_password"  # noqa: S105  # the name of a file


@dataclass(frozen=True, slots=True)
class StackAddress:
    """Where a running stack is. `dsn` has no password: that stands in `password_file`."""

    pid: int
    bootstrap: str
    dsn: str
    password_file: str
    web: str | None = None
    gateway: str | None = None
    pids: dict[str, int] = field(default_factory=dict)

    def dsn_with_password(self) -> str:
        """The whole DSN; Refused where the secret cannot be read."""
        try:
            password = Path(self.password_file).read_text().strip()
        except OSError as error:
            raise Refused(f"store password: {self.password_file}: {error}") from error
        return self.dsn.replace("://default@", f"://default:{password}@", 1)


class DataDir:
    """A stack's directory; `lock` makes this process the only one that runs a stack in it."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock = Lock(
            self.path / "lock",
            subject=f"data directory {self.path}",
            advice="stop it first (its `choso up` ends on Ctrl-C), or set CHOSO_DATA_DIR",
        )

    @property
    def log_dir(self) -> Path:
        return self.path / "logs"

    def lock(self) -> None:
        """Become the owner, or Refused naming who is."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.acquire()

    def unlock(self) -> None:
        """Give the directory back."""
        self._lock.release()

    def secret_file(self, name: str) -> Path:
        """The file of a secret, made with a random value on first use; only the owner reads it."""
        path = self.path / "secrets" / name
        kept_secret(path)
        return path

    def secret(self, name: str) -> str:
        """The secret itself, as hex."""
        return kept_secret(self.path / "secrets" / name)

    def port(self, name: str) -> int:
        """A free loopback port, the same as last time where that one is free."""
        return kept_port(self.path / "run" / "ports.json", name)

    def write_stack(self, address: StackAddress) -> None:
        """Tell every other command where the stack is."""
        write_whole(_stack_file(self.path), json.dumps(asdict(address), indent=1) + "\n")

    def remove_stack(self) -> None:
        """The stack has stopped."""
        _stack_file(self.path).unlink(missing_ok=True)


def read_stack(data_dir: Path) -> StackAddress | None:
    """The running stack of this directory; None where none runs, whatever a dead one left."""
    try:
        found = StackAddress(**json.loads(_stack_file(data_dir).read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise Refused(f"{_stack_file(data_dir)}: not readable: {error}: remove it") from error
    # A pid may belong to another process by now; the lock cannot.
    return found if _alive(found.pid) and is_locked(data_dir / "lock") else None


def broker_role(data_dir: DataDir, settings: EmbeddedSettings) -> tuple[Role, str]:
    """The broker as a role, and its bootstrap address."""
    home = data_dir.path / "broker"
    node = broker.node_of(home)
    bootstrap = f"127.0.0.1:{node.port}"
    properties = broker.prepare(node, [node])
    role = Role(
        name="broker",
        argv=broker.server_argv(properties, heap_mb=settings.broker_heap_mb),
        ready=lambda: broker.answers(bootstrap),
        prepare=lambda: broker.clear_tmp(node),
        ready_s_max=settings.broker_ready_s_max,
        vital=True,
    )
    return role, bootstrap


def store_role(
    data_dir: DataDir, settings: EmbeddedSettings, *, failpoint: Path | None = None
) -> tuple[Role, str, Path]:
    """The store's door as a role, its DSN without the password, and the password's file."""
    password_file = data_dir.secret_file(STORE_SECRET)
    port = data_dir.port("store")
    flags = {
        "path": data_dir.path / "store",
        "password-file": password_file,
        "port": port,
        "memory-mb": settings.store_memory_mb_max,
        "threads": settings.store_threads,
        "parent-pid": os.getpid(),
        **({} if failpoint is None else {"failpoint": failpoint}),
    }
    dsn = f"http://default@127.0.0.1:{port}/default"
    whole = dsn.replace("default@", f"default:{data_dir.secret(STORE_SECRET)}@", 1)
    argv = [sys.executable, "-m", "infra.embedded.store_door"]
    role = Role(
        name="store",
        argv=[*argv, *(f"--{name}={value}" for name, value in flags.items())],
        ready=lambda: store_answers(whole),
        ready_s_max=settings.store_ready_s_max,
        vital=True,
    )
    return role, dsn, password_file


def store_answers(dsn: str) -> bool:
    """Whether the store takes queries."""
    port = urlsplit(dsn).port
    assert port is not None
    if port_is_free(port):
        return False  # the client would log each try
    try:
        connect(dsn, settings=StoreSettings(connect_timeout_s=2, query_timeout_s=5)).close()
    except Unavailable:
        return False
    return True


def _stack_file(data_dir: Path) -> Path:
    return data_dir / "run" / "stack.json"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
