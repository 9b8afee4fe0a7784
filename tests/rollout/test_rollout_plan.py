"""The law of the plan: feasible, proven, the same again, never hurt by a team, best where small.

Long because every rule is checked again here by code that shares nothing with the planner.
"""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.language.language import languages
from consumers.plain import as_json
from consumers.rollout.calendar import DayRange
from consumers.rollout.candidates import read_candidates
from consumers.rollout.forecast import Fitted, fit_sites
from consumers.rollout.order import randomised, tiers
from consumers.rollout.plan import more_teams, plan
from consumers.rollout.plan_question import PlanQuestion
from consumers.rollout.planner import Planner
from consumers.rollout.program import build, site_value
from consumers.rollout.schedule import Start, schedule, violations
from consumers.rollout.site import Candidate
from consumers.rollout.solve import solve
from consumers.statistics.diffusion.prior import Prior
from infra.errors import Refused
from schemas.message import Message
from tests.rollout.rollout_brute import Way, best_value, is_feasible, ways
from tests.rollout.rollout_sites import MONDAY, candidate, question

EXAMPLE = Path(__file__).parents[2] / "examples" / "rollout_candidates.csv"


@cache
def prior_only() -> Fitted:
    return fit_sites((), prior=Prior(), draws=200, seed=1)


def chosen_ways(starts: tuple[Start, ...]) -> dict[str, Way]:
    return {s.code: Way(s.training, s.working, len(s.teams)) for s in starts}


@st.composite
def instances(
    draw: st.DrawFn, *, sites_max: int, weeks_max: int
) -> tuple[list[Candidate], PlanQuestion]:
    """Small but with every kind of rule."""
    count = draw(st.integers(1, sites_max))
    weeks = draw(st.integers(3, weeks_max))
    sites = []
    for number in range(count):
        earliest = draw(st.sampled_from([None, None, MONDAY + timedelta(days=10)]))
        after = ("C0",) if number == 1 and draw(st.booleans()) else ()
        sites.append(
            candidate(
                f"C{number}",
                draw(st.integers(5, 70)),
                ward=f"Phường {draw(st.integers(1, 2))}",
                earliest=earliest,
                after=after,
                attributes={"tourist_share": draw(st.floats(0, 1))},
            )
        )
    black_first = MONDAY + timedelta(days=7 * draw(st.integers(0, weeks_max)))
    return sites, question(
        draw(st.integers(0, 3)),
        weeks,
        training_weeks=draw(st.integers(0, 1)),
        trainings_per_week_max=draw(st.integers(1, 2)),
        black_outs=(DayRange(black_first, black_first + timedelta(days=2)),),
        ward_minimum=draw(st.sampled_from([0, 0, 1])),
        ward_by=draw(st.sampled_from([None, MONDAY + timedelta(days=16)])),
        gap_max=1e-6,
    )


@settings(deadline=None, max_examples=60)
@given(instances(sites_max=4, weeks_max=6))
def test_small_instances_equal_brute_force(instance: tuple[list[Candidate], PlanQuestion]) -> None:
    sites, asked = instance
    planner = Planner(sites, prior_only(), asked, None)
    curves = {code: [float(value) for value in part] for code, part in planner.curves.items()}
    best = best_value(sites, asked, curves, planner.priority)
    if best is None:
        with pytest.raises(Refused, match="no plan keeps all rules"):
            planner.solved(asked)
        return
    solved = planner.solved(asked)
    assert solved.solution.value == pytest.approx(best, rel=2e-6, abs=1e-9)
    chosen = chosen_ways(solved.starts)
    assert is_feasible(chosen, sites, asked)
    by_code = {each.code: each for each in sites}
    assert all(way in list(ways(by_code[code], asked)) for code, way in chosen.items())


@settings(deadline=None, max_examples=25)
@given(instances(sites_max=9, weeks_max=16), st.sampled_from(["free", "randomised"]))
def test_plans_are_feasible_proven_repeatable_and_never_hurt_by_a_team(
    instance: tuple[list[Candidate], PlanQuestion], order: str
) -> None:
    sites, asked = instance
    asked = replace(asked, order=order, gap_max=1e-3)  # type: ignore[arg-type]
    planner = Planner(sites, prior_only(), asked, None)
    try:
        solved = planner.solved(asked)
    except Refused:  # whether rightly so, the brute force says of small instances
        return
    assert is_feasible(chosen_ways(solved.starts), sites, asked)
    teams_at_once = [
        [t for s in solved.starts if s.week <= week <= s.last_week for t in s.teams]
        for week in range(len(asked.weeks))
    ]
    assert all(len(set(teams)) == len(teams) for teams in teams_at_once)
    assert -1e-9 <= solved.solution.gap <= 1e-3
    again = Planner(sites, prior_only(), asked, None).solved(asked)
    assert again.starts == solved.starts
    more = more_teams(planner, asked, solved)
    assert more.solution.value >= solved.solution.value
    assert is_feasible(chosen_ways(more.starts), sites, asked.with_more_teams(1))


