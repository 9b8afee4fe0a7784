"""Laws V2 and V3: how often the whole evaluation errs, and how often it finds what is there.

Each run goes through `evaluate`, as the command does once its figures are read: design, headline,
checks and verdict. Vendors share 5 % of the variance of their changes with their market.
"""

from collections import Counter

import numpy as np

from consumers.evaluation.evaluate import PlanFigures, evaluate
from consumers.statistics.power import detectable_effect
from tests.evaluation.pilots import REGISTERED, drawn, plan_of, sd_of_change

NULL_RUNS = 2_000
POWER_RUNS = 600


def test_without_an_effect_the_headline_rejects_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20_261_124)
    plan = plan_of()
    rejected = vendor_rejected = successes = 0
    keys: Counter[str] = Counter()
    for _ in range(NULL_RUNS):
        told = evaluate(plan, PlanFigures(drawn(rng)), REGISTERED)
        assert told.found is not None and told.found.vendor_level is not None
        effect = told.found.effect
        assert (effect.p <= 0.05) == (effect.low > 0 or effect.high < 0)  # they belong together
        rejected += effect.p <= 0.05
        vendor_rejected += told.found.vendor_level.p <= 0.05
        successes += told.verdict.is_success
        keys[told.verdict.key] += 1
    share, vendor_share = rejected / NULL_RUNS, vendor_rejected / NULL_RUNS
    print(f"headline {share:.4f}, vendors {vendor_share:.4f}, success {successes / NULL_RUNS:.4f}")
    print(dict(keys))
    assert 0.03 <= share <= 0.07
    assert 0.55 <= vendor_share <= 0.70
    assert successes / NULL_RUNS <= 0.05


def test_an_effect_of_the_printed_size_is_found_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20_261_125)
    plan = plan_of()
    effect = detectable_effect(20, 3, sd=sd_of_change())
    found = successes = 0
    values, spreads = [], []
    for _ in range(POWER_RUNS):
        told = evaluate(plan, PlanFigures(drawn(rng, effect=effect)), REGISTERED)
        assert told.found is not None and told.found.power is not None
        found += told.found.effect.p <= 0.05
        successes += told.verdict.is_success
        values.append(told.found.effect.value)
        spreads.append(told.found.power.sd)
    print(f"found {found / POWER_RUNS:.4f}, success {successes / POWER_RUNS:.4f}")
    assert 0.75 <= found / POWER_RUNS <= 0.85
    assert np.isclose(np.mean(values), effect, rtol=0.03)
    # The standard deviation that the result prints is the one that the effect was planned with.
    assert np.isclose(np.sqrt(np.mean(np.square(spreads))), sd_of_change(), rtol=0.03)
