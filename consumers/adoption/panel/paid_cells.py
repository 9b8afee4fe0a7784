"""Payments and payers of a panel's vendors on the days of a range, in arrays of vendor × day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from consumers.adoption.panel.panel import Ints, Panel
from consumers.adoption.question.readings import FIGURE, DayFigures, joined

CELLS_MAX = 2_000_000  # of vendor × day × payer at once: 16 MB


@dataclass(frozen=True, slots=True)
class PaidCells:
    """Vendor × day. A cell's payers are `payers[begin : begin + told]`."""

    payments: Ints
    payerless: Ints
    begin: Ints
    told: Ints
    payers: NDArray[np.uint64]

    def distinct_payers(self, rows: Ints, days: slice, most: int) -> Ints:
        """How many distinct payers each of the vendors had in the days, counted up to `most`."""
        told = self.told[rows, days]
        width = int(told.max(initial=0))
        counts: Ints = np.minimum(told.max(axis=1, initial=0), most)  # of one day: distinct
        open_rows = np.flatnonzero((counts < most) & (told.sum(axis=1) > counts))
        step = max(1, CELLS_MAX // max(1, told.shape[1] * width))
        for at in range(0, len(open_rows), step):
            some = open_rows[at : at + step]
            begin = self.begin[rows[some], days]
            place = begin[:, :, None] + np.arange(width)
            is_there = np.arange(width) < told[some][:, :, None]
            hashes = self.payers[np.where(is_there, place, 0)].reshape(len(some), -1)
            counts[some] = _distinct(hashes, is_there.reshape(len(some), -1), most)
        return counts


def paid_cells(panel: Panel, days: Sequence[DayFigures], first: int, last: int) -> PaidCells:
    """The cells of the panel's vendors from day `first` to `last` (day numbers)."""
    records = joined((of_day.records for of_day in days), FIGURE)
    payers = np.concatenate([np.empty(0, np.uint64), *(of_day.payers for of_day in days)])
    rows, columns = panel.rows_of(records["vendor"]), records["day"].astype(np.int64) - first
    kept = np.flatnonzero((rows >= 0) & (columns >= 0) & (columns <= last - first))
    at = (rows[kept], columns[kept])
    ends = np.cumsum([0, *(len(of_day.payers) for of_day in days)])
    begins = (of_day.begin + end for of_day, end in zip(days, ends.tolist(), strict=False))
    begin = np.concatenate([np.empty(0, np.int64), *begins])

    def cells(values: NDArray[Any]) -> Ints:
        found = np.zeros((panel.count, last - first + 1), np.int64)
        found[at] = values[kept]
        return found

    return PaidCells(
        payments=cells(records["payments"]),
        payerless=cells(records["payerless"]),
        begin=cells(begin),
        told=cells(records["told"]),
        payers=payers,
    )


def _distinct(values: NDArray[np.uint64], is_there: NDArray[np.bool_], most: int) -> Ints:
    """Of each row: how many distinct values are there, counted up to `most`."""
    counts = np.zeros(len(values), np.int64)
    for _ in range(most):
        counts += is_there.any(axis=1)
        least = values.min(axis=1, where=is_there, initial=np.iinfo(np.uint64).max)
        is_there = is_there & (values > least[:, None])
    return counts