def test_the_programs_value_is_the_mean_over_all_lots() -> None:
    """What is maximised is exactly what the lot gives on average."""
    sites = [candidate(f"C{n}", 25 + n, attributes={"x": float(n)}) for n in range(4)]
    asked = question(1, 8, order="randomised")
    planner = Planner(sites, prior_only(), asked, None)
    strata = randomised(
        sites,
        dict.fromkeys((each.code for each in sites), 1),
        seed=1,
        opening_per_ward=0,
        weeks_of_work=lambda stalls: 1,
    )
    assert [sorted(each.codes) for each in strata] == [["C0", "C1", "C2", "C3"]]
    program = build(sites, strata, asked, planner.curves, planner.priority)
    solution = solve(program, gap_max=1e-6)
    values = []
    for order in permutations(strata[0].codes):
        drawn = (replace(strata[0], codes=order),)
        values.append(
            sum(
                planner.priority[s.code] * site_value(planner.curves[s.code], s.working, 8).sum()
                for s in schedule(program, solution, drawn, sites)
            )
        )
    assert solution.value == pytest.approx(np.mean(values))
    assert max(values) > min(values)


def test_lots_are_fair_and_their_seed_is_enough() -> None:
    sites = [candidate(f"C{n}", 60) for n in range(3)]
    tier = dict.fromkeys(("C0", "C1", "C2"), 1)

    def lot(seed: int) -> tuple[str, ...]:
        [one] = randomised(
            sites, tier, seed=seed, opening_per_ward=0, weeks_of_work=lambda stalls: stalls // 30
        )
        return one.codes

    assert lot(5) == lot(5)
    counts = dict.fromkeys(permutations(("C0", "C1", "C2")), 0)
    for seed in range(1_200):
        counts[lot(seed)] += 1
    expected = 200
    assert sum((n - expected) ** 2 / expected for n in counts.values()) < 20.5  # χ²(5), p .001


