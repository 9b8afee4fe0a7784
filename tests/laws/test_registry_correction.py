"""Law L7: a late correction of the registry changes exactly the days that it touches.

What was known before stays what was known before, for vendors and for markets.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consumers.adoption.daily.daily import daily_known_on
from infra.clickhouse import Store
from infra.settings import FoldSettings
from tests.engine import MARKET_DAYS, FixedClock, fold_all, land, records, vendor_days
from tests.laws.drawn import RECORDED, VIRTUAL, A, B, registry_bodies
from tests.laws.ledgers import MONDAY, SUNDAY, fact, said
from tests.reference import FIGURES, Owners, figures_from_events, statements

pytestmark = pytest.mark.real
DAYS = (SUNDAY, MONDAY, MONDAY + timedelta(13))
FIRST = [
    fact("a", "account_linked", account=A, market="HL1", vendor="V1"),
    fact("b", "account_linked", account=B, market="CD", vendor="V2", day=MONDAY),
    fact("s", "vendor", stall="S1", market="CD", vendor="V1"),
]
SUMMED = tuple(name for name in FIGURES if name != "payer_count")
Bodies = Sequence[tuple[bytes, datetime]]
Figures = dict[tuple[date, str, str], dict[str, int]]


def sales() -> list[bytes]:
    """Payments of both accounts, of a stall and of a virtual account on each day, and refunds."""
    found = []
    for n, day in enumerate(DAYS):
        for account in (A, B):
            own = f"{account[0].upper()}{n}"
            found += [
                said("credited", own, account=account, day=day, payer_token="1" * 32),
                said("credited", f"{own}B", account=account, day=day, virtual_account=VIRTUAL),
                said("credited", f"{own}C", account="f" * 32, day=day, stall_code="S1"),
                said("refunded", own, account=account, day=day, compensation_reference=f"R{own}"),
            ]
    return found


corrections = st.lists(registry_bodies(), min_size=3, max_size=3)


def figures(payments: Bodies, registry: Bodies, known_at: datetime | None = None) -> Figures:
    rows = figures_from_events(payments, registry, known_at)
    return {where: row for where, row in rows.items() if any(row.values())}


def changed_days(before: Figures, after: Figures) -> set[date]:
    return {
        where[0] for where in before.keys() | after.keys() if before.get(where) != after.get(where)
    }


def moved_days(before: Bodies, after: Bodies) -> set[date]:
    """The days on which an account or a stall has another owner."""
    return {day for day in DAYS if owners_on(before, day) != owners_on(after, day)}


def owners_on(registry: Bodies, day: date) -> dict[tuple[str, str], tuple[str, str]]:
    """(method, key) → (market, vendor)."""
    found = {}
    for subject, facts in Owners(statements(registry)).facts.items():
        in_force = [event for since, event in facts if since <= day]
        if in_force and in_force[-1].kind != "account_unlinked":
            data = in_force[-1].data
            found[subject] = (data.market or "", data.vendor or "")
    return found


def folded(store: Store) -> Figures:
    return {
        where: {name: row[name] for name in FIGURES} for where, row in vendor_days(store).items()
    }


def digests(store: Store) -> dict[date, tuple[int, int]]:
    """A hash of each day's rows, of vendors and of markets."""
    found: dict[date, tuple[int, int]] = {}
    for view in ("vendor_day", "market_day"):
        for day, digest in store.query(
            f"SELECT day, groupBitXor(cityHash64(toString(tuple(*)))) FROM {view} GROUP BY day"
        ):
            found[day] = (*found.get(day, ()), digest)
    return found


def known(store: Store, at: datetime, by: Literal["market", "vendor"]) -> Figures:
    rows = daily_known_on(
        store,
        known_at=at,
        market=None,
        vendor=None,
        first_day=SUNDAY,
        last_day=MONDAY,
        by=by,
        settings=FoldSettings(),
        clock=FixedClock(),
    )
    return {
        (row.day, row.market, row.vendor): {name: getattr(row, name) for name in FIGURES}
        for row in rows
        if any(getattr(row, name) for name in FIGURES)
    }


def market_sums(vendors: Figures) -> Figures:
    """What adds up over vendors."""
    found: Figures = {}
    for (day, market, _), row in vendors.items():
        sums = found.setdefault((day, market, ""), dict.fromkeys(SUMMED, 0))
        for name in SUMMED:
            sums[name] += row[name]
    return found


def early(rows: Figures) -> Figures:
    return {where: row for where, row in rows.items() if where[0] <= MONDAY}


def test_a_correction_changes_its_days_and_no_past_knowledge(store: Store) -> None:
    payments = [(body, RECORDED) for body in sales()]

    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(corrections)
    def hold(corrected: list[bytes]) -> None:
        for table in ("evidence", "compensation", "registry_fact", "day_fold"):
            store.command(f"TRUNCATE TABLE {table}")
        registry = [(body, RECORDED) for body in FIRST]
        land(store, records(FIRST, at=RECORDED), shape="registry", topic_id="R")
        land(store, records([body for body, _ in payments], at=RECORDED))
        fold_all(store)
        for number, body in enumerate(corrected, 1):
            was, marks = folded(store), digests(store)
            now = RECORDED + timedelta(days=number)
            land(store, records([body], 100 * number, now), shape="registry", topic_id="R")
            refolded = set(fold_all(store))
            registry.append((body, now))
            wanted = figures(payments, registry)
            assert folded(store) == wanted
            touched = changed_days(was, wanted)
            after = digests(store)
            assert {day for day in marks if marks[day] != after[day]} == touched
            assert touched <= refolded == moved_days(registry[:-1], registry)
        # what was known before the last one, and before them all
        before = RECORDED + timedelta(days=len(corrected)) - timedelta(milliseconds=1)
        assert known(store, before, "vendor") == early(was)
        markets = {
            where: {name: row[name] for name in SUMMED}
            for where, row in known(store, RECORDED, "market").items()
        }
        at_first = figures(payments, registry, RECORDED)
        assert markets == early(market_sums(at_first))
        assert early(folded(store)) == known(store, now, "vendor")

    hold()


def test_markets_follow_a_vendor_who_moves(store: Store) -> None:
    """One day's figures leave a market for another; the day before stays as it was."""
    land(store, records(FIRST, at=RECORDED), shape="registry", topic_id="R")
    land(store, records(sales(), at=RECORDED))
    fold_all(store)
    rows = {(row["day"], row["market"]): row for row in store.rows(MARKET_DAYS)}
    moved = fact("late", "account_linked", account=A, market="CD", vendor="V1", day=MONDAY)
    land(store, records([moved], 100, RECORDED + timedelta(1)), shape="registry", topic_id="R")
    assert set(fold_all(store)) == {day for day in DAYS if day >= MONDAY}
    after = {(row["day"], row["market"]): row for row in store.rows(MARKET_DAYS)}
    assert after[SUNDAY, "HL1"] == rows[SUNDAY, "HL1"]
    assert (MONDAY, "HL1") not in after
    gained = rows[MONDAY, "HL1"]["payment_vnd"]
    assert after[MONDAY, "CD"]["payment_vnd"] == rows[MONDAY, "CD"]["payment_vnd"] + gained
