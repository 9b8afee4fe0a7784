"""Keyed digests, compared in constant time over all secrets."""

import hmac
from collections.abc import Mapping, Sequence

from producers.webhooks.provider import Forged, Secret

UNSIGNED = "not signed with a secret of this source"


def check_hmac(
    secrets: Sequence[Secret], algorithm: str, messages: Sequence[bytes], given: str
) -> None:
    """Forged unless `given` is the hex digest of one of the messages under one of the secrets."""
    wanted = [hex_digest(secret, algorithm, message) for secret in secrets for message in messages]
    check_any(given.strip().lower(), wanted, UNSIGNED)


def hex_digest(secret: Secret, algorithm: str, message: bytes) -> str:
    """The keyed digest of a message."""
    return hmac.digest(secret.key, message, algorithm).hex()


def check_any(given: str, wanted: Sequence[str], trouble: str) -> None:
    """Forged unless `given` is one of the wanted; every one is compared."""
    plain = given.encode("utf-8", "replace")
    matches = [hmac.compare_digest(plain, each.encode()) for each in wanted]
    if not any(matches):
        raise Forged(trouble)


def header(headers: Mapping[str, str], name: str) -> str:
    """The header's value. Forged where it is missing."""
    value = headers.get(name)
    if not value:
        raise Forged(f"the header {name} is missing")
    return value
