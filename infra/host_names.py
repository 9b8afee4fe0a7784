"""Where a request was sent to, by its `Host`. Pure."""

from collections.abc import Collection
from urllib.parse import urlsplit

from infra.dsn import is_loopback

MISDIRECTED = 421


def is_sent_to_us(host: str, *, names: Collection[str], is_open: bool) -> bool:
    """Whether the `Host` of a request is a name of ours.

    A name of another site that leads to this machine (DNS rebinding) would make its pages ours in
    the eyes of a browser. Where nobody signs in (`is_open`) only this machine's own names are good,
    and those in `names`; where all must, any name is, unless `names` says which.
    """
    name = _name_in(host)
    if is_loopback(name) or name in names:
        return True
    return bool(name) and not is_open and not names


def _name_in(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
