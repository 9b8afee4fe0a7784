"""Law: of statements about one thing the later one holds: stated later, or later in the log.

Whatever they say, however they were batched, as known at any time; hashes decide nothing. A fact
that is stated again is the latest again.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.clickhouse import Store
from schemas.cloudevent import encode
from schemas.registry import RegistryEvent, registry_event
from tests.engine import NOW, Rec, land, records
from tests.reference import statements

pytestmark = pytest.mark.real
MONDAYS = [date(2026, 6, 1), date(2026, 6, 8)]
STATED = [datetime(2026, 6, n, tzinfo=UTC) for n in (1, 2)]
RECORDED = datetime(2026, 6, 20, tzinfo=UTC)
BETWEEN = RECORDED + timedelta(minutes=30)
EVER = datetime(2100, 1, 1, tzinfo=UTC)
A, B = "a" * 32, "b" * 32


def stated(kind: str, number: object, at: datetime, since: date, **fields: Any) -> bytes:
    return encode(
        registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"{kind}-{number}",
            stated_at=at,
            effective_from=since,
            **fields,
        )
    )


def test_the_later_row_of_one_file_holds_and_what_is_stated_again_is_the_latest(
    store: Store,
) -> None:
    """Ten censuses, each corrected in the same file; then the first ones once more."""
    rows = [
        stated("census_taken", count, STATED[0], MONDAYS[0], market=f"M{n}", stall_count=count)
        for first in (50, 80)
        for n, count in enumerate(range(first, first + 10))
    ]

    def counted() -> list[int]:
        asked = "SELECT stall_count FROM registry_census(known_at = {at:DateTime64(3)})"
        return [count for (count,) in store.query(f"{asked} ORDER BY market", {"at": EVER})]

    land(store, records(rows), shape="registry", topic_id="R")
    assert counted() == list(range(80, 90))
    land(store, records(rows[:10], first=20), shape="registry", topic_id="R")
    assert counted() == list(range(50, 60))
    land(store, records(rows[10:13], at=NOW + timedelta(1)), shape="registry", topic_id="R-anew")
    assert counted() == [80, 81, 82, *range(53, 60)]


def test_a_log_whose_clock_went_back_keeps_its_order(store: Store) -> None:
    """The broker's times are for questions as known at; the offset says which one is later."""
    for offset, (minute, count) in enumerate([(5, 50), (3, 80)]):
        body = stated("census_taken", count, STATED[0], MONDAYS[0], market="M", stall_count=count)
        at_ms = int((RECORDED + timedelta(minutes=minute)).timestamp() * 1000)
        land(store, [Rec(offset, at_ms, body)], shape="registry", topic_id="R")
    asked = "SELECT stall_count FROM registry_census(known_at = {at:DateTime64(3)})"
    for minute, wanted in ((4, 80), (6, 80)):
        at = RECORDED + timedelta(minutes=minute)
        assert store.query(asked, {"at": at}) == [(wanted,)]


names = st.sampled_from(["Một", "Hai", "Ba"])
vendors, stalls = st.sampled_from(["V1", "V2"]), st.sampled_from(["S1", "S2"])
accounts, markets = st.sampled_from([A, B]), st.sampled_from(["M1", "M2"])
amounts = st.integers(1, 4).map(lambda n: n * 1_000)
kinds_of_market = st.sampled_from(["traditional_market", "supermarket"])
FACTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "market": {"market": markets, "name": names, "market_kind": kinds_of_market},
    "stall": {"market": markets, "stall": stalls, "name": st.none() | names},
    "vendor": {"vendor": vendors, "name": st.none() | names, "stall": st.none() | stalls},
    "account_linked": {"account": accounts, "market": markets, "vendor": vendors},
    "account_unlinked": {"account": accounts},
    "qr_issued": {"qr": st.just("Q"), "market": markets, "vendor": vendors},
    "qr_revoked": {"qr": st.just("Q")},
    "census_taken": {"market": markets, "stall_count": st.integers(50, 60)},
    "trading_day": {
        "market": markets, "open": st.booleans(), "vendor": st.none() | vendors,
    },
    "fee_due": {"market": markets, "stall": stalls, "amount_vnd": amounts},
    "fee_paid": {
        "market": markets, "stall": stalls, "amount_vnd": amounts,
        "tender": st.sampled_from(["cash", "cashless"]),
    },
    "market_total": {
        "market": markets, "name": names, "amount_vnd": amounts,
        "payment_count": st.integers(1, 4), "rail_class": st.just("p2m_payment"),
    },
}  # fmt: skip


@st.composite
def said(draw: st.DrawFn) -> bytes:
    """A statement of any kind; few subjects, so that most are told several times."""
    kind = draw(st.sampled_from(list(FACTS)))
    fields = {name: draw(values) for name, values in FACTS[kind].items()}
    at, since = draw(st.sampled_from(STATED)), draw(st.sampled_from(MONDAYS))
    return stated(kind, draw(st.integers(0, 10**9)), at, since, **fields)


@dataclass(frozen=True, repr=False)
class Log:
    """Statements with the broker's times, in order, cut into batches; then a log created anew."""

    told: list[tuple[bytes, datetime]]
    cuts: list[int]
    anew_at: int

    def land(self, store: Store, cuts: Sequence[int]) -> None:
        store.command("TRUNCATE TABLE registry_fact")
        bounds = sorted({0, self.anew_at, len(self.told), *cuts})
        for first, after in pairwise(bounds):
            is_anew = first >= self.anew_at
            since = self.anew_at if is_anew else 0
            recs = [
                Rec(first - since + n, int(at.timestamp() * 1000), body)
                for n, (body, at) in enumerate(self.told[first:after])
            ]
            topic_id = "A-anew" if is_anew else "R"  # by its name it would come first
            land(store, recs, shape="registry", topic_id=topic_id)


