"""Values that only we can have written: cookies with a seal."""

import hashlib
import hmac
import re

SEALED = re.compile(r"[0-9a-f]{16,128}\.[0-9a-f]{64}")


def _mac(secret: bytes, purpose: str, value: str) -> str:
    return hmac.new(secret, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def seal(secret: bytes, purpose: str, value: str) -> str:
    """`value.mac`; the value is hex."""
    return f"{value}.{_mac(secret, purpose, value)}"


def unseal(secret: bytes, purpose: str, text: str | None) -> str | None:
    """The value, or None where the seal is not ours."""
    if text is None or not SEALED.fullmatch(text):
        return None
    value, _, mac = text.partition(".")
    return value if hmac.compare_digest(mac, _mac(secret, purpose, value)) else None
