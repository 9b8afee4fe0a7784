"""A number that may be missing, and a rate with its interval. A null always has a reason. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from schemas.message import Message

CONFIDENCE = 0.95
OUT_OF_DATE = Message("adoption.more_than_counted")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or None with the reason why there is none."""

    value: int | float | None
    reason: Message | None = None

    def __post_init__(self) -> None:
        assert (self.value is None) == (self.reason is not None), self


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` ÷ `denominator` with its 95 % interval from `low` to `high`.

    `value`, `low` and `high` are None where there is no rate, and `reason` then says why. Counts
    that are known stay (0 of 0 is a fact), unless the cell is suppressed. Where a rate has a value
    but no interval, `interval_reason` says why.
    """

    numerator: int | None
    denominator: int | None
    value: float | None
    low: float | None
    high: float | None
    reason: Message | None = None
    interval_reason: Message | None = None

    def __post_init__(self) -> None:
        assert (self.value is None) == (self.reason is not None), self
        assert (self.low is None) == (self.high is None), self
        if self.value is None:
            assert self.low is None, self
        else:
            assert (self.low is None) == (self.interval_reason is not None), self
            assert self.numerator is not None and self.denominator, self


@dataclass(frozen=True, slots=True)
class RailFigure:
    """Valid payments of one rail class. Money in đồng."""

    rail_class: str
    payment_count: int
    payment_vnd: int


@dataclass(frozen=True, slots=True)
class Rails:
    """A total by rail class: classes are told apart, because official statistics mix them."""

    figures: tuple[RailFigure, ...] | None
    reason: Message | None = None

    def __post_init__(self) -> None:
        assert (self.figures is None) == (self.reason is not None), self


def rails_of(counts: Mapping[str, int], vnds: Mapping[str, int]) -> Rails:
    """By rail class, ascending by name."""
    return Rails(
        tuple(
            RailFigure(name, int(counts[name]), int(vnds.get(name, 0))) for name in sorted(counts)
        )
    )


def wilson(successes: int, trials: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval without continuity correction (Wilson 1927, JASA 22:209).

    `trials` must be positive and `successes` within it.
    """
    assert 0 <= successes <= trials and trials > 0, (successes, trials)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    half = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    # At the ends the bound is exact; rounding must not leave the unit interval.
    low = 0.0 if successes == 0 else max(0.0, (middle - half) / scale)
    high = 1.0 if successes == trials else min(1.0, (middle + half) / scale)
    return low, high


def rate(numerator: int, denominator: int | None, *, missing: Message, zero: Message) -> Rate:
    """The share of `denominator` that has the property, with Wilson's interval.

    `missing` and `zero` are the reasons where the denominator is not known, or is 0. More of them
    than the denominator counts (a census older than the stalls) is a rate above 1 without interval.
    """
    if denominator is None:
        return Rate(numerator, None, None, None, None, missing)
    if denominator == 0:
        return Rate(numerator, 0, None, None, None, zero)
    value = numerator / denominator
    if numerator > denominator:
        return Rate(numerator, denominator, value, None, None, None, OUT_OF_DATE)
    low, high = wilson(numerator, denominator)
    return Rate(numerator, denominator, value, low, high)


def no_rate(
    reason: Message, *, numerator: int | None = None, denominator: int | None = None
) -> Rate:
    """No rate, and why."""
    return Rate(numerator, denominator, None, None, None, reason)


def ratio(numerator: int, denominator: int, *, zero: Message, interval_reason: Message) -> Rate:
    """A ratio that is no share of a count (money to money): no Wilson interval."""
    if denominator == 0:
        return Rate(numerator, denominator, None, None, None, zero)
    value = numerator / denominator
    return Rate(numerator, denominator, value, None, None, None, interval_reason)
