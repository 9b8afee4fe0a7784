"""References: one normal form for every channel, and a bank's scope of them by its BIN."""

import csv
import re
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.banks import bank_names
from schemas.reference import (
    PATTERN,
    canonical_reference,
    normalise_reference,
    reference_scope,
    scopes,
)

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
printed = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@given(printed, st.sampled_from([None, "970436", "970405", "970418", "000000"]), days)
def test_a_canonical_reference_stays(text: str, bank: str | None, day: date) -> None:
    found = canonical_reference(text, bank_bin=bank, day=day)
    assert found is not None
    assert found == canonical_reference(found, bank_bin=bank, day=None)
    assert found == canonical_reference(f" {text.lower()}\u200b", bank_bin=bank, day=day)
    assert (found == normalise_reference(text)) == (bank not in {"970436", "970405"}) or "@" in text


@given(printed, days, days)
def test_days_are_told_apart_where_the_bank_needs_it(text: str, one: date, two: date) -> None:
    plain = text.replace("@", "")
    found = [canonical_reference(plain, bank_bin="970436", day=day) for day in (one, two)]
    assert (found[0] == found[1]) == (one == two)
    assert canonical_reference(plain, bank_bin="970436", day=None) is None


@pytest.mark.parametrize(
    "text", ["FT26306KD01A\\BNK", "FT26306KD02B;1", "GD 1234567-020326-10:11", "000V00919ab#7"]
)
def test_references_as_banks_print_them_may_stand_in_an_event(text: str) -> None:
    assert re.fullmatch(PATTERN.strip("^$"), normalise_reference(text))


def test_the_scopes_are_of_known_banks_and_dated() -> None:
    text = (files("schemas") / "reference_scopes.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["bin"] for row in rows} <= bank_names().keys() and all(
        row["source"] for row in rows
    )
    assert sum(map(len, scopes().values())) == len(rows)
    assert reference_scope("970436", date(1999, 1, 1)) == "for_ever"
