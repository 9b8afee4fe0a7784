"""Password hashes by scrypt (RFC 7914): `scrypt$n$r$p$salt$hash`, salt and hash as hex."""

import hashlib
import secrets

N, R, P = 1 << 15, 8, 1  # 32 MiB and some 80 ms for a guess
N_MAX = 1 << 20
SALT_BYTES = 16
HASH_BYTES = 32
PASSWORD_CHARACTERS_MIN = 12
PASSWORD_CHARACTERS_MAX = 256
# What an unknown name is checked against, so that it takes as long as a known one.
NOBODYS_HASH = f"scrypt${N}${R}${P}${'00' * SALT_BYTES}${'00' * HASH_BYTES}"


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """A hash with its parameters in it."""
    salt = salt if salt is not None else secrets.token_bytes(SALT_BYTES)
    return f"scrypt${N}${R}${P}${salt.hex()}${_scrypt(password, salt, N, R, P).hex()}"


def is_password(password: str, kept: str) -> bool:
    """Whether the password has this hash, in a time that does not tell how much of it fits."""
    name, n, r, p, salt, wanted = kept.split("$")
    assert name == "scrypt" and int(n) <= N_MAX, name
    if len(password) > PASSWORD_CHARACTERS_MAX:
        return False
    found = _scrypt(password, bytes.fromhex(salt), int(n), int(r), int(p))
    return secrets.compare_digest(found, bytes.fromhex(wanted))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=n, r=r, p=p, maxmem=192 * n * r, dklen=HASH_BYTES
    )
