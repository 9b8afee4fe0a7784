"""One text in two byte forms is one; what only looks like a number or a file is told."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Refused
from producers.csv_import.rejected_file import encodable
from producers.registry_import import RegistryReport, import_registry
from producers.subjects import account_token, code_of
from schemas.cloudevent import decode
from schemas.registry import RegistryEvent
from tests.producers.importing import files, statement
from tests.producers.parts import KEY, NOW, PREFIX, Kept, StandingClock

BANK: dict[str, Any] = {
    "payment": {"bank_reference": "{Số CT}", "text": "{Nội dung}"},
    "amount": {"text": "{Số tiền ghi có}", "decimal": ",", "thousands": "."},
    "time": {"text": "{Ngày GD}"},
}
BANK_TEXT = (
    "Ngày GD;Số CT;Số tiền ghi có;Nội dung\n02/11/2026;AE100001;45.000;Trả tiền cá\n"
    "03/11/2026;AE100002;30.000;mua rau\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alike")


# -- headers ---------------------------------------------------------------------------------------


def windows1258(text: str) -> bytes:
    return encodable(text, "cp1258").encode("cp1258")


@pytest.mark.parametrize(
    "text",
    [
        BANK_TEXT,
        unicodedata.normalize("NFD", BANK_TEXT),
        BANK_TEXT.replace("Ngày GD", "Ngày\u00a0GD\u200b"),
        BANK_TEXT.replace("Ngày GD", "NGÀY  GD"),
        BANK_TEXT.replace("45.000", "４５．０００"),
        BANK_TEXT.replace("Ngày GD", '"Ngày\nGD"'),
    ],
)
def test_a_header_is_found_whatever_its_composition(tmp_path: Path, text: str) -> None:
    found = statement(tmp_path, text, **BANK)
    assert (found.amounts, found.report.exit_code) == ([45_000, 30_000], 0)
    assert found.payments[0].data.text == "Trả tiền cá"


def test_windows_1258_is_read_and_named(tmp_path: Path) -> None:
    found = statement(tmp_path, windows1258(BANK_TEXT), file={"encoding": "cp1258"}, **BANK)
    assert found.payments == statement(tmp_path, BANK_TEXT, **BANK).payments
    with pytest.raises(Refused, match="encoding = 'cp1258' and delimiter = ';'"):
        statement(tmp_path, windows1258(BANK_TEXT), **BANK)
    with pytest.raises(Refused, match="encoding = 'utf-8-sig' and delimiter = ';'"):
        statement(tmp_path, BANK_TEXT, file={"delimiter": ","}, **BANK)


@files(300)
@given(st.text("Ngày Số tiền ghi có Đường ưỡng ệ", min_size=1, max_size=20))
def test_any_vietnamese_text_survives_windows_1258(text: str) -> None:
    assert unicodedata.normalize("NFC", windows1258(text).decode("cp1258")) == (
        unicodedata.normalize("NFC", text)
    )


# -- what is no CSV --------------------------------------------------------------------------------

CSV = "date\tref\tcredit\n02/11/2026\tAR100001\t45000\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04\x14\x00rest", "this is an Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "this is an old Excel file"),
        (b"<html><head></head><body><table>", "this is a web page"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html>", "this is a web page"),
        (CSV.encode("utf-16"), 'this is UTF-16: write encoding = "utf-16"'),
        (CSV.encode("utf-16-le"), "this is UTF-16"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"\x1f\x8b\x08", "unpack it"),
    ],
)
def test_what_is_no_csv_is_named_with_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        statement(tmp_path, content)
    path = tmp_path / "registry.csv"
    path.write_bytes(content)
    with pytest.raises(Refused, match=says):
        run(path)


def test_utf_16_is_read_where_the_map_says_so(tmp_path: Path) -> None:
    assert statement(tmp_path, CSV.encode("utf-16"), file={"encoding": "utf-16"}).amounts == [
        45_000
    ]
    with pytest.raises(Refused, match="this is not utf-16"):
        statement(tmp_path, CSV, file={"encoding": "utf-16"})
    with pytest.raises(Refused, match="'klingon' is not known"):
        statement(tmp_path, CSV, file={"encoding": "klingon"})


# -- accounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account", ["1.90204E+13", "1,90204E+13", "1E+13", "19020400000000.0", "190204,00", "#####"]
)
def test_what_a_spreadsheet_leaves_of_an_account_is_none(tmp_path: Path, account: str) -> None:
    text = f'date;account;ref;credit\n02/11/2026;"{account}";AL1;45000\n02/11/2026;11;AL2;5000\n'
    found = statement(tmp_path, text, payment={"account": "{account}", "bank_reference": "{ref}"})
    assert found.amounts == [5_000]
    assert any("what a spreadsheet leaves" in line for line in found.report.lines())
    with pytest.raises(ValueError, match="what a spreadsheet leaves"):
        statement(tmp_path, text, payment={"account": account})
    path = tmp_path / "accounts.csv"
    header = "kind;effective_from;market;vendor;account\n"
    path.write_text(f"{header}account_linked;2026-01-01;m;v;{account}\n")
    report, _ = run(path)
    assert report.error_count == 1 and "what a spreadsheet leaves" in report.errors[0]


@given(st.text("0123456789", min_size=6, max_size=19))
def test_a_number_printed_with_blanks_or_in_full_width_is_the_same(number: str) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) for each in number)
    for text in (
        f" {number[:3]} {number[3:]}",
        f"{number[:4]}-{number[4:]}",
        wide,
        f"\u200b{number}",
    ):
        assert account_token(KEY, text) == account_token(KEY, number)


# -- names -----------------------------------------------------------------------------------------


def run(*paths: Path) -> tuple[RegistryReport, list[RegistryEvent]]:
    kept = Kept()
    told: list[str] = []
    report = import_registry(
        paths,
        kind=None,
        publisher=kept.as_publisher(),
        key=KEY,
        topic_prefix=PREFIX,
        clock=StandingClock(),
        tell=lambda text: told.append(text) if not kept.records else told.append("too late"),
    )
    assert "too late" not in told and len(told) == report.contradiction_count
    report.errors += told
    return report, [decode(RegistryEvent, record.value, NOW) for record in kept.records]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Chợ Hòa Khánh", "Chợ Hoà Khánh"),
        ("Chợ Đông Ba", "Chợ \u00d0ông Ba"),
        ("Chợ Bến Thành", "CHỢ BẾN THÀNH"),
        ("Chợ Bến Thành", unicodedata.normalize("NFD", "Chợ  Bến\u00a0Thành")),
    ],
)
def test_a_market_in_two_spellings_is_one(tmp_path: Path, one: str, two: str) -> None:
    path = tmp_path / "markets.csv"
    path.write_text(
        "kind,effective_from,market,name,market_kind,stall_count\n"
        f"market,2026-01-01,{one},{one},traditional_market,\ncensus_taken,2026-01-01,{two},,,200\n"
    )
    report, events = run(path)
    assert len({event.data.market for event in events}) == 1 == len({code_of(one), code_of(two)})
    assert report.contradiction_count == 0


def test_two_spellings_that_stay_two_markets_are_told(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    path.write_text(
        "kind,effective_from,market,stall_count\n"
        "census_taken,2026-01-01,Chợ Hạ Long I,1200\ncensus_taken,2026-02-01,Cho Ha Long I,1100\n"
        "census_taken,2026-01-01,HL2,5\ncensus_taken,2026-02-01,hl2,6\n"
    )
    report, _ = run(path)
    assert report.contradiction_count == 2
    assert "is spelled like market" in report.errors[0]


CONTRADICTORY = """\
kind,effective_from,market,name,market_kind,area,stall_count,vendor,account
market,2026-01-01,Chợ Trung Tâm,Chợ Trung Tâm,traditional_market,Phường Mẫu A,,,
market,2026-01-01,Chợ Trung Tâm,Chợ Trung Tâm,traditional_market,Phường Mẫu B,,,
census_taken,2026-01-01,Chợ Trung Tâm,,,,120,,
census_taken,2026-01-01,Chợ Trung Tâm,,,,480,,
account_linked,2026-01-01,Chợ Trung Tâm,,,,,sap-1,900100000121
account_linked,2026-01-01,Chợ Trung Tâm,,,,,sap-2,900100000121
market,2026-01-01,TT2,Chợ trung tâm,traditional_market,Phường Mẫu C,,,
"""


def test_a_file_that_contradicts_itself_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    path.write_text(CONTRADICTORY)
    report, events = run(path)
    assert len(events) == 7, "the later row holds, by the order of the log"
    text = "\n".join(report.errors)
    for words in (
        "area is Phường Mẫu B, in",
        "stall_count is 480, in",
        "account_linked of …0121 on 01/01/2026: vendor is sap-2, in",
        "is named like market",
    ):
        assert words in text
    assert report.contradiction_count == 4
    assert "900100000121" not in text
    again = tmp_path / "again.csv"
    again.write_text(CONTRADICTORY)
    assert run(path, again)[0].contradiction_count > 4, "files of one import are read together"


def test_the_same_again_and_a_later_statement_are_no_contradiction(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    path.write_text(
        "kind,effective_from,market,stall_count,stated_at\n"
        "census_taken,2026-01-01,m,120,\ncensus_taken,2026-01-01,m,120,\n"
        "census_taken,2026-01-01,m,480,2026-03-01T00:00:00+07:00\n"
        "census_taken,2026-06-01,m,500,\n"
    )
    assert run(path)[0].contradiction_count == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_registry_file_has_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "census.csv"
    rows = "kind,effective_from,market,stall_count\ncensus_taken,2026-01-01,m21,120\n"
    path.write_text(rows.replace(",", delimiter))
    _, events = run(path)
    assert [event.data.stall_count for event in events] == [120]
    path.write_text(rows.replace(",", delimiter) + f'census_taken{delimiter}"2026-02-01\n')
    with pytest.raises(Refused, match=r"census\.csv:3: a quotation mark"):
        run(path)
    if delimiter == ",":
        path.write_bytes(rows.encode() + b"census_taken,2026-01-01,Ch\xf2,5\n")
        with pytest.raises(Refused, match="not UTF-8"):
            run(path)