@st.composite
def logs(draw: st.DrawFn) -> Log:
    first = draw(st.lists(said(), min_size=30, max_size=120))
    again = draw(st.lists(st.sampled_from(first), max_size=20))
    bodies = [*draw(st.permutations([*first, *again])), *again[:5]]
    anew_at = draw(st.integers(len(bodies) // 2, len(bodies) - 1))
    minutes = st.integers(0, 50)
    told = [
        (body, RECORDED + timedelta(minutes=draw(minutes) + (60 if n >= anew_at else 0)))
        for n, body in enumerate(bodies)
    ]
    told[0] = (bodies[0], RECORDED)
    return Log(told, draw(st.lists(st.integers(1, len(bodies) - 1), max_size=4)), anew_at)


Row = tuple[Any, ...]
Subject = Callable[[RegistryEvent], Row | None]
# view: which facts it reads, their subject, what it shows of the latest one.
VIEWS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "registry_market": (("market",), ("market",), ("name", "market_kind")),
    "registry_stall": (("stall",), ("market", "stall"), ("name",)),
    "registry_vendor": (("vendor",), ("vendor",), ("name",)),
    "registry_census": (("census_taken",), ("market",), ("stall_count",)),
}


def latest(
    facts: Sequence[RegistryEvent], kinds: Sequence[str], *subject: str
) -> dict[Row, RegistryEvent]:
    """By subject and day."""
    return {
        (*(getattr(event.data, name) for name in subject), event.data.effective_from): event
        for event in facts
        if event.kind in kinds
    }


def expected(facts: Sequence[RegistryEvent]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for view, (kinds, subject, shown) in VIEWS.items():
        found[view] = [
            (*key, *(getattr(event.data, name) or "" for name in shown))
            for key, event in latest(facts, kinds, *subject).items()
        ]
    days = latest(facts, ["trading_day"], "market", "vendor").items()
    found["registry_trading_day"] = [
        (market, day, event.data.open) for (market, vendor, day), event in days if vendor is None
    ]
    found["registry_absence"] = [
        (market, vendor, day, event.data.open) for (market, vendor, day), event in days if vendor
    ]
    linked = latest(facts, ["account_linked", "account_unlinked"], "account").items()
    stands = latest([e for e in facts if e.data.stall], ["vendor"], "stall").items()
    found["registry_link"] = [
        (*key, event.data.market or "", event.data.vendor or "")
        for key, event in [*linked, *stands]
        if event.kind != "account_unlinked"
    ]
    found["registry_qr"] = [
        (*key, event.data.market, event.data.vendor)
        for key, event in latest(facts, ["qr_issued", "qr_revoked"], "qr").items()
        if event.kind == "qr_issued"
    ]
    totals = latest(facts, ["market_total"], "market", "name")
    found["registry_total"] = [
        (*key, event.data.payment_count, event.data.amount_vnd) for key, event in totals.items()
    ]
    fees: dict[Row, list[int | None]] = defaultdict(lambda: [None, 0, 0])
    for (market, stall, tender, _), event in latest(
        [_of_month(event) for event in facts], ["fee_due", "fee_paid"], "market", "stall", "tender"
    ).items():
        fees[market, stall][{None: 0, "cashless": 1, "cash": 2}[tender]] = event.data.amount_vnd
    found["registry_fee"] = [(*key, *sums) for key, sums in fees.items()]
    return {view: sorted(rows, key=repr) for view, rows in found.items()}


def _of_month(event: RegistryEvent) -> RegistryEvent:
    first = event.data.effective_from.replace(day=1)
    data = event.data.model_copy(update={"effective_from": first})
    return event.model_copy(update={"data": data})


COLUMNS = {
    "registry_market": "market, effective_from, name, market_kind",
    "registry_stall": "market, stall, effective_from, name",
    "registry_vendor": "vendor, effective_from, name",
    "registry_census": "market, effective_from, stall_count",
    "registry_trading_day": "market, day, is_open",
    "registry_absence": "market, vendor, day, is_present",
    "registry_link": "key, effective_from, market, vendor",
    "registry_qr": "qr, issued_on, market, vendor",
    "registry_total": "market, reported_by, week, payment_count, amount_vnd",
    "registry_fee": "market, stall, due_vnd, paid_cashless_vnd, paid_cash_vnd",
}


def projected(store: Store, at: datetime) -> dict[str, list[Row]]:
    found = {}
    for view, columns in COLUMNS.items():
        asked = f"SELECT {columns} FROM {view}(known_at = {{at:DateTime64(3)}})"
        found[view] = sorted(store.query(asked, {"at": at}), key=repr)
    return found


def test_every_view_gives_the_latest_statements(store: Store) -> None:
    @settings(max_examples=12, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(logs())
    def hold(log: Log) -> None:
        for cuts in ([], log.cuts):
            log.land(store, cuts)
            for at in (BETWEEN, EVER):
                wanted = expected(statements(log.told, at))
                for view, rows in projected(store, at).items():
                    assert rows == wanted[view], view

    hold()
