"""M1: every metric equals its plain-Python recomputation, on 520 random cities in one database."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from consumers.adoption.metrics.growth_row import NOTHING_BEFORE as NOTHING
from consumers.adoption.metrics.growth_row import GrowthRow
from consumers.adoption.metrics.health import HealthRow
from consumers.adoption.metrics.intensity import IntensityRow
from consumers.adoption.question.answer import Answer, Cell
from consumers.adoption.question.rate import Rate
from tests.consumers.adoption import plain, plain_more
from tests.consumers.adoption.cities import FIRST_DAY, HALFWAY, LAST_DAY
from tests.consumers.adoption.laying import Laid, shown
from tests.consumers.adoption.plain import PlainLedger
from tests.reference import Sale, figures_from_events

PLAIN: dict[str, Callable[[PlainLedger, list[Any]], dict[str, Any]]] = {
    "intensity": plain.intensity,
    "reach": plain.reach,
    "concentration": plain.concentration,
    "cashless-share": plain.cashless_share,
}
GROUPINGS = ("all", "kind", "market", "row", "product", "cohort", "vendor")


@pytest.mark.real
@pytest.mark.parametrize(
    ("by", "grain"),
    [("market", "day"), ("vendor", "week"), ("row", "month")]
    + [(by, "window") for by in GROUPINGS],
)
@pytest.mark.parametrize("name", PLAIN)
def test_every_figure_is_the_plain_one(laid: Laid, name: str, by: str, grain: str) -> None:
    if (name, by) == ("concentration", "vendor"):
        pytest.skip("money of one vendor is not concentrated")
    answer = laid.ask(name, by=by, grain=grain)
    compare(laid.plain(LAST_DAY, None), answer, PLAIN[name])


def compare(ledger: PlainLedger, answer: Answer, metric: Callable[..., dict[str, Any]]) -> None:
    question = answer.question
    cells = ledger.keyed(question.by, question.grain, question.first_day, question.last_day)
    rows = {(row.first_day, row.market, row.group): row for row in answer.rows}
    assert len(rows) == len(answer.rows)
    nothing = metric(ledger, [])
    for key in rows.keys() | cells.keys():
        wanted = metric(ledger, cells.get(key, []))
        found = shown(rows[key]) if key in rows else nothing
        for name, value in wanted.items():
            if name.endswith(" error"):
                assert_interval(found.get(name), value, wanted["stall_count"])
            elif isinstance(value, float):
                assert found[name] == pytest.approx(value, rel=1e-12), (key, name)
            else:
                assert found[name] == value, (key, name)


def assert_interval(rate: Rate | None, error: float | None, clusters: int) -> None:
    assert (rate is None) == (error is None)
    if rate is not None and error is not None:
        half = T_95[clusters - 1] * error if clusters <= 4 else None
        assert rate.value is not None and rate.low is not None and rate.high is not None
        if half is not None:
            assert rate.low == pytest.approx(max(0, rate.value - half), abs=1e-6)
            assert rate.high == pytest.approx(min(1, rate.value + half), abs=1e-6)


# Student's t, two-sided 95 %, from printed tables, by degrees of freedom.
T_95 = {1: 12.706205, 2: 4.302653, 3: 3.182446}


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "by"), [("intensity", "market"), ("reach", "product"), ("cashless-share", "row")]
)
def test_as_known_on_is_the_plain_one_too(laid: Laid, name: str, by: str) -> None:
    day = HALFWAY.date() - timedelta(days=1)
    answer = laid.ask(name, by=by, known_on=HALFWAY, first_day=day, last_day=day)
    compare(laid.plain(day, HALFWAY), answer, PLAIN[name])
    assert (
        sum(row.payment_count.value or 0 for row in answer.rows if isinstance(row, IntensityRow))
        or by != "market"
    )
    for kept in ("known_day", "asked_group"):  # nothing stays behind
        assert laid.store.query(f"SELECT count() FROM {kept} WHERE ask != ''") == [(0,)]
    assert laid.store.query("SELECT count() FROM registry_span WHERE ask != ''") == [(0,)]


@pytest.mark.real
@pytest.mark.parametrize("by", ["all", "kind", "market", "row", "product"])
def test_fees_are_the_plain_ones(laid: Laid, by: str) -> None:
    first, last = date(2026, 3, 1), date(2026, 4, 30)
    answer = laid.ask("fees", by=by, grain="month", first_day=first, last_day=last)
    wanted = plain_more.fees(laid.plain(last, None), by, first, last)
    for row in answer.rows:
        plain_row = wanted.pop((row.first_day, row.market, row.group), None)
        assert {n: v for n, v in shown(row).items() if " " not in n} == (plain_row or NO_FEES), row
    assert not wanted


NO_FEES = {
    "fee_count": 0, "due_vnd": 0, "paid_cashless_vnd": 0, "paid_cash_vnd": 0, "undue_vnd": 0,
    "vnd_share": None, "stall_share": None,
}  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize(
    ("by", "grain"), [("market", "week"), ("vendor", "window"), ("kind", "window")]
)
def test_growth_is_the_plain_one(laid: Laid, by: str, grain: str) -> None:
    # From the second week on: the first week's earlier one is before the first evidence.
    first = FIRST_DAY + timedelta(weeks=1)
    answer = laid.ask("growth", by=by, grain=grain, first_day=first)
    ledger = laid.plain(LAST_DAY, None)
    seen = 0
    for row in answer.rows:
        assert isinstance(row, GrowthRow)
        now = cell_of(ledger, by, row, (row.first_day, row.last_day))
        then = cell_of(ledger, by, row, (row.before_first_day, row.before_last_day))
        wanted, found = plain_more.growth(ledger, now, then), shown(row)
        for name, value in wanted.items():
            if name.startswith("growth") and row.growth_vnd_all.reason not in (None, NOTHING):
                assert found[name] is None
            elif isinstance(value, float):
                assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-12), (row, name)
            else:
                assert found[name] == value, (row, name)
        seen += row.growth_vnd_all.value is not None
    assert seen > 3


def cell_of(ledger: PlainLedger, by: str, row: Cell, days: tuple[date, date]) -> list[Sale]:
    cells = ledger.keyed(by, "window", *days)
    return cells.get((days[0], row.market, row.group), [])


@pytest.mark.real
@pytest.mark.parametrize("by", ["all", "market"])
def test_health_is_the_plain_one(laid: Laid, by: str) -> None:
    ledger = laid.plain(LAST_DAY, None)
    figures = figures_from_events(laid.payments, laid.registry)
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for (day, market), row in plain_more.reports(laid.payments, ledger.owners).items():
        if FIRST_DAY <= day <= LAST_DAY:
            wanted[market if by == "market" else ""].update(row)
    for (day, market, _), row in figures.items():
        if FIRST_DAY <= day <= LAST_DAY:
            wanted[market if by == "market" else ""].update(row)
    answer = laid.ask("health", by=by)
    for row_ in answer.rows:
        assert isinstance(row_, HealthRow)
        for name in ("report_count", "duplicate_count", "late_count", "payment_count",
                     "conflict_count", "failed_count", "reversed_count", "cash_count"):  # fmt: skip
            assert getattr(row_, name) == wanted[row_.market][name], (row_, name)
    assert {row_.market for row_ in answer.rows} >= wanted.keys()
    beside = answer.health
    assert (beside.received, beside.duplicate, beside.late) == tuple(
        sum(row[name] for row in wanted.values())
        for name in ("report_count", "duplicate_count", "late_count")
    )
    assert beside.attributed.numerator == sum(
        row["payment_count"] for where, row in figures.items()
        if where[2] and FIRST_DAY <= where[0] <= LAST_DAY
    )  # fmt: skip
