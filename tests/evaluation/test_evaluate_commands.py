"""The commands on the real store: what they print, what they refuse, both forms and languages."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr
from typer.testing import CliRunner

from choso.commands import evaluate
from choso.compose import Choso
from infra.clickhouse import Store
from infra.errors import Refused
from infra.settings import Settings, StoreSettings
from tests.engine import FixedClock
from tests.evaluation.ledger import FIRST, LATER, REPORTER, START, WEEK, Ledger

pytestmark = pytest.mark.real
Run = Callable[..., str]
BEFORE = datetime(2026, 2, 1, tzinfo=LATER.tzinfo)


def toml(**changed: str) -> str:
    parts = {
        "known_on": "2026-06-05T00:00:00+07:00",
        "outcome": 'metric = "payments"',
        "comparisons": '["M3", "M4", "M5", "M6", "M7"]',
        "effect_min": "0.2",
        **changed,
    }
    return f"""
id = "hl"
title = "Ba chợ"
estimator = "{changed.get("estimator", "did")}"
known_on = {parts["known_on"]}
[outcome]
{parts["outcome"]}
[window]
first_week = {FIRST}
start_week = {START}
last_week = {WEEK[-1]}
[markets]
pilots = ["M0", "M1", "M2"]
comparisons = {parts["comparisons"]}
[assignment]
how = "do Sở chọn"
[thresholds]
effect_min = {parts["effect_min"]}
pre_trend_alpha = 0.001
[running]
placebo_runs = 20
block_weeks = 2
"""


@pytest.fixture
def choso(ledger_dsn: str, filled: tuple[Store, Ledger], tmp_path: Path) -> Choso:
    settings = Settings(data_dir=tmp_path, store=StoreSettings(dsn=SecretStr(ledger_dsn)))
    return Choso(settings, FixedClock(LATER))


@pytest.fixture
def run(choso: Choso) -> Run:
    """Runs a command as at a moment; what it printed. Its own errors are raised."""
    app = typer.Typer()
    evaluate.register(app)

    def invoke(*words: str, now: datetime = LATER, language: str = "en") -> str:
        spoken = choso.settings.model_copy(update={"language": language})
        parts = Choso(spoken, FixedClock(now))
        done = CliRunner().invoke(app, ["evaluate", *words], obj=parts)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return invoke


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., str]:
    def write(**changed: str) -> str:
        path = tmp_path / "PLAN.toml"
        path.write_text(toml(**changed), encoding="utf-8")
        return str(path)

    return write


def test_a_registered_plan_is_evaluated(run: Run, plan: Callable[..., str]) -> None:
    said = run("register", plan(), now=BEFORE)
    assert "no log runs here" in said
    digest = next(line for line in said.splitlines() if len(line) == 64)
    text = run("run", plan())
    for words in (
        f"plan        {digest}  registered 07:00 01/02/2026",
        "source      payments of the ledger",
        "4 before, 2 after",
        "pilot      M0",
        "permutation over markets, all 56 choices",
        "the smallest possible is 0.018",
        "vendors of one market share its shocks",
        "would be found in 80.0%",
        "allowing for it p",
        "holds up to M̄",
        "synthetic difference in differences",
        "rank 1 of 6 among placebos",
        "interrupted time series [its]: refused: only 4 weeks before the start",
        "stepped wedge [stepped_wedge]: refused: the order in which sites start was not randomised",
        "The pilot works: ",
    ):
        assert words in text, text
    assert "departure" not in text and "  before   -4 02/03/2026" in text
    said = json.loads(run("run", plan(), "--format", "json"))
    assert said["registered"]["digest"] == digest and said["verdict"]["is_success"] is True
    assert said["found"]["permutation"]["assignment_count"] == 56
    vietnamese = run("run", plan(), language="vi")
    assert "hoán vị giữa các chợ, tất cả 56 cách chọn" in vietnamese
    assert "Thí điểm có hiệu quả: " in vietnamese and "The pilot works" not in vietnamese


def test_a_changed_plan_is_run_but_never_called_a_success(
    run: Run, plan: Callable[..., str]
) -> None:
    assert "the plan was not registered" in run("run", plan())
    run("register", plan(), now=BEFORE)
    text = run("run", plan(effect_min="0.1"))
    assert "departure   !thresholds.effect_min: registered 0.2, now 0.1" in text
    assert "this explores, it does not confirm" in text and "The pilot works" not in text
    early = run("run", plan(), now=datetime(2026, 4, 20, tzinfo=LATER.tzinfo))
    assert "departure   !run before the registered cut-off" in early
    assert "The pilot works" not in early


def test_a_log_that_was_altered_stops_everything(
    run: Run, plan: Callable[..., str], tmp_path: Path
) -> None:
    run("register", plan(), now=BEFORE)
    log = tmp_path / "evaluation" / "log.jsonl"
    log.write_text(log.read_text().replace("2026-02-01", "2025-02-01"))
    # One line may be rewritten with hashes that fit; of two the second no longer does.
    run("register", plan(effect_min="0.3"), now=BEFORE)
    log.write_text(log.read_text().replace("2025-02-01", "2024-02-01", 1))
    with pytest.raises(Refused, match="altered"):
        run("run", plan())


def test_totals_are_an_outcome_of_their_own(run: Run, plan: Callable[..., str]) -> None:
    outcome = (
        'metric = "vnd"\nsource = "market_total"\nrail_class = "p2m_payment"\n'
        f'reported_by = "{REPORTER}"'
    )
    text = run("run", plan(outcome=outcome))
    assert f"source      totals of whole markets: {REPORTER}, payment to a merchant" in text
    assert "vendors     " not in text  # nobody reports single vendors
    wrong = outcome.replace(REPORTER, "Không ai")
    explained = run("explain", plan(outcome=wrong))
    assert "M0: there are no figures of it" in explained
    assert "needed: weekly figures of more markets outside the pilot" in explained


def test_what_is_refused_says_what_would_help(run: Run, plan: Callable[..., str]) -> None:
    few = plan(comparisons='["M3", "M4", "M5"]')
    text = run("run", few)
    assert "refused: only 3 comparison markets have figures" in text
    assert "These data cannot answer" in text
    explained = run("explain", few, language="vi")
    assert "chỉ có 3 chợ đối chứng" in explained and "choso import --kind" in explained
    designs = json.loads(run("explain", few, "--format", "json"))
    assert designs[0]["name"] == "did" and len(designs) == 5
    assert all(design["refusals"] for design in designs)


def test_live_whom_and_dose(run: Run, plan: Callable[..., str]) -> None:
    run("register", plan(), now=BEFORE)
    live = run("live", plan(), now=datetime(2026, 4, 7, tzinfo=LATER.tzinfo))
    assert "for all 2 weeks together" in live and "after 1 of 2 weeks" in live
    assert "departure" not in live
    whom = run("whom", plan(), "--by", "product")
    assert "by product (causal)" in whom or "too few vendors or markets" in whom
    rows: Any = json.loads(run("whom", plan(), "--by", "row", "--format", "json"))
    assert rows["label"] == "descriptive" and rows["left_out"]
    kinds = run("whom", plan(), "--by", "kind")
    assert "traditional_market" in kinds and "24 vendors in 8 markets" in kinds
    dose = run("dose", plan())
    assert "visits and first payments (descriptive)" in dose
    assert "too few first payments" in dose and "9 vendors" not in dose


def test_power_before_any_result(run: Run) -> None:
    text = run("power", "--markets", "20")
    assert "smallest possible p 0.00088" in text and "1.86" in text
    small = run("power", "--markets", "6")
    assert "no result could reject" in small
    vendors = json.loads(
        run("power", "--markets", "20", "--sd-vendor", "1", "--icc", "0.05", "--format", "json")
    )
    assert vendors["sd"] == pytest.approx((0.05 + 0.95 / 300) ** 0.5)
