"""A file is read in one way or not at all: amounts, dates and quotes that prove a reading wrong."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Refused
from tests.producers.importing import files, statement

REFERENCE = {"bank_reference": "{ref}"}
MARKS = [(",", "."), (".", ","), (",", " "), (".", " "), (",", "'"), (".", "'")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("form")


def table(header: str, rows: list[Any], delimiter: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([header.split(","), *rows])
    return written.getvalue()


def printed(amount: int, thousands: str, tail: str = "") -> str:
    return f"{amount:,}".replace(",", thousands) + tail


# -- thousands and decimals ------------------------------------------------------------------------

PLAIN = (
    "date,ref,amount,text\n02/11/2026,AA100001,45.000,rau\n02/11/2026,AA100002,120.000,ca\n"
    "03/11/2026,AA100003,1.250.000,gao\n03/11/2026,AA100004,7.500,hanh\n"
)
ENGLISH = PLAIN.replace(".", "!").replace(",", ";").replace("!", ",")


def test_a_thousands_mark_is_found_from_the_column(tmp_path: Path) -> None:
    for text in (PLAIN, ENGLISH):
        found = statement(tmp_path, text, payment=REFERENCE, amount={"text": "{amount}"})
        assert found.amounts == [45_000, 120_000, 1_250_000, 7_500]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (ENGLISH, {"decimal": ",", "thousands": "."}),
        (PLAIN, {"decimal": ".", "thousands": ","}),
        (PLAIN, {"decimal": "."}),
        (PLAIN, {"thousands": ""}),
        (ENGLISH, {"thousands": "."}),
    ],
)
def test_a_map_with_other_marks_than_the_file_refuses_the_file(
    tmp_path: Path, text: str, form: dict[str, str]
) -> None:
    with pytest.raises(Refused, match=r"statement\.csv: line 2: '45.000' in column 'amount'"):
        statement(tmp_path, text, payment=REFERENCE, amount={"text": "{amount}"} | form)


amounts = st.lists(st.integers(1, 10**10), min_size=1, max_size=12)


@files(1_000)
@given(amounts, st.sampled_from(MARKS), st.sampled_from(["", "d", "d0", "d00"]), st.data())
def test_any_form_is_read_to_the_dong_or_refused_whole(
    folder: Path, values: list[int], marks: tuple[str, str], tail: str, data: st.DataObject
) -> None:
    decimal, thousands = marks
    ending = tail.replace("d", decimal)
    ungrouped = data.draw(st.sets(st.integers(0, len(values) - 1)), label="written without marks")
    texts = [
        f"{value}{ending}" if at in ungrouped else printed(value, thousands, ending)
        for at, value in enumerate(values)
    ]
    said: dict[str, str] = {}
    if data.draw(st.booleans(), label="the map says its marks"):
        said = dict(zip(("decimal", "thousands"), data.draw(st.sampled_from(MARKS)), strict=True))
    text = table("date,credit", [("02/11/2026", each) for each in texts], ";")
    try:
        found = statement(folder, text, amount=said)
    except Refused:
        has_marks = {mark for each in texts for mark in each if not mark.isdigit()}
        assert said, "what the file alone proves needs no map"
        assert has_marks - set(said.values()) or (decimal, thousands) != tuple(said.values())
    else:
        assert sorted(found.amounts) == sorted(values)


@files(300)
@given(amounts, amounts)
def test_two_forms_in_one_column_refuse_the_file(
    folder: Path, some: list[int], others: list[int]
) -> None:
    texts = [printed(value + 1_000, ".") for value in some]
    texts += [printed(value + 1_000, ",") for value in others]
    with pytest.raises(Refused, match="one column has one form"):
        statement(folder, table("date,credit", [("02/11/2026", each) for each in texts], ";"))


@pytest.mark.parametrize("text", ["1.234,567", "12345.000", "1,234.000", "45000,000"])
def test_three_digits_after_a_decimal_mark_refuse_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match="three digits after"):
        statement(tmp_path, f"date;credit\n02/11/2026;{text}\n")


def test_a_scale_needs_marks_where_three_digits_follow_one(tmp_path: Path) -> None:
    text = "date;credit\n02/11/2026;45.125\n"
    with pytest.raises(Refused, match="the file cannot prove which"):
        statement(tmp_path, text, amount={"scale": 1000})
    said = {"scale": 1000, "decimal": ".", "thousands": ""}
    assert statement(tmp_path, text, amount=said).amounts == [45_125]


@pytest.mark.parametrize("template", ["{credit}{debit}", "{credit}0", "5", "{credit} "])
def test_an_amount_is_never_pasted(tmp_path: Path, template: str) -> None:
    text = "date,ref,debit,credit\n02/11/2026,AP1,0,45000\n02/11/2026,AP2,0,30000\n"
    with pytest.raises(ValueError, match="not pasted"):
        statement(tmp_path, text, amount={"text": template})
    with pytest.raises(ValueError, match="not pasted"):
        statement(tmp_path, text, payment={"balance_after": template})
    assert statement(tmp_path, text).amounts == [45_000, 30_000]


# -- days and months -------------------------------------------------------------------------------

AMERICAN = "date,ref,credit\n" + "".join(
    f"{day},AM10000{n},{n}0000\n"
    for n, day in enumerate(
        ["11/01/2026", "11/02/2026", "11/12/2026", "11/13/2026", "11/19/2026"], 1
    )
)


def test_a_month_over_twelve_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"line 4: '11/12/2026' is Friday 11 December 2026.*future"):
        statement(tmp_path, AMERICAN, payment=REFERENCE)
    right = {"formats": ["%m/%d/%Y"]}
    found = statement(tmp_path, AMERICAN, payment=REFERENCE, time=right)
    assert found.days == [f"2026-11-{day}" for day in ("01", "02", "12", "13", "19")]


ORDERS = ["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%Y-%d-%m"]


@files(1_000)
@given(
    st.lists(st.dates(date(2024, 1, 1), date(2026, 11, 23)), min_size=1, max_size=12),
    st.sampled_from(ORDERS),
    st.sampled_from([*ORDERS, "iso"]),
)
def test_days_are_the_right_ones_or_none_or_cannot_be_told(
    folder: Path, days: list[date], written: str, said: str
) -> None:
    """Wrong days come through only where no row of the file proves them wrong."""
    text = table("date,credit", [(f"{day:{written}}", "5000") for day in days])
    try:
        found = statement(folder, text, time={"formats": [said]})
    except Refused:
        assert written != said.replace("iso", "%Y-%m-%d")
        return
    if found.payments and found.days != [day.isoformat() for day in days]:
        assert all(day.day <= 12 for day in days)
        assert all(date.fromisoformat(day) <= date(2026, 11, 25) for day in found.days)


def test_a_map_has_one_order_of_day_and_month(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one order"):
        statement(tmp_path, AMERICAN, time={"formats": ["%d/%m/%Y", "%m/%d/%Y"]})


@given(st.dates(date(2020, 1, 1), date(2026, 11, 1)))
def test_a_day_is_a_day_however_iso_writes_it(folder: Path, day: date) -> None:
    year, week, weekday = day.isocalendar()
    texts = [f"{day:%Y%m%d}", day.isoformat(), f"{year}-W{week:02d}-{weekday}"]
    rows = table("date,credit", [(text, "5000") for text in texts])
    found = statement(folder, rows, time={"formats": ["iso"]})
    assert found.days == [day.isoformat()] * 3
    assert {each.data.time_precision for each in found.payments} == {"day"}


def test_a_row_that_is_no_day_at_all_is_rejected_alone(tmp_path: Path) -> None:
    found = statement(tmp_path, "date,credit\n31/02/2026,5000\n02/11/2026,6000\n?,7000\n")
    assert found.amounts == [6_000]
    assert found.report.refused.counts() == {"time": 2}


# -- quotes ----------------------------------------------------------------------------------------


def test_a_quote_that_is_never_closed_refuses_the_file_with_its_line(tmp_path: Path) -> None:
    text = (
        'date,ref,credit,text\n02/11/2026,AC100001,10000,tien rau\n02/11/2026,AC100002,20000,"sap'
        " 12 tien ca\n02/11/2026,AC100003,30000,tien thit\n03/11/2026,AC100004,40000,tien gao\n"
    )
    for ending in (
        "",
        '03/11/2026,AC100005,50000,tien "dau"\n',
        '03/11/2026,AC5,50000,tien dau"\n',
    ):
        with pytest.raises(Refused, match=r"statement\.csv:3: a quotation mark"):
            statement(tmp_path, text + ending, payment=REFERENCE)


cells = st.text("ab,;\"' \n", max_size=6)


@files(1_000)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=12), st.data())
def test_no_row_vanishes_whatever_stands_in_its_text(
    folder: Path, texts: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Written raw, so that quotes may stand anywhere; or by a CSV writer, which doubles them."""
    start = date(2026, 1, 1)
    days = [f"{start + timedelta(days=at):%d/%m/%Y}" for at in range(len(texts))]
    if data.draw(st.booleans(), label="by a writer"):
        rows = [(one, day, "5000", two) for day, (one, two) in zip(days, texts, strict=True)]
        text = table("note,date,credit,text", rows)
        whole = len(rows)
    else:
        flat = [(one.replace("\n", ""), two.replace("\n", "")) for one, two in texts]
        lines = [f"{one},{day},5000,{two}" for day, (one, two) in zip(days, flat, strict=True)]
        text = "\n".join(["note,date,credit,text", *lines]) + "\n"
        whole = len(lines)
    try:
        found = statement(folder, text, payment={"text": "{text}"})
    except Refused:
        return
    assert len(found.payments) + found.report.refused.total == whole
    assert found.days == [day for day in iso(days) if day in found.days]


def iso(days: list[str]) -> list[str]:
    return ["-".join(reversed(day.split("/"))) for day in days]
