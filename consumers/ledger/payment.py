"""One payment: every piece of its evidence, how they merged, whose it is, and where it counts."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consumers.sql import statement
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.ids import normalise_reference

FOUND_MAX = 20
_TOKEN = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    """Rows as they are stored; `merged` is None where only refunds or reversals are known."""

    account: str
    bank_reference: str
    evidence: list[dict[str, Any]]
    merged: dict[str, Any] | None
    compensations: list[dict[str, Any]]
    attribution: Attribution | None
    counted: list[Counted] = field(default_factory=list)

    @property
    def payment_id(self) -> str:
        """The id used in URLs."""
        return f"{self.account}:{self.bank_reference}"


def payment_show(store: Store, reference: str, *, settings: FoldSettings) -> list[PaymentStory]:
    """The payments of a bank reference, of `ACCOUNT_TOKEN:REFERENCE`, or of an event id.

    NotThere where there is none. A reference alone reads one column of all evidence; an event id
    reads all evidence, and is for an investigation, not for a page.
    """
    stories = [
        _story(store, account, name, settings) for account, name in _find(store, reference.strip())
    ]
    if not stories:
        raise NotThere(f"payment {reference!r}: no evidence has this reference, id or event id")
    return stories


def _find(store: Store, text: str) -> list[tuple[str, str]]:
    if _UUID.fullmatch(text.lower()):
        params = {"event_id": text.lower(), "limit": FOUND_MAX}
        return [(a, r) for a, r in store.query(statement(__package__, "find_event"), params)]
    account, _, rest = text.partition(":")
    if not _TOKEN.fullmatch(account):
        account, rest = "", text
    params = {"account": account, "reference": normalise_reference(rest), "limit": FOUND_MAX}
    rows = store.query(statement(__package__, "find_payment"), params)
    return [(row[0], row[1]) for row in rows]


def _story(store: Store, account: str, reference: str, settings: FoldSettings) -> PaymentStory:
    which: dict[str, Any] = {"account": account, "reference": reference}
    wide = {"first_day": date(2000, 1, 1), "last_day": date(2100, 1, 1)}
    evidence = store.rows(statement(__package__, "payment_evidence"), which | wide)
    seen: set[str] = set()
    for row in evidence:
        row["is_duplicate"] = row["digest"] in seen
        seen.add(row["digest"])
    credits_ = [row["day"] for row in evidence if not row["compensation_reference"]]
    merged = None
    if credits_:
        days = {"first_day": min(credits_), "last_day": max(credits_)}
        asked = which | days | {"window_days": settings.window_days}
        [merged] = store.rows(statement(__package__, "payment_merged"), asked)
    compensations = store.rows(statement(__package__, "payment_compensations"), which)
    attribution = _attribution(store, account, merged) if merged else None
    counted = _counted(store, account, merged, compensations, attribution, settings)
    return PaymentStory(account, reference, evidence, merged, compensations, attribution, counted)


def _attribution(store: Store, account: str, row: dict[str, Any]) -> Attribution | None:
    """By virtual account, else by account, else by the stall's code: as in `day_figures`."""
    keys = {
        "virtual_account": row.get("virtual_account"),
        "account": account,
        "stall_code": row.get("stall_code"),
    }
    params = {"keys": [key for key in keys.values() if key], "day": row["day"]}
    links = {
        ("stall_code" if method == "stall_code" else "account", key): (market, vendor, since, till)
        for method, key, market, vendor, _, since, till in store.query(
            statement(__package__, "payment_links"), params
        )
    }
    for method, key in keys.items():
        kind = "stall_code" if method == "stall_code" else "account"
        found = links.get((kind, key or ""))
        if found:
            return Attribution(method, *found)
    return None


def _counted(
    store: Store,
    account: str,
    merged: dict[str, Any] | None,
    compensations: list[dict[str, Any]],
    attribution: Attribution | None,
    settings: FoldSettings,
) -> list[Counted]:
    found = []
    if merged:
        owner = (attribution.market, attribution.vendor) if attribution else ("", "")
        measure = measure_of(merged, compensations, settings.amount_vnd_min)
        found.append(Counted(merged["day"], *owner, measure, merged["amount_vnd"]))
    for row in compensations:
        theirs = _attribution(store, account, row)
        owner = (theirs.market, theirs.vendor) if theirs else ("", "")
        measure = "conflict" if row["is_conflict"] else "refund"
        found.append(Counted(row["day"], *owner, measure, row["amount_vnd"]))
    return found


def measure_of(
    merged: dict[str, Any], compensations: list[dict[str, Any]], amount_vnd_min: int
) -> str:
    """Which figure counts the payment: the same order of rules as in `day_figures`."""
    given_back = sum(int(row["amount_vnd"]) for row in compensations)
    is_reversed = any(row["kind"] == "reversed" for row in compensations)
    if merged["status"] == "failed":
        return "failed"
    if merged["status"] == "conflict" or any(row["is_conflict"] for row in compensations):
        return "conflict"
    if not merged["kinds"] & 1:
        return "cash"
    if is_reversed or (given_back > 0 and given_back >= merged["amount_vnd"]):
        return "reversed"
    return "small" if merged["amount_vnd"] < amount_vnd_min else "payment"
