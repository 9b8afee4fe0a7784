"""Every kind of caller: people of each role, of all markets and of one, and machines with keys."""

import ssl
from dataclasses import dataclass
from typing import Any

import httpx

from consumers.web.access.gate import SESSION_COOKIE, GateContext
from consumers.web.access.roles import ROLES, SCOPES
from consumers.web.access.seal import seal
from tests.patience import patient
from tests.web.serving import SECRET

PASSWORD = "một mật khẩu đủ dài"
OWN, FOREIGN = "HL1", "HL2"
PAGE = {"Accept": "text/html"}
FORM = PAGE | {"Sec-Fetch-Site": "same-origin"}  # as a browser sends one from a page of ours
# Sites of tests are plain HTTP: each client would read the machine's certificates all the same.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def plain_client(address: str, **options: Any) -> httpx.Client:
    """A client of a site on loopback."""
    return httpx.Client(base_url=address, verify=NO_TLS, timeout=patient(60), **options)


@dataclass(frozen=True, slots=True)
class Caller:
    """Headers that say who asks, what he may, and which markets are his (empty: all)."""

    name: str
    scopes: frozenset[str]
    markets: frozenset[str]
    headers: dict[str, str]

    def client(self, address: str) -> httpx.Client:
        return plain_client(address, headers=self.headers)


def all_callers(door: GateContext) -> dict[str, Caller]:
    """One of each, by name."""
    book = door.book
    assert book is not None
    found = {"nobody": Caller("nobody", frozenset(), frozenset(), {})}
    for role, scopes in ROLES.items():
        for markets in ((), (OWN,)):
            name = f"{role}@{OWN}" if markets else role
            book.add_person(name, role, markets, PASSWORD)
            session = book.sign_in(name, PASSWORD, old_session=None)
            assert session is not None
            cookie = f"{SESSION_COOKIE}={seal(SECRET, SESSION_COOKIE, session)}"
            found[name] = Caller(
                name,
                frozenset(scopes),
                frozenset(markets),
                {"Cookie": cookie},
            )
    for scope in SCOPES:
        for markets in ((), (OWN,)):
            name = f"key:{scope}@{OWN}" if markets else f"key:{scope}"
            key = book.add_key(name, [scope], markets, days=None)
            found[name] = Caller(
                name, frozenset({scope}), frozenset(markets), {"Authorization": f"Bearer {key}"}
            )
    return found
