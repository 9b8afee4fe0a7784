"""Money and times as people print them: exactly, or not at all."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from producers.csv_import.moment import parse_moment
from producers.csv_import.money import MoneyColumn
from producers.subjects import account_token, code_of, last4_of
from schemas.calendar import LOCAL
from schemas.cloudevent import Code
from schemas.text import tidy
from tests.producers.importing import statement
from tests.producers.parts import KEY

amounts = st.integers(0, 10**15)


def read(text: str, **form: Any) -> int:
    said: dict[str, Any] = {"decimal": None, "thousands": None} | form
    return MoneyColumn("credit", **said).read(text, 1)


@given(amounts, st.sampled_from([(",", "."), (".", ","), (".", " "), (",", "'"), (".", "")]))
def test_money_written_in_any_style_is_read_exactly(amount: int, style: tuple[str, str]) -> None:
    decimal, thousands = style
    text = f"{amount:,}".replace(",", thousands)
    for ending in ("", " đ", "₫", " VND", decimal, decimal + "00"):
        assert read(text + ending, decimal=decimal, thousands=thousands) == amount
        assert read(f"VND {text}{ending}") == amount, "the text alone says it"


@given(st.decimals(0, 10**9, places=2), st.sampled_from([1, 10, 100, 1000]))
def test_scale_is_exact_or_refused(number: Decimal, scale: int) -> None:
    whole = number * scale
    if whole == int(whole):
        assert read(str(number), decimal=".", thousands="", scale=scale) == int(whole)
    else:
        with pytest.raises(ValueError, match="not a whole number"):
            read(str(number), decimal=".", thousands="", scale=scale)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "đ", "1.23.456", ".5.6", "1,5,0", "1e3", "NaN", "١٢", "5 0", "0x1", "0.500",
     "2E+05", "1.234.5678", "12'34", "#####", "1234567.890.123"],
)  # fmt: skip
def test_what_is_no_amount_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read(text, decimal=",", thousands=".")


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)))  # noqa: DTZ001
def test_times_are_read_in_their_zone(local: datetime) -> None:
    local = local.replace(microsecond=local.microsecond // 1000 * 1000)
    at = local.replace(tzinfo=LOCAL).astimezone(UTC)
    seconds = at.replace(microsecond=0)
    for text, pattern, wanted in (
        (local.isoformat(), "iso", at),
        (at.isoformat(), "iso", at),
        (f"{local:%d/%m/%Y %H:%M:%S}", "%d/%m/%Y %H:%M:%S", seconds),
        (str((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)), "epoch_ms", at),
        (str(int(seconds.timestamp())), "epoch_s", seconds),
    ):
        found = parse_moment(text, formats=[pattern], zone=LOCAL)
        assert (found.at, found.precision) == (wanted, "instant")


@given(st.dates(date(2000, 1, 2), date(2099, 12, 30)))
def test_a_day_is_its_local_noon_whatever_the_zone(day: date) -> None:
    for text in (f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}"):
        found = parse_moment(
            text, formats=["%d/%m/%Y %H:%M", "%d/%m/%Y", "iso"], zone=ZoneInfo("America/Chicago")
        )
        assert found.precision == "day"
        assert found.at.astimezone(LOCAL).isoformat() == f"{day}T12:00:00+07:00"


@pytest.mark.parametrize("text", ["", "32/01/2026", "2026-13-01", "yesterday", "1e9", "99" * 9])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no format fits"):
        parse_moment(text, formats=["%d/%m/%Y", "iso", "epoch_s"], zone=LOCAL)


@given(st.text(min_size=1).filter(tidy))
def test_any_name_has_a_valid_code_and_a_code_is_its_own(name: str) -> None:
    code = code_of(name.encode("utf-8", "replace").decode())

    assert TypeAdapter(Code).validate_python(code) == code
    assert code_of(code) == code


def test_names_that_differ_have_codes_that_differ() -> None:
    assert code_of("Chợ Hạ Long I").startswith("cho-ha-long-i-")
    assert len({code_of(name) for name in ("C & D Cab", "C&D Cab", "c & d cab", "C D Cab")}) == 3


def test_an_account_printed_with_blanks_is_the_same_account() -> None:
    token = account_token(KEY, "0011 0022-33")
    assert token == account_token(KEY, "0011002233")
    assert account_token(KEY, token) == token
    assert last4_of("0011 0022 33") == "2233"
    assert last4_of(token) is None


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001
    st.sampled_from(
        ["%d/%m/%Y", "%m-%d-%Y %H:%M", "%Y%m%d", "%d.%m.%Y  %H:%M:%S", "%H:%M %d/%m/%Y"]
    ),
    st.text("0123456789/:. -", max_size=3),
    st.integers(0, 20),
)
def test_times_are_read_as_strptime_reads_them(
    at: datetime, pattern: str, dirt: str, place: int
) -> None:
    """But for blanks in place of leading zeros, which no bank prints."""
    text = f"{at:{pattern}}"
    dirty = (text[:place] + dirt + text[place:]).strip()  # as cells are
    for each in (text, text.replace("/0", "/"), dirty):
        try:
            wanted = datetime.strptime(each, pattern).replace(tzinfo=LOCAL).astimezone(UTC)
        except ValueError:
            with pytest.raises(ValueError, match="no format fits"):
                parse_moment(each, formats=[pattern], zone=LOCAL)
            continue
        try:
            found = parse_moment(each, formats=[pattern], zone=LOCAL)
        except ValueError:
            assert " " in dirt
        else:
            assert found.at == wanted or found.precision == "day"


@pytest.mark.parametrize(
    ("changes", "row", "words"),
    [
        ({"payment": {"kind": "{note}"}}, "01/11/2026,5000,lạ", "is not known"),
        ({"payment": {"source_transaction_id": "{note}"}}, "01/11/2026,5000,lạ", "without blanks"),
        ({"payment": {"rail_class": "{note}"}}, "01/11/2026,5000,tàu", "must be 'p2m_payment'"),
        ({"payment": {"bank_reference": "{note}"}}, f"01/11/2026,5000,{'A' * 70}", "at most 64"),
    ],
)
def test_why_a_row_is_rejected_is_said_in_words(
    tmp_path: Path, changes: dict[str, Any], row: str, words: str
) -> None:
    """No pattern and no words of the library reach a person."""
    report = statement(tmp_path, f"date,credit,note\n{row}\n", **changes).report
    said = "\n".join(report.lines())
    assert report.refused.total == 1
    assert words in said
    assert not re.search(r"[\^\[\]{}\\]|Input|String|pattern|match|pydantic", said), said
