"""The pure parts of verify: runs of offsets, what they leave, what rows that differ mean."""

from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consumers.fold.dirty import DayState, Fingerprint
from consumers.sink.cutting import Island
from consumers.verify.anew import differences
from consumers.verify.findings import (
    Finding,
    Offsets,
    VerifyReport,
    cut,
    described,
    holes,
    meet,
    merged,
    within,
    without,
)
from consumers.verify.folded import UnfoldedDays
from consumers.verify.known import unknown_logs
from consumers.verify.log import TopicLog

OFFSET_MAX = 40
runs = st.tuples(st.integers(0, OFFSET_MAX), st.integers(0, 9)).map(lambda r: (r[0], r[0] + r[1]))
places = st.builds(
    lambda log, partition, run: Offsets(log, partition, *run),
    st.sampled_from(["A", "B"]),
    st.integers(0, 1),
    runs,
)


def offsets(*those: Offsets) -> set[tuple[str, int, int]]:
    return {(p.topic_id, p.partition, offset) for p in those for offset in range(p.first, p.after)}


@given(st.lists(runs), st.integers(0, OFFSET_MAX), st.none() | st.integers(0, OFFSET_MAX))
def test_holes_and_islands_share_the_log_between_them(
    islands: list[Island], begin: int, end: int | None
) -> None:
    islands = sorted(run for run in islands if run[0] < run[1])
    found = holes(islands, begin=begin, end=end)
    after = max([end_ for _, end_ in islands], default=begin) if end is None else end
    held = {offset for first, last in islands for offset in range(first, last)}
    assert {o for first, last in found for o in range(first, last)} == set(
        range(begin, after)
    ) - held
    assert all(first < last for first, last in found)
    assert found == sorted(found)


@given(st.lists(places), st.integers(0, 5))
def test_merged_runs_hold_the_same_offsets(those: list[Offsets], apart: int) -> None:
    found = merged(those)
    assert offsets(*found) == offsets(*those)
    assert all(not meet(a, b) for n, a in enumerate(found) for b in found[:n])
    near = merged(those, apart_max=apart)
    assert offsets(*near) >= offsets(*those)
    for one, other in pairwise(near):
        if (one.topic_id, one.partition) == (other.topic_id, other.partition):
            assert other.first - one.after > apart


@given(places, st.sets(st.integers(0, OFFSET_MAX + 10)), runs, st.integers(1, 5))
def test_parts_of_a_run(
    place: Offsets, taken: set[int], bounds: tuple[int, int], most: int
) -> None:
    left = offsets(*without(place, taken))
    assert left == {(t, p, o) for t, p, o in offsets(place) if o not in taken}
    inside = within(place, *bounds)
    wanted = {(t, p, o) for t, p, o in offsets(place) if bounds[0] <= o < bounds[1]}
    assert (offsets(inside) if inside else set()) == wanted
    parts = cut(place, offsets_max=most)
    assert offsets(*parts) == offsets(place)
    assert all(0 < part.after - part.first <= most for part in parts)
    assert meet(place, place) == bool(offsets(place))


def test_few_records_are_named_and_many_counted() -> None:
    row = {"topic_id": "A", "partition": 1, "offsets": [9, 3], "record_count": 2, "first": 3}
    row |= {"last": 9, "fact": "is wrong"}
    assert [str(place) for place, _ in described(row, named_max=2)] == [
        "log A-1, offset 3",
        "log A-1, offset 9",
    ]
    [(place, fact)] = described(row, named_max=1)
    assert (str(place), fact) == ("log A-1, offsets 3 to 9", "2 records: is wrong")


AT = Offsets("A", 0, 0, 10)


def row(sides: int, offset: int = 3, **columns: Any) -> dict[str, Any]:
    return {"offset": offset, "digest": b"d", "amount_vnd": 5, **columns, "sides": sides}


def facts(*rows: tuple[str, dict[str, Any]]) -> list[str]:
    return [finding.fact for finding in differences(AT, rows)]


