"""Laws of the charts: well-formed, said in words, to scale, and the same twice."""

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.charts.bars import Bar, bar_chart
from consumers.charts.dots import Dot, dot_chart
from consumers.charts.fan import Ahead, Level, fan_chart
from consumers.charts.heat import HeatRow, heat_chart
from consumers.charts.ladder import Step, ladder_chart
from consumers.charts.line import Point, Series, ShadedSpan, line_chart
from consumers.charts.scale import Scale, apart, day_ticks, ticks
from consumers.charts.schedule import ScheduleBar, ScheduleRow, schedule_chart
from consumers.charts.spark import sparkline
from consumers.charts.svg import NAMESPACE, NARROW, WIDE, AltText, Size
from consumers.language.language import languages

SVG = f"{{{NAMESPACE}}}"
VI = languages()["vi"]
DAY = date(2026, 2, 2)
SAID = AltText("k", 'Tỷ lệ <b> & "tên"', "Mô tả 'x' </desc><script>")
SIZES = st.sampled_from([WIDE, NARROW, Size(240, 160)])
WORDS = st.text(max_size=30)
SHARES = st.none() | st.floats(0, 1)
MONEY = st.integers(0, 10**13).map(float)


def points(values: list[float | None]) -> tuple[Point, ...]:
    return tuple(
        Point(
            DAY + timedelta(days=n),
            value,
            None if value is None else value * 0.9,
            None if value is None else value * 1.1,
            n < len(values) - 1,
        )
        for n, value in enumerate(values)
    )


def line(draw: Callable[..., object]) -> str:
    names = draw(st.lists(WORDS, min_size=1, max_size=6))
    assert isinstance(names, list)
    series = [
        Series(name, points(draw(st.lists(st.none() | MONEY, max_size=40))))  # type: ignore[arg-type]
        for name in names
    ]
    spans = [ShadedSpan(DAY, DAY + timedelta(days=3), "Tết <&>")]
    size: Size = draw(SIZES)  # type: ignore[assignment]
    return line_chart(series, SAID, value=VI.short_number, day=VI.short_day, size=size, spans=spans)


def bars(draw: Callable[..., object]) -> str:
    parts = st.lists(st.none() | st.integers(-(10**6), 10**6).map(float), min_size=2, max_size=2)
    found: list[list[float | None]] = draw(st.lists(parts, max_size=60))  # type: ignore[assignment]
    columns = [
        Bar(DAY + timedelta(days=n), tuple(p), n % 7 != 0, n % 5 != 0) for n, p in enumerate(found)
    ]
    names: list[str] = draw(st.lists(WORDS, min_size=2, max_size=2))  # type: ignore[assignment]
    size: Size = draw(SIZES)  # type: ignore[assignment]
    return bar_chart(columns, SAID, value=VI.number, day=VI.short_day, labels=names, size=size)


def ladder(draw: Callable[..., object]) -> str:
    steps: list[tuple[str, int | None, float | None]] = draw(  # type: ignore[assignment]
        st.lists(st.tuples(WORDS, st.none() | st.integers(0, 10**6), SHARES), max_size=5)
    )
    made = [Step(a, b, c, None if c is None else c / 2, c) for a, b, c in steps]
    return ladder_chart(made, SAID, count=VI.number, share=VI.whole_share)


def heat(draw: Callable[..., object]) -> str:
    rows: list[tuple[str, int | None, list[float | None]]] = draw(  # type: ignore[assignment]
        st.lists(
            st.tuples(WORDS, st.none() | st.integers(0, 9999), st.lists(SHARES, max_size=12)),
            max_size=20,
        )
    )
    cohorts = [HeatRow(a, b, tuple(c)) for a, b, c in rows]
    names = [f"{n + 1}" for n in range(12)]
    size: Size = draw(SIZES)  # type: ignore[assignment]
    return heat_chart(
        cohorts, names, SAID, count=VI.number, percent=lambda s: VI.number(s * 100), size=size
    )


def dots(draw: Callable[..., object]) -> str:
    rows: list[tuple[str, float | None]] = draw(  # type: ignore[assignment]
        st.lists(st.tuples(WORDS, st.none() | st.floats(-1, 5)), max_size=10)
    )
    made = [
        Dot(a, b, None if b is None else b - 0.1, None if b is None else b + 0.1, "lý do <")
        for a, b in rows
    ]
    size: Size = draw(SIZES)  # type: ignore[assignment]
    return dot_chart(
        made, SAID, value=VI.share, reference=0.4, reference_label="Tất cả & <", size=size
    )


def spark(draw: Callable[..., object]) -> str:
    values: list[float | None] = draw(st.lists(st.none() | MONEY, max_size=40))  # type: ignore[assignment]
    return sparkline(values, SAID)


def fan(draw: Callable[..., object]) -> str:
    counts: list[float] = draw(st.lists(st.floats(0, 1e6), max_size=12))  # type: ignore[assignment]
    middles: list[float] = draw(st.lists(st.floats(0, 1e6), max_size=12))  # type: ignore[assignment]
    past = [(DAY + timedelta(weeks=n), count) for n, count in enumerate(counts)]
    ahead = [
        Ahead(DAY + timedelta(weeks=len(past) + n), m, ((m * 0.5, m * 2), (m * 0.9, m * 1.1)))
        for n, m in enumerate(middles)
    ]
    label: str = draw(WORDS)  # type: ignore[assignment]
    size: Size = draw(SIZES)  # type: ignore[assignment]
    levels = (Level(100.0, label),)
    return fan_chart(past, ahead, SAID, value=VI.number, day=VI.short_day, levels=levels, size=size)


