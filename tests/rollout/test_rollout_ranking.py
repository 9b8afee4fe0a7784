"""Ranks and how sure they are: closed forms with two attributes, thresholds that really cross."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.language.language import languages
from consumers.rollout.ranking import crossing, rank, scaled, weighed
from infra.errors import Refused
from tests.rollout.rollout_sites import candidate


def test_acceptability_with_two_attributes_is_the_length_of_an_interval() -> None:
    """A = (1, 0), B = (0, 1), C = (0.6, 0.6): with weight w of x, C is first for 0.4 < w < 0.6."""
    sites = [
        candidate("A", attributes={"x": 1.0, "y": 0.0}),
        candidate("B", attributes={"x": 0.0, "y": 1.0}),
        candidate("C", attributes={"x": 0.6, "y": 0.6}),
    ]
    found = rank(sites)
    first = {each.code: each.acceptability[0] for each in found.ranked}
    assert first["C"] == pytest.approx(0.2, abs=0.01)
    assert first["A"] == pytest.approx(0.4, abs=0.01)
    assert first["B"] == pytest.approx(0.4, abs=0.01)
    assert found.ranked[0].code == "C"
    for each in found.ranked:
        assert sum(each.acceptability) == pytest.approx(1)
        assert each.top3 == pytest.approx(1)
    over = {(o.behind, o.ahead, o.attribute): o for o in found.overtaking}
    assert over["A", "C", "x"].threshold == pytest.approx(0.6)
    assert over["A", "C", "x"].direction == "above"
    assert over["A", "C", "y"].threshold == pytest.approx(0.4)
    assert over["A", "C", "y"].direction == "below"
    said = over["A", "C", "x"].said
    assert "exceeds 60.0%" in languages()["en"].render(said)
    assert "lớn hơn 60,0%" in languages()["vi"].render(said)


values = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@settings(deadline=None, max_examples=200)
@given(values, values, st.lists(st.floats(0.05, 1), min_size=3, max_size=3), st.integers(0, 2))
def test_at_the_threshold_scores_are_equal_and_beyond_it_they_cross(
    low: list[float], high: list[float], raw: list[float], number: int
) -> None:
    weights = np.array(raw) / sum(raw)
    difference = np.array(low) - np.array(high)
    threshold = crossing(difference, weights, number)

    def gap(weight: float) -> float:
        others = weights * (1 - weight) / (1 - weights[number])
        others[number] = weight
        return float(others @ difference)

    if threshold is None:
        assert gap(0.01) * gap(0.99) >= 0 or min(abs(gap(0.01)), abs(gap(0.99))) < 1e-2
        return
    assert gap(threshold) == pytest.approx(0, abs=1e-9)
    if abs(gap(1) - gap(0)) > 1e-6 and 0.01 < threshold < 0.99:
        assert gap(threshold - 0.01) * gap(threshold + 0.01) < 0


def test_less_is_better_where_the_weight_is_negative() -> None:
    sites = [
        candidate("NEAR", attributes={"km": 1.0, "x": 0.5}),
        candidate("FAR", attributes={"km": 9.0, "x": 0.5}),
    ]
    weights = weighed(sites, {"km": -3.0, "x": 1.0})
    assert [(w.attribute, w.weight, w.is_less_better) for w in weights] == [
        ("km", 0.75, True),
        ("x", 0.25, False),
    ]
    assert scaled(sites, weights).tolist() == [[1.0, 0.0], [0.0, 0.0]]
    assert [each.code for each in rank(sites, {"km": -1.0}).ranked] == ["NEAR", "FAR"]
    assert [each.code for each in rank(sites, {"km": 1.0}).ranked] == ["FAR", "NEAR"]


def test_without_attributes_the_larger_comes_first() -> None:
    found = rank([candidate("SMALL", 10), candidate("LARGE", 90)])
    assert [each.code for each in found.ranked] == ["LARGE", "SMALL"]
    assert [each.attribute for each in found.weights] == ["stall_count"]


def test_weights_that_cannot_be_are_refused() -> None:
    sites = [candidate("A", attributes={"x": 1.0}), candidate("B")]
    with pytest.raises(Refused, match="B has no such attribute"):
        rank(sites)
    with pytest.raises(Refused, match="'y'"):
        rank(sites, {"y": 1.0})
    with pytest.raises(Refused, match="at least one"):
        rank(sites[:1], {"x": 0.0})
