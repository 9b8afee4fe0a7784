"""Which cells must be withheld, so that no small cell can be read or worked out. Pure.

Cells form a tree: all, kinds, markets, rows of stalls. Each level is decided from the top: a cell
with too few payers or stalls is hidden; then, wherever a total is shown or can be worked out, the
hidden cells in it are at least two, one of them large, so that what subtraction leaves is never a
small cell's figure.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
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
    hidden_parents: Mapping[P, Hashable],
    *,
    k_payers_min: int,
    k_stalls_min: int,
) -> dict[K, Hashable]:
    """The cells of one level to hide, each given with its parent, whose level is decided.

    A hidden cell comes with the name of the sum that it is hidden in: cells of one such name have
    a total that anybody can work out, namely what a shown cell above leaves of its own. So it is
    for those together that the rest must not be small.
    """
    real = {key: cell for key, cell in cells.items() if not cell[0].is_empty}
    large = {k for k, (support, _) in real.items() if support.is_large(k_payers_min, k_stalls_min)}
    hidden = set(real) - large
    order = sorted(large, key=lambda key: (real[key][0].sales, str(key)))
    of_parent: dict[P, list[K]] = defaultdict(list)
    sums: dict[Hashable, list[K]] = defaultdict(list)
    for key in [*order, *hidden]:
        parent = real[key][1]
        of_parent[parent].append(key)
        sums[hidden_parents.get(parent, ("what is shown of", parent))].append(key)
    for parent, members in of_parent.items():
        # A hidden total must not be the sum of what is shown under it.
        if parent in hidden_parents and not hidden.intersection(members):
            hidden.add(members[0])
    for members in sums.values():
        inside = hidden.intersection(members)
        for key in members:
            if not inside or (len(inside) > 1 and inside & large):
                break
            if key in large:
                inside.add(key)
        hidden |= inside
    return {key: name for name, members in sums.items() for key in members if key in hidden}
