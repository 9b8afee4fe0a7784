"""Every line and every đồng of a file is accounted for, and balances prove the amounts."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra.errors import Refused
from tests.producers.importing import STATEMENT, files, imported, map_of, run_import, statement
from tests.producers.parts import Kept

BANK: dict[str, Any] = {
    **STATEMENT,
    "payment": {
        **STATEMENT["payment"],
        "account": "900100000020",
        "bank_reference": "{ref}",
        "balance_after": "{balance}",
        "text": "{text}",
    },
    "amount": {"text": "{credit}", "outgoing": "{debit}"},
    "balance": {"opening": "Số dư đầu kỳ", "closing": "Số dư cuối kỳ"},
    "skip": [{"column": "date", "matches": "^Tổng", "reason": "totals row"}],
}
NAMES = ("date", "ref", "debit", "credit", "balance", "text")
START = date(2026, 9, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


def bank_rows(opening: int, changes: list[int]) -> list[list[str]]:
    rows, balance = [], opening
    for at, change in enumerate(changes):
        balance += change
        day = f"{START + timedelta(days=at // 4):%d/%m/%Y}"
        debit, credit = ("", str(change)) if change > 0 else (str(-change), "0")
        rows.append([day, f"AB{at:06}", debit, credit, str(balance), f"text {at}"])
    return rows


def bank_file(path: Path, opening: int, changes: list[int], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        write = csv.writer(lines, delimiter=";").writerow
        write(["SAO KÊ TÀI KHOẢN"])
        write(["Số tài khoản/Account No: 9001 0000 0020 (VND)"])
        write(["Số dư đầu kỳ", "", f"{opening} VND"])
        write([])
        write(NAMES)
        for at, row in enumerate(rows):
            if at and at % 7 == 0:
                write(NAMES)
            write(row)
        write(["Tổng cộng", "", "", str(sum(each for each in changes if each > 0)), "", ""])
        write(["Số dư cuối kỳ", "", "", "", str(opening + sum(changes)), ""])
    return path


changes = st.lists(
    st.one_of(st.integers(1, 10**7), st.integers(-(10**7), -1)), min_size=1, max_size=15
)
openings = st.integers(-(10**7), 10**9)
ORDERS = ("oldest first", "newest first", "by amount")


def ordered(rows: list[list[str]], order: str) -> list[list[str]]:
    if order == "newest first":
        return rows[::-1]
    return sorted(rows, key=lambda row: (row[3], row[4])) if order == "by amount" else rows


@files(500)  # two files each
@given(openings, changes, st.sampled_from(ORDERS), st.data())
def test_a_statement_balances_in_any_order_and_a_wrong_one_is_refused(
    folder: Path, opening: int, moves: list[int], order: str, data: st.DataObject
) -> None:
    path = folder / "bank.csv"
    rows = bank_rows(opening, moves)
    found = imported(bank_file(path, opening, moves, ordered(rows, order)), map_of(BANK))
    assert sorted(found.amounts) == sorted(each for each in moves if each > 0)
    outgoing = found.report.books.sums["skipped"]
    assert outgoing.out_vnd == -sum(each for each in moves if each < 0)
    # One row lost, or one amount changed, and the file proves it.
    at = data.draw(st.integers(0, len(rows) - 1))
    if data.draw(st.booleans(), label="lose a row"):
        rows.pop(at)
    else:
        column = 2 if rows[at][2] else 3
        rows[at][column] = str(int(rows[at][column]) + data.draw(st.integers(1, 10**6)))
    with pytest.raises(Refused, match=r"balance"):
        imported(bank_file(path, opening, moves, ordered(rows, order)), map_of(BANK))


@files(300)
@given(openings, st.lists(st.integers(-(10**6), 10**6).filter(bool), min_size=3, max_size=15))
def test_running_balances_alone_prove_a_missing_row(
    folder: Path, opening: int, moves: list[int]
) -> None:
    said = {name: each for name, each in BANK.items() if name != "balance"}
    rows = bank_rows(opening, moves)
    lost = rows.pop(1)
    after = [opening + sum(moves[: at + 1]) for at in range(len(moves)) if at != 1]
    before = [balance - move for balance, move in zip(after, [moves[0], *moves[2:]], strict=True)]
    assume((Counter(before) - Counter(after)).total() > 1)  # else there is an order without it
    path = bank_file(folder / "running.csv", opening, moves, rows)
    with pytest.raises(Refused, match=r"the balance is .* rows are missing"):
        imported(path, map_of(said))
    found = imported(path, map_of(said, balance={"follows": False}))
    assert found.report.understood.payments.row_count == sum(each > 0 for each in moves) - (
        lost[3] != "0"
    )


@files(300)
@given(openings, changes)
def test_outgoing_rows_that_are_only_skipped_may_stand_between_balances(
    folder: Path, opening: int, moves: list[int]
) -> None:
    said = {name: each for name, each in BANK.items() if name != "balance"}
    said["amount"] = {"text": "{credit}"}
    said["skip"] = [*BANK["skip"], {"column": "credit", "equals": ["0"], "reason": "outgoing"}]
    said["skip"] += [{"column": "date", "matches": "^Số dư", "reason": "balance"}]
    path = bank_file(folder / "skipping.csv", opening, moves, bank_rows(opening, moves))
    assert imported(path, map_of(said)).amounts == [each for each in moves if each > 0]


def test_the_lines_and_the_money_of_a_file_add_up(tmp_path: Path) -> None:
    rows = bank_rows(100_000, [20_000, -5_000, 45_000])
    rows.append(["?", "AB9", "", "30000", "190000", "no day"])
    path = bank_file(tmp_path / "bank.csv", 100_000, [20_000, -5_000, 45_000, 30_000], rows)
    found = imported(path, map_of(BANK), rejected_out=tmp_path / "rejected.csv")
    sums = found.report.books.sums
    assert {name: (each.line_count, each.in_vnd, each.out_vnd) for name, each in sums.items()} == {
        "blank": (1, 0, 0),
        "preamble": (3, 0, 0),
        "header": (1, 0, 0),
        "skipped": (3, 95_000, 5_000),  # the total, one outgoing row, the closing balance
        "known": (0, 0, 0),
        "rejected": (1, 30_000, 0),
        "published": (2, 65_000, 0),
        "stopped": (0, 0, 0),
    }
    assert found.report.exit_code == 3
    assert found.report.skipped.counts() == {"closing balance": 1, "outgoing": 1, "totals row": 1}
    # The rejected row, corrected, is imported by the same map, and it is another part of the file.
    text = (tmp_path / "rejected.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == ";".join([*NAMES, "choso: line", "choso: reason"])
    (tmp_path / "corrected.csv").write_text(text.replace("?;", "02/09/2026;"))
    again = imported(tmp_path / "corrected.csv", map_of(BANK))
    assert (again.amounts, again.days, again.report.exit_code) == ([30_000], ["2026-09-02"], 0)


def test_a_part_of_a_file_needs_no_opening_balance_but_its_own_columns(tmp_path: Path) -> None:
    text = "date,credit\n?,5000\n"
    out = tmp_path / "rejected.csv"
    path = tmp_path / "a.csv"
    path.write_text(text)
    imported(path, map_of(STATEMENT), rejected_out=out)
    with pytest.raises(Refused, match="is there already"):
        imported(path, map_of(STATEMENT), rejected_out=out)
    second = tmp_path / "second.csv"
    imported(out, map_of(STATEMENT), rejected_out=second)
    assert second.read_text(encoding="utf-8-sig").splitlines()[0] == (
        "date,credit,choso: line,choso: reason"
    )
    path.write_text("date,credit\n02/11/2026,5000\n")
    imported(path, map_of(STATEMENT), rejected_out=tmp_path / "none.csv")
    assert not (tmp_path / "none.csv").exists()


SECTIONS = (
    "So tai khoan,900100000020,,\ndate,ref,credit,text\n02/11/2026,AT100001,10000,a\n"
    "03/11/2026,AT100002,20000,b\nTong,,30000,\n,,,\n"
)
TOTAL = [{"column": "date", "equals": ["Tong"], "reason": "totals row"}]


def test_a_section_of_another_account_refuses_the_file(tmp_path: Path) -> None:
    said: dict[str, Any] = {"payment": {"account": "9001 0000 0020"}, "skip": TOTAL}
    assert statement(tmp_path, SECTIONS, **said).amounts == [10_000, 20_000]
    other = SECTIONS.replace("900100000020", "900100000021").replace("AT1", "AT2")
    for text in (SECTIONS + other, other):
        with pytest.raises(Refused, match="is of account 900100000021, the map"):
            statement(tmp_path, text, **said)
    both = "So tai khoan cu,111111111,,\n" + SECTIONS
    assert statement(tmp_path, both, **said).amounts == [10_000, 20_000], "an old and a new number"


def test_a_column_of_accounts_beside_a_constant_one_refuses_the_file(tmp_path: Path) -> None:
    text = (
        "date,credit,Số tài khoản\n02/11/2026,10000,900100000001\n02/11/2026,10000,900100000021\n"
    )
    with pytest.raises(Refused, match=r"line 3: .* account = \"{Số tài khoản}\""):
        statement(tmp_path, text)
    mapped = statement(tmp_path, text, payment={"account": "{Số tài khoản}"})
    assert len({account for account, _ in mapped.identities}) == 2
    as_payer = statement(tmp_path, text, payment={"payer": "{Số tài khoản}"})
    assert as_payer.report.exit_code == 0, "a map that uses the column otherwise knows it"
    told = statement(tmp_path, text, accounts={"of_others": ["SỐ TÀI KHOẢN"]})
    assert told.report.event_count == 2, "the map says that they are who pays"
    beside = text.replace("Số tài khoản", "Số tài khoản đối ứng")
    assert statement(tmp_path, beside).report.exit_code == 0


@pytest.mark.parametrize("head", ["Số tài khoản thẻ: 900100000099", "Số tài khoản,900100000099"])
def test_an_account_in_the_head_that_is_somebody_elses_can_be_said(
    tmp_path: Path, head: str
) -> None:
    text = f"{head}\ndate,credit,note\n02/11/2026,10000,a\n"
    with pytest.raises(Refused, match=r"of_others = \[\"(.*)\"\] in \[accounts\]") as refusal:
        statement(tmp_path, text)
    label = str(refusal.value).split('of_others = ["')[1].split('"]')[0]
    told = statement(tmp_path, text, accounts={"of_others": [label]})
    assert told.report.event_count == 1, "as the refusal says"


def test_a_trial_tells_how_the_file_is_read_and_sends_nothing(tmp_path: Path) -> None:
    rows = bank_rows(100_000, [20_000, -5_000] + [1_000] * 8)
    changes_ = [20_000, -5_000] + [1_000] * 8
    told: list[str] = []
    path = bank_file(tmp_path / "bank.csv", 100_000, changes_, rows)
    report = run_import(path, map_of(BANK), None, tell=told.append)
    text = "\n".join([*told, *report.lines()])
    for words in (
        "delimiter semicolon, header in line 5",
        "Tuesday 1 September 2026, 20,000 đ, credited, account …0020, balance 120,000 đ",
        "… 3 more …",
        "Thursday 3 September 2026",
        "9 payments, 28,000 đ in",
        "opening balance 100,000 đ +23,000 đ = closing balance 123,000 đ",
        "9 payment events would be published",
        "this was a trial: nothing was sent",
    ):
        assert words in text
    assert "900100000020" not in text


def test_an_import_of_nothing_says_so(tmp_path: Path) -> None:
    found = statement(tmp_path, "date,credit\n?,5000\n")
    assert "nothing is published" in found.report.lines()[0]
    assert found.report.exit_code == 3
    assert "nothing is published" in statement(tmp_path, "date,credit\n").report.lines()[0]


@given(st.integers(0, 12))
def test_what_the_log_did_not_take_is_in_the_books_too(folder: Path, count_max: int) -> None:
    moves = [20_000, -5_000] + [1_000] * 8
    path = bank_file(folder / "stopped.csv", 0, moves, bank_rows(0, moves))
    found = imported(path, map_of(BANK), Kept(acknowledged_max=count_max))
    published, stopped = (found.report.books.sums[name] for name in ("published", "stopped"))
    assert published.in_vnd == found.total_vnd
    assert published.row_count == len(found.payments) == min(count_max, 9)
    assert (stopped.row_count == 0) == (count_max >= 9)
    assert found.report.is_complete == (count_max >= 10), "the delivery itself comes last"
    assert found.report.exit_code == (0 if count_max >= 10 else 1)
