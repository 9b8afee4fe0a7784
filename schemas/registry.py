"""Registry facts: what exists, who trades where, which account is whose, when a market is open.

Facts are effective-dated: a fact holds from `effective_from` (a local day) until the next fact of
the same subject. Of two facts with one subject and one day the one of the later `time` holds, of
one time the one that the log has later: a fact that is stated again is the latest again. A
`trading_day` holds for its day alone.

Market fees: `fee_due` says what a stall owes for the month of `effective_from`; `fee_paid` says how
much of it has been paid by one `tender` so far, all in all, so that a later statement replaces an
earlier one. `note` names the fee where a stall owes several: its subject is (market, stall, month,
note), for `fee_paid` also the tender.

Totals of whole markets: `market_total` is what an acquirer or a fee office (`name`) reports of all
cashless payments of one `rail_class` in a market in the week that begins on `effective_from`, a
Monday. It is a statement about a market, never evidence of a payment, and no figure mixes the two.

`evaluation_registered` puts the hash of an evaluation's plan (`note`) under its id (`name`) into
the log, which dates it.
"""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.cloudevent import AMOUNT_VND_MAX, CloudEvent, Code, Data, Text, Token
from schemas.ids import event_id
from schemas.payment import RailClass

PREFIX = "vn.choso.registry."
MARKET_KINDS = ("traditional_market", "supermarket", "convenience_store", "service_centre")

MarketKind = Literal["traditional_market", "supermarket", "convenience_store", "service_centre"]
Last4 = Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")]
Bin = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Tender = Literal["cashless", "cash"]
Amount = Annotated[int, Field(ge=0, le=AMOUNT_VND_MAX)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
TotalCount = Annotated[int, Field(ge=0, le=1_000_000_000)]

# Which fields a kind must have, and which it may have; all others are null.
FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    kind: (frozenset(required.split()), frozenset(optional.split()))
    for kind, required, optional in (
        ("market", "market name market_kind", "area note"),
        ("stall", "market stall", "name product area note"),
        ("vendor", "vendor", "market stall name product note"),
        ("account_linked", "account market vendor", "stall account_last4 bank_bin note"),
        ("account_unlinked", "account", "note"),
        ("qr_issued", "qr market", "stall vendor account bank_bin note"),
        ("qr_revoked", "qr", "note"),
        ("census_taken", "market stall_count", "note"),
        ("trading_day", "market open", "vendor note"),
        ("team_visit", "market team", "stall vendor note"),
        ("fee_due", "market stall amount_vnd", "vendor note"),
        ("fee_paid", "market stall amount_vnd tender", "vendor note"),
        ("market_total", "market name amount_vnd payment_count rail_class", "note"),
        ("evaluation_registered", "name note", ""),
    )
}
KINDS = tuple(FIELDS)


class RegistryData(Data):
    """One fact. `account` is a token; `area` is a ward or a row of stalls."""

    effective_from: date
    market: Code | None
    stall: Code | None
    vendor: Code | None
    account: Token | None
    qr: Code | None
    team: Code | None
    name: Text | None
    market_kind: MarketKind | None
    product: Text | None
    area: Text | None
    account_last4: Last4 | None
    bank_bin: Bin | None
    stall_count: Count | None
    open: bool | None
    amount_vnd: Amount | None
    tender: Tender | None
    payment_count: TotalCount | None
    rail_class: RailClass | None
    note: Text | None


class RegistryEvent(CloudEvent):
    """A registry fact, version 1: `vn.choso.registry.KIND.v1`. `time` is when it was stated."""

    TYPES: ClassVar[frozenset[str]] = frozenset(f"{PREFIX}{kind}.v1" for kind in KINDS)

    data: RegistryData

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        required, optional = FIELDS[self.kind]
        present = {
            name
            for name, value in self.data
            if value is not None and name not in ("source_transaction_id", "effective_from")
        }
        if missing := required - present:
            raise ValueError(f"fields missing for {self.kind}: {', '.join(sorted(missing))}")
        if extra := present - required - optional:
            raise ValueError(f"fields not of {self.kind}: {', '.join(sorted(extra))}")
        if not date(2000, 1, 1) <= self.data.effective_from <= date(2100, 1, 1):
            raise ValueError(f"fields: effective_from {self.data.effective_from} is out of range")
        if self.kind == "market_total" and self.data.effective_from.weekday() != 0:
            raise ValueError(f"fields: effective_from {self.data.effective_from} is not a Monday")
        return self


def registry_event(
    *,
    kind: str,
    source: str,
    source_transaction_id: str,
    stated_at: datetime,
    effective_from: date,
    **fields: Any,  # checked by the model
) -> RegistryEvent:
    """A fact with its derived id. Raises pydantic's ValidationError where a rule is broken."""
    empty = {name: None for name in RegistryData.model_fields if name not in _ALWAYS}
    return RegistryEvent(
        id=str(event_id(source, source_transaction_id, kind)),
        source=source,
        type=f"{PREFIX}{kind}.v1",
        time=stated_at,
        data=RegistryData(
            source_transaction_id=source_transaction_id,
            effective_from=effective_from,
            **(empty | fields),
        ),
    )


_ALWAYS = frozenset({"source_transaction_id", "effective_from"})
