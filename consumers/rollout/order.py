"""Who goes when inside a stratum, by lot: what lets a later evaluation trust the comparison. Pure.

A stratum holds sites that need about the same work and have the same priority, so the plan may give
any of its slots to any of them. The lot, drawn from a published seed, says which. A permutation of
starts inside strata is then exactly how they were assigned, which is what the evaluation permutes
(consumers/statistics/order.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from consumers.rollout.site import Candidate
from schemas.message import Message

TIERS = 3
WORK_RATIO_MAX = 1.5  # between the least and the most work of a stratum: its slots fit the most


@dataclass(frozen=True, slots=True)
class Stratum:
    """Sites in the order of the lot. `fixed_because`: why there is no lot, None where there is.

    `is_opening`: they start by the day that the minimum per ward names.
    """

    name: str
    tier: int
    codes: tuple[str, ...]
    fixed_because: Message | None
    is_opening: bool = False


def tiers(ranked: Sequence[str]) -> dict[str, int]:
    """Codes, best first, in three tiers of about equal size: 1 is first."""
    return {code: 1 + place * TIERS // len(ranked) for place, code in enumerate(ranked)}


def randomised(
    candidates: Sequence[Candidate],
    tier: dict[str, int],
    *,
    seed: int,
    opening_per_ward: int,
    weeks_of_work: Callable[[int], int],
) -> tuple[Stratum, ...]:
    """Strata of about equal work inside tiers, each in the order of its lot.

    `weeks_of_work`: of one team, by stalls. Sites with dates or an order of their own cannot swap,
    so they have no lot.
    """
    rng = np.random.default_rng(seed)
    needed = {code for each in candidates for code in each.after}
    fixed: dict[str, Message] = {}
    for each in candidates:
        if each.after or each.code in needed:
            fixed[each.code] = Message("lot.before_or_after")
        elif each.earliest is not None:
            fixed[each.code] = Message("lot.earliest_day")
    opening = _opening(candidates, fixed, opening_per_ward, rng)
    free = [each for each in candidates if each.code not in fixed]
    strata = [
        Stratum(f"{code}", tier[code], (code,), reason, code in opening)
        for code, reason in fixed.items()
    ]

    def place(each: Candidate) -> tuple[bool, int]:
        return each.code not in opening, tier[each.code]

    for (is_later, number), group in groupby(sorted(free, key=place), key=place):
        for part, members in enumerate(_alike(list(group), weeks_of_work), 1):
            name = f"{'' if is_later else 'O'}{number}{chr(96 + part) if part <= 26 else part}"
            codes = [each.code for each in members]
            mixed = tuple(codes[i] for i in rng.permutation(len(codes)))
            alone = Message("lot.alone") if len(mixed) == 1 else None
            strata.append(Stratum(name, number, mixed, alone, not is_later))
    return tuple(sorted(strata, key=lambda each: (each.tier, each.name)))


def unrandomised(candidates: Sequence[Candidate], tier: dict[str, int]) -> tuple[Stratum, ...]:
    """Every site by itself: the plan alone decides."""
    reason = Message("lot.left_to_plan")
    return tuple(Stratum(c.code, tier[c.code], (c.code,), reason) for c in candidates)


def _opening(
    candidates: Sequence[Candidate],
    fixed: dict[str, Message],
    per_ward: int,
    rng: np.random.Generator,
) -> frozenset[str]:
    """In each ward, by lot, the sites that keep its minimum; others where those are too few."""
    chosen: set[str] = set()
    for ward in sorted({each.ward for each in candidates}):
        here = [each.code for each in candidates if each.ward == ward]
        free = [code for code in here if code not in fixed]
        mixed = [free[i] for i in rng.permutation(len(free))]
        chosen.update((mixed + [code for code in here if code in fixed])[:per_ward])
    return frozenset(chosen)


def _alike(members: list[Candidate], weeks_of_work: Callable[[int], int]) -> list[list[Candidate]]:
    """Members by size, cut wherever one takes more than half as long again as the smallest."""
    groups: list[list[Candidate]] = []
    for each in sorted(members, key=lambda c: (c.stall_count, c.code)):
        weeks = weeks_of_work(each.stall_count)
        if groups and weeks <= WORK_RATIO_MAX * weeks_of_work(groups[-1][0].stall_count):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups
