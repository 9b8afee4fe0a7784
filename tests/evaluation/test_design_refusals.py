"""Law V4: each row of "refuse when", through the evaluation itself, and what would help."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.evaluation.design import Situation, judge
from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.evaluation.panel import MarketPanel
from consumers.evaluation.plan import Plan
from consumers.evaluation.refusals import RULES
from consumers.evaluation.result import Evaluation
from consumers.language.language import languages
from consumers.plain import as_json
from schemas.message import Message
from tests.evaluation.pilots import LEVEL, REGISTERED, panel_of, plan_of


def noise(markets: int, weeks: int, seed: int = 0) -> Any:
    return LEVEL + np.random.default_rng(seed).normal(size=(markets, weeks))


def told(plan: Plan, panel: MarketPanel) -> Evaluation:
    return evaluate(plan, PlanFigures(panel), REGISTERED)


def refused(plan: Plan, panel: MarketPanel) -> set[str]:
    found = told(plan, panel)
    assert found.found is None and found.verdict.key == "refused" and not found.verdict.is_success
    for language in languages().values():
        assert all(
            language.render(r.why) and language.render(r.need) for r in found.design.refusals
        )
    return {r.code for r in found.design.refusals}


def test_an_ordinary_pilot_is_admitted() -> None:
    found = told(plan_of(), panel_of(noise(20, 20)))
    assert found.found is not None and found.design.is_admissible
    assert {other.name for other in found.others} == {
        "stepped_wedge",
        "onboarding",
        "its",
        "ancova",
    }
    assert all(not other.is_admissible for other in found.others)


def test_fewer_than_four_comparison_markets() -> None:
    assert refused(plan_of(markets=6), panel_of(noise(6, 20))) == {"few_comparisons"}
    assert told(plan_of(markets=7), panel_of(noise(7, 20))).found is not None


def test_comparison_markets_without_figures_do_not_count() -> None:
    y = noise(8, 20)
    y[6:] = np.nan
    found = told(plan_of(markets=8), panel_of(y))
    assert [r.code for r in found.design.refusals] == ["few_comparisons"]
    assert len(found.departures) == 2 and all(d.is_substantial for d in found.departures)


def test_without_any_figure_everything_is_refused() -> None:
    y = np.full((20, 20), np.nan)
    assert refused(plan_of(), panel_of(y)) >= {"no_pilot", "few_comparisons"}
    y[3:] = 1.0 + noise(17, 20)
    assert refused(plan_of(), panel_of(y)) == {"no_pilot"}


def test_no_period_before_or_after() -> None:
    plan = plan_of(before=0, after=8)
    assert refused(plan, panel_of(noise(20, 8))) == {"no_period_before"}
    y = noise(20, 20)
    y[0, 12:] = np.nan
    assert refused(plan_of(), panel_of(y)) == {"no_period_after"}


@given(st.integers(0, 10**6), st.integers(0, 3))
def test_an_outcome_that_only_pilots_can_have_is_always_refused(seed: int, strays: int) -> None:
    """Whatever the pilots show, and though single payments stray into other markets."""
    rng = np.random.default_rng(seed)
    y = np.zeros((20, 20))
    y[:3] = rng.gamma(2, 5, (3, 20))
    for _ in range(strays):
        y[rng.integers(3, 20), rng.integers(20)] = 0.01
    assert "zero_outside" in refused(plan_of(), panel_of(y))
    # Payments stray into every market, in fewer than half of its weeks.
    y[3:, rng.permutation(20)[:9]] = rng.gamma(2, 5, (17, 9))
    assert "zero_outside" in refused(plan_of(), panel_of(y))
    # One market of that kind among good ones is refused too: it is no comparison.
    y[3:] = rng.gamma(2, 5, (17, 20))
    y[rng.integers(3, 20)] = 0
    assert refused(plan_of(), panel_of(y)) == {"zero_outside"}


def test_a_ledger_that_begins_with_the_pilot_is_refused() -> None:
    y = noise(20, 20)
    y[:3, :12] = 0
    assert refused(plan_of(), panel_of(y)) == {"zero_before"}
    # A reported total of zero is a fact, and may be compared.
    outcome = {"source": "market_total", "reported_by": "Kho bạc", "rail_class": "card"}
    assert told(plan_of(outcome=outcome), panel_of(y)).found is not None


def test_an_outcome_that_never_moves_and_logarithms_of_zero() -> None:
    assert "constant" in refused(plan_of(), panel_of(np.ones((20, 20))))
    y = noise(20, 20)
    y[5, 3] = 0
    assert refused(plan_of(outcome={"scale": "log"}), panel_of(y)) == {"log_of_zero"}


def test_an_order_that_was_not_drawn_by_lot() -> None:
    weeks = panel_of(noise(12, 20)).weeks
    starts = {f"M{n}": weeks[8 + 2 * (n % 3)] for n in range(9)}
    markets = {"starts": starts}
    plan = plan_of(markets=12, treated=9, estimator="stepped_wedge")
    by_readiness = plan_of(markets=12, treated=9, estimator="stepped_wedge").model_copy(
        update={"markets": plan.markets.model_copy(update=markets)}
    )
    panel = panel_of(noise(12, 20))
    assert refused(by_readiness, panel) == {"order_not_randomised"}
    lot = by_readiness.assignment.model_copy(update={"is_randomised": True, "seed": 7})
    assert told(by_readiness.model_copy(update={"assignment": lot}), panel).found is not None
    common = plan.model_copy(update={"assignment": lot})
    assert refused(common, panel) == {"one_start"}


def test_one_before_and_after_needs_one_start() -> None:
    panel = panel_of(noise(20, 20))
    plan = plan_of()
    starts = {"M0": panel.weeks[10]}
    plan = plan.model_copy(update={"markets": plan.markets.model_copy(update={"starts": starts})})
    assert refused(plan, panel) == {"several_starts"}


def test_fewer_than_two_full_seasons() -> None:
    plan = plan_of(markets=3, before=103, after=20, estimator="its")
    assert refused(plan, panel_of(noise(3, 123))) == {"two_seasons"}
    plan = plan_of(markets=3, before=104, after=20, estimator="its")
    found = told(plan, panel_of(100 * noise(3, 124)))
    assert found.found is not None and found.design.label == "descriptive"
    assert not found.verdict.is_success and found.verdict.key.startswith("descriptive")


BASE = Situation(
    source="events",
    pilots=3,
    comparisons=10,
    weeks_before=120,
    weeks_after=20,
    starts=3,
    is_randomised=True,
    treated_vendors=50,
    control_vendors=50,
    clusters=12,
)


@pytest.mark.parametrize(
    ("design", "changed", "code"),
    [
        ("ancova", {"is_randomised": False}, "visits_not_randomised"),
        ("ancova", {"control_vendors": 0}, "few_vendors"),
        ("ancova", {"weeks_before": 0}, "no_period_before"),
        ("onboarding", {"clusters": 1}, "few_vendors"),
        ("onboarding", {"paid_before_visit": False}, "zero_before_visit"),
        ("stepped_wedge", {"is_randomised": False}, "order_not_randomised"),
        ("its", {"weeks_before": 103}, "two_seasons"),
        ("did", {"starts": 1, "pilots": 0}, "no_pilot"),
    ],
)
def test_what_speaks_against_each_design(design: Any, changed: dict[str, Any], code: str) -> None:
    assert code not in {r.code for r in judge(BASE)[design].refusals}
    judged = judge(replace(BASE, **changed))[design]
    assert code in {r.code for r in judged.refusals} and not judged.is_admissible


def test_onboarding_by_readiness_is_descriptive_and_warns_of_neighbours() -> None:
    by_lot, by_readiness = judge(BASE), judge(replace(BASE, is_randomised=False))
    assert by_lot["onboarding"].label == "causal"
    assert by_readiness["onboarding"].label == "descriptive"
    assert by_readiness["onboarding"].is_admissible
    assert by_readiness["onboarding"].warnings == (Message("design.neighbours_learn"),)
    assert by_readiness["its"].label == "descriptive"


def test_every_reason_says_what_would_help() -> None:
    for code, (why, need) in RULES.items():
        assert (why, need.id) == (f"refusal.{code}", f"refusal.{code}.need")
        assert len(languages()["en"].render(need)) > 10


def test_changes_of_the_plan_and_missing_registration_take_success_away() -> None:
    y = noise(20, 20)
    y[:3, 12:] += 50
    panel = panel_of(y)
    assert told(plan_of(), panel).verdict.is_success
    nobody = replace(REGISTERED, at=None)
    found = evaluate(plan_of(), PlanFigures(panel), nobody)
    assert found.verdict.key == "departed" and not found.verdict.is_success


def test_weeks_that_are_missing_are_left_out_and_listed() -> None:
    y, exposure = noise(20, 20), np.ones((20, 20))
    y[4, 2] = np.nan
    exposure[:, 15] = 0
    found = told(plan_of(), panel_of(y, exposure=exposure))
    weeks = panel_of(y).weeks
    assert found.outcome.weeks_left_out == (weeks[2], weeks[15])
    assert [d.is_substantial for d in found.departures] == [False]
    exposure[:, [3, 5, 16]] = 0  # a quarter of the window is more than chance takes
    many = told(plan_of(), panel_of(y, exposure=exposure))
    assert [d.is_substantial for d in many.departures] == [True]
    assert not many.verdict.is_success
    assert found.outcome.weeks_before == 11 and found.outcome.weeks_after == 7
    assert found.found is not None


def test_the_whole_result_is_plain_data() -> None:

    plan = plan_of(running={"placebo_runs": 20})
    for panel in (panel_of(noise(20, 20)), panel_of(np.zeros((20, 20)))):
        said = as_json(told(plan, panel))
        again = json.loads(json.dumps(said, allow_nan=False))
        assert again["design"]["name"] == "did" and again["verdict"]["sentence"]["id"].startswith(
            "verdict."
        )
    assert {b["name"] for b in as_json(told(plan, panel_of(noise(20, 20))))["found"]["beside"]} == {
        "synthetic_did",
        "synthetic_control",
    }