def schedule(draw: Callable[..., object]) -> str:
    found: list[tuple[str, int, int, str]] = draw(  # type: ignore[assignment]
        st.lists(st.tuples(WORDS, st.integers(0, 20), st.integers(0, 9), WORDS), max_size=12)
    )
    last = DAY + timedelta(weeks=30)
    rows = [
        ScheduleRow(
            name,
            (ScheduleBar(DAY + timedelta(weeks=w), DAY + timedelta(weeks=w + n), label=label),),
        )
        for name, w, n, label in found
    ]
    size: Size = draw(SIZES)  # type: ignore[assignment]
    return schedule_chart(
        rows, SAID, first_day=DAY, last_day=last, day=VI.short_day, shaded=[(DAY, DAY)], size=size
    )


ALL = [line, bars, ladder, heat, dots, spark, fan, schedule]


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
@given(data=st.data())
def test_every_chart_is_an_image_that_says_what_it_shows(
    make: Callable[[Callable[..., object]], str], data: st.DataObject
) -> None:
    drawn: list[object] = []

    def draw(strategy: st.SearchStrategy[object]) -> object:
        drawn.append(data.draw(strategy))
        return drawn[-1]

    svg = make(draw)
    replay = iter(drawn)
    assert make(lambda _: next(replay)) == svg, "the same figures must give the same bytes"
    if any(ord(sign) < 32 for sign in re.sub(r"[\n\t]", "", svg)):
        return  # no name that was admitted has control characters (schemas.text)
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, text = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text == SAID.title
    assert text is not None and text.text == SAID.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
    for node in root.iter():
        assert node.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "text", "line", "path", "rect", "circle",
        }  # fmt: skip
        for name, value in node.attrib.items():
            assert not name.startswith("on") and name != "style"
            if name in {"x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "r"}:
                assert math.isfinite(float(value)), (name, value)
            if name in {"width", "height"}:
                assert float(value) >= 0, (name, value)


def test_a_longer_bar_is_a_larger_share_and_the_scale_is_the_same_for_all_markets() -> None:
    def widths(*shares: float) -> list[float]:
        steps = [Step("x", 1, share) for share in shares]
        svg = ladder_chart(steps, SAID, count=VI.number, share=VI.whole_share)
        return [float(w) for w in re.findall(r'<rect x="0"[^>]*? width="([\d.]+)"', svg)]

    assert widths(0.5, 1.0, 0.25) == [164, 328, 82]
    assert widths(0.5) == [164]


def test_bars_that_fall_far_below_the_line_have_few_marks() -> None:
    columns = [Bar(DAY, (1.0, -1_000_000.0))]
    svg = bar_chart(columns, SAID, value=VI.number, day=VI.short_day, labels=["a", "b"])
    assert svg.count("<line") < 12


def test_a_line_begins_at_zero_and_a_gap_is_a_gap() -> None:
    series = [Series("a", points([10.0, 20.0, None, 20.0, 40.0, 40.0]))]
    svg = line_chart(series, SAID, value=VI.number, day=VI.short_day)
    paths = re.findall(r'<path d="M([^"Z]+)"[^>]*stroke-width="2"', svg)
    assert len(paths) == 2
    heights = [float(pair.split()[1]) for pair in paths[0].split("L")]
    axis = float(re.findall(r'class="axis"[^>]*', svg)[0] and re.findall(r'y1="([\d.]+)"', svg)[0])
    assert (axis - heights[1]) == pytest.approx(2 * (axis - heights[0]), abs=0.02)


def test_what_is_not_known_is_blank_in_a_cohort_and_zero_is_not() -> None:
    cohorts = [HeatRow("a", 9, (0.0, None))]
    svg = heat_chart(cohorts, ["1", "2"], SAID, count=VI.number, percent=VI.number)
    assert svg.count("<rect") == 1
    assert svg.count('class="blank"') == 1


def test_closed_days_have_a_mark_and_no_bar() -> None:
    columns = [Bar(DAY, (5.0,)), Bar(DAY + timedelta(days=1), (None,), is_open=False)]
    svg = bar_chart(columns, SAID, value=VI.number, day=VI.short_day)
    assert svg.count("<rect") == 1
    assert "×" in svg


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.integers(1, 10), st.booleans())
def test_ticks_are_even_and_cover_the_range(
    low: float, span: float, count: int, whole: bool
) -> None:
    found = ticks(low, low + span, count=count, whole=whole)
    assert found[0] <= low + 1e-6 * max(1, abs(low))
    assert found[-1] >= low + span - 1e-6 * max(1, abs(low), span)
    assert 2 <= len(found) <= count + 4
    steps = [b - a for a, b in pairwise(found)]
    assert all(math.isclose(step, steps[0], rel_tol=1e-6, abs_tol=1e-6) for step in steps)
    assert not whole or all(float(tick).is_integer() for tick in found)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 4000), st.integers(2, 12))
def test_days_with_a_tick_are_in_the_range_and_few(first: date, span: int, count: int) -> None:
    last = first + timedelta(days=span)
    found = day_ticks(first, last, count=count)
    assert 1 <= len(found) <= count + 1
    assert all(first <= day <= last for day in found)
    assert found == sorted(set(found))


@given(st.lists(st.floats(0, 100), max_size=6))
def test_labels_are_moved_apart_in_their_order(places: list[float]) -> None:
    moved = apart(places, 15, 0, 100)
    order = sorted(range(len(places)), key=lambda n: places[n])
    heights = [moved[n] for n in order]
    assert all(b - a >= 15 - 1e-9 for a, b in pairwise(heights))
    assert all(height <= 100 for height in heights)


def test_a_scale_without_extent_has_a_place() -> None:
    assert Scale(3, 3, 10, 20)(3) == 10
