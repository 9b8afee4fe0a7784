"""Small files that several processes agree by: locks, secrets, kept ports, whole writes."""

import fcntl
import json
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

from infra.errors import Refused

PORT_MIN = 10_240
OUTGOING_FROM = 32_768
OUTGOING_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


class Lock:
    """An exclusive lock on a file with its owner's pid in it; gone with the process."""

    def __init__(self, path: Path, *, subject: str, advice: str) -> None:
        self._handle: int | None = None
        self._path = path
        self._subject = subject
        self._advice = advice

    def acquire(self) -> None:
        """Take the lock, or Refused naming the path, the pid that holds it and what to do."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise Refused(
                f"{self._subject}: already in use by process {holder}: {self._advice}"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle = handle

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock of this file now."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def write_whole(path: Path, text: str | bytes, *, mode: int = 0o600, sync: bool = True) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
        file.flush()
        if sync:
            os.fsync(file.fileno())
    draft.replace(path)


def kept_secret(path: Path, *, random_bytes: int = 32) -> str:
    """The secret of this file as hex, made on first use; only the owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise Refused(f"{path}: others may read this secret: chmod 600 it") from None
        secret = path.read_text().strip()
        if not secret:
            raise Refused(f"{path}: the secret is empty: remove the file") from None
        return secret
    secret = secrets.token_hex(random_bytes)
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
    return secret


def kept_port(path: Path, name: str) -> int:
    """The port that this name had before where it is still free, else a free one, kept in `path`.

    Clients know ports across restarts of a part, so a part asks for its own again.
    """
    known = _known_ports(path)
    port = known.get(name, 0)
    if not port or not port_is_free(port) or port in [known[n] for n in known if n != name]:
        port = free_port(avoid=set(known.values()))
        write_whole(path, json.dumps({**known, name: port}, indent=1) + "\n")
    return port


def _known_ports(path: Path) -> dict[str, int]:
    """What the file says; nothing where it is not there, or was cut: ports are chosen anew then."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    named = found.items() if isinstance(found, dict) else ()
    return {name: port for name, port in named if type(port) is int and 0 < port < 1 << 16}


def free_port(*, avoid: set[int] | None = None) -> int:
    """A loopback port that nobody listens on now, and that no outgoing connection is given.

    A part that is killed asks for its own again: no client may have got it for itself meanwhile.
    """
    for _ in range(1_000):
        port = PORT_MIN + secrets.randbelow(_outgoing_from() - PORT_MIN)
        if port not in (avoid or ()) and port_is_free(port):
            return port
    raise AssertionError(f"of 1,000 ports from {PORT_MIN} on none was free")


def _outgoing_from() -> int:
    """The first port of those that the system gives to outgoing connections."""
    with suppress(OSError, ValueError):
        first = int(OUTGOING_PORTS.read_text().split()[0])
        return max(first, PORT_MIN + 1_000)
    return OUTGOING_FROM


def port_is_free(port: int) -> bool:
    """Whether one may listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
