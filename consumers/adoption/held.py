"""What many questions read alike of the folded store, held in memory while it stays as it is.

Panels of vendors are made of a few whole partitions: the intervals of the registry, blocks of paid
days, weeks of folded figures. Each is held under the mark that it had before it was read, so that
what was written meanwhile is read once more, and never missed.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from consumers.fold.eye import Marks

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Of one kind: blocks of a year, or weeks of figures, each about 1 MB with 5,000 vendors.
HELD_MAX = 60
_BLOCK = re.compile(r"\('',(\d+)\)")


@dataclass(frozen=True, slots=True)
class Partitions:
    """Marks of what panels are made of; of the folded store, not of questions "as known on"."""

    spans: int = 0
    blocks: Mapping[int, int] = field(default_factory=dict)
    weeks: Mapping[date, int] = field(default_factory=dict)  # by their Mondays


def partitions_of(marks: Marks) -> Partitions:
    """The marks by what the partitions are."""
    blocks = {
        int(found[1]): mark
        for (table, partition), mark in marks.items()
        if table == "vendor_bits" and (found := _BLOCK.fullmatch(partition))
    }
    weeks = {
        date.fromisoformat(partition): mark
        for (table, partition), mark in marks.items()
        if table == "day_fold"
    }
    return Partitions(marks.get(("registry_span", ""), 0), blocks, weeks)


class Held:
    """Any thread may read; one at a time reads the store, and the others find what it found."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[Hashable, tuple[int, Any]]] = {}
        self._lock = threading.Lock()

    def read(
        self, kind: str, marks: Mapping[K, int], read: Callable[[Sequence[K]], Mapping[K, V]]
    ) -> dict[K, V]:
        """What is under each of the keys. `read` is asked for those that are not held as marked,
        and leaves out those under which there is nothing."""
        with self._lock:
            kept = self._kept.setdefault(kind, OrderedDict())
            stale = [key for key, mark in marks.items() if kept.get(key, (None,))[0] != mark]
            fresh = read(stale) if stale else {}
            for key in stale:
                kept[key] = (marks[key], fresh.get(key))
            found = {key: kept[key][1] for key in marks}
            for key in marks:
                kept.move_to_end(key)
            while len(kept) > HELD_MAX:
                kept.popitem(last=False)
        return {key: value for key, value in found.items() if value is not None}
