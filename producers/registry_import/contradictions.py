"""What registry files say about one thing on one day, twice and differently.

The later row holds, as for statements of different files; but it is told before anything is sent:
two vendors of one account, two censuses of one day, one name for two markets, two spellings of one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from schemas.registry import RegistryEvent
from schemas.text import bare

TOLD_MAX = 1_000
# What a fact is about: of two of them on one day, stated at one time, only one can hold.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "market": ("market",),
    "stall": ("market", "stall"),
    "vendor": ("vendor",),
    "account_linked": ("account",),
    "account_unlinked": ("account",),
    "qr_issued": ("qr",),
    "qr_revoked": ("qr",),
    "census_taken": ("market",),
    "trading_day": ("market", "vendor"),
    "fee_due": ("market", "stall", "note"),
    "fee_paid": ("market", "stall", "note", "tender"),
    "market_total": ("market", "name", "rail_class"),
}
Subject = tuple[str, date, datetime, tuple[Any, ...]]
Fact = tuple[str, dict[str, Any]]  # its place, what it says


@dataclass(slots=True)
class Contradictions:
    """Takes facts in the order of the files; `told` says each contradiction with both places."""

    told: list[str] = field(default_factory=list)
    count: int = 0
    _facts: dict[Subject, Fact] = field(default_factory=dict)
    _spellings: dict[str, tuple[str, str]] = field(default_factory=dict)  # bare name: place, code
    _names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def take(self, place: str, event: RegistryEvent, written_market: str | None) -> None:
        """A fact, and how the row writes its market."""
        self._compare(place, event)
        data = event.data
        if data.market is not None and written_market:
            self._spelled(place, "is spelled", bare(written_market), data.market, self._spellings)
        if event.kind == "market" and data.name is not None and data.market is not None:
            self._spelled(place, "is named", bare(data.name), data.market, self._names)

    def _compare(self, place: str, event: RegistryEvent) -> None:
        names = SUBJECTS.get(event.kind)
        if names is None:
            return
        said = event.data.model_dump(exclude={"source_transaction_id", "effective_from"})
        subject = (
            event.kind, event.data.effective_from, event.time, tuple(said.pop(n) for n in names),
        )  # fmt: skip
        if "note" not in names:
            said.pop("note")
        earlier_place, earlier = self._facts.get(subject, (place, said))
        self._facts[subject] = (place, said)
        differing = [name for name, value in said.items() if earlier[name] != value]
        if differing:
            name = differing[0]
            self._tell(
                f"{place}: {event.kind} of {_shown(event, names)} on"
                f" {event.data.effective_from:%d/%m/%Y}: {name} is {said[name]}, in"
                f" {earlier_place} it is {earlier[name]}: the later row holds"
            )

    def _spelled(
        self, place: str, how: str, written: str, code: str, known: dict[str, tuple[str, str]]
    ) -> None:
        earlier_place, earlier = known.setdefault(written, (place, code))
        if earlier != code:
            known[written] = (place, code)
            self._tell(
                f"{place}: market {code} {how} like market {earlier} in {earlier_place}: these are"
                " two markets: write both in one way if they are one"
            )

    def _tell(self, text: str) -> None:
        self.count += 1
        if len(self.told) < TOLD_MAX:
            self.told.append(text)


def _shown(event: RegistryEvent, names: tuple[str, ...]) -> str:
    """The subject for a person; of an account its last digits."""
    data = event.data
    parts = [
        f"…{data.account_last4}"
        if name == "account" and data.account_last4
        else getattr(data, name)
        for name in names
    ]
    return ", ".join(str(part) for part in parts if part is not None)
