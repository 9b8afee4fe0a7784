"""What if trends would have differed after the start as they did before? Relative magnitudes.

Rambachan and Roth (2023), "A more credible approach to parallel trends", REStud 90:2555: the
difference in trends may change after the start, from one block of periods to the next, by at most
M̄ times the largest such change before it.
"""

from dataclasses import dataclass

import numpy as np

from consumers.statistics.arrays import CONFIDENCE, Flags, Floats, t_quantile
from consumers.statistics.contrast import contrasts

GRID = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
BREAKDOWN_MAX = 10.0
HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Bound:
    """At M̄ = `m`: the identified set of the mean effect, and its robust interval."""

    m: float
    set_low: float
    set_high: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """`breakdown` is the largest M̄ at which the interval excludes 0 (0: not even parallel trends).

    Effects are measured from the last block before the start, as in the paper, so that M̄ = 0
    need not be the headline. `block` is the number of periods in one block.
    """

    bounds: tuple[Bound, ...]
    breakdown: float
    block: int
    largest_before: float


def relative_magnitudes(
    y: Floats,
    post: Flags,
    treated: Flags,
    *,
    block: int,
    grid: tuple[float, ...] = GRID,
    confidence: float = CONFIDENCE,
) -> Sensitivity | None:
    """None where fewer than two whole blocks lie before the start.

    The largest change before is one of finitely many contrasts: were it known which, the bounds
    would be linear in the data, and each has the t interval of G - 2 degrees. The union over all of
    them covers whichever it is: valid, and wider than the paper's hybrid interval.
    """
    base, later = block_weights(post, block)
    if base.shape[1] < 2:
        return None
    lengths = (later > 0).sum(axis=0)
    share = lengths / lengths.sum()
    mean_effect = later @ share - base[:, -1]
    # Σ over later blocks of share · (how many steps lie between it and the last block before)
    reach = float(share @ np.arange(1, len(share) + 1))
    steps = np.diff(base, axis=1)

    centre = contrasts(y, treated, np.column_stack([mean_effect, steps]))
    largest = float(np.abs(centre.value[1:]).max())
    middle = float(centre.value[0])
    signed = reach * np.hstack([steps, -steps])
    columns = np.hstack([mean_effect[:, None] + m * signed for m in grid])
    found = contrasts(y, treated, columns, confidence=confidence)
    lows = found.low.reshape(len(grid), -1).min(axis=1)
    highs = found.high.reshape(len(grid), -1).max(axis=1)
    bounds = tuple(
        Bound(
            m, middle - m * reach * largest, middle + m * reach * largest, float(low), float(high)
        )
        for m, low, high in zip(grid, lows, highs, strict=True)
    )
    return Sensitivity(
        bounds, _breakdown(y, treated, mean_effect, reach * steps, confidence), block, largest
    )


def _breakdown(
    y: Floats, treated: Flags, effect: Floats, steps: Floats, confidence: float
) -> float:
    """By halving. The interval only grows with M̄: its lower end is the least value on [-M̄, M̄] of a
    function that is concave in M̄ (linear less a norm), hence taken at an end."""
    moved = y @ np.column_stack([effect, steps])
    a, b = moved[treated], moved[~treated]
    value = a.mean(axis=0) - b.mean(axis=0)
    centred = np.vstack([a - a.mean(axis=0), b - b.mean(axis=0)])
    df = len(y) - 2
    gram = centred.T @ centred / df * (1 / len(a) + 1 / len(b))
    bound = t_quantile(0.5 + confidence / 2, df)

    def excludes(m: float) -> bool:
        low, high = np.inf, -np.inf
        for part in (m, -m):
            centre = value[0] + part * value[1:]
            variance = gram[0, 0] + 2 * part * gram[0, 1:] + part**2 * np.diag(gram)[1:]
            half = bound * np.sqrt(np.maximum(variance, 0.0))
            low, high = min(low, (centre - half).min()), max(high, (centre + half).max())
        return bool(low > 0 or high < 0)

    if not excludes(0.0):
        return 0.0
    if excludes(BREAKDOWN_MAX):
        return BREAKDOWN_MAX
    inside, outside = 0.0, BREAKDOWN_MAX
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if excludes(middle) else (inside, middle)
    return inside


def block_weights(post: Flags, block: int) -> tuple[Floats, Floats]:
    """Averages over blocks of periods: those before (whole ones, counted back from the start) and
    those after (the last may be shorter). Both are periods × blocks, in the order of time."""
    assert block >= 1
    before, after = np.flatnonzero(~post), np.flatnonzero(post)
    count = len(before) // block
    base = np.zeros((len(post), count))
    for number in range(count):
        end = len(before) - (count - 1 - number) * block
        base[before[end - block : end], number] = 1 / block
    starts = range(0, len(after), block)
    later = np.zeros((len(post), len(starts)))
    for number, start in enumerate(starts):
        chosen = after[start : start + block]
        later[chosen, number] = 1 / len(chosen)
    return base, later
