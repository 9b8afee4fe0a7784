"""For whom, how often visited, week by week: groups, and the facts of three commands."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.evaluation.dose import dose
from consumers.evaluation.live_series import gap_here, live
from consumers.evaluation.panel import VendorPanel
from consumers.evaluation.whom import whom
from consumers.plain import as_json
from consumers.statistics.shrink import holm, shrink
from tests.evaluation.pilots import REGISTERED, drawn, panel_of, plan_of, weeks_of

SEEDS = st.integers(0, 2**32 - 1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_its_definition(p: list[float]) -> None:
    adjusted = holm(np.array(p))
    for alpha in (0.01, 0.05, 0.2):
        rejected = set()
        for place, n in enumerate(np.argsort(p, kind="stable")):
            if p[n] * (len(p) - place) > alpha:
                break
            rejected.add(int(n))
        assert {n for n, a in enumerate(adjusted) if a <= alpha} == rejected


def test_shrinking_lies_between_a_group_and_the_mean_and_covers() -> None:
    rng = np.random.default_rng(0)
    covered = total = 0
    errors: list[float] = []
    for _ in range(300):
        se = rng.uniform(0.2, 1.0, 12)
        truth = rng.normal(1.0, 0.6, 12)
        value = rng.normal(truth, se)
        found = shrink(value, se)
        low, high = np.minimum(value, found.mean), np.maximum(value, found.mean)
        assert ((low - 1e-9 <= found.value) & (found.value <= high + 1e-9)).all()
        covered += int(((found.low <= truth) & (truth <= found.high)).sum())
        total += 12
        errors += [float(((estimate - truth) ** 2).sum()) for estimate in (found.value, value)]
    assert 0.93 <= covered / total <= 0.98
    assert sum(errors[::2]) < 0.75 * sum(errors[1::2])  # nearer to the truth than its own figures


def test_three_groups_are_left_as_they_are() -> None:
    value, se = np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.7, 0.6])
    found = shrink(value, se)
    assert found.value == pytest.approx(value)
    assert found.high - found.value == pytest.approx(1.959964 * se)


def test_groups_without_a_spread_are_one() -> None:
    se = np.full(5, 0.5)
    found = shrink(np.array([1.0, 1.1, 0.9, 1.0, 1.0]), se)
    assert found.tau == 0 and found.same_p > 0.9
    # Five groups say little of their spread: half of the way to the mean, (5 - 3) / (5 - 1).
    assert found.value == pytest.approx([1.0, 1.05, 0.95, 1.0, 1.0])
    assert (found.high - found.low < 2 * 1.96 * se).all()
    assert found.mean_se == pytest.approx(0.5 / np.sqrt(5))


PRODUCTS = ("Hải sản", "Rau củ", "Thịt")
WEEKS = 16


def stalls(seed: int, gains: dict[str, float], markets: int = 12, size: int = 8) -> VendorPanel:
    """Each market sells each product at eight stalls; gains are of the three pilots."""
    rng = np.random.default_rng(seed)
    names, vendors, products, rates = [], [], [], []
    for m in range(markets):
        shock = rng.normal(0, 0.3)
        for product in PRODUCTS:
            for n in range(size):
                names.append(f"M{m}")
                vendors.append(f"M{m}-{product}-{n}")
                products.append(product)
                gain = gains[product] * (m < 3) + shock
                level = rng.gamma(4, 1)
                rates.append(level + gain * (np.arange(WEEKS) >= 8) + rng.normal(0, 0.5, WEEKS))
    count = len(names)
    return VendorPanel(
        markets=tuple(names),
        vendors=tuple(vendors),
        row=tuple(f"R{n // 4 % 6}" for n in range(count)),
        product=tuple(products),
        weeks=weeks_of(WEEKS),
        count=np.array(rates) * 6,
        open_days=np.full((count, WEEKS), 6.0),
        visits=np.zeros((count, WEEKS)),
        visited=np.full(count, float(WEEKS)),
        first_paid=np.zeros(count),
        cut_off_at=None,
    )


PLAN = plan_of(markets=12, before=8, after=8)


def test_effects_by_product_are_those_planted() -> None:
    gains = {"Hải sản": 3.0, "Rau củ": 0.0, "Thịt": 1.5}
    panel = stalls(1, gains)
    found = whom(PLAN, panel, panel.product, "product", causal=True)
    assert found.label == "causal" and not found.left_out
    for group in found.groups:
        assert group.low <= gains[group.group] <= group.high
        assert (group.vendors, group.markets) == (96, 12)
        assert group.p <= group.p_adjusted
    assert found.same_p is not None and found.same_p < 0.001 and found.sentence.id == "whom.differ"
    json = as_json(found)
    assert json["groups"][0]["group"] == "Hải sản"


def test_without_an_effect_no_group_is_found_too_often() -> None:
    """The chance that any product is called out after Holm stays at the level."""
    wrong = differing = 0
    nothing = dict.fromkeys(PRODUCTS, 0.0)
    for seed in range(300):
        panel = stalls(seed, nothing, size=3)
        found = whom(PLAN, panel, panel.product, "product", causal=True)
        wrong += any(group.p_adjusted <= 0.05 for group in found.groups)
        assert found.same_p is not None
        differing += found.same_p <= 0.05
    assert wrong / 300 <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 300)
    assert differing / 300 <= 0.08


def test_without_comparison_a_change_is_only_described() -> None:
    panel = stalls(2, {"Hải sản": 3.0, "Rau củ": 0.0, "Thịt": 1.5})
    for by, causal in (("product", False), ("row", True)):
        groups = (
            panel.product
            if by == "product"
            else tuple(f"{m}/{r}" for m, r in zip(panel.markets, panel.row, strict=True))
        )
        found = whom(PLAN, panel, groups, by, causal=causal)  # type: ignore[arg-type]
        assert found.label == "descriptive" and found.why.id == "whom.before_and_after"
        assert found.groups and {g.markets for g in found.groups} <= {1, 3}
        if by == "row":
            assert {g.group[:2] for g in found.groups} == {"M0", "M1", "M2"}


def test_small_groups_are_left_out() -> None:
    panel = stalls(2, dict.fromkeys(PRODUCTS, 1.0))
    product = ("Hiếm", "Hiếm", *panel.product[2:])
    found = whom(PLAN, replace(panel, product=product), product, "product", causal=False)
    assert found.left_out == ("Hiếm",)
    nobody = whom(PLAN, panel, ("",) * len(panel.vendors), "product", causal=True)
    assert nobody.groups == () and nobody.same_p is None


def visited_vendors(seed: int, *, ratio: float, by_lot: bool = False) -> Any:
    """First payments at 6 % a week, times `ratio` for each earlier visit."""
    rng = np.random.default_rng(seed)
    count, weeks = 600, 20
    if by_lot:
        arm = rng.random(count) < 0.5
        visits = np.zeros((count, weeks))
        rate = np.full((count, weeks), 0.06) * np.where(arm, ratio, 1.0)[:, None]
    else:
        arm = np.zeros(count, np.bool_)
        visits = (rng.random((count, weeks)) < 0.06).astype(float)
        earlier = np.cumsum(visits, axis=1) - visits
        rate = 0.06 * ratio ** np.minimum(earlier, 3)
    paid = rng.random((count, weeks)) < 1 - np.exp(-rate)
    first = np.where(paid.any(axis=1), paid.argmax(axis=1), weeks).astype(float)
    visited = np.where(visits.any(axis=1), visits.argmax(axis=1), weeks).astype(float)
    panel = VendorPanel(
        markets=tuple(f"M{n % 3}" for n in range(count)),
        vendors=tuple(f"V{n}" for n in range(count)),
        row=tuple(f"R{n // 3 % 12}" for n in range(count)),
        product=("",) * count,
        weeks=weeks_of(weeks),
        count=(np.arange(weeks) >= first[:, None]).astype(float),
        open_days=np.full((count, weeks), 6.0),
        visits=visits,
        visited=visited,
        first_paid=first,
        cut_off_at=None,
    )
    return panel, arm


def test_visits_and_first_payments_are_described() -> None:
    panel, _ = visited_vendors(3, ratio=1.8)
    found = dose(plan_of(before=0, after=20, markets=8), panel)
    assert found.label == "descriptive" and found.sentence.id == "dose.per_visit"
    assert found.per_visit is not None and found.by_lot is None
    assert found.per_visit.low <= 1.8 <= found.per_visit.high
    assert found.per_visit.high - found.per_visit.low < 0.8
    # The rows count every vendor-week once, and every first payment once.
    assert sum(row.first_payments for row in found.rows) == int((panel.first_paid < 20).sum())
    assert sum(row.vendor_weeks for row in found.rows) == int(
        np.minimum(panel.first_paid + 1, 20).sum()
    )
    shares = [row.share for row in found.rows if row.vendor_weeks > 100]
    assert shares == sorted(shares)  # type: ignore[type-var]


def test_who_had_been_paid_before_is_not_at_risk() -> None:
    panel, _ = visited_vendors(3, ratio=1.0)
    first = panel.first_paid.copy()
    first[:300] = -1
    found = dose(plan_of(before=0, after=20, markets=8), replace(panel, first_paid=first))
    assert found.courses[0].vendors == 300


def test_visits_drawn_by_lot_may_be_called_a_cause() -> None:
    panel, arm = visited_vendors(4, ratio=1.6, by_lot=True)
    names = np.array(panel.vendors)
    lot = {
        "how": "drawn by lot",
        "is_randomised": True,
        "seed": 4,
        "treated": tuple(names[arm].tolist()),
        "control": tuple(names[~arm].tolist()),
    }
    found = dose(plan_of(before=0, after=20, markets=8, assignment=lot), panel)
    assert found.label == "causal" and found.by_lot is not None and found.per_visit is None
    assert found.by_lot.low <= 1.6 <= found.by_lot.high
    drawn_side, other = found.courses
    assert drawn_side.vendors + other.vendors == 600
    assert drawn_side.median_week is not None and other.median_week is not None
    assert drawn_side.median_week < other.median_week
    assert all(
        low <= paid <= high
        for course in found.courses
        for low, paid, high in zip(course.low, course.paid, course.high, strict=True)
    )


def test_too_few_first_payments_say_so() -> None:
    panel, _ = visited_vendors(5, ratio=1.0)
    nobody = replace(panel, first_paid=np.full(600, 20.0), count=np.zeros((600, 20)))
    found = dose(plan_of(before=0, after=20, markets=8), nobody)
    assert found.per_visit is None and found.sentence.id == "dose.too_few"


def test_the_live_course_narrows_and_never_claims_the_conclusion() -> None:
    plan = plan_of(before=12, after=12)
    panel = drawn(np.random.default_rng(6), before=12, after=12, effect=1.5)
    seen = panel.only(np.arange(24) < 20)
    found = live(plan, seen, REGISTERED)
    assert len(found.points) == 8 and found.horizon == 12
    widths = [p.high - p.low for p in found.points if np.isfinite(p.high - p.low)]
    assert widths == sorted(widths, reverse=True)
    last = found.points[-1]
    assert last.low > 0 and found.sentence.id == "live.excludes_zero"
    assert last.here_low is not None and last.here_low < last.value
    nothing = live(plan, panel_of(np.zeros((20, 24))), REGISTERED)
    assert nothing.points == () and {r.code for r in nothing.refusals} >= {"zero_outside"}


@pytest.mark.parametrize("hang_together", [0.0, 0.5])
def test_the_gap_among_these_markets_is_covered_at_every_week(hang_together: float) -> None:

    rng = np.random.default_rng(9)
    missed = 0
    for _ in range(400):
        noise = rng.normal(size=60)
        for week in range(1, 60):
            noise[week] += hang_together * noise[week - 1]
        found = gap_here(noise[:26], noise[26:] + 0.7, best_at=26)
        assert found is not None
        missed += bool(((found[0] > 0.7) | (found[1] < 0.7)).any())
    assert missed / 400 <= 0.07
    assert gap_here(np.ones(5), np.ones(3), best_at=3) is None
