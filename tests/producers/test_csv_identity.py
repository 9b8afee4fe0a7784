"""One payment is one, however often and in whatever form a file says it; two are two."""

import csv
import random
import unicodedata
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.csv_import import ColumnMap
from tests.producers.importing import STATEMENT, Imported, files, imported, map_of, statement

TEXT = {"text": "{text}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("identity")


def union(*found: Imported) -> int:
    return len(set[tuple[str, str]]().union(*(each.identities for each in found)))


# -- references ------------------------------------------------------------------------------------

DOCUMENTS = (
    "date,doc,credit,balance,text\n08/09/2026,5078.5089,100000,100000,khach A\n"
    "08/09/2026,5078.5090,200000,300000,khach B\n09/09/2026,5078.5089,100000,400000,khach C\n"
    "09/09/2026,5218.6655,60000,460000,khach D\n10/09/2026,5218.6655,32000,492000,khach E\n"
)
DOCUMENT = {"bank_reference": "{doc}", "balance_after": "{balance}", **TEXT}


@pytest.mark.parametrize("bank", ["970436", "970405"])
def test_a_bank_that_uses_its_numbers_again_has_a_day_in_its_references(
    tmp_path: Path, bank: str
) -> None:
    found = statement(tmp_path, DOCUMENTS, payment={**DOCUMENT, "bank_bin": bank})
    assert (union(found), found.total_vnd) == (5, 492_000)
    references = [each.data.bank_reference for each in found.payments]
    assert references[0] == "5078.5089@2026-09-08"
    assert references[2] == "5078.5089@2026-09-09"


def test_a_number_that_comes_again_is_told_where_the_bank_is_not_known(tmp_path: Path) -> None:
    found = statement(tmp_path, DOCUMENTS, payment=DOCUMENT)
    assert found.amounts == [200_000]
    assert found.report.refused.counts() == {"bank_reference: two payments": 4}
    assert found.report.exit_code == 3
    assert any("bank_bin" in line for line in found.report.lines())


def test_references_as_banks_print_them(tmp_path: Path) -> None:
    text = (
        "date,ref,credit\n02/11/2026,FT26306KD01A\\BNK,45000\n02/11/2026,FT26306KD02B;1,30000\n"
        '03/11/2026,FT26307KD03C,25000\n03/11/2026,"GD 1234567-020326-10:11",15000\n'
        "03/11/2026,000V00919ab#7,10000\n"
    )
    found = statement(tmp_path, text, payment={"bank_reference": "{ref}"})
    assert (union(found), found.total_vnd) == (5, 125_000)
    assert [each.data.bank_reference for each in found.payments] == [
        "FT26306KD01A\\BNK",
        "FT26306KD02B;1",
        "FT26307KD03C",
        "GD1234567-020326-10:11",
        "000V00919AB#7",
    ]


def test_a_row_without_a_reference_is_known_by_what_it_says(tmp_path: Path) -> None:
    text = (
        "date,ref,credit,text\n02/11/2026,AQ100001,10000,a\n02/11/2026,,20000,b\n"
        "03/11/2026,,30000,c\n03/11/2026,-,5000,d\n"
    )
    found = statement(tmp_path, text, payment={"bank_reference": "{ref}", **TEXT})
    assert (union(found), found.total_vnd) == (4, 65_000)
    assert found.report.exit_code == 0


def test_a_row_that_stands_twice_is_one_payment_and_told(tmp_path: Path) -> None:
    text = "date,ref,credit\n02/11/2026,A1,10000\n02/11/2026,a1 ,10000\n03/11/2026,A2,10000\n"
    found = statement(tmp_path, text, payment={"bank_reference": "{ref}"})
    assert found.amounts == [10_000, 10_000]
    assert found.report.books.sums["known"].in_vnd == 10_000
    assert any("says again what an earlier row says" in line for line in found.report.lines())


def test_what_is_given_back_names_its_payment_with_its_day(tmp_path: Path) -> None:
    text = (
        "date,ref,credit,of\n02/11/2026,R1,10000,5078.5089\n02/11/2026,R2,5000,5078.1@2026-11-01\n"
    )
    said: dict[str, Any] = {"kind": "refunded", "bank_reference": "{of}"}
    said |= {"compensation_reference": "{ref}", "bank_bin": "970436"}
    found = statement(tmp_path, text, payment=said)
    assert [each.data.bank_reference for each in found.payments] == ["5078.1@2026-11-01"]
    assert found.payments[0].data.compensation_reference == "R2@2026-11-02"
    assert found.report.refused.counts() == {"bank_reference: of which payment": 1}
    said["bank_bin"] = "970418"
    assert statement(tmp_path, text, payment=said).report.exit_code == 0


# -- exports that overlap --------------------------------------------------------------------------

MORNING = "date,credit,text\n02/11/2026,20000,mua rau\n02/11/2026,20000,mua rau\n"
AFTERNOON = "date,credit,text\n02/11/2026,20000,mua rau\n02/11/2026,15000,mua hanh\n"


def test_two_halves_of_a_day_are_told_to_be_undecidable(tmp_path: Path) -> None:
    morning, afternoon = (statement(tmp_path, each, payment=TEXT) for each in (MORNING, AFTERNOON))
    assert union(morning, afternoon) == 3
    whole = statement(tmp_path, MORNING + AFTERNOON.partition("\n")[2], payment=TEXT)
    assert union(whole) == union(morning, afternoon, whole) == 4, "the whole day decides"
    for each in (morning, afternoon):
        assert any("export whole days" in line for line in each.report.lines())


BANK = (
    "date,time,credit,text\n02/11/2026,08:01:10,20000,Trả tiền cá\n"
    "02/11/2026,09:30:05,45000,mua rau\n"
)
CLOCK = {"text": "{date} {time}", "formats": ["%d/%m/%Y %H:%M:%S"]}


def test_a_spreadsheet_that_saves_the_file_again_changes_nothing(tmp_path: Path) -> None:
    again = unicodedata.normalize("NFD", BANK).replace("20000", '"20,000"').replace(",09:", ",9:")
    again = again.replace("45000,mua rau", '"45,000",mua rau ')
    first, second = (statement(tmp_path, each, payment=TEXT, time=CLOCK) for each in (BANK, again))
    assert union(first) == union(first, second) == 2
    assert first.payments == second.payments


class Sale(NamedTuple):
    """One sale as the bank knows it."""

    at: datetime
    amount: int
    text: str
    reference: str
    balance: int


sales = st.lists(
    st.tuples(
        st.integers(0, 3 * 24 * 60), st.sampled_from([5_000, 20_000]), st.sampled_from("ab cá")
    ),
    min_size=1,
    max_size=14,
)


def account(drawn: list[tuple[int, int, str]]) -> list[Sale]:
    found: list[Sale] = []
    balance = 0
    for at, (minute, amount, text) in enumerate(sorted(drawn, key=lambda each: each[0])):
        balance += amount
        when = datetime(2026, 11, 2) + timedelta(minutes=minute)  # noqa: DTZ001
        found.append(Sale(when, amount, f"mua {text}", f"FT{at:05}", balance))
    return found


class Knows(NamedTuple):
    """What the bank's export says of a sale."""

    has_clock: bool
    has_balance: bool
    has_reference: bool

    def map(self) -> ColumnMap:
        payment = {**TEXT, **({"balance_after": "{balance}"} if self.has_balance else {})}
        payment |= {"bank_reference": "{ref}"} if self.has_reference else {}
        formats = ["%d/%m/%Y %H:%M"] if self.has_clock else ["%d/%m/%Y"]
        return map_of(STATEMENT, payment=payment, time={"formats": formats})

    def moment(self, sale: Sale) -> Any:
        """What tells when: two sales of one moment are in one order in every export."""
        if self.has_reference or self.has_balance:
            return sale.reference
        return sale.at if self.has_clock else sale.at.date()


def export(path: Path, part: list[Sale], knows: Knows, seed: int) -> Path:
    """The sales as a file: its columns, order, marks and composition are the exporter's."""
    rng = random.Random(seed)
    marks = rng.choice(["", ",", "."])

    def number(value: int) -> str:
        return f"{value:,}".replace(",", marks)

    rows: list[dict[str, str]] = []
    for sale in part if rng.random() < 0.5 else part[::-1]:
        day = f"{sale.at:%d/%m/%Y %H:%M}" if knows.has_clock else f"{sale.at:%d/%m/%Y}"
        text = unicodedata.normalize(rng.choice(["NFC", "NFD"]), sale.text)
        row = {"date": day, "credit": number(sale.amount), "text": rng.choice(["", " "]) + text}
        row |= {"ref": sale.reference.lower(), "balance": number(sale.balance)}
        rows.append({"no": str(len(rows) + 1), **row})
    names = ["no", "date", "credit", "text", "ref", "balance"]
    rng.shuffle(names)
    with path.open("w", newline="", encoding=rng.choice(["utf-8", "utf-8-sig"])) as lines:
        writer = csv.DictWriter(lines, names, delimiter=rng.choice(",;\t|"))
        writer.writeheader()
        writer.writerows(rows)
    return path


knowing = st.builds(Knows, st.booleans(), st.booleans(), st.booleans())


@files(350)  # and more than three exports of each
@given(sales, knowing, st.integers(0, 2**30), st.data())
def test_exports_that_overlap_are_the_whole_account(
    folder: Path, drawn: list[tuple[int, int, str]], knows: Knows, seed: int, data: st.DataObject
) -> None:
    """Each export begins where a moment begins; it may end anywhere: later ones go on."""
    whole = account(drawn)
    wanted = imported(export(folder / "whole.csv", whole, knows, seed), knows.map())
    assert len(wanted.identities) == len(whole)
    assert wanted.total_vnd == whole[-1].balance
    starts = [
        at
        for at, sale in enumerate(whole)
        if not at or knows.moment(whole[at - 1]) != knows.moment(sale)
    ]
    parts, reached = [], 0
    while reached < len(whole):
        first = data.draw(st.sampled_from([at for at in starts if at <= reached]))
        last = data.draw(st.integers(reached + 1, len(whole)))
        seed += 1
        path = export(folder / "part.csv", whole[first:last], knows, seed)
        parts.append(imported(path, knows.map()))
        reached = last
    assert set[tuple[str, str]]().union(*(each.identities for each in parts)) == wanted.identities
    known = {each.id: each for each in wanted.payments}
    assert all(known[each.id] == each for part in parts for each in part.payments)


@given(st.dates(date(2024, 1, 1), date(2026, 11, 23)), st.sampled_from(["", "payer"]))
def test_who_paid_plays_no_part_in_who_a_payment_is(folder: Path, day: date, payer: str) -> None:
    text = f"date,credit,text,payer\n{day:%d/%m/%Y},5000,a,0912000001\n"
    said = {**TEXT, **({"payer": "{payer}"} if payer else {})}
    assert union(statement(folder, text, payment=said), statement(folder, text, payment=TEXT)) == 1
