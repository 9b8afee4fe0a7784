"""M2: two ways to one number agree to the đồng. M3: what is closed changes no rate of open days.

And on the store: what shared answers withhold, and that views for BI tools say the same.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consumers.adoption.daily.daily import daily
from consumers.adoption.metrics.activity import ActivityRow
from consumers.adoption.metrics.concentration import ConcentrationRow
from consumers.adoption.metrics.fees import FeesRow
from consumers.adoption.metrics.growth import COMPARED, a_year_before, earlier
from consumers.adoption.metrics.growth_row import GrowthRow, grown_per_day
from consumers.adoption.metrics.intensity import IntensityRow
from consumers.adoption.privacy.hide import Support
from consumers.adoption.question.answer import Period
from infra.migrations import statements_of
from schemas.current import topic_text
from schemas.shapes import shaped
from schemas.thresholds import Thresholds
from tests.consumers.adoption.cities import FIRST_DAY, LAST_DAY, NOW
from tests.consumers.adoption.laying import Laid
from tests.engine import FixedClock

pytestmark = pytest.mark.real
LEVELS = ("all", "kind", "market", "row", "product", "cohort", "vendor")


def sums(laid: Laid, by: str, grain: str = "window", **words: Any) -> tuple[int, int]:
    rows = laid.ask("intensity", by=by, grain=grain, **words).rows
    found = [row for row in rows if isinstance(row, IntensityRow)]
    return (
        sum(int(row.payment_count.value or 0) for row in found),
        sum(int(row.payment_vnd.value or 0) for row in found),
    )


def test_parts_sum_to_wholes(laid: Laid) -> None:
    whole = sums(laid, "all")
    assert whole[0] > 1_000
    for by in LEVELS:
        assert sums(laid, by) == whole, by
    for grain in ("day", "week", "month"):
        assert sums(laid, "all", grain) == whole, grain
    kinds = sorted({fact.kind for fact in laid.scenes.scene(NOW).facts.markets})
    named = [sums(laid, "all", kinds=[kind]) for kind in kinds]
    [unnamed] = [
        (row.payment_count.value, row.payment_vnd.value)
        for row in laid.ask("intensity", by="kind").rows
        if isinstance(row, IntensityRow) and row.group == ""
    ]
    assert tuple(map(sum, zip(*named, unnamed, strict=True))) == whole


def test_other_doors_say_the_same(laid: Laid) -> None:
    whole = sums(laid, "all")
    rows = daily(
        laid.store, market=None, vendor=None, first_day=FIRST_DAY, last_day=LAST_DAY,
        by="market", clock=FixedClock(NOW),
    )  # fmt: skip
    assert (sum(r.payment_count for r in rows), sum(r.payment_vnd for r in rows)) == whole
    answer = laid.ask("intensity", by="all")
    [row] = [row for row in answer.rows if isinstance(row, IntensityRow)]
    rails = row.rails.figures or ()
    assert sum(rail.payment_count for rail in rails) == whole[0]
    assert sum(rail.payment_vnd for rail in rails) == whole[1]
    attributed = answer.health.attributed
    assert attributed.denominator == whole[0]
    spread = [
        r for r in laid.ask("concentration", by="all").rows if isinstance(r, ConcentrationRow)
    ]
    of_vendors = sum(
        int(r.payment_vnd.value or 0)
        for r in laid.ask("intensity", by="vendor").rows
        if isinstance(r, IntensityRow) and r.group
    )
    assert [r.payment_vnd.value for r in spread] == [of_vendors]
    for grown in laid.ask("growth", by="all").rows:
        assert isinstance(grown, GrowthRow)
        assert (grown.payment_count.value, grown.payment_vnd.value) == whole


def test_views_for_bi_tools_say_the_same(laid: Laid) -> None:
    ask, days = laid.store.rows, {"first": FIRST_DAY, "last": LAST_DAY}
    of_range = "WHERE day BETWEEN {first:Date} AND {last:Date}"
    whole = sums(laid, "all")
    for view in ("bi_market_day", "bi_rail_day", "bi_vendor_day"):
        [row] = ask(
            f"SELECT sum(payment_count) AS n, sum(payment_vnd) AS vnd FROM {view} {of_range}", days
        )
        assert (row["n"], row["vnd"]) == whole, view
    weeks = {
        (row["week"], row["market"]): row
        for row in ask(
            "SELECT * FROM bi_market_week WHERE week BETWEEN {first:Date} AND {last:Date}", days
        )
    }
    for row_ in laid.ask("intensity", by="market", grain="week").rows:
        assert isinstance(row_, IntensityRow)
        week = weeks.get(
            (row_.first_day, row_.market),
            {"payment_count": 0, "payment_vnd": 0, "paid_vendor_count": 0},
        )
        assert week["payment_vnd"] == row_.payment_vnd.value
        assert week["paid_vendor_count"] == row_.vendor_count.value
    daily_rows = ask(f"SELECT * FROM bi_market_day {of_range}", days)
    facts = laid.scenes.scene(NOW).facts
    assert all(bool(r["is_open"]) == facts.is_open(r["market"], r["day"]) for r in daily_rows)
    reported = ask(f"SELECT sum(report_count) AS n FROM bi_report_day {of_range}", days)
    assert reported[0]["n"] == laid.ask("health", by="all").health.received
    [fees] = [
        r
        for r in laid.ask(
            "fees", by="all", first_day=date(2026, 3, 1), last_day=date(2026, 3, 31)
        ).rows
        if isinstance(r, FeesRow)
    ]
    [owed] = ask(
        "SELECT sum(due_vnd) AS due, sum(paid_cashless_vnd) AS paid FROM bi_fee_month"
        " WHERE month = '2026-03-01'"
    )
    assert (owed["due"], owed["paid"]) == (fees.due_vnd.value, fees.paid_cashless_vnd.value)
    assert ask("SELECT * FROM bi_freshness")[0]["folded_day_count"] > 20
    names = {row["market"]: row["market_name"] for row in ask("SELECT * FROM bi_market")}
    assert names == {code: fact.name for code, fact in facts.on(date(2026, 12, 31)).items()}


EASIEST = {"active_payments_min": 1, "active_payers_min": 1, "active_days_min": 1}


def active_counts(laid: Laid) -> tuple[dict[str, int], dict[str, int]]:
    """Active vendors by market: as the metric says, and as the view for BI tools says."""
    stands = [r for r in laid.ask("activity", by="market").rows if isinstance(r, ActivityRow)]
    rows = laid.store.rows(
        "SELECT * FROM bi_market_active(last_day = {last:Date})", {"last": LAST_DAY}
    )
    return (
        {row.market: row.active.numerator for row in stands if row.active.numerator},
        {row["market"]: row["active_vendor_count"] for row in rows if row["active_vendor_count"]},
    )


@settings(max_examples=25)
@given(
    st.fixed_dictionaries(
        {
            "active_payments_min": st.integers(1, 8),
            "active_payers_min": st.integers(1, 5),
            "active_days_min": st.integers(1, 5),
            "active_window_days": st.integers(1, 40),
        }
    )
)
@example({})
@example(EASIEST)
def test_who_is_active_is_said_in_one_place(laid: Laid, changed: dict[str, int]) -> None:
    usual, _ = active_counts(laid)
    defaults = Thresholds.__init__.__kwdefaults__
    assert defaults is not None
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, number in changed.items():
                patch.setitem(defaults, name, number)
            generate_bi(laid)
            metric, view = active_counts(laid)
    finally:
        generate_bi(laid)
    assert metric == view
    assert changed != EASIEST or sum(metric.values()) > sum(usual.values())
    assert usual and (not changed or active_counts(laid) == (usual, usual))


def generate_bi(laid: Laid) -> None:
    """Put the views for BI tools into the store as the generator would write them now."""
    for statement in statements_of(shaped(topic_text("bi"))):
        if "VIEW bi_market_active" in statement:
            laid.store.command(statement)


@pytest.mark.parametrize(
    "name", ["intensity", "reach", "concentration", "growth", "cashless-share"]
)
def test_shared_answers_show_no_small_cell_and_leave_none_over(laid: Laid, name: str) -> None:
    ledger = laid.plain(LAST_DAY, None)
    measured = {(s.market, s.vendor, s.day) for s in ledger.sales if s.is_cash and s.vendor}
    people: dict[tuple[str, str, str], tuple[set[Any], set[Any], int]] = {}
    for by in ("all", "kind", "market"):
        for (_, market, group), sales in ledger.keyed(by, "window", FIRST_DAY, LAST_DAY).items():
            counted = [
                sale
                for sale in sales
                if (sale.market, sale.vendor, sale.day) in measured
                or (name != "cashless-share" and not sale.is_cash)
            ]
            payers = {s.payer_token for s in counted if s.payer_token}
            stalls = {(s.market, s.vendor) for s in counted if s.vendor}
            people[by, market, group] = (payers, stalls, len(counted))
    hidden: dict[str, set[tuple[str, str]]] = {}
    for by in ("all", "kind", "market"):
        rows = laid.ask(name, by=by, is_shared=True).rows
        hidden[by] = {(row.market, row.group) for row in rows if row.suppressed}
        for row in rows:
            if not row.suppressed:
                support = support_of([people.get((by, row.market, row.group), (set(), set(), 0))])
                assert support.is_empty or support.is_large(5, 3), (row, support)
    kinds = ledger.kinds
    for kind in {kinds.get(market, "") for market, _ in hidden["market"]}:
        inside = [m for m, _ in hidden["market"] if kinds.get(m, "") == kind]
        if ("", kind) not in hidden["kind"]:  # then what the kind's total leaves is told, too
            nobody: Any = (set(), set(), 0)  # paid in an earlier period only
            left = support_of([people.get(("market", m, m), nobody) for m in inside])
            assert len(inside) > 1 and left.is_large(5, 3), kind
    plainly = laid.ask(name, by="market")
    assert not any(row.suppressed for row in plainly.rows)
    few = sorted(ledger.kinds)[:3]
    some = laid.ask(name, by="market", markets=few, is_shared=True)
    assert {r.market for r in some.rows if r.suppressed} == {
        m for m, _ in hidden["market"] if m in few
    }  # what is withheld does not depend on the filter


def support_of(cells: list[tuple[set[Any], set[Any], int]]) -> Support:
    payers = set[Any]().union(*(cell[0] for cell in cells))
    stalls = set[Any]().union(*(cell[1] for cell in cells))
    return Support(len(payers), sum(cell[2] for cell in cells), len(stalls))


@given(st.integers(1, 10**9), st.integers(1, 60), st.integers(1, 60))
def test_closing_days_of_a_steady_market_is_no_decline(vnd: int, now: int, before: int) -> None:
    steady = grown_per_day((vnd * now, vnd * before), (now, before), None)
    assert steady.value == 0
    assert grown_per_day((vnd, vnd), (0, before), None).reason is not None


def test_closing_unpaid_days_changes_no_figure_per_open_day(laid: Laid) -> None:
    # `is_open` of a vendor's day enters only where he was paid: see figure_day.
    before = laid.ask("intensity", by="vendor", grain="week").rows
    paid = {(sale.market, sale.day) for sale in laid.plain(LAST_DAY, None).sales}
    unpaid = [
        (market, FIRST_DAY + timedelta(days=n))
        for market in laid.plain(LAST_DAY, None).kinds
        for n in range(21)
        if (market, FIRST_DAY + timedelta(days=n)) not in paid
    ]
    assert len(unpaid) > 1_000
    laid.close(unpaid)
    assert laid.ask("intensity", by="vendor", grain="week").rows == before


@given(st.dates(date(2021, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_earlier_periods_are_as_long_and_do_not_touch(first: date, length: int) -> None:
    span = Period(first, first + timedelta(days=length), is_complete=True, reason=None)
    for against in COMPARED:
        begin, end = earlier(span, "window", against)
        assert begin <= end
        assert against == "year" or (end < first and end - begin == timedelta(days=length))
    month = first.replace(day=1)
    end_of_month = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    whole = Period(month, end_of_month, is_complete=True, reason=None)
    for against in COMPARED:
        begin, end = earlier(whole, "month", against)
        assert begin.day == 1 and (end + timedelta(days=1)).day == 1
        assert (begin.year, begin.month) == (end.year, end.month)
    assert a_year_before(date(2024, 2, 29), is_end=False) == date(2023, 2, 28)
    assert a_year_before(date(2023, 2, 28), is_end=True) == date(2022, 2, 28)
    assert a_year_before(date(2025, 2, 28), is_end=True) == date(2024, 2, 29)
