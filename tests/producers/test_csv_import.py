"""The laws of an import: twice, longer, shuffled: the same payments; and no row unaccounted for."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Refused
from producers.csv_import import ColumnMap, ImportReport, read_map
from schemas.cloudevent import CloudEvent, decode
from schemas.payment import PaymentEvent
from schemas.registry import RegistryEvent
from tests.producers.importing import run_import
from tests.producers.parts import NOW, Kept

EXAMPLES = Path(__file__).parents[2] / "examples"
MAP: dict[str, Any] = {
    "source": "/import/test",
    "payment": {"kind": "credited", "rail_class": "card", "account": "{stall}"},
    "amount": {"text": "{amount}"},
    "time": {"text": "{at}", "formats": ["iso"]},
    "registry": {"effective_from": "2026-01-01", "market": "m", "vendor": "{stall}"},
}
rows = st.lists(
    st.tuples(
        st.sampled_from(["A1", "B2", ""]),
        st.sampled_from(["5000", "7000", "0", "x"]),
        st.sampled_from(["2026-11-01", "2026-11-01T08:00:00", "?"]),
    ),
    max_size=20,
)
Rows = list[tuple[str, str, str]]


def map_of(**changes: Any) -> ColumnMap:
    return ColumnMap.model_validate_json(json.dumps(MAP | changes))


def run(path: Path, column_map: ColumnMap, kept: Kept | None = None) -> tuple[ImportReport, Kept]:
    publisher = kept or Kept()
    return run_import(path, column_map, publisher), publisher


def write(path: Path, table: Rows) -> Path:
    with path.open("w", newline="") as lines:
        csv.writer(lines).writerows([("stall", "amount", "at"), *table])
    return path


def ids(kept: Kept) -> Counter[str]:
    models: dict[str, type[CloudEvent]] = {
        "choso.payments.v1": PaymentEvent,
        "choso.registry.v1": RegistryEvent,
    }
    return Counter(
        decode(models[record.topic], record.value, NOW).id
        for record in kept.records
        if record.topic in models
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv")


@given(table=rows, data=st.data())
def test_order_plays_no_part_and_a_longer_copy_adds_only_what_is_new(
    folder: Path, table: Rows, data: st.DataObject
) -> None:
    column_map = map_of()
    report, kept = run(write(folder / "a.csv", table), column_map)
    good = [row for row in table if row[0] and int("0" + row[1].strip("x")) and row[2] != "?"]
    assert report.event_count == len(good)
    assert set(ids(kept).values()) <= {1}, "twins are two payments"
    again = run(folder / "a.csv", column_map)[1]
    assert again.records == kept.records
    shuffled = data.draw(st.permutations(table))
    assert ids(run(write(folder / "b.csv", shuffled), column_map)[1]) == ids(kept)
    more = data.draw(rows)
    longer = data.draw(st.permutations([*table, *more]))
    assert not ids(kept) - ids(run(write(folder / "c.csv", longer), column_map)[1])


def test_an_import_that_stopped_says_so_and_goes_on_the_next_time(tmp_path: Path) -> None:
    table = [("A1", str(1000 + number), "2026-11-01") for number in range(10)]
    path = write(tmp_path / "a.csv", table)
    report, kept = run(path, map_of(), Kept(acknowledged_max=7))
    assert not report.is_complete
    assert report.fact_count + report.event_count == 7
    assert "run the same import again" in report.lines()[-1]
    whole = run(path, map_of())[1]
    assert not ids(kept) - ids(whole)
    # between the facts of a row and its payment
    report, _ = run(path, map_of(), Kept(acknowledged_max=2))
    assert (report.fact_count, report.event_count) == (2, 0)
    assert report.books.sums["stopped"].row_count == 10


def test_the_vietnamese_statement() -> None:
    column_map = read_map(EXAMPLES / "vietcombank.toml")
    report, kept = run(EXAMPLES / "vietcombank.csv", column_map)
    assert (report.event_count, report.fact_count) == (4, 3)
    assert {name: each.line_count for name, each in report.books.sums.items()} == {
        "blank": 1, "preamble": 2, "header": 2, "skipped": 3, "known": 0, "rejected": 0,
        "published": 4, "stopped": 0,
    }  # fmt: skip
    assert report.skipped.counts() == {"outgoing": 2, "totals row": 1}
    payments = [
        decode(PaymentEvent, record.value, NOW)
        for record in kept.records
        if record.topic == "choso.payments.v1"
    ]
    assert [each.data.amount_vnd for each in payments] == [45_000, 45_000, 1_234_567, 30_000]
    assert payments[0].data.bank_reference == "5091-11234@2026-11-01"
    assert payments[0].data.text == "mua rau; ••• chuyen tien"
    assert payments[0].data.time_precision == "day"
    assert payments[2].data.text == "Trả tiền cá, tôm"
    assert payments[3].data.balance_after_vnd == 2_154_567


def test_what_cannot_be_an_event_is_counted_by_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b"\xef\xbb\xbfstall,amount,at\r\n"
        b"A1,5000,2026-11-01\r\n"
        b"A1,0,2026-11-01\r\n"
        b"A1,,2026-11-01\r\n"
        b"A1,5000\r\n"
        b"A1,5000,2026-11-01,more\r\n"
        b"A1,5000,2027-11-01\r\n"
        b"\r\n"
        b"A\xff,5000,2026-11-01\r\n"
        b'A1,5000,"2026-11-01"\r\n'
    )
    report, _ = run(path, map_of())
    assert report.event_count == 2
    assert report.books.sums["blank"].line_count == 1
    assert report.refused.counts() == {
        "amount": 1,
        "amount: empty": 1,
        "row has another number of cells": 2,
        "row has bytes of another encoding": 1,
        "time": 1,
    }
    assert any("first at line 3" in line for line in report.lines())


def test_one_account_of_two_vendors_is_told(tmp_path: Path) -> None:
    registry = MAP["registry"] | {"vendor": "{amount}"}
    path = write(tmp_path / "a.csv", [("A1", "5000", "2026-11-01"), ("A1", "6000", "2026-11-01")])
    report, _ = run(path, map_of(registry=registry))
    assert report.contradictions.total == 1
    assert report.event_count == 2


def test_values_defaults_and_filters(tmp_path: Path) -> None:
    column_map = map_of(
        defaults={"stall": "none"},
        payment=MAP["payment"] | {"kind": "{amount}"},
        values={"kind": {"5000": "credited", "6000": "failed"}},
        skip=[{"column": "stall", "matches": "^Z", "reason": "not ours"}],
    )
    table = [
        (stall, amount, "2026-11-01")
        for stall, amount in [("", "5000"), ("A", "6000"), ("Z9", "5000"), ("A", "7000")]
    ]
    report, kept = run(write(tmp_path / "a.csv", table), column_map)
    assert report.skipped.counts() == {"not ours": 1}
    assert report.refused.counts() == {"kind: its value is not in [values.kind]": 1}
    kinds = [json.loads(r.value)["type"] for r in kept.records if r.topic == "choso.payments.v1"]
    assert kinds == ["vn.choso.payment.credited.v1", "vn.choso.payment.failed.v1"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("[amount]", "[amount]\nscala = 3"),
        ('decimal = ","', 'decimal = "."'),
        ('kind = "credited"', 'kind = "{oops"'),
        ("[registry]", "[registry]\nstahl = 1"),
        ('formats = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y"]', 'formats = ["dd/mm/yyyy"]'),
        ("empty = true", 'empty = true\nmatches = "x"'),
        ("[file]", "[file]\n[values.nothing]\na = 'b'\n[file]"),
        ('source = "/statement/vietcombank"', ""),
    ],
)
def test_a_wrong_map_is_refused_with_the_key(tmp_path: Path, change: str, says: str) -> None:
    text = (EXAMPLES / "vietcombank.toml").read_text()
    assert change in text
    path = tmp_path / "map.toml"
    path.write_text(text.replace(change, says))
    with pytest.raises(Refused, match=r"map\.toml: \S+"):
        read_map(path)


def test_a_file_without_the_columns_is_refused_with_their_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("stall;amount;at\nA1;5000;2026-11-01\n")
    assert run(path, map_of())[0].event_count == 1, "the delimiter is found by the header"
    with pytest.raises(Refused, match="missing 'amount', 'at', 'stall'"):
        run(path, map_of(file={"delimiter": ","}))
    with pytest.raises(Refused, match=r"missing 'day' \(delimiter any\)"):
        run(path, map_of(time={"text": "{day}", "formats": ["iso"]}))
    with pytest.raises(Refused, match="not readable"):
        run(tmp_path / "none.csv", map_of())
