"""Panels are read as they were known at the cut-off: compared with plain counts of the ledger."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.panel_reader import PanelReader, read_markets, reading, with_moments
from consumers.evaluation.vendor_reader import read_vendors
from infra.clickhouse import Store
from infra.errors import Unavailable
from infra.settings import FoldSettings
from schemas.message import Message, Name
from tests.evaluation.ledger import (
    FIRST,
    KNOWN_ON,
    LATER,
    MARKETS,
    REPORTER,
    STALLS,
    START,
    WEEK,
    WEEKS,
    Ledger,
    plan,
)
from tests.evaluation.pilots import REGISTERED

pytestmark = pytest.mark.real


def amounts(
    readings: dict[datetime, PanelReader], known_on: datetime, **outcome: Any
) -> MarketPanel:
    return read_markets(replace(readings[known_on], plan=plan(known_on, **outcome)))


def test_counts_are_those_known_at_the_cut_off(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    _, ledger = filled
    for known_on, truth in ((KNOWN_ON, ledger.early), (LATER, ledger.whole)):
        panel = amounts(readings, known_on)
        expected = [[truth[market, week] for week in WEEK] for market in MARKETS]
        assert panel.amount.tolist() == expected
        assert panel.names[0] == "Chợ M0" and panel.source == Message("source.events")
    assert ledger.early != ledger.whole
    money = amounts(readings, KNOWN_ON, metric="vnd")
    assert money.amount.tolist() == [[10_000 * ledger.early[m, w] for w in WEEK] for m in MARKETS]


def test_exposure_is_stalls_by_open_days(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    _, ledger = filled
    panel = amounts(readings, KNOWN_ON)
    open_days = [
        [sum((m, w + timedelta(days=n)) not in ledger.closed for n in range(7)) for w in WEEK]
        for m in MARKETS
    ]
    assert panel.exposure == pytest.approx(STALLS * np.array(open_days))
    assert {6, 7} == set(np.array(open_days).ravel().tolist())
    paying = amounts(readings, KNOWN_ON, metric="paying_share")
    assert paying.exposure == pytest.approx(np.full((8, WEEKS), STALLS))
    assert paying.amount.tolist() == [[len(ledger.paid[m, w]) for w in WEEK] for m in MARKETS]


def test_totals_are_the_last_stated_and_never_mixed(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    _, ledger = filled
    said = {"source": "market_total", "reported_by": REPORTER, "rail_class": "p2m_payment"}
    panel = amounts(readings, LATER, **said)
    assert panel.amount.tolist() == [[ledger.totals[m, w][0] for w in WEEK] for m in MARKETS]
    assert panel.source == Message(
        "source.market_total", reporter=Name(REPORTER), rail=Message("rail.p2m_payment")
    )
    money = amounts(readings, LATER, metric="vnd", **said)
    assert money.amount.tolist() == [[ledger.totals[m, w][1] for w in WEEK] for m in MARKETS]
    # At the cut-off the last week was stated once only, and wrongly.
    early = amounts(readings, KNOWN_ON, **said)
    assert early.amount[0, -1] == 3 * ledger.totals["M0", WEEK[-1]][0]
    assert early.amount[0, 0] == ledger.totals["M0", WEEK[0]][0]
    for wrong in ({"reported_by": "ai đó"}, {"rail_class": "card"}):
        assert np.isnan(amounts(readings, LATER, **(said | wrong)).amount).all()


def test_a_view_for_bi_tools_says_the_same(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    store, _ = filled
    rows = {
        (row["market"], row["week"]): row for row in store.rows("SELECT * FROM bi_evaluation_week")
    }
    columns = {
        "payments": "payments_per_stall_day",
        "vnd": "vnd_per_stall_day",
        "paying_share": "paying_share",
    }
    for metric, column in columns.items():
        panel = amounts(readings, LATER, metric=metric)
        found = [[rows[m, w][column] for w in WEEK] for m in MARKETS]
        assert found == pytest.approx(panel.amount / panel.exposure), metric
    totals = amounts(
        readings, LATER, source="market_total", reported_by=REPORTER, rail_class="p2m_payment"
    )
    stated = {
        (row["market"], row["week"]): row["payment_count"]
        for row in store.rows(
            "SELECT * FROM bi_market_total WHERE reported_by = {by:String}"
            " AND rail_class = 'p2m_payment'",
            {"by": REPORTER},
        )
    }
    assert [[stated[m, w] for w in WEEK] for m in MARKETS] == totals.amount.tolist()


def test_vendor_moments_are_those_of_plain_counts(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    _, ledger = filled
    read = readings[KNOWN_ON]
    panel = with_moments(read, read_markets(read))
    assert panel.moments is not None
    for row, market in enumerate(MARKETS):
        days = [4 * 7 - 1, 2 * 7 - 1]
        changes = []
        for n in range(3):
            sums = [
                sum(
                    ledger.by_vendor[market, f"{market}-V{n}", w]
                    for w in WEEK
                    if (w >= START) == late
                )
                for late in (False, True)
            ]
            changes.append(sums[1] / days[1] - sums[0] / days[0])
        assert panel.moments.count[row] == 3
        assert panel.moments.mean[row] == pytest.approx(np.mean(changes))
        assert panel.moments.variance[row] == pytest.approx(np.var(changes, ddof=1))


def test_vendors_have_rows_visits_and_first_payments(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    _, ledger = filled
    panel = read_vendors(readings[KNOWN_ON])
    assert panel.vendors == tuple(f"M{m}-V{n}" for m in range(3) for n in range(3))
    expected = [
        [ledger.by_vendor[market, vendor, week] for week in WEEK]
        for market, vendor in zip(panel.markets, panel.vendors, strict=True)
    ]
    assert panel.count.tolist() == expected
    assert panel.row[:3] == ("Dãy A", "Dãy B", "Dãy A")
    assert panel.product[:3] == ("Rau củ", "Hải sản", "Rau củ")
    # V0 was visited after the start, V1 by his stall and long before, V2 never.
    assert panel.visited[:3].tolist() == [4, -1, WEEKS]
    assert panel.visits[0].tolist() == [0] * 4 + [1] + [0]
    assert panel.open_days[0].tolist() == [6] + [7] * 3 + [5] + [7]  # one day absent
    assert panel.open_days[1].tolist() == [6] + [7] * 3 + [6] + [7]
    first = [next(n for n, c in enumerate(row) if c) for row in expected]
    assert panel.first_paid.tolist() == first


def test_only_days_that_may_have_changed_are_computed_anew(
    filled: tuple[Store, Ledger], readings: dict[datetime, PanelReader]
) -> None:
    store, _ = filled
    assert readings[LATER].asked_days == ()
    late = FIRST + timedelta(weeks=2)
    asked = set(readings[KNOWN_ON].asked_days)
    assert asked == {
        *(late + timedelta(days=n) for n in range(3)),  # payments that came late
        START,  # what was given back
        *(WEEK[-1] + timedelta(days=n) for n in range(7)),  # an account that was another's
    }
    put_down = {day for (day,) in store.query("SELECT DISTINCT day FROM known_day")}
    assert asked - {WEEK[-1] + timedelta(days=n) for n in range(3, 7)} == put_down


def test_nothing_stays_behind(store: Store) -> None:
    asked = plan(KNOWN_ON)
    with reading(store, asked, now=LATER, fold=FoldSettings()) as read:
        assert read.cut_off_at is None and read.registry_ask
    for table in ("known_day", "registry_span"):
        assert store.query(f"SELECT count() FROM {table}") == [(0,)]
    with (
        pytest.raises(Unavailable, match="no week"),
        reading(store, asked, now=KNOWN_ON - timedelta(days=90), fold=FoldSettings()),
    ):
        raise AssertionError("read")


def test_the_whole_evaluation_of_the_ledger(readings: dict[datetime, PanelReader]) -> None:
    read = readings[KNOWN_ON]
    panel = with_moments(read, read_markets(read))
    told = evaluate(read.plan, PlanFigures(panel), REGISTERED)
    assert told.found is not None and told.found.vendor_level is not None
    # Twenty more payments a week at four stalls: 20 / 28 on most weeks.
    assert told.found.effect.value == pytest.approx(20 / 28, abs=0.12)
    assert told.found.effect.p == pytest.approx(1 / 56)
    assert told.verdict.is_success or told.verdict.key == "doubtful"
