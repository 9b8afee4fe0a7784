"""Records that cannot be events: a good body, spoilt in one of the ways that really occur."""

import re
from collections.abc import Callable
from random import Random

from producers.simulator.draw import pick

_TEXT = re.compile(rb'"text":(null|"[^"]*")\}\}$')
_AMOUNT = re.compile(rb'"amount_vnd":(\d+)')
_TIME = re.compile(rb'"time":"\d{4}')


def _other_id(body: bytes) -> bytes:
    at = body.index(b'"id":"') + 6
    return body[:at] + (b"1" if body[at : at + 1] == b"0" else b"0") + body[at + 1 :]


SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "junk after the end": lambda body: body + b"\n",
    "two objects": lambda body: body + body,
    "spaces": lambda body: body.replace(b'":', b'": '),
    "another id": _other_id,
    "an unknown type": lambda body: body.replace(b'.v1"', b'.v9"', 1),
    "a fraction": lambda body: _AMOUNT.sub(rb'"amount_vnd":\1.0', body),
    "a number as text": lambda body: _AMOUNT.sub(rb'"amount_vnd":"\1"', body),
    "nothing paid": lambda body: _AMOUNT.sub(b'"amount_vnd":0', body),
    "a negative amount": lambda body: _AMOUNT.sub(rb'"amount_vnd":-\1', body),
    "far too much": lambda body: _AMOUNT.sub(b'"amount_vnd":100000000000000000000', body),
    "a foreign currency": lambda body: body.replace(b'"VND"', b'"USD"'),
    "a repeated key": lambda body: body.replace(b'"currency":"VND",', b'"currency":"VND",' * 2),
    "a key too many": lambda body: body.replace(b'"currency":"VND",', b'"currency":"VND","fee":0,'),
    "a key too few": lambda body: body.replace(b'"currency":"VND",', b""),
    "the far future": lambda body: _TIME.sub(b'"time":"2199', body),
    "bad UTF-8": lambda body: _TEXT.sub(b'"text":"\xff"}}', body),
    "decomposed letters": lambda body: _TEXT.sub('"text":"cho\u031b\u0323"}}'.encode(), body),
    "too large": lambda body: _TEXT.sub(b'"text":"' + b"x" * 70_000 + b'"}}', body),
}
_SORTS = tuple(SPOILERS)


def bad_body(rng: Random, body: bytes) -> bytes:
    """The body, spoilt in one of the ways above."""
    return SPOILERS[pick(rng, _SORTS)](body)
