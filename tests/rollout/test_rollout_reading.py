"""Sites as the real store tells them; candidates as a file does; the command as a user types it."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from choso.commands import rollout as commands
from choso.main import app
from consumers.adoption.question.facts import MarketFact
from consumers.fold.projections import NOW_AND_EVER
from consumers.rollout.calendar import DayRange, blacked_out, monday, open_share, tet_blackouts
from consumers.rollout.candidates import read_candidates
from consumers.rollout.first_payments_as_of import first_days_known
from consumers.rollout.running_sites import read_running, site_of
from consumers.rollout.site import RunningSite
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import FoldSettings
from schemas.cloudevent import encode
from schemas.message import Count, Message
from schemas.payment import payment_event
from schemas.registry import registry_event
from tests.engine import NOW, fold_all, land, records

EXAMPLE = Path(__file__).parents[2] / "examples" / "rollout_candidates.csv"
START = date(2026, 3, 4)  # a Wednesday
TODAY = date(2026, 4, 1)  # a Wednesday: the last complete week ends on 29 March


def fact(number: int, kind: str, day: date = date(2026, 1, 1), **fields: object) -> bytes:
    return encode(
        registry_event(
            kind=kind,
            source="/registry",
            source_transaction_id=f"fact-{number}",
            stated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            effective_from=day,
            **fields,
        )
    )


def account(number: int) -> str:
    return f"{number:032x}"


def credit(number: int, vendor: int, day: date) -> bytes:
    return encode(
        payment_event(
            kind="credited",
            source="/sepay",
            source_transaction_id=f"t{number}",
            occurred_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC),
            account=account(vendor),
            bank_reference=f"FT{number}",
            amount_vnd=20_000,
            rail_class="p2p_transfer",
            payer_token=account(900 + number),
        )
    )


@pytest.fixture
def filled(store: Store) -> Store:
    """HL1: first payments 1, 1, 5 and 31 days on (the last after the cut-off), one day closed.
    NC: no census. EMPTY: a census and nothing else."""
    registry = [
        fact(1, "market", market="HL1", name="Chợ Hạ Long I", market_kind="traditional_market",
             area="Bạch Đằng"),
        fact(2, "census_taken", market="HL1", stall_count=10),
        fact(3, "market", market="NC", name="Chợ không điều tra", market_kind="supermarket"),
        fact(4, "market", market="EMPTY", name="Chợ chưa bắt đầu", market_kind="service_centre"),
        fact(5, "census_taken", market="EMPTY", stall_count=5),
        fact(6, "trading_day", START + timedelta(days=6), market="HL1", open=False),
        fact(7, "qr_issued", START, qr="QR1", market="HL1"),
        *(
            fact(20 + n, "account_linked", account=account(n), market="HL1", vendor=f"V{n}")
            for n in range(4)
        ),
        fact(30, "account_linked", account=account(9), market="NC", vendor="W1"),
    ]  # fmt: skip
    land(store, records(registry), shape="registry")
    days = [(0, 1), (1, 1), (0, 3), (2, 5), (3, 31), (9, 2)]
    bodies = [credit(n, vendor, START + timedelta(days=d)) for n, (vendor, d) in enumerate(days)]
    land(store, records(bodies))
    fold_all(store)
    return store


def test_running_sites_are_read_week_by_week(filled: Store) -> None:
    found = read_running(filled, today=TODAY, known_at=NOW_AND_EVER)
    assert found.cut_off_day == date(2026, 3, 29)
    [site] = found.sites
    assert (site.code, site.name, site.ward) == ("HL1", "Chợ Hạ Long I", "Bạch Đằng")
    assert (site.stall_count, site.start_day) == (10, START)
    assert site.first_week == date(2026, 3, 2)
    assert site.new == (2, 1, 0, 0)  # V0 and V1, then V2; V3 pays after the cut-off
    spread = "SELECT * FROM bi_adoption_week WHERE market = 'HL1' ORDER BY week"
    assert [
        (row["week"], row["first_paid_vendor_count"], row["ever_paid_vendor_count"])
        for row in filled.rows(spread)
    ] == [(date(2026, 3, 2), 2, 2), (date(2026, 3, 9), 1, 3), (date(2026, 3, 30), 1, 4)]
    assert site.open_share == (5 / 7, 6 / 7, 1.0, 1.0)  # from Wednesday on; one day closed
    reasons = {each.code: each.reason for each in found.left_out}
    assert reasons == {
        "NC": Message("site.no_census"),
        "EMPTY": Message("site.not_started"),
    }


def test_a_start_may_be_told_and_must_be_of_a_known_market(filled: Store) -> None:
    told = {"HL1": START - timedelta(days=14)}
    found = read_running(filled, today=TODAY, known_at=NOW_AND_EVER, starts=told)
    assert found.sites[0].new == (0, 0, 2, 1, 0, 0)
    with pytest.raises(Refused, match="NOWHERE"):
        read_running(filled, today=TODAY, known_at=NOW_AND_EVER, starts={"NOWHERE": START})


def test_first_payments_are_those_known_at_the_moment(filled: Store) -> None:
    def known(on: datetime) -> list[tuple[int, ...]]:
        fold = FoldSettings()
        days = first_days_known(
            filled, last_day=date(2026, 3, 29), known_on=on, now=on + timedelta(days=1), fold=fold
        )
        found = read_running(filled, today=TODAY, known_at=on, first_days=days)
        return [site.new for site in found.sites]

    folded = read_running(filled, today=TODAY, known_at=NOW_AND_EVER)
    assert known(NOW + timedelta(days=1)) == [site.new for site in folded.sites]
    later = credit(100, 3, START + timedelta(days=7))
    land(filled, records([later], first=9_000, at=NOW + timedelta(days=3)))
    fold_all(filled)
    assert known(NOW + timedelta(days=1)) == [(2, 1, 0, 0)]
    assert known(NOW + timedelta(days=4)) == [(2, 2, 0, 0)]


def test_more_vendors_than_stalls_are_cut_and_said() -> None:
    market = MarketFact("M", "Chợ", "traditional_market", "P1", START, date(2149, 6, 6))
    first_days = {START: 3, START + timedelta(days=8): 4, START + timedelta(days=20): 2}
    found = site_of(
        market, first_days, stall_count=6, start_day=START, closed=frozenset(),
        last_day=date(2026, 3, 29),
    )  # fmt: skip
    assert isinstance(found, RunningSite)
    assert found.new == (3, 3, 0, 0)
    assert found.notes == (
        Message("site.more_vendors_than_stalls", vendors=Count(9), stalls=Count(6)),
    )


def test_weeks_and_black_outs() -> None:
    assert monday(START) == date(2026, 3, 2)
    weeks = [date(2026, 2, 2), date(2026, 2, 9), date(2026, 2, 16), date(2026, 2, 23)]
    # Tết 2026 is on 17 February: from the tenth to the 23rd nobody is trained.
    assert list(blacked_out(weeks, tet_blackouts())) == [False, True, True, True]
    assert open_share([date(2026, 2, 16)], {date(2026, 2, 17), date(2026, 2, 18)}) == (5 / 7,)
    assert DayRange.parse("2026-08-10") == DayRange(date(2026, 8, 10), date(2026, 8, 10))
    for text in ("2026-08-10..2026-08-01", "soon", "2026-08-10..", "..2026-08-10"):
        if text == "2026-08-10..":
            continue
        with pytest.raises(Refused, match="days"):
            DayRange.parse(text)


HEAD = "code,name,kind,ward,stall_count,earliest,after,tourist_share\n"
GOOD = "A1,Chợ A,traditional_market,P1,40,2026-09-01,,0.4\n"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("code,name\n", "missing: kind, ward, stall_count"),
        (HEAD, "no site in it"),
        (HEAD + GOOD + GOOD, "more than one line for A1"),
        (HEAD + GOOD.replace("40", "4.5"), "line 2: stall_count"),
        (HEAD + GOOD.replace("40", "0"), "line 2: stall_count"),
        (HEAD + GOOD.replace("traditional_market", "bazaar"), "line 2: kind"),
        (HEAD + GOOD.replace("2026-09-01", "soon"), "line 2: earliest"),
        (HEAD + GOOD.replace("0.4", "nan"), "line 2: attributes.tourist_share"),
        (HEAD + GOOD.replace("0.4", ""), "line 2: attributes.tourist_share"),
        (HEAD + GOOD.strip() + ",9\n", "cells are expected"),
        (HEAD + GOOD.replace(",,", ",B9,"), "after B9: no such site"),
        (
            HEAD + GOOD.replace(",,", ",B1,") + GOOD.replace("A1", "B1").replace(",,", ",A1,"),
            "A1, B1 wait for each other",
        ),
    ],
)
def test_a_file_that_cannot_be_planned_with_says_where(
    tmp_path: Path, text: str, refusal: str
) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=refusal):
        read_candidates(file)


def test_the_example_says_that_it_is_invented() -> None:
    sites = read_candidates(EXAMPLE)
    assert {each.kind for each in sites} == {
        "traditional_market", "supermarket", "convenience_store", "service_centre",
    }  # fmt: skip
    assert all("bịa đặt" in each.name for each in sites)
    assert any(each.after for each in sites) and any(each.earliest for each in sites)


@pytest.fixture
def run() -> CliRunner:
    commands.register(app)
    return CliRunner()


def invoke(run: CliRunner, tmp_path: Path, *words: str) -> str:
    result = run.invoke(
        app, ["--data-dir", str(tmp_path / "none"), "--language", "vi", "rollout", *words]
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_plan_and_forecast_by_command(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "candidates.csv"
    file.write_text(HEAD + GOOD + GOOD.replace("A1", "B2").replace("2026-09-01", ""))
    words = ("--candidates", str(file), "--without-ledger", "--as-of", "2026-07-01")
    asked = ("--teams", "1", "--from", "2026-07-01", "--until", "2026-12-27")
    plan = json.loads(
        invoke(run, tmp_path, "plan", *words, *asked, "--target", "40%", "--format", "json",
               "--weight", "tourist_share=1", "--black-out", "2026-08-03..2026-08-09",
               "--teams-from", "2026-10-01=2")
    )  # fmt: skip
    assert plan["totals"]["planned_count"] == 2
    assert plan["question"]["black_weeks"] == ["2026-08-03"]
    assert {each["code"] for each in plan["sites"]} == {"A1", "B2"}
    starts = {each["code"]: each["start_day"] for each in plan["sites"]}
    assert starts["A1"] >= "2026-09-01"
    assert plan["target"]["share"] == 0.4
    text = invoke(run, tmp_path, "plan", *words, *asked)
    assert "Thêm một đội" in text and "Chợ A" in text
    forecast = json.loads(
        invoke(run, tmp_path, "forecast", *words, "--format", "json", "--horizon", "10",
               "--start", "B2=2026-08-12")
    )  # fmt: skip
    assert forecast["cut_off_day"] == "2026-06-28"
    assert [each["start_day"] for each in forecast["sites"]] == ["2026-09-01", "2026-08-12"]
    assert "chưa bắt đầu" in invoke(run, tmp_path, "forecast", *words, "--horizon", "10")


def test_words_that_are_no_numbers_are_refused(run: CliRunner, tmp_path: Path) -> None:
    base = ["--data-dir", str(tmp_path), "rollout", "plan", "--candidates", str(EXAMPLE)]
    asked = ["--teams", "1", "--from", "2026-07-01", "--until", "2026-12-27", "--without-ledger"]
    for wrong in (["--target", "much"], ["--weight", "x"], ["--teams-from", "2026-10-01"],
                  ["--start", "A1"]):  # fmt: skip
        assert run.invoke(app, base + asked + wrong).exit_code == 2, wrong


def test_the_ledger_is_read_by_command(
    filled: Store, store_database_dsn: str, monkeypatch: pytest.MonkeyPatch, run: CliRunner,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setenv("CHOSO_STORE__DSN", store_database_dsn)
    words = ("--as-of", TODAY.isoformat(), "--format", "json", "--horizon", "8")
    found = json.loads(invoke(run, tmp_path, "forecast", *words, "--market", "HL1"))
    assert [(s["code"], s["state"], s["adopted_count"]) for s in found["sites"]] == [
        ("HL1", "running", 3)
    ]
    assert {each["code"] for each in found["left_out"]} == {"NC", "EMPTY"}
    late = ("--as-of", (TODAY + timedelta(days=14)).isoformat(), "--format", "json")
    scored = json.loads(invoke(run, tmp_path, "score", *late, "--horizon", "2"))
    assert scored["site_count"] == 1
    assert {each["method"] for each in scored["methods"]} >= {"pooled hazard", "ETS"}
