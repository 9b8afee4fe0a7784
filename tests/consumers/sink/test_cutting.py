"""Cutting polls around islands: every offset is covered once, and nothing twice."""

from hypothesis import given
from hypothesis import strategies as st

from consumers.sink.cutting import Position, cut, skip_islands


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]], list[int]]:
    """Offsets that exist (with gaps), islands that are stored, and where polls end."""
    end = draw(st.integers(1, 60))
    gaps = draw(st.sets(st.integers(0, end - 1)))
    offsets = [offset for offset in range(end) if offset not in gaps]
    stored = draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=5))
    islands: list[tuple[int, int]] = []
    for first, length in sorted(stored):
        if islands and first <= islands[-1][1]:
            islands[-1] = (islands[-1][0], max(islands[-1][1], first + length))
        else:
            islands.append((first, first + length))
    cuts = sorted(draw(st.sets(st.integers(0, len(offsets)), max_size=4)))
    return offsets, islands, cuts


@given(logs())
def test_every_offset_is_covered_and_every_new_record_lands_once(
    log: tuple[list[int], list[tuple[int, int]], list[int]],
) -> None:
    offsets, islands, cuts = log
    position = Position.at(0)
    landed: list[int] = []
    covered: set[int] = set()
    held = {offset for first, after in islands for offset in range(first, after)}
    for low, high in zip([0, *cuts], [*cuts, len(offsets)], strict=True):
        poll = offsets[low:high]
        if not poll:
            continue
        runs, position = cut(poll, position, islands)
        for run in runs:
            records = poll[run.low : run.high]
            assert records
            assert all(run.first <= record < run.first + run.span for record in records)
            landed += records
            covered |= set(range(run.first, run.first + run.span))
    assert landed == [offset for offset in offsets if offset not in held]
    # whatever lies before the last new record is covered by a run or an island
    if landed:
        assert set(range(landed[-1] + 1)) <= covered | held


@given(logs())
def test_reading_a_poll_twice_lands_nothing(
    log: tuple[list[int], list[tuple[int, int]], list[int]],
) -> None:
    offsets, islands, _ = log
    _, position = cut(offsets, Position.at(0), islands)
    runs, again = cut(offsets, position, islands)
    assert runs == []
    assert again == position


def test_skip_islands_crosses_islands_that_touch() -> None:
    assert skip_islands(0, [(0, 3), (3, 5), (7, 9)]) == 5
    assert skip_islands(6, [(0, 3), (7, 9)]) == 6
