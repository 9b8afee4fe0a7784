"""Who may come in: passwords, people, sessions, keys, seals, tries. Without a store."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.web.access.book import Book
from consumers.web.access.passwords import hash_password, is_password
from consumers.web.access.roles import ROLES
from consumers.web.access.seal import seal, unseal
from consumers.web.access.tries import KEYS_MAX, Tries
from consumers.web.pages.sign_in import counted_by, own_address
from infra.errors import Refused
from tests.engine import NOW

PASSWORD = "một mật khẩu dài"
HOUR_S = 3600.0


@dataclass
class MovingClock:
    """A clock that a test moves."""

    moment: datetime = field(default=NOW)

    def now(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def book(tmp_path: Path, clock: MovingClock) -> Book:
    return Book(
        tmp_path / "secrets" / "access.sqlite", clock, session_s_max=8 * HOUR_S, idle_s_max=HOUR_S
    )


def signed_in(book: Book, name: str, old: str | None = None) -> str:
    session = book.sign_in(name, PASSWORD, old_session=old)
    assert session is not None
    return session


def test_a_hash_fits_its_password_alone_and_carries_its_parameters() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("scrypt$32768$8$1$")
    assert is_password(PASSWORD, kept)
    assert not is_password(PASSWORD + " ", kept)
    assert not is_password("x" * 100_000, kept)
    assert hash_password(PASSWORD) != kept, "two people with one password have two salts"


def test_people_sign_in_and_out(book: Book) -> None:
    book.add_person("lan", "analyst", ["HL1"], PASSWORD)
    assert book.sign_in("lan", "wrong" + PASSWORD, old_session=None) is None
    assert book.sign_in("nobody", PASSWORD, old_session=None) is None
    session = signed_in(book, "lan")
    who = book.who_of_session(session)
    assert who is not None
    assert (who.name, who.role, who.markets) == ("lan", "analyst", frozenset({"HL1"}))
    assert who.scopes == ROLES["analyst"]
    book.sign_out(session)
    assert book.who_of_session(session) is None


def test_each_sign_in_is_a_new_session_and_ends_the_old_one(book: Book) -> None:
    """A session id that somebody planted in a browser is worth nothing after sign-in."""
    book.add_person("lan", "viewer", [], PASSWORD)
    planted = "0" * 64
    first = signed_in(book, "lan", planted)
    second = signed_in(book, "lan", first)
    assert len({planted, first, second}) == 3
    assert book.who_of_session(planted) is None
    assert book.who_of_session(first) is None
    assert book.who_of_session(second) is not None


def test_sessions_end_by_age_and_by_idleness(book: Book, clock: MovingClock) -> None:
    book.add_person("lan", "viewer", [], PASSWORD)
    idle = signed_in(book, "lan")
    clock.move(HOUR_S)
    assert book.who_of_session(idle) is None
    used = signed_in(book, "lan")
    for _ in range(15):
        clock.move(HOUR_S / 2)
        assert book.who_of_session(used) is not None
    clock.move(HOUR_S / 2)
    assert book.who_of_session(used) is None, "eight hours, however busy"


def test_a_stream_that_stays_open_keeps_no_session_alive(book: Book, clock: MovingClock) -> None:
    book.add_person("lan", "viewer", [], PASSWORD)
    session = signed_in(book, "lan")
    for _ in range(3):
        clock.move(HOUR_S / 3)
        watched = book.who_of_session(session, touch=False)
    assert watched is None


def test_removal_and_a_new_password_end_all_sessions(book: Book) -> None:
    book.add_person("lan", "viewer", [], PASSWORD)
    first = signed_in(book, "lan")
    book.set_password("lan", "another " + PASSWORD)
    assert book.who_of_session(first) is None
    assert book.sign_in("lan", PASSWORD, old_session=None) is None
    book.set_password("lan", PASSWORD)
    second = signed_in(book, "lan")
    book.remove_person("lan")
    assert book.who_of_session(second) is None
    assert book.people() == []


@pytest.mark.parametrize(
    ("name", "role", "markets", "password"),
    [
        ("lan", "viewer", [], PASSWORD),
        ("a b", "viewer", [], PASSWORD),
        ("", "viewer", [], PASSWORD),
        ("<b>", "viewer", [], PASSWORD),
        ("ba", "admin", [], PASSWORD),
        ("ba", "viewer", ["HL1; drop"], PASSWORD),
        ("ba", "viewer", [], "short"),
        ("ba", "viewer", [], "x" * 300),
    ],
)
def test_people_that_cannot_be_are_named(
    book: Book, name: str, role: str, markets: list[str], password: str
) -> None:
    book.add_person("lan", "viewer", [], PASSWORD)
    with pytest.raises(Refused, match=r"user|market"):
        book.add_person(name, role, markets, password)
    assert [person.name for person in book.people()] == ["lan"]


def test_what_is_not_there_cannot_be_changed(book: Book) -> None:
    changes: list[Callable[[], None]] = [
        lambda: book.remove_person("lan"),
        lambda: book.set_password("lan", PASSWORD),
        lambda: book.revoke_key("0" * 16),
    ]
    for change in changes:
        with pytest.raises(Refused):
            change()


def test_keys_open_until_they_are_revoked_or_expire(book: Book, clock: MovingClock) -> None:
    made = book.add_key("grafana", ["figures"], ["HL1", "CD"], days=None)
    short = book.add_key("once", ["metrics"], [], days=1)
    who = book.who_of_key(made)
    assert who is not None
    assert (who.kind, who.scopes, who.markets) == (
        "machine",
        frozenset({"figures"}),
        frozenset({"HL1", "CD"}),
    )
    identity = made.split("_")[1]
    assert book.who_of_key(f"choso_{identity}_{'0' * 64}") is None
    assert book.who_of_key(made.replace("choso", "other")) is None
    for junk in ("", "_", "choso", "choso__", "x" * 5_000, "choso_'; DROP TABLE person;--_x"):
        assert book.who_of_key(junk) is None
    assert book.who_of_key(short) is not None
    clock.move(86_400)
    assert book.who_of_key(short) is None
    book.revoke_key(identity)
    assert book.who_of_key(made) is None
    assert [key.label for key in book.machine_keys()] == ["grafana", "once"]
    with pytest.raises(Refused, match="scopes"):
        book.add_key("bad", ["everything"], [], days=None)


def test_no_secret_is_in_the_file_and_only_its_owner_reads_it(
    book: Book, tmp_path: Path, clock: MovingClock
) -> None:
    book.add_person("lan", "viewer", [], PASSWORD)
    session, key = signed_in(book, "lan"), book.add_key("k", ["figures"], [], days=None)
    path = tmp_path / "secrets" / "access.sqlite"
    assert path.stat().st_mode & 0o777 == 0o600
    book.close()
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    for secret in (PASSWORD, session, key.rpartition("_")[2]):
        assert secret.encode() not in kept
    path.chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        Book(path, clock, session_s_max=1, idle_s_max=1)


def test_two_processes_may_have_the_same_file_open(book: Book, tmp_path: Path) -> None:
    """`choso user add` while the web runs."""
    other = sqlite3.connect(tmp_path / "secrets" / "access.sqlite")
    book.add_person("lan", "viewer", [], PASSWORD)
    assert other.execute("SELECT name FROM person").fetchall() == [("lan",)]
    other.close()
    assert book.people()


SECRET = b"s" * 32


@given(st.text(alphabet="0123456789abcdef", min_size=16, max_size=64), st.text(max_size=80))
def test_only_our_own_seal_is_believed(value: str, other: str) -> None:
    sealed = seal(SECRET, "session", value)
    assert unseal(SECRET, "session", sealed) == value
    assert unseal(SECRET, "visit", sealed) is None
    assert unseal(b"t" * 32, "session", sealed) is None
    assert unseal(SECRET, "session", other) is None
    assert unseal(SECRET, "session", f"{value}.{other}") is None
    changed = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")
    assert unseal(SECRET, "session", changed) is None


def test_tries_are_counted_by_key_and_forgotten(clock: MovingClock) -> None:
    tries = Tries(clock, tries_max=3, wait_s=60)
    for _ in range(3):
        assert tries.begin(("lan", "10.0.0.1")) == 0
        clock.move(1)
    assert tries.begin(("lan", "10.0.0.9")) == pytest.approx(57)
    assert tries.begin(("ba", "10.0.0.1")) == pytest.approx(57)
    assert tries.begin(("10.0.0.1", "lan")) == 0, "a name is not an address"
    clock.move(58)
    assert tries.begin(("lan", "10.0.0.1")) == 0
    for number in range(KEYS_MAX):
        tries.begin((f"n{number}", f"a{number}"))
    assert len(tries._failures) == KEYS_MAX


def test_guesses_at_once_obey_the_limit_and_success_is_no_guess(clock: MovingClock) -> None:
    tries = Tries(clock, tries_max=5, wait_s=60)
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: tries.begin(("lan",)), range(100)))
    assert waits.count(0.0) == 5
    for _ in range(20):
        assert tries.begin(("ba",)) == 0
        tries.succeeded(("ba",))


def test_nobody_locks_another_out() -> None:
    assert set(counted_by("lan", "10.0.0.1")).isdisjoint(counted_by("lan", "10.0.0.2"))
    # behind a gate that is not named as a proxy all have its address
    assert set(counted_by("lan", "127.0.0.1")).isdisjoint(counted_by("ba", "127.0.0.1"))


@pytest.mark.parametrize(
    ("target", "where"),
    [
        ("/markets/HL1?lang=en", "/markets/HL1?lang=en"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nSet-Cookie: x=1", "/"),
        ("", "/"),
        ("markets", "/"),
    ],
)
def test_sign_in_leads_to_our_own_pages_only(target: str, where: str) -> None:
    assert own_address(target) == where
