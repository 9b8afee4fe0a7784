"""Adoption day by day on the real store: denominators, completeness, unattributed, known-on."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choso.terminal.adoption import render_daily_table, render_overview, render_vendors
from choso.terminal.table import render_table
from consumers.adoption.ask import ask as ask_metric
from consumers.adoption.ask import question_of
from consumers.adoption.daily.daily import By, DailyRow, daily, daily_known_on, paid_share
from consumers.adoption.daily.overview import market_overview, vendor_overview
from consumers.adoption.metrics.activity import ActivityRow
from consumers.adoption.panel.provision import NO_CENSUS
from consumers.adoption.question.periods import check_range
from consumers.adoption.question.scene import look
from consumers.adoption.render.daily import render_daily
from consumers.language.language import in_every_language, languages
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.payment import payment_event
from schemas.registry import registry_event
from tests.engine import NOW, FixedClock, fold_all, land, records

EN, VI = languages()["en"], languages()["vi"]
ENGLISH = ("(unattributed)", "no census", "closed", "50,000", "0.5%")
VIETNAMESE = ("(chưa rõ chủ)", "chưa có điều tra", "đóng cửa", "50.000", "0,5%")
DAY = date(2026, 6, 10)
AT = datetime(2026, 6, 10, 2, tzinfo=UTC)
CLOCK = FixedClock()


def fact(number: int, kind: str, day: date = date(2026, 1, 1), **fields: object) -> bytes:
    return encode(
        registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"fact-{number}",
            stated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            effective_from=day,
            **fields,
        )
    )


def credit(number: int, account: str, at: datetime = AT, amount_vnd: int = 10_000) -> bytes:
    return encode(
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=f"{account}-{number}",
            occurred_at=at,
            account=account,
            bank_reference=f"FT{number}",
            amount_vnd=amount_vnd,
            rail_class="p2p_transfer",
            payer_token=f"{number % 3:032x}",
        )
    )


A, B, STRAY = "a" * 32, "b" * 32, "c" * 32
REGISTRY = [
    fact(1, "market", market="HL1", name="Chợ Hạ Long I", market_kind="traditional_market"),
    fact(2, "market", market="CD", name="Chợ Cái Dăm", market_kind="traditional_market"),
    fact(3, "census_taken", market="HL1", stall_count=200),
    fact(4, "census_taken", day=date(2026, 6, 11), market="HL1", stall_count=250),
    fact(5, "account_linked", account=A, market="HL1", vendor="V1"),
    fact(6, "account_linked", account=B, market="CD", vendor="V2"),
    fact(7, "trading_day", day=DAY, market="CD", open=False),
    fact(8, "vendor", vendor="V1", name="Cô Hoa"),
]


@pytest.fixture
def filled(store: Store) -> Store:
    land(store, records(REGISTRY, at=AT), shape="registry")
    bodies = [credit(n, A) for n in range(5)] + [credit(10, B), credit(20, STRAY)]
    bodies += [credit(30 + n, A, AT + timedelta(days=1)) for n in range(2)]
    land(store, records(bodies, at=AT + timedelta(days=2)))
    fold_all(store)
    return store


def ask(store: Store, **changes: Any) -> list[DailyRow]:
    given_: dict[str, Any] = {
        "market": None,
        "vendor": None,
        "first_day": DAY,
        "last_day": DAY + timedelta(days=1),
        "by": "market",
        "clock": CLOCK,
        **changes,
    }
    return daily(store, **given_)


def test_markets_have_denominators_of_their_day_or_a_reason(filled: Store) -> None:
    rows = {(r.day, r.market): r for r in ask(filled)}
    first = rows[DAY, "HL1"]
    assert (first.payment_count, first.payment_vnd, first.payer_count) == (5, 50_000, 3)
    assert (first.market_name, first.paid_vendor_count) == ("Chợ Hạ Long I", 1)
    assert (first.stall_count, first.paid_share, first.share_reason) == (200, 1 / 200, None)
    assert rows[DAY + timedelta(days=1), "HL1"].stall_count == 250
    closed = rows[DAY, "CD"]
    assert (closed.paid_share, closed.share_reason) == (None, NO_CENSUS)
    assert not closed.is_open
    assert rows[DAY, ""].payment_count == 1  # unattributed is shown, never dropped
    assert rows[DAY, ""].paid_vendor_count == 0


def test_vendors_and_filters(filled: Store) -> None:
    rows = ask(filled, by="vendor", market="HL1", vendor="V1")
    assert [(r.day, r.payment_count) for r in rows] == [
        (DAY, 5),
        (DAY + timedelta(days=1), 2),
    ]
    assert ask(filled, market="nowhere") == []
    assert len(ask(filled, by="vendor", limit=2)) == 2
    assert ask(filled, by="vendor", limit=1, offset=1) == ask(filled, by="vendor")[1:2]


def test_a_day_that_is_not_over_is_incomplete(filled: Store) -> None:
    early = FixedClock(AT)  # the tenth of June, in the morning
    rows = ask(filled, market="HL1", clock=early)
    assert [r.is_complete for r in rows] == [False, False]
    assert all(r.is_complete for r in ask(filled, market="HL1"))


def test_known_on_shows_what_was_known(filled: Store) -> None:
    def known(at: datetime, by: By) -> list[tuple[str, str, int, int, int | None]]:
        rows = daily_known_on(
            filled,
            known_at=at,
            market=None,
            vendor=None,
            first_day=DAY,
            last_day=DAY,
            by=by,
            settings=FoldSettings(),
            clock=CLOCK,
        )
        return [
            (r.market, r.vendor, r.payment_count, r.paid_vendor_count, r.stall_count) for r in rows
        ]

    assert known(AT + timedelta(days=1), "market") == []
    assert known(NOW, "market") == [
        ("", "", 1, 0, None),
        ("CD", "", 1, 1, None),
        ("HL1", "", 5, 1, 200),
    ]
    assert known(NOW, "vendor") == [
        ("", "", 1, 0, None),
        ("CD", "V2", 1, 1, None),
        ("HL1", "V1", 5, 1, 200),
    ]
    # the registry as known before it was told: nobody's payments
    before = [m for m, *_ in known(AT - timedelta(days=1), "market")]
    assert before == []


@pytest.mark.parametrize(
    "text", ["HL1' OR 1=1 --", "{market:String}", "\\", "x; DROP TABLE evidence"]
)
def test_a_callers_text_never_becomes_sql(filled: Store, text: str) -> None:
    assert ask(filled, market=text) == []
    assert ask(filled, by="vendor", vendor=text) == []
    assert len(ask(filled)) == 4


def test_renders_every_row_in_every_format(filled: Store) -> None:
    rows = ask(filled)
    told = json.loads(render_daily(rows, "json", in_every_language))
    assert told[0]["day"] == "2026-06-10"
    why = {"id": "adoption.no_census", "values": {}, "vi": "chưa có điều tra", "en": "no census"}
    assert told[1]["share_reason"] == why
    parsed = list(csv.DictReader(io.StringIO(render_daily(rows, "csv"))))
    assert [row["market"] for row in parsed] == ["", "CD", "HL1", "HL1"]
    assert parsed[1]["share_reason"] == "adoption.no_census"
    for language, words in ((EN, ENGLISH), (VI, VIETNAMESE)):
        table = render_daily_table(rows, language)
        assert all(word in table for word in words), table
    with pytest.raises(Refused, match=r"not_one_of: .*xml"):
        render_daily(rows, "xml")


def test_overview_says_what_the_metric_says(filled: Store) -> None:
    today, fold = date(2026, 6, 20), FoldSettings()
    found = market_overview(filled, today=today, now=NOW, fold=fold)
    rows = {row.market: row for row in found}
    assert (rows["HL1"].payment_count, rows["HL1"].paid_vendor_count) == (7, 1)
    question = question_of("activity", now=NOW, at=today - timedelta(days=1), by="market")
    told = ask_metric(filled, question, look(filled, now=NOW, fold=fold, question=question)).rows
    assert told
    for row in told:
        assert isinstance(row, ActivityRow)
        assert rows[row.market].active == row.active
    assert rows["HL1"].active is not None
    assert rows["HL1"].active.numerator == 0  # two days are not three
    [vendor] = vendor_overview(filled, today=date(2026, 6, 20), limit=1)
    assert (vendor.vendor, vendor.name, vendor.day_count) == ("V1", "Cô Hoa", 2)
    assert "Cô Hoa" in render_vendors([vendor], VI)
    assert "Chợ Hạ Long I" in render_overview(list(rows.values()), VI)


@given(st.integers(0, 10**6), st.none() | st.integers(0, 10**6))
def test_a_share_is_a_rate_or_has_a_reason(paid: int, stalls: int | None) -> None:
    share, reason = paid_share(paid, stalls)
    assert (share is None) == (reason is not None) == (not stalls)
    assert share is None or stalls is None or abs(share * stalls - paid) < 1e-6


def test_ranges_that_cannot_be_are_refused() -> None:
    with pytest.raises(Refused, match=r"refused\.reversed"):
        check_range(DAY, DAY - timedelta(days=1), days_max=10)
    with pytest.raises(Refused, match="most=10"):
        check_range(DAY, DAY + timedelta(days=10), days_max=10)


@given(
    st.lists(
        st.tuples(st.text("abc1", min_size=1, max_size=5), st.text("9–x", min_size=1, max_size=5)),
        max_size=4,
    )
)
def test_tables_keep_every_cell(rows: list[tuple[str, str]]) -> None:
    lines = render_table(("one", "two"), rows).splitlines()
    assert len(lines) == len(rows) + 2
    for row, line in zip(rows, lines[2:], strict=True):
        assert line.split() == list(row)
