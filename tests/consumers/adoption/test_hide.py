"""The suppression law: all that is shown, at all levels together, never gives a small cell away."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consumers.adoption.privacy.hide import Support, hidden_cells

K_PAYERS, K_STALLS = 5, 3
Tree = dict[str, dict[str, dict[str, set[int]]]]  # kind → market → row → payers
Leaves = dict[str, set[int]]  # row of stalls → payers
ROWS = st.dictionaries(st.sampled_from("rst"), st.sets(st.integers(0, 11), max_size=9), max_size=3)
MARKETS = st.dictionaries(st.sampled_from("mnop"), ROWS, max_size=4)
TREES = st.dictionaries(st.sampled_from("KLM"), MARKETS, max_size=3)


def leaves_of(tree: Tree) -> Leaves:
    """Rows of stalls, each named by the path to it."""
    return {
        f"{kind}{market}{row}": payers
        for kind, markets in tree.items()
        for market, rows in markets.items()
        for row, payers in rows.items()
    }


def support(leaves: Leaves, stalls: int) -> Support:
    """Of rows together: `stalls` in each row where anybody paid."""
    payers = set[int]().union(*leaves.values())
    return Support(
        len(payers), sum(map(len, leaves.values())), stalls * sum(map(bool, leaves.values()))
    )


def under(leaves: Leaves, path: str) -> Leaves:
    return {name: payers for name, payers in leaves.items() if name.startswith(path)}


@settings(deadline=None, max_examples=200)
@given(TREES, st.integers(1, 4))
@example(
    {"K": {"m": {"r": {1, 2}}}, "L": {"n": {"r": set(range(9))}, "o": {"r": set(range(8))}}}, 3
)
@example(
    {"K": {"m": {"r": {1, 2}}, "n": {"r": set(range(9))}}, "L": {"n": {"r": set(range(9))}}}, 3
)
def test_nothing_small_can_be_worked_out(tree: Tree, stalls: int) -> None:
    leaves = leaves_of(tree)
    shown: list[str] = []
    hidden: dict[str, Hashable] = {}
    for depth in range(4):  # all, kinds, markets, rows of stalls
        paths = {name[:depth] for name in leaves}
        cells = {path: (support(under(leaves, path), stalls), path[:-1]) for path in paths}
        hidden = hidden_cells(cells, hidden, k_payers_min=K_PAYERS, k_stalls_min=K_STALLS)
        shown += sorted(paths - hidden.keys())
    names = sorted(name for name, payers in leaves.items() if payers)  # an empty row is no secret
    known = np.array([[name.startswith(path) for name in names] for path in shown], dtype=float)
    for group in suspects(names, shown):
        people = support({name: leaves[name] for name in group}, stalls)
        if not people.is_large(K_PAYERS, K_STALLS):
            wanted = np.array([name in group for name in names], dtype=float)
            assert not is_combination(known, wanted), f"{sorted(group)} is given away by {shown}"


def suspects(names: list[str], shown: list[str]) -> Iterator[set[str]]:
    """Every cell, and what a shown cell leaves when shown cells within it are taken off."""
    for depth in range(4):
        families: dict[str, set[str]] = defaultdict(set)
        for name in names:
            families[name[:depth]].add(name)
        yield from families.values()
    for total in shown:
        for depth in range(len(total) + 1, 4):
            inside = [path for path in shown if len(path) == depth and path.startswith(total)]
            rest = {n for n in names if n.startswith(total) and not n.startswith(tuple(inside))}
            if rest:
                yield rest


def is_combination(rows: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether adding and subtracting multiples of the rows can give the wanted one."""
    if not len(rows) or not wanted.any():
        return False
    factors, *_ = np.linalg.lstsq(rows.T, wanted, rcond=None)
    return bool(np.allclose(rows.T @ factors, wanted, atol=1e-9))


def test_a_market_alone_in_its_kind_takes_another_kind_with_it() -> None:
    big = {f"p{n}" for n in range(9)}
    kinds = {"K": (Support(2, 2, 1), ""), "L": (Support(len(big), 20, 5), "")}
    hidden = hidden_cells(kinds, {}, k_payers_min=5, k_stalls_min=3)
    assert set(hidden) == {"K", "L"}
    markets = {
        "Ka": (Support(2, 2, 1), "K"),
        "La": (Support(9, 9, 4), "L"),
        "Lb": (Support(9, 11, 4), "L"),
    }
    assert set(hidden_cells(markets, hidden, k_payers_min=5, k_stalls_min=3)) == {"Ka", "La"}


def test_who_stands_behind_a_cell() -> None:
    assert Support(0, 0, 0).is_empty
    assert Support(5, 9, 3).is_large(5, 3)
    assert not Support(4, 9, 3).is_large(5, 3)
    assert not Support(5, 9, 2).is_large(5, 3)
    assert Support(5, 9, 0).is_large(5, 3)  # nobody's payments: no stall to protect
    assert Support(0, 5, 3).is_large(5, 3)  # no source tells payers: sales stand for them
    assert not Support(0, 4, 3).is_large(5, 3)
