"""Registry files: facts with derived ids, account numbers as tokens, errors by file and line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.errors import Refused
from producers.registry_import import RegistryReport, import_registry
from producers.subjects import account_token
from schemas.cloudevent import decode
from schemas.registry import RegistryEvent
from schemas.vietqr import write_vietqr
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock


def run(
    *paths: Path, kind: str | None = None, stated_at: datetime | None = None
) -> tuple[RegistryReport, list[RegistryEvent]]:
    kept = Kept()
    report = import_registry(
        paths,
        kind=kind,
        publisher=kept.as_publisher(),
        key=KEY,
        topic_prefix=PREFIX,
        clock=StandingClock(),
        stated_at=stated_at,
    )
    assert {record.topic for record in kept.records} <= {"choso.registry.v1"}
    assert not any(b"0011002233" in record.value for record in kept.records)
    return report, [decode(RegistryEvent, record.value, NOW) for record in kept.records]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_for_each_kind(tmp_path: Path) -> None:
    markets = written(
        tmp_path / "markets.csv",
        "market;name;market_kind;effective_from\r\n"
        "HL1;Chợ Hạ Long I;traditional_market;01/07/2022\r\n",
    )
    report, events = run(markets, kind="markets")
    assert report.lines() == ["registry: 1 rows read, 1 facts published, 0 rows rejected"]
    assert (events[0].data.market, events[0].data.name) == ("HL1", "Chợ Hạ Long I")
    assert events[0].time == datetime(2022, 7, 1, tzinfo=UTC)
    census = written(
        tmp_path / "census.csv", "market,stall_count,effective_from\nHL1,1200,2022-07-01\n"
    )
    assert run(census, kind="census")[1][0].data.stall_count == 1200
    assert run(markets, kind="markets")[1] == events


def test_an_account_with_the_payload_of_its_code_is_two_facts(tmp_path: Path) -> None:
    payload = write_vietqr(bank_bin="970436", account="0011002233")
    for account in ("0011 0022 33", account_token(KEY, "0011002233"), ""):
        row = {
            "kind": "account_linked",
            "effective_from": "2022-07-01",
            "market": "HL1",
            "vendor": "Quầy cá 12",
            "account": account or None,
            "payload": payload,
        }
        path = written(tmp_path / "accounts.jsonl", json.dumps(row, ensure_ascii=False) + "\n\n")
        report, (linked, issued) = run(path)
        assert report.error_count == 0
        assert linked.data.account == issued.data.account == account_token(KEY, "0011002233")
        assert (linked.data.account_last4, linked.data.bank_bin) == ("2233", "970436")
        assert issued.data.qr is not None
        assert issued.data.qr.startswith("qr-")
        assert linked.data.vendor == issued.data.vendor


def test_every_kind_goes_through_one_file(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "stall", "market": "HL1", "stall": "A 12", "product": "cá"},
        {"kind": "vendor", "vendor": "V1", "market": "HL1", "stall": "A 12"},
        {"kind": "account_unlinked", "account": "0011002233"},
        {"kind": "qr_issued", "qr": "Q1", "market": "HL1", "stall": "A 12"},
        {"kind": "qr_revoked", "qr": "Q1"},
        {"kind": "trading_day", "market": "HL1", "open": False, "note": "bão"},
        {"kind": "team_visit", "market": "HL1", "team": "T7"},
    ]
    lines = [json.dumps({"effective_from": "2026-01-05"} | row) for row in rows]
    report, events = run(written(tmp_path / "all.jsonl", "\n".join(lines)))
    assert report.error_count == 0
    assert [event.kind for event in events] == [row["kind"] for row in rows]
    assert events[0].data.stall == events[1].data.stall == events[3].data.stall
    assert events[5].data.open is False


def test_rows_that_fail_are_named_and_others_go_through(tmp_path: Path) -> None:
    path = written(
        tmp_path / "mixed.csv",
        "kind,market,stall_count,open,effective_from,stated_at,payload\n"
        "census,HL1,12,,2026-01-01,,\n"
        "census,HL1,many,,2026-01-01,,\n"
        "census,HL1,12,,,,\n"
        "census,HL1,,,2026-01-01,,\n"
        "cencus,HL1,12,,2026-01-01,,\n"
        "trading_day,HL1,,perhaps,2026-01-01,,\n"
        "trading_day,HL1,12,yes,2026-01-01,,\n"
        "trading_day,HL1,,yes,2027-01-01,,\n"
        "trading_day,HL1,,yes,2027-01-01,2026-11-01T00:00:00+07:00,\n"
        "qr_issued,HL1,,,2026-01-01,,000201\n"
        "census,HL1\n",
    )
    report, events = run(path)
    assert [event.kind for event in events] == ["census_taken", "trading_day"]
    assert [error.split("mixed.csv:")[1].split(" ")[:2] for error in report.errors] == [
        ["3:", "stall_count:"],
        ["4:", "effective_from:"],
        ["5:", "row:"],
        ["6:", "kind:"],
        ["7:", "open:"],
        ["8:", "stall_count:"],
        ["9:", "stated_at:"],
        ["11:", "payload:"],
        ["12:", "row:"],
    ]
    assert report.read_count == report.error_count + 2
    later, _ = run(path, stated_at=NOW)
    assert later.fact_count == 3


@pytest.mark.parametrize("line", ["[1]", '[["kind", "market"]]', "{", '{"a":1,"a":2}', '{"a":1.5}'])
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    report, _ = run(written(tmp_path / "a.jsonl", line))
    assert report.error_count == 1
    assert "a.jsonl:1: row" in report.errors[0]


def test_what_cannot_be_read_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not readable"):
        run(tmp_path / "none.csv")
    with pytest.raises(Refused, match="kind 'shops'"):
        run(kind="shops")
    with pytest.raises(Refused, match="appears twice"):
        run(written(tmp_path / "a.csv", "kind,kind\n"))
