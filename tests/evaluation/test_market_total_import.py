"""Files of totals of whole markets: facts with derived ids, errors by line, one stated value."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from infra.clickhouse import Store
from producers.market_totals import SOURCE, read_totals
from producers.registry_import import RegistryReport, import_registry
from schemas.cloudevent import decode
from schemas.registry import RegistryEvent
from tests.engine import land, records
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock

HEAD = "market,week,count,value_vnd,source,rail,note\n"


def run(tmp_path: Path, text: str) -> tuple[RegistryReport, list[bytes]]:
    path = tmp_path / "totals.csv"
    path.write_text(text, encoding="utf-8")
    kept = Kept()
    report = import_registry(
        [path],
        kind=None,
        publisher=kept.as_publisher(),
        key=KEY,
        topic_prefix=PREFIX,
        clock=StandingClock(),
        source=SOURCE,
        read=read_totals,
    )
    return report, [record.value for record in kept.records]


def test_a_row_is_a_fact_with_its_source_and_rail(tmp_path: Path) -> None:
    report, bodies = run(
        tmp_path,
        HEAD
        + "CG1,2026-03-02,2310,182450000,Kho bạc Nhà nước,p2m_payment,phí chợ\n"
        + "CG1,09/03/2026,2200,150000000,Kho bạc Nhà nước,p2m_payment,\n"
        + "CG1,2026-W12,2100,140000000,Kho bạc Nhà nước,wallet,\n",
    )
    assert report.lines() == ["registry: 3 rows read, 3 facts published, 0 rows rejected"]
    events = [decode(RegistryEvent, body, NOW) for body in bodies]
    first = events[0].data
    assert (events[0].kind, events[0].source, first.market) == ("market_total", "/totals", "CG1")
    assert (first.payment_count, first.amount_vnd) == (2310, 182_450_000)
    assert (first.name, first.rail_class, first.note) == (
        "Kho bạc Nhà nước",
        "p2m_payment",
        "phí chợ",
    )
    assert [e.data.effective_from for e in events] == [
        date(2026, 3, 2),
        date(2026, 3, 9),
        date(2026, 3, 16),
    ]
    assert run(tmp_path, (tmp_path / "totals.csv").read_text())[1] == bodies


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ("CG1,2026-03-03,1,1,KB,card,", "is not a Monday"),
        ("CG1,2026-W60,1,1,KB,card,", "effective_from"),
        ("CG1,2026-03-02,-1,1,KB,card,", "payment_count"),
        ("CG1,2026-03-02,1.5,1,KB,card,", "payment_count"),
        ("CG1,2026-03-02,1,1.000.000,KB,card,", "amount_vnd"),
        ("CG1,2026-03-02,1,1,KB,cheque,", "rail_class"),
        ("CG1,2026-03-02,1,1,,card,", "source: is missing"),
        (",2026-03-02,1,1,KB,card,", "market: is missing"),
    ],
)
def test_what_is_no_total_is_named_by_its_line(tmp_path: Path, row: str, cause: str) -> None:
    report, bodies = run(tmp_path, HEAD + "CG1,2026-03-02,1,1,KB,card,\n" + row + "\n")
    assert len(bodies) == 1 and report.error_count == 1
    assert "totals.csv:3: " in report.errors[0] and cause in report.errors[0]


def test_a_file_with_other_columns_is_refused_row_by_row(tmp_path: Path) -> None:
    report, bodies = run(tmp_path, "market,week,account\nCG1,2026-03-02,1\n")
    assert bodies == [] and "account: is no column" in report.errors[0]


@pytest.mark.real
def test_a_later_statement_replaces_an_earlier_one(store: Store, tmp_path: Path) -> None:
    rows = (
        "CG1,2026-03-02,10,100,KB,card,\n",
        "CG1,2026-03-02,20,200,KB,card,\n",
        "CG1,2026-03-02,99,999,VCB,card,\n",
        "CG1,2026-03-02,7,70,KB,wallet,\n",
    )
    for number, row in enumerate(rows):
        _, bodies = run(tmp_path, HEAD + row)
        at = datetime(2026, 3, 10 + number, tzinfo=UTC)
        land(store, records(bodies, first=number, at=at), shape="registry")
    assert store.query("SELECT count() FROM rejected") == [(0,)]
    ask = (
        "SELECT reported_by, rail_class, payment_count, amount_vnd, source FROM"
        " registry_total(known_at = {at:DateTime64(3)}) ORDER BY reported_by, rail_class"
    )
    late = store.query(ask, {"at": datetime(2100, 1, 1, tzinfo=UTC)})
    assert late == [
        ("KB", "card", 20, 200, "/totals"),
        ("KB", "wallet", 7, 70, "/totals"),
        ("VCB", "card", 99, 999, "/totals"),
    ]
    assert store.query(ask, {"at": datetime(2026, 3, 10, 12, tzinfo=UTC)}) == [
        ("KB", "card", 10, 100, "/totals")
    ]
    # No figure that is made of events sees them.
    assert store.query("SELECT count() FROM evidence") == [(0,)]
