"""Which days are folded again: decided from evidence and states alone."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from consumers.fold.dirty import (
    NOTHING,
    RUN_EVIDENCE_MAX,
    DayState,
    Fingerprint,
    by_week,
    days_of,
    dirty_days,
    disagreements,
    runs,
    week_of,
)

FIRST = date(2026, 2, 23)
days = st.integers(0, 20).map(lambda n: FIRST + timedelta(n))
small = st.integers(0, 2)
fingerprints = st.dictionaries(days, st.builds(Fingerprint, small, small, small, small))
states = st.dictionaries(
    days,
    st.builds(
        DayState,
        fingerprint=st.builds(Fingerprint, small, small, small, small),
        registry_hash=small,
        rule_version=small,
        paid_mark=small,
        links=st.dictionaries(days, small, max_size=4),
    ),
)


@given(fingerprints, states, st.dictionaries(days, small), small)
def test_a_day_is_clean_only_if_it_was_folded_from_what_is_there(
    seen: dict[date, Fingerprint],
    folded: dict[date, DayState],
    registry: dict[date, int],
    rule: int,
) -> None:
    def registry_hash(day: date) -> int:
        return registry.get(day, 0)

    dirty = dirty_days(seen, folded, registry_hash=registry_hash, rule_version=rule)
    for day in seen.keys() | folded.keys():
        state = folded.get(day)
        made_from = (seen.get(day, NOTHING), registry_hash(day), rule)
        is_clean = state is not None and made_from == (
            state.fingerprint,
            state.registry_hash,
            state.rule_version,
        )
        assert (day not in dirty) == is_clean
    assert dirty <= seen.keys() | folded.keys()
    # folded from what is there now, every day is clean
    made = {
        day: DayState(seen.get(day, NOTHING), registry_hash(day), rule, 0, {})
        for day in seen.keys() | folded.keys()
    }
    assert not dirty_days(seen, made, registry_hash=registry_hash, rule_version=rule)


@given(states)
def test_two_days_agree_when_both_say_the_same_of_each_other(folded: dict[date, DayState]) -> None:
    found = disagreements(folded)
    for one, left in folded.items():
        for other, right in folded.items():
            if one < other:
                is_linked = other in left.links or one in right.links
                is_same = left.links.get(other, 0) == right.links.get(one, 0)
                assert ((one, other) in found) == (is_linked and not is_same)
    assert all(earlier <= later for earlier, later in found)


@given(st.sets(days))
def test_weeks_hold_every_day_once_newest_first(those: set[date]) -> None:
    weeks = by_week(those)
    assert sorted(day for _, part in weeks for day in part) == sorted(those)
    assert [monday for monday, _ in weeks] == sorted((w for w, _ in weeks), reverse=True)
    for monday, part in weeks:
        assert monday.weekday() == 0
        assert all(week_of(day) == monday for day in part)
        assert part == sorted(part, reverse=True)


evidence = st.integers(0, RUN_EVIDENCE_MAX + 1)


@given(st.sets(days), st.dictionaries(days, evidence))
def test_runs_are_the_days_within_weeks_and_bounds(
    wanted: set[date], counts: dict[date, int]
) -> None:
    found = runs(wanted, counts)
    assert [day for run in found for day in days_of(*run)] == sorted(wanted)
    for first, last in found:
        assert week_of(first) == week_of(last)
        held = sum(counts.get(day, 0) for day in days_of(first, last))
        assert first == last or held <= RUN_EVIDENCE_MAX


@given(st.sets(days))
def test_as_few_runs_as_weeks_and_gaps_allow(wanted: set[date]) -> None:
    starts = [day for day in wanted if day.weekday() == 0 or day - timedelta(1) not in wanted]
    assert [first for first, _ in runs(wanted, {})] == sorted(starts)
