"""People, keys and sessions, in one SQLite file of the data directory that only its owner reads.

Secrets are never kept: of a password its scrypt hash, of a key or session id its SHA-256.
"""

import json
import os
import re
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import compare_digest, token_hex
from typing import Any, cast

from consumers.sql import statement
from consumers.web.access.passwords import (
    NOBODYS_HASH,
    PASSWORD_CHARACTERS_MAX,
    PASSWORD_CHARACTERS_MIN,
    hash_password,
    is_password,
)
from consumers.web.access.roles import ROLES, SCOPES, Role, Scope, Who
from infra.clock import Clock
from infra.errors import Refused

KEY_PREFIX = "choso"
ID_BYTES = 8
SECRET_BYTES = 32
BUSY_S_MAX = 5.0
TOUCH_S = 30.0  # how exactly it is known when a session was last used
TABLES = ("person", "machine_key", "session")
NAME = re.compile(r"[^\s\x00-\x1f<>\"'&]{1,64}")
MARKET = re.compile(r"[0-9A-Za-z._-]{1,48}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in. `markets` empty: all."""

    name: str
    role: Role
    markets: frozenset[str]
    created_at_s: float


@dataclass(frozen=True, slots=True)
class MachineKey:
    """A key without its secret."""

    id: str
    label: str
    scopes: frozenset[Scope]
    markets: frozenset[str]
    created_at_s: float
    expires_at_s: float | None
    revoked_at_s: float | None


class Book:
    """Reads and writes the file. Any thread, and any process, may use its own Book of one file."""

    def __init__(
        self, path: Path, clock: Clock, *, session_s_max: float, idle_s_max: float
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            raise Refused(f"{path}: others may read who may sign in: chmod 600 it")
        self._clock = clock
        self._session_s_max = session_s_max
        self._idle_s_max = idle_s_max
        self._lock = threading.Lock()
        self._database = sqlite3.connect(
            path, timeout=BUSY_S_MAX, isolation_level=None, check_same_thread=False
        )
        for table in TABLES:
            self._change(f"create_{table}")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # People

    def add_person(self, name: str, role: str, markets: Sequence[str], password: str) -> None:
        """Refused: the name is taken, or something about it cannot be."""
        if not NAME.fullmatch(name):
            raise Refused(f"user {name!r}: a name has 1 to 64 signs, without spaces and quotes")
        if role not in ROLES:
            raise Refused(f"user {name}: role {role!r} is not one of {', '.join(ROLES)}")
        row = {
            "name": name,
            "role": role,
            "markets": _markets(markets),
            "password_hash": hash_password(_good_password(name, password)),
            "created_at_s": self._now_s(),
        }
        try:
            self._change("insert_person", row)
        except sqlite3.IntegrityError:
            raise Refused(f"user {name}: there is one already") from None

    def remove_person(self, name: str) -> None:
        """He is signed out everywhere. Refused: nobody has this name."""
        if not self._change("delete_person", {"name": name}):
            raise Refused(f"user {name}: there is none of this name")
        self._change("delete_sessions_of", {"person": name})

    def set_password(self, name: str, password: str) -> None:
        """He is signed out everywhere. Refused: nobody has this name, or it is too short."""
        kept = hash_password(_good_password(name, password))
        if not self._change("update_password", {"name": name, "password_hash": kept}):
            raise Refused(f"user {name}: there is none of this name")
        self._change("delete_sessions_of", {"person": name})

    def people(self) -> list[Person]:
        """Everybody, by name."""
        return [_person(row) for row in self._rows("list_person")]

    # Sessions

    def sign_in(self, name: str, password: str, *, old_session: str | None) -> str | None:
        """A new session's id, or None. It takes as long for a name that nobody has."""
        row = self._row("find_person", {"name": name})
        if not is_password(password, row["password_hash"] if row else NOBODYS_HASH) or not row:
            return None
        now_s = self._now_s()
        if old_session:
            self.sign_out(old_session)
        before = {
            "created_before_s": now_s - self._session_s_max,
            "seen_before_s": now_s - self._idle_s_max,
        }
        self._change("delete_old_sessions", before)
        session = token_hex(SECRET_BYTES)
        new = {"digest": _digest(session), "person": name, "now_s": now_s}
        self._change("insert_session", new)
        return session

    def sign_out(self, session: str) -> None:
        """The session is over, whoever still has its id."""
        self._change("delete_session", {"digest": _digest(session)})

    def who_of_session(self, session: str, *, touch: bool = True) -> Who | None:
        """Whose it is, or None where it is over. `touch`: it is being used, so not idle."""
        digest, now_s = _digest(session), self._now_s()
        row = self._row("find_session", {"digest": digest})
        if row is None:
            return None
        is_old = now_s - row["created_at_s"] >= self._session_s_max
        if is_old or now_s - row["seen_at_s"] >= self._idle_s_max:
            self.sign_out(session)
            return None
        found = self._row("find_person", {"name": row["person"]})
        if found is None:
            return None
        if touch and now_s - row["seen_at_s"] >= TOUCH_S:
            self._change("touch_session", {"digest": digest, "now_s": now_s})
        person = _person(found)
        scopes = ROLES[person.role]
        return Who(person.name, "person", scopes, person.markets, person.role)

    # Keys

    def add_key(
        self, label: str, scopes: Sequence[str], markets: Sequence[str], *, days: int | None
    ) -> str:
        """The whole key: it is shown once and cannot be had again."""
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise Refused(f"key {label!r}: scopes {unknown}: must be some of {', '.join(SCOPES)}")
        now_s, identity, secret = self._now_s(), token_hex(ID_BYTES), token_hex(SECRET_BYTES)
        row = {
            "id": identity,
            "label": label,
            "secret_digest": _digest(secret),
            "scopes": json.dumps(sorted(set(scopes))),
            "markets": _markets(markets),
            "created_at_s": now_s,
            "expires_at_s": None if days is None else now_s + days * 86_400,
        }
        self._change("insert_machine_key", row)
        return f"{KEY_PREFIX}_{identity}_{secret}"

    def revoke_key(self, identity: str) -> None:
        """It opens nothing from now on. Refused: there is none, or it is revoked."""
        row = {"id": identity, "revoked_at_s": self._now_s()}
        if not self._change("revoke_machine_key", row):
            raise Refused(f"key {identity}: there is none of this id, or it is revoked already")

    def machine_keys(self) -> list[MachineKey]:
        """Every key, by label."""
        return [_key(row) for row in self._rows("list_machine_key")]

    def who_of_key(self, text: str) -> Who | None:
        """Whose key it is, or None where it opens nothing."""
        prefix, _, rest = text.partition("_")
        identity, _, secret = rest.partition("_")
        row = self._row("find_machine_key", {"id": identity})
        wanted = row["secret_digest"] if row else "0" * 64
        if not compare_digest(_digest(secret), wanted) or row is None or prefix != KEY_PREFIX:
            return None
        key = _key(row)
        if key.revoked_at_s is not None:
            return None
        if key.expires_at_s is not None and self._now_s() >= key.expires_at_s:
            return None
        return Who(f"key:{key.id}", "machine", key.scopes, key.markets)

    def _rows(self, name: str, values: dict[str, Any] | None = None) -> list[sqlite3.Row]:
        with self._lock:
            cursor = self._database.cursor()
            cursor.row_factory = sqlite3.Row
            return cursor.execute(statement(__package__, name), values or {}).fetchall()

    def _row(self, name: str, values: dict[str, Any]) -> sqlite3.Row | None:
        return next(iter(self._rows(name, values)), None)

    def _change(self, name: str, values: dict[str, Any] | None = None) -> int:
        with self._lock:
            return self._database.execute(statement(__package__, name), values or {}).rowcount

    def _now_s(self) -> float:
        return self._clock.now().timestamp()


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _markets(markets: Sequence[str]) -> str:
    for market in markets:
        if not MARKET.fullmatch(market):
            raise Refused(f"market {market!r}: not a code")
    return json.dumps(sorted(set(markets)))


def _good_password(name: str, password: str) -> str:
    if not PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX:
        raise Refused(
            f"user {name}: a password has {PASSWORD_CHARACTERS_MIN} to"
            f" {PASSWORD_CHARACTERS_MAX} signs"
        )
    return password


def _person(row: sqlite3.Row) -> Person:
    markets = frozenset(json.loads(row["markets"]))
    return Person(row["name"], cast(Role, row["role"]), markets, row["created_at_s"])


def _key(row: sqlite3.Row) -> MachineKey:
    return MachineKey(
        row["id"],
        row["label"],
        frozenset(json.loads(row["scopes"])),
        frozenset(json.loads(row["markets"])),
        row["created_at_s"],
        row["expires_at_s"],
        row["revoked_at_s"],
    )
