"""The law of the forecast: bands hold what they say on known truth, and beat simple methods.

The towns (rollout_towns.py) are made vendor by vendor and otherwise than the model supposes. Every
town of six sites is fitted by itself, as a city would: 792 sites in 132 pools.
"""

import numpy as np
import pytest

from consumers.rollout.outcome import MethodScore
from consumers.rollout.score import OURS, Trial, baseline_draws, forecast_draws
from consumers.rollout.score import score_draws as scores_of
from consumers.statistics.diffusion.baselines import BASELINE_METHODS
from consumers.statistics.diffusion.prior import Prior
from tests.rollout.rollout_towns import towns

POOLS, SITES, HORIZON, SEED = 132, 6, 26, 20_260_701
BIG = 60  # stalls: below, whole numbers make any band hold more than it says


def trial_at(weeks: int, seed: int, pools: int = POOLS) -> Trial:
    """What was known after `weeks` weeks, and what came."""
    town = towns(pools=pools, sites=SITES, weeks=weeks + HORIZON, seed=seed)
    truth = np.cumsum(town.weeks.new, axis=1)[:, weeks:]
    return Trial(town.weeks.until(weeks), town.groups, town.weeks.open_share[:, weeks:], truth)


def big_only(trial: Trial, draws: np.ndarray) -> tuple[Trial, np.ndarray]:
    """The same for sites of many stalls: other sites' truth is not there."""
    truth = np.where(trial.known.ceiling[:, None] >= BIG, trial.truth, np.nan)
    return Trial(trial.known, trial.groups, trial.open_share, truth), draws


def report(scores: tuple[MethodScore, ...]) -> None:
    for each in scores:
        print(
            f"{each.method:14} {each.weeks_ahead or 'all':>3} weeks ahead n {each.forecast_count:6}"
            f" CRPS {each.crps_share:.4f} 80 % {each.coverage80:.3f} 95 % {each.coverage95:.3f}"
            f" (ties at random {each.pit80:.3f} {each.pit95:.3f})"
        )


@pytest.fixture(scope="module")
def at_four_weeks() -> tuple[Trial, np.ndarray]:
    trial = trial_at(4, SEED)
    return trial, forecast_draws(trial, Prior(), draws=400, seed=1)


def test_bands_hold_what_they_say(at_four_weeks: tuple[Trial, np.ndarray]) -> None:
    trial, draws = at_four_weeks
    assert len(trial.known.ceiling) >= 500
    scores = scores_of(trial, {OURS: draws}, seed=5)
    report(scores)
    total = scores[0]
    assert 0.75 <= total.pit80 <= 0.85
    assert 0.92 <= total.pit95 <= 0.98
    for each in scores[1:]:
        assert 0.72 <= each.pit80 <= 0.88, each
        assert 0.90 <= each.pit95 <= 0.99, each
    trial, draws = big_only(trial, draws)
    assert np.isfinite(trial.truth[:, 0]).sum() >= 500
    [big, *_] = scores_of(trial, {OURS: draws}, seed=5)
    print("of", BIG, "stalls and more:", end=" ")
    report((big,))
    assert 0.75 <= big.coverage80 <= 0.85
    assert 0.92 <= big.coverage95 <= 0.98


def test_four_weeks_of_data_beat_simple_methods(at_four_weeks: tuple[Trial, np.ndarray]) -> None:
    trial, draws = at_four_weeks
    samples = {OURS: draws} | {
        name: baseline_draws(trial, m) for name, m in BASELINE_METHODS.items()
    }
    scores = scores_of(trial, samples, seed=5)
    report(scores)
    total = {each.method: each.crps_share for each in scores if each.weeks_ahead == 0}
    for name in BASELINE_METHODS:
        print(f"CRPS {1 - total[OURS] / total[name]:.0%} below {name}")
    assert total[OURS] <= 0.8 * total["ETS"]
    assert total[OURS] <= 0.8 * total["Bass, free m"]
    assert total[OURS] <= total["naive slope"]


def test_bands_hold_in_a_sites_third_month() -> None:
    trial = trial_at(12, SEED + 1, pools=90)
    scores = scores_of(trial, {OURS: forecast_draws(trial, Prior(), draws=400, seed=1)}, seed=5)
    report(scores)
    assert 0.75 <= scores[0].pit80 <= 0.85
    assert 0.92 <= scores[0].pit95 <= 0.98
