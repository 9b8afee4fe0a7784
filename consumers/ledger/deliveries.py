"""Deliveries: what each file or batch said as a whole, whether its evidence says the same, and
which were taken back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Refused

FOREVER = datetime(2099, 12, 31, tzinfo=UTC)  # as known at any time
LIST_MAX = 100_000
SLICE_EVENTS = 4_000_000  # so that counting distinct events stays within the store's memory


class RowsTold(NamedTuple):
    """Of so many rows a delivery says that they ended so, by this rule or for this reason."""

    outcome: str
    reason: str | None
    row_count: int
    line_count: int
    in_vnd: int
    out_vnd: int
    change_vnd: int
    unread_count: int


class Retracted(NamedTuple):
    """By whom, when and why a delivery was taken back."""

    who: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class DeliveryTold:
    """One delivery. Where it was stopped before it told (`is_told` false) it says nothing."""

    id: str
    is_told: bool
    recorded_at: datetime
    name: str | None
    source: str | None
    profile: str | None
    market: str | None
    first_day: date | None
    last_day: date | None
    line_count: int | None
    opening_vnd: int | None
    closing_vnd: int | None
    accounts: tuple[str, ...]
    outcomes: tuple[RowsTold, ...]
    retracted: Retracted | None

    def count(self, outcome: str) -> int:
        """Rows that ended so."""
        return sum(each.row_count for each in self.outcomes if each.outcome == outcome)

    def change(self, outcome: str | None = None) -> int:
        """By how much they changed the balance; of all rows together unless one is named."""
        return sum(each.change_vnd for each in self.outcomes if outcome in (None, each.outcome))

    def vnd(self, outcome: str) -> int:
        """Their money that came in."""
        return sum(each.in_vnd for each in self.outcomes if each.outcome == outcome)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a delivery said that it published, and what its evidence says."""

    delivery: DeliveryTold
    event_count: int = 0
    event_vnd: int = 0
    change_vnd: int = 0  # by how much its evidence changed the balance

    @property
    def is_well(self) -> bool:
        """Whether both are the same, and its lines add up."""
        return not list(self.faults())

    def faults(self) -> Iterator[str]:
        """What is wrong, in words; what told nothing claims nothing."""
        said = self.delivery
        if not said.is_told:
            return
        told = said.count("published"), said.vnd("published")
        if told != (self.event_count, self.event_vnd):
            yield (
                f"it says that it published {told[0]:,} payments, {told[1]:,} đ; its evidence is"
                f" {self.event_count:,}, {self.event_vnd:,} đ"
            )
        elif self.change_vnd != (change := said.change("published")):
            yield f"its evidence changes the balance by {self.change_vnd:+,} đ, not {change:+,} đ"
        if said.opening_vnd is not None and said.closing_vnd is not None:
            reached = said.opening_vnd + said.change()
            if reached != said.closing_vnd:
                yield f"its rows lead to a balance of {reached:,} đ, not {said.closing_vnd:,} đ"
        lines = sum(each.line_count for each in said.outcomes)
        if said.line_count is not None and lines != said.line_count:
            yield f"it had {said.line_count:,} lines, but tells what became of {lines:,}"


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The deliveries of a store."""

    store: Store

    def all(self, prefix: str = "") -> list[DeliveryTold]:
        """The newest first; those whose id begins so."""
        params = {"prefix": prefix, "limit": LIST_MAX, "known_at": FOREVER}
        return [_delivery(row) for row in self.store.rows(self._text("delivery_list"), params)]

    def one(self, prefix: str) -> DeliveryTold:
        """The delivery whose id begins so. Refused where there is none, or several."""
        found = self.all(prefix) if prefix else []
        if len(found) == 1:
            return found[0]
        many = f"{len(found)} deliveries begin so: write more of it" if found else "there is none"
        raise Refused(f"delivery {prefix}: {many}; see `choso deliveries list`")

    def has_tokens(self) -> bool:
        """Whether a key has made tokens for this store."""
        [(count,)] = self.store.query(self._text("token_keys"))
        return bool(count)

    def retraction(self, delivery: str) -> Retracted | None:
        """Whether it was taken back."""
        params = {"delivery": delivery, "known_at": FOREVER}
        rows = self.store.query(self._text("delivery_retraction"), params)
        return Retracted(*rows[0]) if rows else None

    def known(self, source: str, first_day: date, last_day: date) -> dict[str, Sequence[int]]:
        """Keys of the source's events on these days that hold, by the delivery that told them."""
        params = {"source": source, "first_day": first_day, "last_day": last_day}
        return dict(self.store.query(self._text("known_events"), params))

    def proofs(self, deliveries: Sequence[DeliveryTold]) -> list[Proof]:
        """Each of these against its evidence, which is read again."""
        found: dict[str, tuple[int, ...]] = {}
        only = deliveries[0].id if len(deliveries) == 1 else ""
        [(rows,)] = self.store.query(self._text("delivery_size"))
        slices = int(rows) // SLICE_EVENTS + 1
        for number in range(slices):
            params = {"delivery": only, "slices": slices, "slice": number}
            for delivery, *sums in self.store.query(self._text("delivery_proof"), params):
                before = found.get(delivery, (0, 0, 0))
                found[delivery] = tuple(a + int(b) for a, b in zip(before, sums, strict=True))
        return [Proof(each, *found.get(each.id, ())) for each in deliveries]

    @staticmethod
    def _text(name: str) -> str:
        return statement(__package__, name)


def _delivery(row: dict[str, Any]) -> DeliveryTold:
    back = row["retracted_at"]
    return DeliveryTold(
        id=row["delivery"],
        is_told=bool(row["is_told"]),
        recorded_at=row["recorded_at"],
        name=row["name"],
        source=row["source"],
        profile=row["profile"],
        market=row["market"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        line_count=row["line_count"],
        opening_vnd=row["opening_vnd"],
        closing_vnd=row["closing_vnd"],
        accounts=tuple(row["accounts"]),
        outcomes=tuple(RowsTold(*_values(each)) for each in row["outcomes"]),
        retracted=Retracted(row["retracted_by"], back, row["retracted_why"]) if back else None,
    )


def _values(outcome: Any) -> Sequence[Any]:
    """A named tuple of the engine, which the client gives as a dict or a tuple."""
    return tuple(outcome.values()) if isinstance(outcome, dict) else tuple(outcome)
