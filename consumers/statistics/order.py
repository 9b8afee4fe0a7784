"""Permuting a randomised order of starts, as it was drawn: inside strata, cohort sizes unchanged.

An aggregate of group-time effects without covariates is linear in the outcome once the cohorts are
given: one weight for each cohort and period. Under another order only the sites change cohorts, so
thousands of orders cost one table of cohorts by sites. Shaikh and Toulis (2021), "Randomization
tests in observational studies with staggered adoption of treatment", JASA 116:1835.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial, prod

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Floats, Whole
from consumers.statistics.permutation import EXACT_MAX, PermutationTest, from_statistics


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Cohort numbers of all sites under each order, N × sites; sampled ones begin with the real."""

    cohorts: Whole
    is_exact: bool


def orders(
    cohort: Whole, strata: Whole, *, seed: int, samples: int, exact_max: int = EXACT_MAX
) -> Orders:
    """All distinct orders, or `samples` random ones beside the real one."""
    groups = [np.flatnonzero(strata == s) for s in range(int(strata.max()) + 1)]
    count = prod(
        factorial(len(sites))
        // prod(factorial(n) for n in Counter(cohort[sites].tolist()).values())
        for sites in groups
    )
    if count <= exact_max:
        return Orders(np.array(list(_all(cohort.copy(), cohort, groups))), True)
    rng = np.random.default_rng(seed)
    drawn = np.tile(cohort, (samples + 1, 1))
    for sites in groups:
        mixed = rng.random((samples, len(sites))).argsort(axis=1)
        drawn[1:, sites] = cohort[sites][mixed]
    return Orders(drawn, False)


def _all(filled: Whole, cohort: Whole, groups: list[Whole]) -> Iterator[Whole]:
    if not groups:
        yield filled.copy()
        return
    sites, rest = groups[0], groups[1:]
    for order in _distinct(sorted(Counter(cohort[sites].tolist()).items()), len(sites)):
        filled[sites] = order
        yield from _all(filled, cohort, rest)


def _distinct(left: list[tuple[int, int]], length: int) -> Iterator[list[int]]:
    if length == 0:
        yield []
        return
    for place, (value, count) in enumerate(left):
        if count:
            fewer = [*left[:place], (value, count - 1), *left[place + 1 :]]
            for tail in _distinct(fewer, length - 1):
                yield [value, *tail]


def simple_weights(starts: Floats, periods: int, *, is_post: bool = True) -> tuple[Floats, Whole]:
    """Weights of each cohort's mean outcome, cohorts × periods, and every site's cohort.

    Their sum over cohorts and periods is the simple aggregate of group-time effects against sites
    not yet started (`is_post` false: of those before the start, each from the period before it).
    `starts` are indices of periods, inf for sites that never start.
    """
    kinds, cohort, sizes = np.unique(starts, return_inverse=True, return_counts=True)
    found = np.zeros((len(kinds), periods))
    total = 0.0
    for number, start in enumerate(kinds):
        if not np.isfinite(start) or start <= 0:
            continue
        for time in range(1, periods):
            if (time >= start) != is_post:
                continue
            base = int(start) - 1 if is_post else time - 1
            # Before its start a cohort is itself not yet treated, and no comparison of its own.
            free = (kinds > max(time, base)) & (kinds != start)
            if not free.any():
                continue
            weight = float(sizes[number])
            total += weight
            share = np.where(free, sizes, 0) / sizes[free].sum()
            share[number] -= 1.0
            found[:, time] -= weight * share
            found[:, base] += weight * share
    return (found / total if total else found), cohort.astype(np.int64)


def order_test(
    y: Floats,
    starts: Floats,
    drawn: Orders,
    *,
    is_post: bool = True,
    confidence: float = CONFIDENCE,
) -> PermutationTest:
    """The simple aggregate under every order, and the constant effects that are not rejected.

    `starts` are those of the real order; `drawn` numbers its cohorts in ascending order of starts.
    """
    weights, cohort = simple_weights(starts, y.shape[1], is_post=is_post)
    sizes = np.bincount(cohort)
    treated = (np.arange(y.shape[1])[None, :] >= starts[:, None]).astype(np.float64)
    sites = np.arange(len(cohort))

    def under(values: Floats) -> tuple[float, Floats]:
        table = (weights / sizes[:, None]) @ values.T  # cohorts × sites
        return float(table[cohort, sites].sum()), table[drawn.cohorts, sites].sum(axis=1)

    observed, shown = under(y)
    _, part = under(treated)
    alike = int((np.abs(np.abs(part) - 1) < 1e-12).sum()) if is_post else 1
    return from_statistics(
        observed,
        shown,
        part,
        p_min=max(1, alike) / len(shown),
        is_exact=drawn.is_exact,
        confidence=confidence,
    )
