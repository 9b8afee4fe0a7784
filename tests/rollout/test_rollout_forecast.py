"""The forecast's tree: bands in order, dates as distributions, pooling, refusals; and the score."""

import json
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

import numpy as np
import pytest

from choso.terminal.rollout import render_forecast, render_score
from consumers.language.language import languages
from consumers.plain import as_json
from consumers.rollout.forecast import forecast, target_date
from consumers.rollout.outcome import Forecast
from consumers.rollout.score import score, trials
from consumers.rollout.site import LeftOut, RunningSite
from infra.errors import Refused
from schemas.message import Message
from tests.rollout.rollout_sites import MONDAY, candidate, site

SUNDAY = MONDAY + timedelta(days=7 * 8 - 1)  # eight complete weeks
SLOW = (1, 0, 1, 2, 1, 1, 0, 2)
FAST = (8, 12, 15, 16, 17, 15, 12, 10)


@pytest.fixture(scope="module")
def found() -> Forecast:
    return ask(
        [site("FAST", FAST), site("SLOW", SLOW), site("DONE", FAST, stall_count=110)],
        start_days={"NEW": MONDAY + timedelta(days=7 * 20 + 2)},
    )


def ask(running: list[RunningSite], **more: object) -> Forecast:
    given: dict[str, object] = {
        "cut_off_day": SUNDAY,
        "horizon_weeks": 30,
        "target_share": 0.6,
        "left_out": [LeftOut("X", Message("site.no_census"))],
        **more,
    }
    candidates = [candidate("NEW"), candidate("KIOSK", 20, kind="convenience_store")]
    return forecast(running, candidates, **given)  # type: ignore[arg-type]


def test_every_site_has_its_curve_and_its_bands(found: Forecast) -> None:
    assert [(s.code, s.state) for s in found.sites] == [
        ("FAST", "running"),
        ("SLOW", "running"),
        ("DONE", "running"),
        ("NEW", "unstarted"),
        ("KIOSK", "unstarted"),
    ]
    for each in found.sites:
        assert len(each.weeks) == 30
        for week in each.weeks:
            half, most, nearly_all = week.bands
            assert nearly_all.low <= most.low <= half.low <= week.median
            assert week.median <= half.high <= most.high <= nearly_all.high
            assert each.adopted_count <= nearly_all.low
            assert nearly_all.high <= each.stall_count
        assert each.weeks[0].week == len(each.past) + 1
        days = [week.last_day for week in each.weeks]
        assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(days))
        assert days[0].weekday() == 6
    fast, slow, done, new, kiosk = found.sites
    assert fast.weeks[0].last_day == SUNDAY + timedelta(days=7)
    assert fast.past[-1] == fast.adopted_count == sum(FAST)
    assert fast.weeks[29].median > slow.weeks[29].median + 30
    assert done.target.is_reached and done.target.never == 0
    assert new.start_day == MONDAY + timedelta(days=142)
    assert new.weeks[0].last_day == MONDAY + timedelta(days=7 * 21 - 1)
    assert kiosk.start_day == SUNDAY + timedelta(days=1)


def test_dates_are_distributions_with_never(found: Forecast) -> None:
    for each in found.sites:
        target = each.target
        assert target.stalls_needed == ceil(0.6 * each.stall_count)
        assert list(target.by_week) == sorted(target.by_week)
        if target.is_reached:
            continue
        assert target.never == pytest.approx(1 - target.by_week[-1])
        for by in target.quantiles:
            reached = [
                week.last_day
                for week, chance in zip(each.weeks, target.by_week, strict=True)
                if chance >= by.probability
            ]
            assert by.day == (reached[0] if reached else None)
    slow = found.sites[1]
    assert slow.target.never > 0.5 > found.sites[0].target.never
    assert slow.target.quantiles[-1].day is None


def test_target_dates_of_known_draws() -> None:
    draws = np.array([[3.0, 8.0, 9.0], [1.0, 2.0, 8.0], [0.0, 1.0, 2.0], [8.0, 8.0, 8.0]])
    lasts = [date(2026, 1, 4), date(2026, 1, 11), date(2026, 1, 18)]
    target = target_date(draws, 10, 0.8, lasts, adopted=0)
    assert target.by_week == (0.25, 0.5, 0.75)
    assert target.never == 0.25
    by = {each.probability: each.day for each in target.quantiles}
    assert (by[0.25], by[0.5], by[0.8]) == (lasts[0], lasts[1], None)


