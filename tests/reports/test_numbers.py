"""The values of a message are the facts of the report that it stands in: one figure, told once."""

from datetime import date

import pytest

from consumers.reports.document import fill, ids_of
from consumers.reports.fact import FactTable, as_rows, from_rows
from consumers.reports.figures import UNBOUNDED, Numbers
from consumers.reports.number_format import LANGS
from schemas.message import (
    Count,
    Day,
    Message,
    Money,
    Name,
    Probability,
    Ref,
    Share,
    Value,
    leading,
)

EFFECT: dict[str, Value] = {
    "value": leading(0.123456),
    "low": leading(-0.5),
    "high": leading(float("inf")),
    "p": Probability(0.00001),
}


def numbers() -> Numbers:
    return Numbers(FactTable(), "evaluation", "did v1", {})


def test_a_placed_message_says_what_it_said_and_holds_no_figure() -> None:
    table = numbers()
    said = Message("verdict.wrong_way", **EFFECT | {"high": leading(2.5)})
    placed = table.place(said, "verdict")
    assert list(ids_of(placed)) == [f"verdict.{name}" for name in ("high", "low", "p", "value")]
    assert table.facts["verdict.value"].value == 0.123456  # in full
    for lang in LANGS:
        assert fill(placed, table.facts, lang) == fill(said, table.facts, lang)
    with pytest.raises(AssertionError, match="by their facts"):
        list(ids_of(said))


def test_messages_and_lists_inside_are_placed_too() -> None:
    table = numbers()
    weeks = tuple(Day(date(2026, 1, 5 + 7 * n)) for n in range(2))
    inner = Message("departure.weeks_left_out", count=Count(2), weeks=weeks)
    said = Message("rollout.left_out", code=Name("HL1"), reason=inner)
    placed = table.place(said, "x")
    assert set(table.facts) == {"x.reason.count", "x.reason.weeks.1", "x.reason.weeks.2"}
    shown = fill(placed, table.facts, "en")
    assert shown == fill(said, table.facts, "en") and "2 weeks left out" in shown


def test_a_figure_that_stands_there_already_is_the_same_one() -> None:
    table = numbers()
    there = table.put("p", Probability(0.00001))
    said = Message("verdict.wrong_way", **EFFECT | {"high": leading(2.5)})
    placed = table.place(said, "verdict", p=there)
    assert dict(placed.values)["p"] == Ref("p") and "verdict.p" not in table.facts
    other = table.put("q", Probability(0.00002))
    with pytest.raises(AssertionError, match="p is"):
        table.place(said, "again", p=other)


def test_a_number_without_a_bound_says_why() -> None:
    table = numbers()
    ref = table.put("high", leading(float("inf")), interval=(0.0, 1.0), level=0.95)
    fact = table.facts[ref.fact_id]
    assert (fact.value, fact.low, fact.reason) == (None, None, UNBOUNDED)
    assert dict(from_rows(as_rows(table.facts))) == dict(table.facts)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (Money(15_575_000), "15.575.000\u00a0₫", "₫15,575,000"),
        (Share(0.6961), "69,6%", "69.6%"),
        (0.0, "0", "0"),
        (1234.5678, "1.235", "1,235"),
        (7, "7", "7"),
    ],
)
def test_a_fact_is_written_in_the_locale_of_its_reader(
    value: Money | Share | float, vi: str, en: str
) -> None:
    table = numbers()
    ref = table.put("x", value)
    said = Message("terminal.value", value=ref)
    assert [fill(said, table.facts, lang) for lang in LANGS] == [vi, en]
