"""A statement in any layout is read back to the đồng and the day, or refused whole."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Refused
from producers.csv_import.rejected_file import encodable
from tests.producers.importing import STATEMENT, files, imported, map_of

ACCOUNT = "0011000000001"
LOCAL_DAYS = "%d/%m/%Y"
DATES = (
    LOCAL_DAYS, "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d", "%Y%m%d", "%m/%d/%Y",
    "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %I:%M:%S %p", "iso",
)  # fmt: skip
MARKS = (("", ""), (".", ","), (",", "."), (" ", ","), ("'", "."), ("\u00a0", ","))
TEXTS = ("mua rau", "Trả tiền cá, tôm", 'sạp "12"', "a;b|c\td", "=1+1", "", "KH 0912 345 678", "-")
NAMES = {
    "date": "Ngày GD/TNX Date", "ref": "Số CT/Doc No", "debit": "Số tiền ghi nợ/Debit",
    "credit": "Số tiền ghi có/Credit", "balance": "Số dư/Balance", "text": "Nội dung chi tiết",
    "no": "STT",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How this bank writes: everything that may differ between two exports of one account."""

    seed: int
    date: str
    thousands: str
    decimal: str
    tail: int
    currency: str
    zero: str
    is_signed: bool
    encoding: str
    delimiter: str
    quoting: Any
    names: tuple[str, ...]
    says_marks: bool

    def number(self, value: int | None) -> str:
        if value is None:
            return self.zero
        text = f"{abs(value):,}".replace(",", self.thousands)
        sign = "-" if value < 0 else ""
        return sign + text + (self.decimal + "0" * self.tail if self.tail else "") + self.currency

    def moment(self, at: datetime) -> str:
        return at.isoformat() if self.date == "iso" else f"{at:{self.date}}"


def layout(seed: int) -> Layout:
    rng = Random(seed)
    thousands, decimal = rng.choice(MARKS)
    names = [name for name in NAMES if name != "no" or rng.random() < 0.5]
    is_signed = rng.random() < 0.2
    if is_signed:
        names.remove("debit")
    rng.shuffle(names)
    return Layout(
        seed,
        date=rng.choice(DATES),
        thousands=thousands,
        decimal=decimal or ".",
        tail=rng.choice([0, 0, 1, 2]),
        currency=rng.choice(["", "", " VND", "đ"]),
        zero=rng.choice(["", "0"]),
        is_signed=is_signed,
        encoding=rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp1258"]),
        delimiter=rng.choice(",;\t|"),
        quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        names=tuple(names),
        says_marks=rng.random() < 0.5,
    )


@dataclass(frozen=True)
class Move:
    """One line of the account: money in, or out below zero."""

    at: datetime
    vnd: int
    text: str
    reference: str


def moves_of(drawn: list[tuple[int, int, int]]) -> list[Move]:
    start = datetime(2026, 1, 5, 8)  # noqa: DTZ001  # local, as a bank prints it
    seconds = 0
    found = []
    for at, (gap, vnd, text) in enumerate(drawn):
        seconds += gap
        when = start + timedelta(seconds=seconds)
        found.append(Move(when, vnd or 1, TEXTS[text], f"FT{at:06}"))
    return found


def written(moves: list[Move], opening: int, how: Layout) -> bytes:
    rng = Random(how.seed)
    out = io.StringIO()
    row = csv.writer(out, delimiter=how.delimiter, quoting=how.quoting).writerow
    for _ in range(rng.randrange(4)):
        row(rng.choice([["SAO KÊ TÀI KHOẢN/ACCOUNT STATEMENT"], [], ["", "Từ ngày", "01/01/2026"]]))
    row(rng.choice([["Số tài khoản/Account No:", ACCOUNT], [f"STK: {ACCOUNT} - VND"], [], ["x"]]))
    row(["Số dư đầu kỳ/Opening", "", how.number(opening)])
    header = [NAMES[name] for name in how.names]
    row(header)
    balance = opening
    total_in = 0
    for at, move in enumerate(moves):
        balance += move.vnd
        total_in += max(move.vnd, 0)
        if at and rng.random() < 0.1:
            row([])
            row(header)
        cells = {
            "date": how.moment(move.at),
            "ref": move.reference,
            "credit": how.number(move.vnd if move.vnd > 0 or how.is_signed else None),
            "debit": how.number(-move.vnd if move.vnd < 0 else None),
            "balance": how.number(balance),
            "text": move.text,
            "no": str(at + 1),
        }
        row([cells[name] for name in how.names])
    totals = {"date": "Tổng cộng/Total", "credit": how.number(total_in)}
    row([totals.get(name, "") for name in how.names])
    row(["Số dư cuối kỳ/Closing", *[""] * (len(header) - 2), how.number(balance)])
    return encodable(out.getvalue(), how.encoding).encode(how.encoding)


def said(how: Layout, marks: dict[str, str]) -> dict[str, Any]:
    return {
        **STATEMENT,
        "file": {"encoding": how.encoding} if how.encoding not in {"utf-8", "utf-8-sig"} else {},
        "payment": {
            **STATEMENT["payment"],
            "account": ACCOUNT,
            "bank_reference": f"{{{NAMES['ref']}}}",
            "balance_after": f"{{{NAMES['balance']}}}",
            "text": f"{{{NAMES['text']}}}",
        },
        "amount": {
            "text": f"{{{NAMES['credit']}}}",
            "outgoing": f"{{{NAMES['credit' if how.is_signed else 'debit']}}}",
            **marks,
        },
        "time": {"text": f"{{{NAMES['date']}}}", "formats": [how.date]},
        "balance": {"opening": "Số dư đầu kỳ", "closing": "Số dư cuối kỳ"},
        "skip": [{"column": NAMES["date"], "matches": "^Tổng", "reason": "totals row"}],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trip")


drawn_moves = st.lists(
    st.tuples(
        st.integers(0, 200_000), st.integers(-(10**7), 10**8), st.integers(0, len(TEXTS) - 1)
    ),
    min_size=1,
    max_size=8,
)


@files(700)  # each read by two maps
@given(drawn_moves, st.integers(0, 10**8), st.integers(0, 2**40), st.data())
def test_any_statement_is_read_back_to_the_dong_and_the_day(
    folder: Path, drawn: list[tuple[int, int, int]], opening: int, seed: int, data: st.DataObject
) -> None:
    how, moves = layout(seed), moves_of(drawn)
    thousands = how.thousands.replace("\u00a0", " ")
    right = {"decimal": how.decimal, "thousands": thousands} if how.says_marks else {}
    if how.says_marks and thousands == how.decimal:
        right = {}
    path = folder / "statement.csv"
    path.write_bytes(written(moves, opening, how))
    found = imported(path, map_of(said(how, right)))
    credited = [move for move in moves if move.vnd > 0]
    assert found.amounts == [move.vnd for move in credited]
    assert found.days == [f"{move.at:%Y-%m-%d}" for move in credited]
    assert [each.data.bank_reference for each in found.payments] == [
        move.reference for move in credited
    ]
    assert found.report.exit_code == 0
    whole = found.report.understood
    assert (whole.opening_vnd, whole.closing_vnd) == (
        opening,
        opening + sum(move.vnd for move in moves),
    )
    # Another map's marks give the same or nothing at all.
    other = dict(zip(("thousands", "decimal"), data.draw(st.sampled_from(MARKS)), strict=True))
    other = {
        "thousands": other["thousands"].replace("\u00a0", " "),
        "decimal": other["decimal"] or ".",
    }
    try:
        wrongly = imported(path, map_of(said(how, other)))
    except Refused:
        return
    assert wrongly.payments == found.payments
