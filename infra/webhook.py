"""A signed POST to somebody else's server.

`X-Choso-Timestamp` is the time in seconds, `X-Choso-Signature` is `sha256=` and the HMAC-SHA256 in
hex of `TIMESTAMP.BODY`: a receiver recomputes it, compares in constant time, and refuses old times.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import urllib3

from infra.errors import Refused, Unavailable

TIMESTAMP_HEADER = "X-Choso-Timestamp"
SIGNATURE_HEADER = "X-Choso-Signature"


@dataclass(frozen=True, slots=True)
class Post:
    """What to send, where, and how often to try; waits double from `wait_ms`."""

    url: str
    body: bytes
    key: bytes
    timeout_s: float
    tries_max: int
    wait_ms: int


def signature(key: bytes, timestamp_s: int, body: bytes) -> str:
    """The value of the signature's header."""
    return "sha256=" + hmac.new(key, b"%d." % timestamp_s + body, sha256).hexdigest()


def post_signed(post: Post, *, now: datetime, sleep: Callable[[float], None]) -> int:
    """Send until it is accepted (any 2xx); returns how many tries it took.

    Unavailable: no try was accepted. Redirects are not followed, for the body is for one receiver.
    """
    if not post.key:
        raise Refused(f"webhook {host_of(post.url)}: there is no key to sign with")
    timestamp_s = int(now.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        TIMESTAMP_HEADER: str(timestamp_s),
        SIGNATURE_HEADER: signature(post.key, timestamp_s, post.body),
    }
    trouble = ""
    with urllib3.PoolManager(num_pools=1) as pool:
        for number in range(1, post.tries_max + 1):
            try:
                answer = pool.request(
                    "POST",
                    post.url,
                    body=post.body,
                    headers=headers,
                    timeout=post.timeout_s,
                    retries=False,
                    redirect=False,
                )
            except urllib3.exceptions.HTTPError as error:
                trouble = type(error).__name__  # its text may repeat the address, with its secrets
            else:
                if 200 <= answer.status < 300:
                    return number
                trouble = f"answers {answer.status}"
            if number < post.tries_max:
                sleep(post.wait_ms * 2 ** (number - 1) / 1000)
    raise Unavailable(f"webhook {host_of(post.url)}: {trouble}, {post.tries_max} times")


def host_of(url: str) -> str:
    """The host of an address, which may be shown."""
    return urllib3.util.parse_url(url).host or "without a host"
