"""Bytes and text of others, made safe for a terminal. Pure."""

import json


def shown(body: bytes) -> str:
    """What a person can read stays, Vietnamese included; all else is escaped, so that no byte of a
    record can steer the terminal or pass for another: `\\x1b`, `\\\\`, and `\\xff` outside UTF-8.
    """
    return "".join(map(_shown, body.decode("utf-8", "surrogateescape")))


def shown_json(body: bytes) -> str:
    """A JSON document that stays the same document when it is copied from the terminal."""
    return "".join(
        char if char.isprintable() else json.dumps(char)[1:-1] for char in body.decode("utf-8")
    )


def excerpt(body: bytes, *, bytes_max: int) -> str:
    """The first `bytes_max` bytes as `shown`, and how many more there are."""
    rest = len(body) - bytes_max
    return shown(body) if rest <= 0 else f"{shown(body[:bytes_max])} … and {rest:,} bytes more"


def _shown(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    if char == "\\" or not char.isprintable():
        return char.encode("unicode_escape").decode("ascii")
    return char
