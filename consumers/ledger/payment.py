"""One payment: every piece of its evidence, how they merged, whose it is, and where it counts."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from consumers.ledger.reasons import best_time, status_reasons
from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.cloudevent import Reference
from schemas.message import Count, Message, Name
from schemas.reference import normalise_reference

PAYMENTS_MAX = 100  # that one reference may name, before it must be said whose
_TOKEN = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REFERENCE = TypeAdapter(Reference)
NO_DAY = date(1970, 1, 1)


class NotThere(Refused):
    """Nothing in the ledger has this name."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose payment it is, by which way, and the days on which that holds; None: nobody's."""

    method: str
    market: str
    vendor: str
    effective_from: date
    effective_to: date


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure of one day that the payment is counted in."""

    day: date
    market: str
    vendor: str
    measure: str
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class PaymentStory:
    """Rows as they are stored; `merged` is None where only refunds or reversals are known, or where
    all evidence of the payment itself was retracted.

    `evidence` holds a row for each record, with `is_duplicate` where an earlier one said exactly
    the same and `is_contested` where the same event names other payments too.
    `also_named`: other payments (at most PAYMENTS_MAX) that the same events name.
    """

    account: str
    bank_reference: str
    evidence: list[dict[str, Any]]
    merged: dict[str, Any] | None
    time_reason: Message | None  # why `merged` has this time
    status_reasons: list[Message]  # why it has this status, and what keeps it from counting
    also_named: list[dict[str, Any]]
    compensations: list[dict[str, Any]]
    attribution: Attribution | None
    counted: list[Counted]

    @property
    def payment_id(self) -> str:
        """The id used in URLs."""
        return f"{self.account}:{self.bank_reference}"


def not_there(reference: str) -> NotThere:
    """The answer where nothing has this reference, or nothing that the caller may see."""
    return NotThere(Message("refused.no_payment", reference=Name(reference[:80])))


def payment_show(
    store: Store,
    reference: str,
    *,
    settings: FoldSettings,
    payments_max: int = PAYMENTS_MAX,
) -> list[PaymentStory]:
    """The payments of a bank reference, of `ACCOUNT_TOKEN:REFERENCE`, or of an event id.

    NotThere where there is none; Refused where more than `payments_max` share the reference. Each
    payment costs some point queries. To find them, an id reads one column of 4 bytes of all
    evidence, a reference alone the column of references, and an event id derives the id of every
    event anew: that is for an investigation, not for a page.
    """
    found = _find(store, reference.strip(), payments_max + 1)
    if not found:
        raise not_there(reference)
    if len(found) > payments_max:
        raise Refused(
            Message(
                "refused.several_payments",
                reference=Name(reference[:80]),
                most=Count(payments_max),
                example=Name(f"{found[0][0]}:{found[0][1]}"),
            )
        )
    return [_story(store, *place, settings) for place in found]


def _find(store: Store, text: str, limit: int) -> list[tuple[str, str, date, date]]:
    """Account, reference, and the days that evidence names (NO_DAY where there is none)."""
    account, _, rest = text.partition(":")
    ways = [(account, rest)] if _TOKEN.fullmatch(account) else []
    found: list[tuple[str, str, date, date]] = []
    for token, name in [*ways, ("", text)]:  # a reference may look like an id
        found = found or _find_reference(store, token, name, limit)
    if not found and _UUID.fullmatch(text.lower()):
        params = {"event_id": text.lower(), "limit": limit}
        for token, name in store.query(statement(__package__, "find_event"), params):
            found += _find_reference(store, token, name, 1)
    return found


def _find_reference(
    store: Store, account: str, text: str, limit: int
) -> list[tuple[str, str, date, date]]:
    try:
        reference = _REFERENCE.validate_python(normalise_reference(text))
    except ValidationError:
        return []  # no event was admitted with it
    params = {"account": account, "reference": reference, "limit": limit}
    rows = store.query(statement(__package__, "find_payment"), params)
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _story(
    store: Store,
    account: str,
    reference: str,
    first_day: date,
    last_day: date,
    settings: FoldSettings,
) -> PaymentStory:
    which: dict[str, Any] = {"account": account, "reference": reference}
    days = {"first_day": first_day, "last_day": last_day}
    evidence = store.rows(statement(__package__, "payment_evidence"), which | days)
    also_named = store.rows(
        statement(__package__, "payment_also_named"), {**which, "limit": PAYMENTS_MAX}
    )
    contested = {row["event_id"] for row in also_named}
    seen: set[str] = set()
    for row in evidence:
        row["is_duplicate"] = row["digest"] in seen
        row["is_contested"] = row["event_id"] in contested
        seen.add(row["digest"])
    compensations = store.rows(statement(__package__, "payment_compensations"), which)
    merged, time_reason, reasons = None, None, []
    credits_ = [
        row
        for row in evidence
        if row["compensation_reference"] is None and row["retracted_at"] is None
    ]
    if credits_:
        asked = which | days
        asked |= {
            "window_days": settings.window_days,
            "amount_vnd_min": settings.amount_vnd_min,
        }
        [merged] = store.rows(statement(__package__, "payment_merged"), asked)
        _, time_reason = best_time(credits_)
        reasons = status_reasons(
            merged,
            compensations,
            also_named,
            window_days=settings.window_days,
            amount_vnd_min=settings.amount_vnd_min,
        )
    return PaymentStory(
        account,
        reference,
        evidence,
        merged,
        time_reason,
        reasons,
        also_named,
        compensations,
        _attribution(store, account, merged) if merged else None,
        _counted(store, account, merged, compensations),
    )


def _attribution(store: Store, account: str, row: dict[str, Any]) -> Attribution | None:
    """Whose a merged payment, refund or reversal is on its day."""
    params = {
        "virtual_account": row["virtual_account"] or "",
        "account": account,
        "stall_code": row["stall_code"] or "",
        "day": row["day"],
    }
    [(*_, method, link)] = store.query(statement(__package__, "payment_owner"), params)
    return Attribution(method, *link) if method else None


def _counted(
    store: Store,
    account: str,
    merged: dict[str, Any] | None,
    compensations: list[dict[str, Any]],
) -> list[Counted]:
    """The payment on its day, and each refund or reversal on its own day, by its own owner."""
    found = []
    for row in [merged, *compensations] if merged else compensations:
        owner = _attribution(store, account, row)
        market, vendor = (owner.market, owner.vendor) if owner else ("", "")
        found.append(Counted(row["day"], market, vendor, row["measure"], row["amount_vnd"]))
    return found
