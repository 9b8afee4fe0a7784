"""Estimators against figures that others have published, each within its tolerance."""

import numpy as np
import pytest

from consumers.statistics.aggregate import aggregate
from consumers.statistics.arrays import codes_of
from consumers.statistics.cox import cox
from consumers.statistics.group_time import Control, Staggered, group_time, pre_test
from consumers.statistics.power import power_of
from consumers.statistics.two_way import two_way
from tests.evaluation.published import published

# R, did 2.5: cohort, time, effect, analytic standard error.
MPDTA = (
    (2004, 2004, -0.0105032462209624, 0.0232510363681664),
    (2004, 2005, -0.0704231581031467, 0.0309847667572767),
    (2004, 2006, -0.137258738889403, 0.0364356642876865),
    (2004, 2007, -0.100811363085404, 0.0343592258346732),
    (2006, 2004, 0.00652011242423301, 0.0233268051418047),
    (2006, 2005, -0.00275081875051882, 0.0195585610358817),
    (2006, 2006, -0.00459460695286304, 0.0177551966592763),
    (2006, 2007, -0.0412244715462175, 0.0202291807041068),
    (2007, 2004, 0.0305066555832928, 0.01503356028013),
    (2007, 2005, -0.00272589288611625, 0.0163958328955344),
    (2007, 2006, -0.0310871193896889, 0.0178775113133435),
    (2007, 2007, -0.0260544107191966, 0.0166554353492522),
)


def mpdta(*, with_population: bool = False) -> Staggered:
    rows = published("mpdta.csv")
    wide = rows.pivot_table(index="county", columns="year", values="log_employment")
    first = rows.groupby("county")["first_treated_year"].first().to_numpy(float)
    population = rows.groupby("county")["log_population"].first().to_numpy(float)
    return Staggered(
        wide.to_numpy(float),
        np.array(wide.columns, float),
        np.where(first == 0, np.inf, first),
        population[:, None] if with_population else None,
    )


def test_group_time_effects_of_the_minimum_wage() -> None:
    found = group_time(mpdta(), control="never")
    assert [(g, t) for g, t in zip(found.group, found.time, strict=True)] == [
        row[:2] for row in MPDTA
    ]
    assert found.att == pytest.approx([row[2] for row in MPDTA], abs=1e-10)
    assert found.se == pytest.approx([row[3] for row in MPDTA], abs=1e-9)


def test_aggregates_of_the_minimum_wage() -> None:
    effects = group_time(mpdta(), control="never")
    simple = aggregate(effects, "simple")
    assert simple.overall == pytest.approx(-0.0399512751551763, abs=1e-10)
    assert simple.overall_se == pytest.approx(0.0120340127701854, abs=1e-9)
    dynamic = aggregate(effects, "dynamic")
    assert dynamic.overall == pytest.approx(-0.0772398214573151, abs=1e-10)
    assert dynamic.overall_se == pytest.approx(0.0199649890618494, abs=1e-9)
    assert dynamic.att[dynamic.at >= 0] == pytest.approx(
        [-0.0199318167892593, -0.0509573670651939, -0.137258738889403, -0.100811363085404],
        abs=1e-10,
    )
    group = aggregate(effects, "group")
    assert group.overall == pytest.approx(-0.0310182822287484, abs=1e-10)
    assert group.overall_se == pytest.approx(0.0124460593209979, abs=1e-9)
    assert group.att == pytest.approx(
        [-0.0797491265747291, -0.0229095392495403, -0.0260544107191966], abs=1e-10
    )
    calendar = aggregate(effects, "calendar")
    assert calendar.overall == pytest.approx(-0.0417004321312822, abs=1e-10)
    assert calendar.overall_se == pytest.approx(0.01597185188456, abs=1e-9)


def test_pre_test_of_the_minimum_wage() -> None:
    test = pre_test(group_time(mpdta(), control="never"))
    assert test is not None and test.df == 5
    assert test.statistic == pytest.approx(7.79123662720035, abs=1e-9)
    assert test.p == pytest.approx(0.16812, abs=5e-6)


@pytest.mark.parametrize(
    ("control", "with_population", "simple", "se"),
    [
        ("not_yet", False, -0.0397636256230437, 0.0120524247873419),
        ("never", True, -0.0419686124215432, 0.0114448297682151),
    ],
)
def test_other_comparisons_of_the_minimum_wage(
    control: Control, with_population: bool, simple: float, se: float
) -> None:
    effects = group_time(mpdta(with_population=with_population), control=control)
    found = aggregate(effects, "simple")
    assert found.overall == pytest.approx(simple, abs=1e-10)
    assert found.overall_se == pytest.approx(se, abs=1e-9)
    if control == "not_yet":
        dynamic = aggregate(effects, "dynamic")
        assert dynamic.overall == pytest.approx(-0.0773993139705847, abs=1e-10)


@pytest.mark.parametrize(
    ("is_weighted", "value", "se"),
    [(False, 0.06939842928, 0.0586), (True, 0.07553323890, 0.0348)],
)
def test_two_way_effects_of_the_castle_doctrine(is_weighted: bool, value: float, se: float) -> None:
    rows = published("castle.csv")
    assert len(rows) == 550
    found = two_way(
        rows["l_homicide"].to_numpy(float),
        rows["post"].to_numpy(float),
        codes_of(rows["sid"]),
        codes_of(rows["year"]),
        clusters=codes_of(rows["sid"]),
        weights=rows["popwt"].to_numpy(float) if is_weighted else None,
    )
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.se == pytest.approx(se, abs=5e-5)


def test_cox_of_the_recidivists() -> None:
    rows = published("rossi.csv")
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    found = cox(
        rows["week"].to_numpy(float), rows["arrest"].to_numpy() == 1, rows[names].to_numpy(float)
    )
    assert found.beta == pytest.approx(
        [-0.379422, -0.057438, 0.313900, -0.149796, -0.433704, -0.084871, 0.091497], abs=1e-6
    )
    assert found.se == pytest.approx(
        [0.191379, 0.021999, 0.307993, 0.212224, 0.381868, 0.195757, 0.028649], abs=1e-6
    )
    assert found.log_likelihood == pytest.approx(-658.7476594, abs=1e-6)


@pytest.mark.parametrize(
    ("markets", "smallest", "detectable"),
    [(7, 0.029, 2.67), (10, 0.0083, 2.20), (15, None, 1.96), (20, 0.00088, 1.86), (30, None, 1.77)],
)
def test_what_three_pilots_can_show(
    markets: int, smallest: float | None, detectable: float
) -> None:
    found = power_of(markets=markets, treated=3)
    assert found.detectable == pytest.approx(detectable, abs=0.0051)
    if smallest is not None:
        assert found.smallest_p == pytest.approx(smallest, rel=0.03)
    assert found.is_possible


def test_smallest_p_of_few_and_of_many_markets() -> None:
    six = power_of(markets=6, treated=3)
    assert six.smallest_p == pytest.approx(0.10) and not six.is_possible
    assert power_of(markets=43, treated=3).smallest_p == pytest.approx(0.00008, abs=5e-6)
