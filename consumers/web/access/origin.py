"""Where a request comes from, by what a browser says of itself, and where it was sent to. Pure.

A page of another site can make a reader's browser send a form here, with his cookie. It cannot
change what the browser says of it: `Sec-Fetch-Site`, and `Origin` where the browser is older or the
connection is plain.
"""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from infra.dsn import is_loopback

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})  # none: a person's own doing, such as a bookmark


def is_from_here(headers: Mapping[str, str], *, has_key: bool) -> bool:
    """Whether a changing request was sent by a page of ours, or by a machine with its key.

    One that says nothing of where it comes from is no browser of today: it needs a key, which no
    browser adds by itself.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return has_key
    is_own = origin is None or urlsplit(origin).netloc == headers.get("host", "")
    return is_own and (site is None or site in OWN_SITES)


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
