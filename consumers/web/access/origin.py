"""Where a request comes from, by what a browser says of itself. Pure.

A page of another site can make a reader's browser send a form here, with his cookie. It cannot
change what the browser says of it: `Sec-Fetch-Site`, and `Origin` where the browser is older or the
connection is plain.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

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
