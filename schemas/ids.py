"""Identifiers and tokens, derived from the fact and from nothing else.

An event's id is the UUIDv5 (RFC 9562) of `source`, `source_transaction_id` and `kind`, one to a
line, in choso's namespace: the same fact has the same id for ever, whichever way it came in.
"""

import hmac
from hashlib import sha1
from uuid import UUID

NAMESPACE = UUID("5f0c9c1e-7a3b-5d42-9b6e-0c4f5e2a9d11")


def event_id(source: str, source_transaction_id: str, kind: str) -> UUID:
    """The id of one fact. `kind` is the word before the version in `type`, such as `credited`."""
    return UUID(event_id_text(source, source_transaction_id, kind))


def event_id_text(source: str, source_transaction_id: str, kind: str) -> str:
    """The id as it is written. The standard's own way, without an object for each."""
    name = f"{source}\n{source_transaction_id}\n{kind}".encode()
    found = sha1(NAMESPACE.bytes + name, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(found[16], 16) & 3]
    return f"{found[:8]}-{found[8:12]}-5{found[13:16]}-{variant}{found[17:20]}-{found[20:32]}"


def token(key: bytes, domain: str, value: str) -> str:
    """A keyed token of 32 lower-case hex digits: HMAC-SHA256 truncated to 128 bits.

    `domain` keeps account tokens and payer tokens of one number apart.
    """
    return hmac.digest(key, f"{domain}\n{value}".encode(), "sha256").hex()[:32]
