"""Which records of a poll are new, and which offsets they cover. Pure.

An *island* is a run of offsets [first, after) that the store already holds.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

Island = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Records [low, high) of a poll, which cover the offsets [first, first + span).

    `span` exceeds `high - low` where the log has gaps (control records, compaction) or where the
    run reaches back over an island to a gap before it.
    """

    low: int
    high: int
    first: int
    span: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far a partition was read: the next offset expected, and the first one not covered yet.

    They differ only where nothing but gaps lies between the two and islands.
    """

    expected: int
    uncovered: int

    @classmethod
    def at(cls, offset: int) -> "Position":
        """Nothing read yet from `offset` on."""
        return cls(offset, offset)


def skip_islands(offset: int, islands: Sequence[Island]) -> int:
    """The first offset at or after `offset` that no island covers."""
    for first, after in islands:
        if first > offset:
            break
        offset = max(offset, after)
    return offset


def cut(
    offsets: Sequence[int], position: Position, islands: Sequence[Island]
) -> tuple[list[Run], Position]:
    """Cut ascending `offsets`, read from `position` on without interruption, around the islands.

    `islands` are sorted and apart from each other. Offsets below the position and inside islands
    are held already and are left out.
    """
    runs: list[Run] = []
    position = _ashore(position, islands)
    low = bisect_left(offsets, position.expected)
    end = len(offsets)
    while low < end:
        shore = next((first for first, _ in islands if first > position.expected), None)
        high = end if shore is None else bisect_left(offsets, shore, low)
        after = offsets[end - 1] + 1 if shore is None or high == end else shore
        uncovered = position.uncovered
        if high > low:
            runs.append(Run(low, high, uncovered, after - uncovered))
            uncovered = after
        position = _ashore(Position(after, uncovered), islands)
        low = bisect_left(offsets, position.expected, high)
    return runs, position


def _ashore(position: Position, islands: Sequence[Island]) -> Position:
    expected = skip_islands(position.expected, islands)
    everything_covered = position.uncovered == position.expected
    return Position(expected, expected if everything_covered else position.uncovered)
