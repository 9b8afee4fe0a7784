"""The delivery that an import is: who it is, and what it says when its payments are in the log.

Its id is derived from the source, the bytes of the file, the map and the way of reading: importing
the same file again is the same delivery, and completes it. What was retracted stays retracted; the
same file is then imported `again`, as a delivery of its own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from infra.errors import Refused
from producers.csv_import.books import Books
from producers.csv_import.column_map import ColumnMap
from producers.csv_import.told_before import Ledger
from producers.csv_import.understand import Understanding
from schemas.calendar import LOCAL
from schemas.cloudevent import TIME_MIN
from schemas.delivery import (
    ACCOUNTS_MAX,
    SUM_VND_MAX,
    DeliveryEvent,
    Outcome,
    delivered,
    delivery_id,
)
from schemas.payment import PaymentEvent
from schemas.text import clean, redact

READER = "csv-1"  # another one where the same file would give other payments


@dataclass(slots=True)
class FileDelivery:
    """One delivery while its payments are published."""

    id: str
    source: str
    name: str
    sha256: str
    profile: str
    profile_sha256: str
    _accounts: set[str] = field(default_factory=set)
    _first_at: datetime | None = None
    _last_at: datetime | None = None

    def note(self, event: PaymentEvent) -> None:
        """One of its payments."""
        self._accounts.add(event.data.account)
        at = event.time
        if self._first_at is None or at < self._first_at:
            self._first_at = at
        if self._last_at is None or at > self._last_at:
            self._last_at = at

    def event(self, understood: Understanding, books: Books, market: str | None) -> DeliveryEvent:
        """What became of the file, to be told when all of its payments were acknowledged."""
        first, last = self._first_at, self._last_at
        named = sorted(self._accounts) if len(self._accounts) <= ACCOUNTS_MAX else []
        has_balances = None not in (understood.opening_vnd, understood.closing_vnd)
        return delivered(
            delivery=self.id,
            source=self.source,
            ends_at=last or TIME_MIN,
            name=self.name,
            sha256=self.sha256,
            byte_count=understood.head.size_bytes,
            line_count=understood.whole.line_count,
            profile=self.profile,
            profile_sha256=self.profile_sha256,
            reader=READER,
            market=market,
            first_day=first.astimezone(LOCAL).date() if first else None,
            last_day=last.astimezone(LOCAL).date() if last else None,
            opening_vnd=understood.opening_vnd if has_balances else None,
            closing_vnd=understood.closing_vnd if has_balances else None,
            accounts=tuple(named),
            outcomes=tuple(
                Outcome(
                    outcome=outcome,
                    reason=clean(reason),
                    row_count=each.row_count,
                    line_count=each.line_count,
                    in_vnd=each.in_vnd,
                    out_vnd=each.out_vnd,
                    change_vnd=each.change_vnd,
                    unread_count=each.unread_count,
                )
                for outcome, reason, each in books.told()
            ),
        )


def new_delivery(
    path: Path,
    column_map: ColumnMap,
    understood: Understanding,
    *,
    profile: str,
    ledger: Ledger | None,
    is_again: bool,
) -> FileDelivery:
    """The delivery that this file is. Refused where it was retracted and is not told `again`."""
    if max(understood.whole.in_vnd, understood.whole.out_vnd) > SUM_VND_MAX:
        raise Refused(f"{path}: its rows add up to more than {SUM_VND_MAX:,} đ")
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    said = column_map.model_dump_json(exclude_defaults=True)
    profile_digest = sha256(said.encode()).hexdigest()
    number = 0
    while True:
        own = delivery_id(column_map.source, digest, profile_digest, READER, str(number))
        retraction = ledger.retraction(own) if ledger is not None else None
        if retraction is None:
            break
        if not is_again:
            raise Refused(
                f"{path}: was imported by this map before, as delivery {own}, and retracted by"
                f" {retraction.who} on {retraction.at.astimezone(LOCAL):%d/%m/%Y %H:%M}:"
                f" {retraction.why}: if it is right all the same, import it with --again"
            )
        number += 1
    name = redact(path.name) or "-"
    return FileDelivery(own, column_map.source, name, digest, profile, profile_digest)
