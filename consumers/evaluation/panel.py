"""What an evaluation looks at: markets × complete weeks, or vendors × complete weeks. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from consumers.statistics.arrays import Flags, Floats
from consumers.statistics.collapsed import VendorMoments
from schemas.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class MarketPanel:
    """`amount` ÷ `exposure` is the outcome; both are markets × weeks.

    Amounts are payments, đồng or paid vendors; the exposure is stalls × open days (for paid
    vendors: stalls). An amount is NaN where nobody reported that week, never where nothing was
    paid. `moments` are of the changes of single vendors, where these are known. `source` says in
    words where the figures come from.
    """

    markets: tuple[str, ...]
    names: tuple[str, ...]
    weeks: tuple[date, ...]
    amount: Floats
    exposure: Floats
    source: Message
    cut_off_at: datetime | None
    moments: VendorMoments | None = None

    def __post_init__(self) -> None:
        shape = (len(self.markets), len(self.weeks))
        assert self.amount.shape == self.exposure.shape == shape, (self.amount.shape, shape)
        assert list(self.weeks) == sorted(set(self.weeks))

    @property
    def is_whole(self) -> Flags:
        """Of each week: was every market open on some day, and its amount reported?"""
        return np.asarray(((self.exposure > 0) & np.isfinite(self.amount)).all(axis=0))

    def only(self, weeks: Flags) -> "MarketPanel":
        """The same without the other weeks."""
        return replace(
            self,
            weeks=tuple(w for w, kept in zip(self.weeks, weeks, strict=True) if kept),
            amount=self.amount[:, weeks],
            exposure=self.exposure[:, weeks],
        )


@dataclass(frozen=True, slots=True, eq=False)
class VendorPanel:
    """Vendors × complete weeks. `visited` is the index of the week of the first visit of a team,
    the number of weeks where there was none, and -1 where it lies before the first week.

    `count` are valid payments; `is_open` says whether the market was open at all and the vendor
    known by then. `row` and `product` are those of the last week; `visits` counts by week.
    """

    markets: tuple[str, ...]
    vendors: tuple[str, ...]
    row: tuple[str, ...]
    product: tuple[str, ...]
    weeks: tuple[date, ...]
    count: Floats
    open_days: Floats
    visits: Floats
    visited: Floats
    first_paid: Floats  # index of the week of the first payment ever, as `visited`
    cut_off_at: datetime | None

    def __post_init__(self) -> None:
        shape = (len(self.vendors), len(self.weeks))
        assert self.count.shape == self.open_days.shape == self.visits.shape == shape
        assert len(self.markets) == len(self.row) == len(self.product) == len(self.vendors)
