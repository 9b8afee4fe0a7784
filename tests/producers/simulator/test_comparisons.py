"""Markets outside the pilot: what is different there, and nothing else."""

from datetime import date

from producers.simulator.founding import programme_start
from producers.simulator.run import simulate

START, DAYS = date(2026, 5, 11), 60


def test_nobody_is_equipped_outside_the_pilot_once_its_programme_has_started() -> None:
    city = simulate(seed=7, days=DAYS, start=START, scale=0.3, with_comparisons=True).city
    since = programme_start(START, DAYS)
    assert since.weekday() == 0
    late = {t.plan.is_comparison for t in city.traders if (t.life.equipped_on or START) >= since}
    early = {t.plan.is_comparison for t in city.traders if t.life.equipped_on}
    assert late == {False}
    assert early == {False, True}


def test_the_pilot_alone_is_the_city_that_it_was() -> None:
    city = simulate(seed=7, days=DAYS, start=START, scale=0.05).city
    assert [plan.code for plan in city.plans] == ["HL1", "HL2", "CD"]
    assert not any(plan.is_comparison for plan in city.plans)
