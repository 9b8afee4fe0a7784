"""What the registry and the ledger know of one vendor."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from consumers.fold.projections import NOW_AND_EVER
from consumers.ledger.payment import NotThere
from consumers.sql import statement
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.message import Message


@dataclass(frozen=True, slots=True)
class VendorLink:
    """An account (by its last four signs) or a stall's code, and when it is the vendor's."""

    method: str
    key: str
    market: str
    stall: str
    account_last4: str | None
    bank_bin: str | None
    effective_from: date
    effective_to: date


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor on a day."""

    vendor: str
    name: str
    product: str
    links: tuple[VendorLink, ...]

    def within(self, markets: tuple[str, ...]) -> "Vendor":
        """With what is his in these markets alone."""
        return replace(self, links=tuple(x for x in self.links if x.market in markets))

    @property
    def markets(self) -> tuple[str, ...]:
        """Where he trades or traded, ascending."""
        return tuple(sorted({link.market for link in self.links if link.market}))

    @property
    def accounts(self) -> tuple[str, ...]:
        """The tokens of his accounts."""
        return tuple(sorted({link.key for link in self.links if link.method == "account"}))


@dataclass(frozen=True, slots=True)
class VendorPayment:
    """One payment into one of his accounts."""

    account: str
    bank_reference: str
    occurred_at: datetime
    day: date
    amount_vnd: int
    rail_class: str
    status: str


def load_vendor(store: Store, vendor: str, *, day: date) -> Vendor:
    """NotThere: the registry has no such vendor."""
    params = {"vendor": vendor, "known_at": NOW_AND_EVER}
    links = store.query(statement(__package__, "vendor_links"), params)
    named = store.query(statement(__package__, "vendor_name"), {**params, "day": day})
    if not links and not named:
        raise NotThere(Message("refused.no_vendor"))
    name, product = named[0] if named else ("", "")
    return Vendor(vendor, name, product, tuple(VendorLink(*row) for row in links))


def load_vendor_payments(
    store: Store,
    vendor: Vendor,
    *,
    first_day: date,
    last_day: date,
    limit: int,
    settings: FoldSettings,
) -> list[VendorPayment]:
    """The newest payments that are his by the accounts which were his on their day."""
    params = {
        "first_day": first_day,
        "last_day": last_day,
        "window_days": settings.window_days,
        "known_at": NOW_AND_EVER,
        "vendor": vendor.vendor,
        "markets": list(vendor.markets),
        "accounts": list(vendor.accounts),
        "limit": limit,
    }
    rows = store.query(statement(__package__, "vendor_payments"), params)
    return [VendorPayment(*row) for row in rows]
