"""Trees of facts as plain data."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import inf, nan

import numpy as np
import pytest

from consumers.plain import as_json


@dataclass(frozen=True)
class Leaf:
    share: float | None
    day: date


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    by_code: dict[str, Leaf]
    codes: frozenset[str]
    cut_off: datetime


def test_a_tree_becomes_what_json_knows() -> None:
    leaf = Leaf(0.25, date(2026, 3, 2))
    tree = Tree((leaf,), {"HL1": leaf}, frozenset({"HL1"}), datetime(2026, 3, 2, 1, tzinfo=UTC))
    plain = {"share": 0.25, "day": "2026-03-02"}
    assert as_json(tree) == {
        "leaves": [plain],
        "by_code": {"HL1": plain},
        "codes": ["HL1"],
        "cut_off": "2026-03-02T01:00:00.000Z",
    }


@pytest.mark.parametrize("number", [inf, -inf, nan, np.float64("nan")])
def test_a_number_that_json_has_no_word_for_is_null(number: float) -> None:
    assert json.dumps(as_json([number]), allow_nan=False) == "[null]"


def test_what_has_no_plain_form_is_said() -> None:
    with pytest.raises(TypeError, match="complex has no plain form"):
        as_json({"size": 1j})