def test_running_sites_teach_the_new_ones_of_their_kind(found: Forecast) -> None:
    quick = ask([site(f"F{n}", FAST) for n in range(4)])
    slow = ask([site(f"S{n}", SLOW) for n in range(4)])
    alone = ask([])
    last = {name: f.sites[-2].weeks[25].mean for name, f in
            (("quick", quick), ("slow", slow), ("alone", alone))}  # fmt: skip
    assert last["quick"] > last["alone"] > last["slow"]
    assert quick.model.kinds[0].site_count == 4
    kiosk = {name: f.sites[-1].weeks[25].mean for name, f in (("q", quick), ("s", slow))}
    assert kiosk["q"] > kiosk["s"]  # other kinds learn too, through the common mean
    assert kiosk["q"] / kiosk["s"] < last["quick"] / last["slow"]  # but less


def test_the_same_again_and_as_json(found: Forecast) -> None:
    again = ask(
        [site("FAST", FAST), site("SLOW", SLOW), site("DONE", FAST, stall_count=110)],
        start_days={"NEW": MONDAY + timedelta(days=7 * 20 + 2)},
    )
    assert again == found
    text = json.dumps(as_json(found), ensure_ascii=False)
    parsed = json.loads(text)
    assert parsed["sites"][0]["weeks"][0]["bands"][2]["level"] == 0.95
    assert parsed["cut_off_day"] == SUNDAY.isoformat()
    assert parsed["left_out"] == [{"code": "X", "reason": {"id": "site.no_census", "values": {}}}]
    shown = render_forecast(found, languages()["en"])
    assert all(each.code in shown for each in found.sites)
    assert "X: left out: there is no census" in shown
    assert "half-normal (κ 0.5, p 0.5, q 0.5)" in shown
    only = ask([site("FAST", FAST[:2]), site("SLOW", SLOW[:2])], only=("SLOW",))
    assert [each.code for each in only.sites] == ["SLOW", "NEW", "KIOSK"]


def test_what_cannot_be_forecast_is_refused() -> None:
    for given, text in (
        ({"horizon_weeks": 0}, "horizon"),
        ({"horizon_weeks": 10_000}, "horizon"),
        ({"target_share": 1.2}, "share"),
        ({"only": ("NOWHERE",)}, "NOWHERE"),
    ):
        with pytest.raises(Refused, match=text):
            ask([], **given)


def test_the_score_compares_forecasts_with_what_came() -> None:
    rng = np.random.default_rng(3)
    sites = []
    for number in range(4):
        adopted, new = 0, []
        for _ in range(24):
            more = int(rng.binomial(150 - adopted, 0.03 + 0.1 * adopted / 150))
            adopted += more
            new.append(more)
        sites.append(site(f"S{number}", tuple(new)))
    found = score(sites, horizon_weeks=13, step_weeks=8)
    assert found.origin_count == 3
    assert found.last_origin == MONDAY + timedelta(days=7 * 23)
    methods = {each.method for each in found.methods}
    assert methods == {"pooled hazard", "naive slope", "ETS", "Bass, free m"}
    total = {each.method: each for each in found.methods if each.weeks_ahead == 0}
    # at week 7 and 15 thirteen and nine weeks follow, at week 23 one: for four sites
    assert total["ETS"].forecast_count == 4 * (13 + 9 + 1)
    one = [each for each in found.methods if each.weeks_ahead == 1]
    assert [each.forecast_count for each in one] == [12] * 4
    assert all(0 < each.crps_share < 1 for each in found.methods)
    assert dict(found.better_than)["Bass, free m"] == pytest.approx(
        1 - total["pooled hazard"].crps_share / total["Bass, free m"].crps_share
    )
    assert "this forecast" in render_score(found, languages()["en"])
    trial, origins = trials(sites, 13, 8)
    assert len(origins) == 3
    paths = np.cumsum(np.array([each.new for each in sites]), axis=1)
    for row, (known, truth) in enumerate(zip(trial.known.length, trial.truth, strict=True)):
        there = paths[row % 4, known : known + 13]
        assert truth[: len(there)] == pytest.approx(there)
        assert np.isnan(truth[len(there) :]).all()
        assert trial.known.adopted[row] == paths[row % 4, known - 1]
    with pytest.raises(Refused, match="five complete weeks"):
        score([site("S", (1, 2, 3))], horizon_weeks=4)
