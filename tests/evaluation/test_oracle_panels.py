"""Two hundred random panels against diff-diff, a library that agrees with R to the last digit."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from consumers.statistics.aggregate import aggregate
from consumers.statistics.group_time import Control, Staggered, group_time
from consumers.statistics.synthetic import synthetic_did
from consumers.statistics.two_way import two_way

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import diff_diff

PANELS = 200
NAMES: dict[Control, str] = {"never": "never_treated", "not_yet": "not_yet_treated"}


def draw(seed: int) -> tuple[Staggered, bool]:
    rng = np.random.default_rng(seed)
    units, periods = int(rng.integers(24, 60)), int(rng.integers(4, 8))
    with_covariate = seed % 3 == 0
    starts = rng.choice([np.inf, *range(2, periods + 1)], units)
    # Cohorts of several units each: the oracle refuses covariates on fewer controls than columns.
    starts[:8] = np.inf
    starts[8:14], starts[14:20] = 3, periods
    x = rng.normal(size=(units, 1))
    y = rng.normal(size=(units, 1)) + 0.4 * x * np.arange(periods) + rng.normal(size=periods)
    y = y + 0.5 * (np.arange(1, periods + 1) >= starts[:, None]) + rng.normal(size=y.shape)
    times = np.arange(1.0, periods + 1)
    return Staggered(y, times, starts, x if with_covariate else None), with_covariate


def frame(panel: Staggered) -> pd.DataFrame:
    units, periods = panel.y.shape
    table = {
        "unit": np.repeat(np.arange(units), periods),
        "time": np.tile(panel.times, units).astype(int),
        "first": np.repeat(np.where(np.isfinite(panel.starts), panel.starts, 0), periods),
        "y": panel.y.ravel(),
    }
    if panel.covariates is not None:
        table["x"] = np.repeat(panel.covariates[:, 0], periods)
    return pd.DataFrame(table)


def oracle(panel: Staggered, control: Control) -> Any:
    fit = diff_diff.CallawaySantAnna(
        control_group=NAMES[control], estimation_method="reg", n_bootstrap=0
    )
    covariates = None if panel.covariates is None else ["x"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit.fit(
            frame(panel), "y", "unit", "time", "first", covariates=covariates, aggregate="all"
        )


@pytest.mark.parametrize("block", range(4))
def test_group_time_effects_agree(block: int) -> None:
    compared = 0
    for seed in range(block * PANELS // 4, (block + 1) * PANELS // 4):
        panel, _ = draw(seed)
        control: Control = "never" if seed % 2 else "not_yet"
        mine, theirs = group_time(panel, control=control), oracle(panel, control)
        by_pair = {
            (g, t): (att, se)
            for g, t, att, se in zip(mine.group, mine.time, mine.att, mine.se, strict=True)
        }
        for (g, t), effect in theirs.group_time_effects.items():
            att, se = by_pair[float(g), float(t)]
            assert att == pytest.approx(effect["effect"], abs=1e-8), (seed, g, t)
            assert se == pytest.approx(effect["se"], abs=1e-8), (seed, g, t)
            compared += 1
        simple = aggregate(mine, "simple")
        assert simple.overall == pytest.approx(theirs.overall_att, abs=1e-8), seed
        assert simple.overall_se == pytest.approx(theirs.overall_se, abs=1e-8), seed
        dynamic = aggregate(mine, "dynamic")
        for at, att, se in zip(dynamic.at, dynamic.att, dynamic.se, strict=True):
            event = theirs.event_study_effects[int(at)]
            assert att == pytest.approx(event["effect"], abs=1e-8), (seed, at)
            assert se == pytest.approx(event["se"], abs=1e-8), (seed, at)
        group = aggregate(mine, "group")
        for at, att, se in zip(group.at, group.att, group.se, strict=True):
            cohort = theirs.group_effects[at]
            assert att == pytest.approx(cohort["effect"], abs=1e-8), (seed, at)
            assert se == pytest.approx(cohort["se"], abs=1e-8), (seed, at)
    assert compared > 500


def test_synthetic_did_agrees() -> None:
    """Its weights come from a descent that stops early; ours are exact, so to three digits."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        y = rng.normal(size=(12, 14)).cumsum(axis=1) * 0.3 + rng.normal(size=(12, 1))
        treated, post = np.arange(12) < 3, np.arange(14) >= 10
        unit, time = np.divmod(np.arange(y.size), 14)
        table = pd.DataFrame({"u": unit, "t": time, "y": y.ravel(), "d": treated[unit].astype(int)})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = diff_diff.SyntheticDiD(n_bootstrap=2, seed=1).fit(
                table, "y", "d", "u", "t", post_periods=[10, 11, 12, 13]
            )
        mine = synthetic_did(y, treated, post)
        assert mine.effect == pytest.approx(theirs.att, abs=2e-3 * y.std())


def test_two_way_effects_agree() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        y = rng.normal(size=(15, 8)) + rng.normal(size=(15, 1))
        unit, time = np.divmod(np.arange(y.size), 8)
        shown = ((unit < 5) & (time >= 4)).astype(int)
        table = pd.DataFrame(
            {"u": unit, "t": time, "y": y.ravel(), "d": (unit < 5).astype(int), "p": time >= 4}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = diff_diff.TWFE(cluster="u").fit(
                table.astype({"p": int}), "y", "d", post="p", unit="u"
            )
        mine = two_way(y.ravel(), shown.astype(float), unit, time, clusters=unit)
        assert mine.value == pytest.approx(theirs.att, abs=1e-8)
