"""The figures of a ledger, read from its events in plain Python: what the engine must also say.

A second reading of schemas/sql/current: registry (whose account), payment (merge) and figures,
written for plainness, not for speed. It looks at all evidence, not only W days around.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from schemas.cloudevent import CloudEvent, decode
from schemas.errors import Inadmissible
from schemas.payment import COMPENSATIONS, RAIL_CLASSES, PaymentEvent
from schemas.registry import RegistryEvent

E = TypeVar("E", bound=CloudEvent)
Body = tuple[bytes, datetime]  # a record's bytes and its recorded_at
VendorDay = tuple[date, str, str]
Row = tuple[PaymentEvent, datetime]  # an event and when it was first recorded

FIGURES = (
    "payment_count", "payment_vnd", "payer_count", "cash_count", "cash_vnd",
    "refund_count", "refund_vnd", "reversed_count", "conflict_count", "failed_count",
)  # fmt: skip
NEVER = date(2149, 6, 6)


def figures_from_events(
    payment_bodies: Iterable[Body],
    registry_bodies: Iterable[Body],
    known_at: datetime | None = None,
    amount_vnd_min: int = 1,
) -> dict[VendorDay, dict[str, int]]:
    """(local day, market, vendor) → FIGURES, of all records that are admitted, as known at a time.

    Repeated, reordered and inadmissible records are allowed. A vendor-day of which anything is
    known has a row, even if all its figures are 0 (payments under the least amount).
    """
    return dict(_counted(payment_bodies, registry_bodies, known_at, amount_vnd_min).figures)


@dataclass(frozen=True, slots=True)
class Sale:
    """One valid payment or one cash sale (`rail_class` cash_reported and `is_cash`)."""

    day: date
    market: str
    vendor: str
    is_cash: bool
    amount_vnd: int
    rail_class: str
    payer_token: str | None
    occurred_at: datetime


def sales_from_events(
    payment_bodies: Iterable[Body],
    registry_bodies: Iterable[Body],
    known_at: datetime | None = None,
    amount_vnd_min: int = 1,
) -> list[Sale]:
    """The payments and cash sales that the figures count, one by one, in no order."""
    return _counted(payment_bodies, registry_bodies, known_at, amount_vnd_min).sales


def _counted(
    payment_bodies: Iterable[Body],
    registry_bodies: Iterable[Body],
    known_at: datetime | None,
    amount_vnd_min: int,
) -> "_Count":
    events = admitted(PaymentEvent, payment_bodies, known_at)
    owners = Owners(statements(registry_bodies, known_at))
    payments: dict[tuple[str, str], list[Row]] = defaultdict(list)
    repayments: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    named: dict[str, set[tuple[str, str, str | None]]] = defaultdict(set)
    for event, recorded_at in events.values():
        data = event.data
        reference = data.compensation_reference
        named[event.id].add((data.account, data.bank_reference, reference))
        if event.kind in COMPENSATIONS:
            assert reference is not None
            repayments[data.account, data.bank_reference, reference].append((event, recorded_at))
        else:
            payments[data.account, data.bank_reference].append((event, recorded_at))

    many = frozenset(event_id for event_id, places in named.items() if len(places) > 1)
    count = _Count(owners, amount_vnd_min, many)
    for (account, reference, _), rows in repayments.items():
        count.repayment((account, reference), rows)
    for payment, rows in payments.items():
        count.payment(payment, rows)
    for where, tokens in count.payers.items():
        count.figures[where]["payer_count"] = len(tokens)
    return count


class _Count:
    """The figures while they are counted: repayments first, because they change their payments."""

    def __init__(self, owners: "Owners", amount_vnd_min: int, many: frozenset[str]) -> None:
        self.owners, self.amount_vnd_min = owners, amount_vnd_min
        self.many = many  # ids of events that name several payments
        self.figures: dict[VendorDay, dict[str, int]]
        self.figures = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
        self.payers: dict[VendorDay, set[str]] = defaultdict(set)
        self.given_back: dict[tuple[str, str], list[tuple[bool, bool, int]]] = defaultdict(list)
        self.sales: list[Sale] = []

    def repayment(self, payment: tuple[str, str], rows: list[Row]) -> None:
        least, most = _amounts(rows)
        kinds = {event.kind for event, _ in rows}
        is_conflict = self._is_contested(rows) or least != most or len(kinds) > 1
        is_reversed = "reversed" in kinds
        self.given_back[payment].append((is_conflict, is_reversed, least))
        row = self.figures[self.owners.place(rows)]
        if is_conflict:
            row["conflict_count"] += 1
        else:
            row["refund_count"] += 1
            row["refund_vnd"] += least

    def payment(self, payment: tuple[str, str], rows: list[Row]) -> None:
        where = self.owners.place(rows)
        row = self.figures[where]
        back = self.given_back.get(payment, [])
        returned_vnd = sum(amount for _, _, amount in back)
        settled = [row for row in rows if row[0].kind != "failed"]
        kinds = {event.kind for event, _ in settled}
        least, most = _amounts(settled)
        is_contested = self._is_contested(rows) or least != most or len(kinds) > 1
        if not settled and not is_contested:
            row["failed_count"] += 1
        elif is_contested or any(conflict for conflict, _, _ in back):
            row["conflict_count"] += 1
        elif kinds == {"cash_sale_reported"}:
            row["cash_count"] += 1
            row["cash_vnd"] += least
            self.sales.append(_sale(where, rows, least, is_cash=True))
        elif any(is_reversed for _, is_reversed, _ in back) or 0 < least <= returned_vnd:
            row["reversed_count"] += 1
        elif least >= self.amount_vnd_min:
            row["payment_count"] += 1
            row["payment_vnd"] += least
            self.sales.append(_sale(where, rows, least, is_cash=False))
            if payer_token := carried(rows, "payer_token"):
                self.payers[where].add(payer_token)

    def _is_contested(self, rows: list[Row]) -> bool:
        """Whether one of its events names another payment too."""
        return not self.many.isdisjoint(event.id for event, _ in rows)


def admitted(
    model: type[E], bodies: Iterable[Body], known_at: datetime | None = None
) -> dict[bytes, tuple[E, datetime]]:
    """The set of events: body → event and when it was first recorded."""
    found: dict[bytes, tuple[E, datetime]] = {}
    for body, recorded_at in bodies:
        if known_at is not None and recorded_at > known_at:
            continue
        if (before := found.get(body)) is not None:
            found[body] = (before[0], min(before[1], recorded_at))
            continue
        try:
            found[body] = (decode(model, body, recorded_at), recorded_at)
        except Inadmissible:
            continue
    return found


def statements(bodies: Iterable[Body], known_at: datetime | None = None) -> list[RegistryEvent]:
    """Facts in the order in which a later one holds: as stated, then as the log has them.

    `bodies` are in the log's order; a fact that was stated again stands there again.
    """
    known = [body for body in bodies if known_at is None or body[1] <= known_at]
    events = admitted(RegistryEvent, known)
    return sorted(
        (events[body][0] for body, _ in known if body in events), key=lambda event: event.time
    )


class Owners:
    """Whose an account or a stall's code is, by day."""

    def __init__(self, facts: Iterable[RegistryEvent]) -> None:
        winners: dict[tuple[str, str, date], RegistryEvent] = {}
        for event in facts:
            data = event.data
            if event.kind in ("account_linked", "account_unlinked"):
                method, key = "account", data.account
            elif event.kind == "vendor" and data.stall is not None:
                method, key = "stall", data.stall
            else:
                continue
            assert key is not None
            winners[method, key, data.effective_from] = event
        self.facts: dict[tuple[str, str], list[tuple[date, RegistryEvent]]] = defaultdict(list)
        for (method, key, since), event in sorted(winners.items(), key=lambda item: item[0]):
            self.facts[method, key].append((since, event))

    def place(self, rows: list[Row]) -> VendorDay:
        """The local day, market and vendor of one merged payment or repayment."""
        day = _day(rows)
        account = rows[0][0].data.account
        for method, key in (
            ("account", carried(rows, "virtual_account")),
            ("account", account),
            ("stall", carried(rows, "stall_code")),
        ):
            before = [
                event for since, event in self.facts.get((method, key or ""), ()) if since <= day
            ]
            if before and day < NEVER and before[-1].kind != "account_unlinked":
                return day, before[-1].data.market or "", before[-1].data.vendor or ""
        return day, "", ""


