"""The partition cache: what many questions read alike of the folded store, while it stays as it is.

Figures are read by the day, paid days by the block of weeks, the registry whole. Each is kept under
the mark that it had before it was read, so that what was written meanwhile is read once more, and
never missed. Marks are those of a snapshot of the fold (`consumers/fold/snapshot.py`). Nothing here
is old; what may be some seconds old is kept by `consumers/web/cache.py`.
"""

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from consumers.fold.dirty import days_of
from consumers.fold.snapshot import Snapshot

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Days of figures are about 0.2 MB each with 5,000 vendors; rows of a statement may be thousands.
KEPT_MAX = {"rows": 60}
KEPT_MAX_ELSE = 400
_BLOCK = re.compile(r"\('',(\d+)\)")


@dataclass(frozen=True, slots=True)
class Marks:
    """What the folded store is made of; a question "as known on" has its own, and reads it anew.

    `days` are those that were folded; None where what is there cannot be told apart from what was.
    `stored` is of all together.
    """

    spans: int = 0
    blocks: Mapping[int, int] = field(default_factory=dict)
    days: Mapping[date, int | None] = field(default_factory=dict)
    stored: int = 0
    has_rejected: bool = True

    def of_days(self, first_day: date, last_day: date) -> int | None:
        """Of the figures of a range and of the registry by which they are grouped."""
        found = [self.days.get(day, 0) for day in days_of(first_day, last_day)]
        return None if None in found else hash((self.spans, *found))


def marks_of(snapshot: Snapshot) -> Marks:
    """The marks of one look."""
    blocks = {
        int(found[1]): mark
        for (table, partition), mark in snapshot.marks.items()
        if table == "vendor_bits" and (found := _BLOCK.fullmatch(partition))
    }
    return Marks(
        spans=snapshot.marks.get(("registry_span", ""), 0),
        blocks=blocks,
        days=snapshot.seals,
        stored=hash(frozenset(snapshot.marks.items())),
        has_rejected=any(table == "rejected" for table, _ in snapshot.marks),
    )


@dataclass(slots=True)
class _Shelf:
    """What is kept of one kind: key → its mark, and what was read under it."""

    kept: OrderedDict[Hashable, tuple[Hashable, Any]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class PartitionCache:
    """Any thread may read; one at a time reads a kind, and the others find what it found."""

    def __init__(self) -> None:
        self._shelves: defaultdict[str, _Shelf] = defaultdict(_Shelf)

    def read(
        self,
        kind: str,
        marks: Mapping[K, Hashable],
        read: Callable[[Sequence[K]], Mapping[K, V]],
    ) -> dict[K, V]:
        """What is under each of the keys. `read` is asked for those that are not kept as marked,
        and leaves out those under which there is nothing. What has no mark is read every time."""
        shelf = self._shelves[kind]
        with shelf.lock:
            kept = shelf.kept
            stale = [
                key
                for key, mark in marks.items()
                if mark is None or kept.get(key, _NOTHING)[0] != mark
            ]
            fresh = read(stale) if stale else {}
            for key in stale:
                kept[key] = (marks[key], fresh.get(key))
            found = {key: kept[key][1] for key in marks}
            for key in marks:
                kept.move_to_end(key)
            while len(kept) > KEPT_MAX.get(kind, KEPT_MAX_ELSE):
                kept.popitem(last=False)
        return {key: value for key, value in found.items() if value is not None}


_NOTHING = (None, None)
