"""Who a row is: the hash of its identity columns, and its number among rows equal in them.

The number makes twins two payments, and it is the same in every copy of the file: importing a file
twice, a longer copy of it, or its rows in another order gives each payment its old id again.
"""

import json
from dataclasses import dataclass, field
from hashlib import sha256

from infra.errors import Refused

IDENTITY_COUNT_MAX = 50_000_000


@dataclass(slots=True)
class Occurrences:
    """How often each identity was taken; 16 bytes and a number for each, and nothing else kept."""

    identity_count_max: int = IDENTITY_COUNT_MAX
    _counts: dict[bytes, int] = field(default_factory=dict)

    def next_number(self, identity: bytes) -> int:
        """The number, from 1, that the next row of this identity has."""
        return self._counts.get(identity, 0) + 1

    def take(self, identity: bytes) -> None:
        """Count a row of this identity. Refused beyond the limit of different identities."""
        self._counts[identity] = self.next_number(identity)
        if len(self._counts) > self.identity_count_max:
            raise Refused(
                f"import: more than {self.identity_count_max} different rows: split the file by"
                " columns of the identity, such as its days"
            )


def identity_of(cells: dict[str, str], columns: tuple[str, ...] | None) -> bytes:
    """The hash of these columns, or of all; the order of columns in the file plays no part."""
    names = sorted(cells if columns is None else columns)
    named = [(name, cells[name]) for name in names]
    return sha256(json.dumps(named, ensure_ascii=True).encode()).digest()[:16]


def row_reference(identity: bytes, number: int) -> str:
    """A bank reference for a row that has none: `ROW-…-1`."""
    return f"ROW-{identity.hex().upper()}-{number}"
