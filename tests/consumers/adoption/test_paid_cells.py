"""Payments and payers of a window, as counted one by one."""

from base64 import b64encode
from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.adoption.panel import paid_cells as module
from consumers.adoption.panel.paid_cells import paid_cells
from consumers.adoption.panel.panel import Panel, Spans, day_number
from consumers.adoption.question.readings import FIGURE, DayFigures, figures_of

FIRST = day_number(date(2026, 3, 2))
NONE = np.empty(0, np.int64)
VENDORS = (2**64 - 1, 5, 9)  # the last row is nobody of the panel
HASHES = st.sampled_from([0, 1, 7, 2**64 - 1])  # those that could be taken for a mark
DAYS = st.integers(-2, 11)
CELL = st.tuples(
    st.sampled_from(VENDORS), DAYS, st.integers(1, 9), st.integers(0, 9), st.sets(HASHES)
)


def panel() -> Panel:
    kept = np.array(VENDORS[:2], np.uint64)
    ascending, order = np.array([5, 2**64 - 1], np.uint64), np.array([1, 0])
    zeros = np.zeros(2, np.int64)
    spans = Spans(NONE, np.empty(0, np.uint64), NONE, NONE, NONE)
    weeks = np.zeros((2, 1), np.uint8)
    return Panel(("M",), (("M", "M"),), kept, ascending, order, zeros, zeros, 0, weeks, spans)


def packed(cells: list[Any], payers_max: int) -> DayFigures:
    told = [sorted(payers)[:payers_max] for *_, payers in cells]
    records = [
        (vendor, FIRST + day, len(some), payments, payerless)
        for (vendor, day, payments, payerless, _), some in zip(cells, told, strict=True)
    ]
    payers = [payer for some in told for payer in some]
    return figures_of(
        b64encode(np.array(records, FIGURE).tobytes()).decode(),
        b64encode(np.array(payers, np.uint64).tobytes()).decode(),
    )


@pytest.mark.parametrize("cells_max", [1, 2_000_000])
@given(
    st.lists(st.lists(CELL, max_size=12, unique_by=lambda cell: cell[:2]), max_size=3),
    st.integers(1, 5), st.integers(0, 5), st.integers(1, 5),
)  # fmt: skip
def test_windows_are_those_counted_one_by_one(
    cells_max: int, weeks: list[list[Any]], most: int, begin: int, length: int
) -> None:
    seen: set[tuple[int, int]] = set()
    for week in weeks:  # a vendor has one row on a day
        week[:] = [cell for cell in week if cell[:2] not in seen]
        seen |= {cell[:2] for cell in week}
    payments: dict[int, int] = defaultdict(int)
    payerless: dict[int, int] = defaultdict(int)
    payers: dict[int, set[int]] = defaultdict(set)
    days = range(begin, begin + length)
    for vendor, day, count, unknown, some in (cell for week in weeks for cell in week):
        if day in days:
            payments[vendor] += count
            payerless[vendor] += unknown
            payers[vendor] |= some
    before, module.CELLS_MAX = module.CELLS_MAX, cells_max
    try:
        cells = paid_cells(panel(), [packed(week, most) for week in weeks], FIRST, FIRST + 9)
        window = slice(begin, begin + length)
        found = cells.distinct_payers(np.arange(2), window, most)
    finally:
        module.CELLS_MAX = before
    for row, vendor in enumerate(VENDORS[:2]):
        assert cells.payments[row, window].sum() == payments[vendor]
        assert cells.payerless[row, window].sum() == payerless[vendor]
        assert found[row] == min(len(payers[vendor]), most)
