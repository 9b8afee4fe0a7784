"""The key of account and payer tokens: which one made those that are stored, and is it still there?

With another key the same accounts would get other tokens, and the same payments would count again.
So the store keeps the key's fingerprint, which tells nothing of the key, from the first use on.
"""

import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from infra.clickhouse import Store
from infra.embedded.files import kept_secret
from infra.errors import Refused

KEY_BYTES_MIN = 16
FINGERPRINT_DIGITS = 32
KNOWN = "SELECT DISTINCT fingerprint FROM token_key"
REMEMBER = "INSERT INTO token_key SELECT {fingerprint:String}, {seen_at:DateTime64(3)}"


def known_key(store: Store, path: Path, now: datetime, *, read: Callable[[Path], bytes]) -> bytes:
    """The key that `read` gives, which is remembered where it is the first one.

    Refused: it is gone or another one, and tokens were made already.
    """
    known = {row[0] for row in store.query(KNOWN)}
    if known and not path.exists():
        raise Refused(
            f"token key {path}: is gone, and the store has tokens that were made with it: with a"
            " new key the same payments would count again: put it back from your backup"
        )
    key = read(path)
    mark = fingerprint(key)
    if known and mark not in known:
        raise Refused(
            f"token key {path}: is not the one that the store's tokens were made with: with it the"
            " same payments would count again: put that one back from your backup"
        )
    if not known:
        store.command(REMEMBER, {"fingerprint": mark, "seen_at": now})
    return key


def fingerprint(key: bytes) -> str:
    """What can be told of a key without telling it."""
    return hmac.new(key, b"choso token key", sha256).hexdigest()[:FINGERPRINT_DIGITS]


def own_key(path: Path) -> bytes:
    """The key of a data directory, made on first use."""
    return bytes.fromhex(kept_secret(path))


def given_key(path: Path) -> bytes:
    """The key of a file that settings name, which must be there."""
    if not path.exists():
        raise Refused(f"token key {path}: there is no such file: see CHOSO_TOKEN_KEY_FILE")
    key = path.read_bytes().strip()
    if len(key) < KEY_BYTES_MIN:
        raise Refused(f"token key {path}: has fewer than {KEY_BYTES_MIN} bytes")
    return key
