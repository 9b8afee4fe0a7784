"""A ClickHouse DSN, read and judged: what would show a secret or lose a row is refused here."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from infra.errors import Refused

PORTS = {"http": 8123, "https": 8443}


@dataclass(frozen=True, slots=True)
class Dsn:
    """`scheme://user:password@host:port/database?setting=value`, taken apart."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    ca_file: str | None
    loopback: bool
    settings: Mapping[str, str]


def is_loopback(host: str) -> bool:
    """Whether bytes to this host stay on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_dsn(text: str, *, pinned: Mapping[str, str | int]) -> Dsn:
    """Take a DSN apart. Refused (never showing the password) where it is unsafe or unreadable."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Refused(f"store DSN: not readable: {error}") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused("store DSN: must read http(s)://user:password@host:port/database")
    host = parts.hostname
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    loopback = is_loopback(host)
    if parts.scheme == "http" and not loopback:
        raise Refused(
            f"store DSN: http to {host} would show the password and every payment on the network:"
            " use https"
        )
    ca_file = options.pop("ca_cert", None)
    verify = options.pop("verify", "true").lower()
    if verify not in {"1", "true", "yes"}:
        raise Refused(
            f"store DSN: verify={verify} accepts any server as {host}:"
            " give ca_cert=FILE for a private authority instead"
        )
    for name, value in options.items():
        if name in pinned and value != str(pinned[name]):
            raise Refused(
                f"store DSN: {name}={value} can lose or repeat acknowledged rows:"
                f" choso works with {name}={pinned[name]} only; leave it out"
            )
    return Dsn(
        scheme=parts.scheme,
        host=host,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        database=parts.path.strip("/") or "default",
        ca_file=ca_file,
        loopback=loopback,
        settings=options,
    )


def with_database(text: str, database: str) -> str:
    """The same DSN with another database."""
    return urlsplit(text)._replace(path=f"/{database}").geturl()