def test_rows_that_differ_are_explained() -> None:
    assert facts(("evidence", row(2))) == ["is not stored, though the log and the rule give it"]
    assert facts(("evidence", row(1))) == ["is stored, though the log and the rule do not give it"]
    assert facts(("evidence", row(1)), ("evidence", row(2, amount_vnd=6))) == [
        "is not what the log and the rule give: amount_vnd is 5, not 6"
    ]
    assert facts(("evidence", row(1, digest=b"e")), ("evidence", row(2))) == [
        "the log holds other bytes there"
    ]
    assert facts(("evidence", row(1)), ("rejected", row(2, reason="amount"))) == [
        "the rule says otherwise: amount, rejected"
    ]
    assert facts(
        ("rejected", row(1, reason="amount")), ("evidence", row(2)), ("rejected", row(2, reason=""))
    ) == ["is kept as amount; the rule admits it: `choso rejected replay`"]
    # a reject that a replay admitted is compared by its time
    assert facts(
        ("rejected", row(1, reason="", amount_vnd=7)), ("rejected", row(2, reason=""))
    ) == ["is not what the log and the rule give: amount_vnd is 7, not 5"]


def test_each_offset_is_explained_by_itself_and_can_be_mended() -> None:
    found = differences(AT, [("evidence", row(1, 4)), ("evidence", row(2, 3))])
    assert [(str(f.load), str(f.reload)) for f in found] == [
        ("log A-0, offset 3", "None"),
        ("None", "log A-0, offset 4"),
    ]
    assert all(finding.can_be_mended for finding in found)
    assert not Finding("window", "payment", "is far").can_be_mended
    assert not VerifyReport(findings=found).ok


PAYMENTS = TopicLog("A", "choso.payments.v1", "payment", {0: (0, 5)})


def logs_told(
    said: dict[str, list[tuple[str, str]]],
    stored: set[str],
    changed: tuple[str, ...] = (),
    current: dict[str, TopicLog] | None = None,
) -> list[tuple[str, str | None]]:
    now = {"A": PAYMENTS} if current is None else current
    return [(finding.fact, finding.log_id) for finding in unknown_logs(said, stored, now, changed)]


def test_logs_that_are_written_down_are_well() -> None:
    mine = [("choso.payments.v1", "payment")]
    assert logs_told({"A": mine}, {"A"}) == []
    assert logs_told({}, set()) == []  # nothing was stored of it yet
    assert logs_told({"A": mine, "OLD": mine}, {"A", "OLD"}) == []  # it was re-created
    assert logs_told({"OLD": mine}, set(), current={}) == []  # no broker was asked


def test_logs_that_are_not_written_down_so_are_told() -> None:
    mine, other = ("choso.payments.v1", "payment"), ("choso.registry.v1", "registry")
    for said, stored, changed, words, mend in (
        ({}, {"A"}, (), "topic_log does not know A", "A"),
        ({"A": [other]}, {"A"}, (), "but it is choso.payments.v1 (payment)", "A"),
        ({"A": [mine, other]}, {"A"}, (), "several things", "A"),
        ({"A": [mine]}, {"A"}, ("A",), "was changed", "A"),
        ({"A": [mine], "OLD": [mine]}, {"A"}, (), "nothing of it is stored", "OLD"),
        ({"A": [mine], "OLD": [mine, other]}, {"A", "OLD"}, (), "several things", None),
        ({"A": [mine], "OLD": [mine]}, {"A", "OLD"}, ("OLD",), "was changed", None),
    ):
        [(fact, log_id)] = logs_told(said, stored, changed)
        assert words in fact, fact
        assert log_id == mend


def state(count: int) -> DayState:
    return DayState(Fingerprint(count, count, 0, 0), 0, 1, 0, {})


def test_only_what_was_dirty_at_first_is_waited_for() -> None:
    one, two, three = (date(2026, 3, day) for day in (1, 2, 3))
    waiting = UnfoldedDays()
    states = {one: state(1), two: state(1)}
    assert waiting.look({one, three}, states) == {one, three}
    assert waiting.look({one, two, three}, states) == {one, three}  # two came later
    assert waiting.look({one, two, three}, states | {one: state(2)}) == {three}  # folded since
    assert waiting.look({one, two, three}, states) == {three}
    assert waiting.look({one}, states) == set()
