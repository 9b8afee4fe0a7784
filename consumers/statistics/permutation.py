"""Permutation over markets: how often would another choice of pilots show as much?

Fisher (1935), The Design of Experiments; Rosenbaum (2002), Observational Studies, 2.4 (intervals by
inversion); for few treated clusters MacKinnon and Webb (2020), J. Econometrics 218:435.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Flags, Floats

EXACT_MAX = 20_000  # assignments; 3 of 43 markets are 12,341
SAMPLES = 9_999
TIE = 1e-10  # of the largest statistic: sums in another order are still ties


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """Which markets could have been the pilots: N × G. Sampled ones begin with the real one."""

    members: Flags
    is_exact: bool


def assignments(
    treated: Flags, *, seed: int, exact_max: int = EXACT_MAX, samples: int = SAMPLES
) -> Assignments:
    """All choices of as many markets, or `samples` random ones beside the real one."""
    count, markets = int(treated.sum()), len(treated)
    assert 0 < count < markets, (count, markets)
    if comb(markets, count) <= exact_max:
        return Assignments(_all_choices(markets, count), True)
    rng = np.random.default_rng(seed)
    order = rng.random((samples, markets)).argsort(axis=1)
    return Assignments(np.vstack([treated[None, :], order < count]), False)


@lru_cache(maxsize=8)
def _all_choices(markets: int, count: int) -> Flags:
    total = comb(markets, count)
    chosen = np.fromiter(
        (index for choice in combinations(range(markets), count) for index in choice),
        np.int64,
        total * count,
    )
    members = np.zeros((total, markets), np.bool_)
    members[np.repeat(np.arange(total), count), chosen] = True
    members.flags.writeable = False
    return members


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """Two-sided p of no effect, and all constant effects that are not rejected.

    `p` = share of assignments with a difference at least as large (sampled: the real one counts).
    `p_min` is the smallest p that these assignments could ever show. The interval is infinite where
    even the most extreme assignment would not be rejected.
    """

    p: float
    p_min: float
    low: float
    high: float
    assignment_count: int
    is_exact: bool


def permutation_test(
    change: Floats, treated: Flags, choices: Assignments, *, confidence: float = CONFIDENCE
) -> PermutationTest:
    """The difference in mean change under every assignment, and its inversion, in closed form.

    See `from_statistics` for how.
    """
    members = choices.members
    return from_statistics(
        float(change[treated].mean() - change[~treated].mean()),
        difference(members, change),
        difference(members, treated.astype(np.float64)),
        p_min=smallest_p(len(treated), int(treated.sum()))
        if choices.is_exact
        else 1 / len(members),
        is_exact=choices.is_exact,
        confidence=confidence,
    )


def from_statistics(
    observed: float,
    shown: Floats,
    part: Floats,
    *,
    p_min: float,
    is_exact: bool,
    confidence: float = CONFIDENCE,
) -> PermutationTest:
    """The test from what each assignment shows of the outcome, and of the treatment itself.

    Without a constant effect τ an assignment S shows |a_S - τ·b_S| (`shown`, `part`), and the real
    one |a - τ|. As |b_S| ≤ 1, squared and subtracted: S shows as much exactly between two roots
    around a. So the p of τ counts the intervals that cover τ, and its bounds are read off.
    """
    assert np.abs(part).max() <= 1 + 1e-9, "an assignment moves with more than the effect"
    tie = TIE * max(1e-300, float(np.abs(shown).max()))
    as_large = np.abs(shown) >= abs(observed) - tie
    lows, highs = _roots(observed, shown, part, tie)
    spare = int(np.floor((1 - confidence) * len(shown) + 1e-9))
    return PermutationTest(
        p=float(as_large.mean()),
        p_min=p_min,
        low=float(np.partition(lows, spare)[spare]),
        high=float(-np.partition(-highs, spare)[spare]),
        assignment_count=len(shown),
        is_exact=is_exact,
    )


def difference(members: Flags, values: Floats) -> Floats:
    """Mean of `values` inside minus outside of each assignment. `values` is G, or G × columns."""
    chosen = members.astype(np.float64)
    count = chosen[0].sum()
    rest = chosen.shape[1] - count
    inside = chosen @ values
    return np.asarray(inside / count - (values.sum(axis=0) - inside) / rest)


def smallest_p(markets: int, treated: int) -> float:
    """The smallest exact two-sided p: with half of the markets treated the complement ties."""
    ties = 2 if 2 * treated == markets else 1
    return ties / comb(markets, treated)


def _roots(observed: float, shown: Floats, part: Floats, tie: float) -> tuple[Floats, Floats]:
    """Between which effects each assignment shows at least as much as the real one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one = (observed - shown) / (1 - part)
        two = (observed + shown) / (1 + part)
    # b = 1 is the real assignment, b = -1 its complement: both show as much whatever the effect is.
    always = (np.abs(1 - part) < 1e-12) | (np.abs(1 + part) < 1e-12)
    lows = np.where(always, -np.inf, np.minimum(one, two) - tie)
    highs = np.where(always, np.inf, np.maximum(one, two) + tie)
    return lows, highs
