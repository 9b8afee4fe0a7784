"""Which cells must be withheld, so that no small cell can be read or worked out. Pure.

Cells form a tree: all, kinds, markets, rows of stalls. Each level is decided from the top: a cell
with too few payers or stalls is hidden; then, wherever a total is shown (or can be worked out), the
hidden cells under it are at least two, one of them large, so that the rest by subtraction is never
a small cell's figure.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Support:
    """Who stands behind a cell. Where no source told any payer, its sales stand for them."""

    payers: int
    sales: int
    stalls: int

    @property
    def is_empty(self) -> bool:
        """Nothing happened here: that says nothing about anybody."""
        return self.sales == 0 and self.stalls == 0

    def is_large(self, k_payers_min: int, k_stalls_min: int) -> bool:
        """Whether the cell may be shown. Nobody's payments (no stall at all) have payers only."""
        people = self.payers or self.sales
        return people >= k_payers_min and (self.stalls == 0 or self.stalls >= k_stalls_min)


def hidden_cells(
    cells: Mapping[K, tuple[Support, P]],
    hidden_parents: Collection[P],
    *,
    k_payers_min: int,
    k_stalls_min: int,
) -> set[K]:
    """The cells of one level to hide, each given with its parent (whose level is decided)."""
    real = {key: cell for key, cell in cells.items() if not cell[0].is_empty}
    large = {k for k, (support, _) in real.items() if support.is_large(k_payers_min, k_stalls_min)}
    hidden = set(real) - large
    order = sorted(large, key=lambda key: (real[key][0].sales, str(key)))
    families: dict[P, list[K]] = defaultdict(list)
    for key in order:
        families[real[key][1]].append(key)
    for parent, members in families.items():
        # A hidden total must not be the sum of what is shown under it.
        kept = any(real[key][1] == parent for key in hidden)
        if parent in hidden_parents and not kept:
            hidden.add(members[0])
    # The totals of hidden parents are known together, as what the shown ones leave: one family.
    pooled = [key for key in order if real[key][1] in hidden_parents]
    shown = {parent: keys for parent, keys in families.items() if parent not in hidden_parents}
    groups: list[tuple[list[K], set[K]]] = [
        (keys, {key for key in hidden if real[key][1] == parent}) for parent, keys in shown.items()
    ]
    groups.append((pooled, {key for key in hidden if real[key][1] in hidden_parents}))
    for candidates, inside in groups:
        for key in candidates:
            if not inside or (len(inside) > 1 and inside & large):
                break
            inside.add(key)
        hidden |= inside
    return hidden
