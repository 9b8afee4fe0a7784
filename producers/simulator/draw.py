"""Chance that is the same on every machine: everything comes from `Random.random()`.

Python promises that `random()` repeats for one seed across versions; it promises nothing of the
other methods, and logarithms and sines differ between C libraries. So only multiplication is used.
"""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


def rng_of(*names: object) -> Random:
    """A source of chance of its own for whatever these names name."""
    digest = sha256("\n".join(str(name) for name in names).encode()).digest()
    return Random(int.from_bytes(digest, "big"))  # noqa: S311  # invented trade, not a secret


def below(rng: Random, limit: int) -> int:
    """A whole number from 0 to `limit` - 1."""
    return int(rng.random() * limit)


def chance(rng: Random, share: float) -> bool:
    """True in `share` of the cases. Draws once, whatever the share is."""
    return rng.random() < share


def skewed(rng: Random) -> float:
    """A number from 0 to 1, mostly small: a quarter on the average."""
    lot = rng.random()
    return lot * lot * lot


def pick(rng: Random, choices: Sequence[T]) -> T:
    """One of the choices, all alike."""
    return choices[int(rng.random() * len(choices))]


class Weights:
    """Choices 0 … n-1 with whole-number weights."""

    __slots__ = ("_steps", "_total")

    def __init__(self, weights: Sequence[int]) -> None:
        self._steps = list(accumulate(weights))
        self._total = self._steps[-1]
        assert self._total > 0

    def draw(self, rng: Random) -> int:
        """The index of a choice; one of weight 0 is never drawn."""
        return bisect_right(self._steps, int(rng.random() * self._total))