def test_strata_hold_only_what_may_swap() -> None:
    sites = [
        candidate("A", 60),
        candidate("B", 70),
        candidate("LATE", 65, earliest=MONDAY + timedelta(days=30)),
        candidate("AFTER", 65, after=("A",)),
        candidate("HUGE", 900),
    ]
    strata = randomised(
        sites,
        tiers(["HUGE", "A", "B", "LATE", "AFTER"]) | dict.fromkeys("AB", 2),
        seed=1,
        opening_per_ward=0,
        weeks_of_work=lambda stalls: -(-stalls // 30),
    )
    fixed = {code: each.fixed_because for each in strata for code in each.codes}
    assert sorted(code for each in strata for code in each.codes) == sorted(fixed)
    assert fixed["LATE"] == Message("lot.earliest_day")
    assert fixed["AFTER"] == fixed["A"] == Message("lot.before_or_after")
    assert fixed["HUGE"] == fixed["B"] == Message("lot.alone")


def broken(starts: tuple[Start, ...], number: int, **changes: object) -> list[Start]:
    return [replace(s, **changes) if n == number else s for n, s in enumerate(starts)]  # type: ignore[arg-type]


def test_violations_are_seen() -> None:
    sites = [
        candidate("C0", 60),
        candidate("C1", 60, after=("C0",)),
        candidate("C2", 60, ward="Phường 2", earliest=MONDAY + timedelta(days=21)),
    ]
    asked = question(
        1, 12, training_weeks=1, trainings_per_week_max=1, ward_minimum=1, teams_per_site_max=1,
        black_outs=(DayRange(MONDAY + timedelta(days=14), MONDAY + timedelta(days=15)),),
    )  # fmt: skip
    planner = Planner(sites, prior_only(), asked, None)
    starts = planner.solved(asked).starts
    assert [start.code for start in starts] == ["C0", "C1", "C2"] or len(starts) == 3
    assert violations(starts, sites, asked) == []
    of = {start.code: number for number, start in enumerate(starts)}
    first = starts[of["C0"]]
    cases = {
        "black-out": broken(starts, of["C0"], working=(1, 2)),
        "pauses": broken(starts, of["C0"], working=(first.working[0], first.working[-1] + 4)),
        "stalls of": broken(starts, of["C0"], working=first.working[:1]),
        "weeks of training": broken(starts, of["C0"], training=()),
        "teams, 1 exist": broken(starts, of["C1"], working=first.working, training=first.training),
        "trainings": broken(starts, of["C1"], training=first.training),
        "does not wait": [s for s in starts if s.code != "C0"],
        "earliest day": broken(starts, of["C2"], training=(0,), working=(1, 3)),
        "a team is at two sites": broken(starts, of["C1"], working=first.working),
        "ward Phường 2": [s for s in starts if s.code != "C2"],
        "starts twice": [*starts, first],
        "no such candidate": broken(starts, of["C1"], code="C9"),
    }
    for text, wrong in cases.items():
        assert any(text in each for each in violations(wrong, sites, asked)), text
    two = broken(starts, of["C0"], teams=(1, 2))
    assert any("2 teams" in each for each in violations(two, sites, asked))


def test_the_example_plan_keeps_its_word() -> None:
    """Forty sites and fifty-two weeks, as a user asks; every rule re-checked by plain loops."""
    sites = read_candidates(EXAMPLE)
    asked = PlanQuestion(
        teams=5,
        first_day=MONDAY,
        last_day=MONDAY + timedelta(days=7 * 52 - 1),
        is_tet_black=False,
        black_outs=(DayRange.parse("2026-08-10..2026-08-16"),),
        ward_minimum=1,
        target_share=0.3,
    )
    found = plan(sites, (), asked)
    number = {week: n for n, week in enumerate(asked.weeks)}
    black = {number[week.monday] for week in found.weeks if week.is_black}
    chosen = {
        each.code: Way(
            tuple(number[week] for week in each.training_weeks),
            tuple(
                n
                for n in range(
                    number[each.start_day], number[each.last_day - timedelta(days=6)] + 1
                )
                if n not in black
            ),
            len(each.teams),
        )
        for each in found.sites
    }
    assert is_feasible(chosen, sites, asked)
    assert found.totals.gap <= 1e-3
    assert found.one_more_team.priority_stall_weeks >= 0
    assert found.price_of_lot is not None and 0 <= found.price_of_lot.share_lost < 0.3
    assert len(found.sites) + len(found.unplanned) == len(sites)
    assert set(found.assignment.starts) == set(chosen)
    assert as_json(plan(sites, (), asked)) == as_json(found)
    target = found.target
    assert target is not None
    chances = [each.probability for each in target.tried]
    assert target.teams_needed is None or max(chances) >= 0.8
    assert target.best_probability >= max([target.probability, *chances])


def test_a_target_out_of_reach_is_said_with_what_can_be_reached() -> None:
    sites = [candidate(f"C{n}", 90) for n in range(3)]
    found = plan(sites, (), question(1, 20, target_share=0.99)).target
    assert found is not None
    assert found.teams_needed is None
    assert found.best_probability < 0.8
    assert 0 < found.best_share < 0.99
    assert "No number of teams reaches 99.0%" in languages()["en"].render(found.said)
    assert "Không số đội nào đạt 99,0%" in languages()["vi"].render(found.said)
    easy = plan(sites, (), question(1, 50, target_share=0.05)).target
    assert easy is not None and easy.teams_needed is not None
    assert easy.teams_needed <= 6


def test_teams_that_suffice_gain_nothing_by_one_more() -> None:
    found = plan([candidate("C0", 30)], (), question(3, 10))
    assert found.one_more_team.priority_stall_weeks == pytest.approx(0, abs=1e-9)
    assert found.one_more_team.said.id == "plan.one_more_gains_nothing"


def test_questions_that_cannot_be_are_refused() -> None:
    with pytest.raises(Refused, match="teams: from 0"):
        question(-1, 10)
    with pytest.raises(Refused, match="whole weeks"):
        PlanQuestion(teams=1, first_day=MONDAY, last_day=MONDAY + timedelta(days=3))
    with pytest.raises(Refused, match="before the first"):
        PlanQuestion(teams=1, first_day=MONDAY, last_day=MONDAY - timedelta(days=3))
    with pytest.raises(Refused, match="no plan keeps all rules"):
        plan([candidate("C0", 900)], (), question(1, 10, ward_minimum=1))


def test_teams_that_come_later_are_used_later() -> None:
    sites = [candidate(f"C{n}", 60) for n in range(4)]
    asked = question(0, 12, team_changes=((MONDAY + timedelta(days=28), 2),))
    found = plan(sites, (), asked)
    assert min(each.start_day for each in found.sites) == MONDAY + timedelta(days=28)
    assert [week.teams for week in found.weeks] == [0] * 4 + [2] * 8