def _amounts(rows: list[Row]) -> tuple[int, int]:
    amounts = [event.data.amount_vnd for event, _ in rows]
    return min(amounts, default=0), max(amounts, default=0)


def _sale(where: VendorDay, rows: list[Row], amount_vnd: int, *, is_cash: bool) -> Sale:
    rails = {event.data.rail_class for event, _ in rows}
    rail_class = next(name for name in RAIL_CLASSES if name in rails)
    payer_token = carried(rows, "payer_token")
    return Sale(*where, is_cash, amount_vnd, rail_class, payer_token, _best(rows))


def carried(rows: list[Row], field: str) -> str | None:
    """Of the reports that have the field: settled before failed, then by name, then the first."""
    told = [
        ((*_rank(event), recorded_at), str(value))
        for event, recorded_at in rows
        if (value := getattr(event.data, field)) is not None
    ]
    return min(told)[1] if told else None


def _rank(event: PaymentEvent) -> tuple[bool, str, str]:
    return event.kind == "failed", event.source, event.data.source_transaction_id


def _day(rows: list[Row]) -> date:
    """The local day of the best time."""
    return (_best(rows) + timedelta(hours=7)).date()


def _best(rows: list[Row]) -> datetime:
    """Settled before failed, an instant before a day, the earliest."""
    return min(
        (event.kind == "failed", event.data.time_precision == "day", event.time)
        for event, _ in rows
    )[2]
